use std::collections::BTreeMap;

use catalog_contract::{Collection, Milestone, PaymentTime, ShopLife};
use kernel::{Money, OrderId, Timestamp};
use ordering_contract::{OrderState, OrderView};
use payment_contract::PaymentState;
use tracking_contract::StoryView;

/// What is known of an order: what its rows are shown from, in whichever collection.
#[derive(Debug, Clone)]
pub(crate) struct Facts {
    pub(crate) order: OrderId,
    pub(crate) number: u64,
    pub(crate) customer: Option<String>,
    pub(crate) item: String,
    pub(crate) item_name: String,
    pub(crate) quantity: u32,
    pub(crate) unit_price: Option<Money>,
    pub(crate) total: Money,
    pub(crate) name: Option<String>,
    pub(crate) phone: Option<String>,
    pub(crate) address: Option<String>,
    pub(crate) note: Option<String>,
    pub(crate) labels: BTreeMap<String, String>,
    pub(crate) approval_code: Option<String>,
    /// What it came to, in order; placed first.
    pub(crate) reached: Vec<(Milestone, Timestamp)>,
}

/// A word that a row came to show, and when.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Change<'a> {
    pub(crate) milestone: Milestone,
    pub(crate) word: &'a str,
    pub(crate) at: Timestamp,
}

impl Facts {
    /// From an order's story.
    pub(crate) fn told(story: StoryView) -> Self {
        let called_off = story.payment == Some(PaymentState::Voided) && story.state == OrderState::Cancelled;
        let mut reached = vec![(Milestone::Placed, story.placed_at)];
        reached.extend(story.milestones.iter().filter_map(|came| Some((milestone_of(came.state)?, came.at))));
        if called_off {
            reached.push((Milestone::Refunded, story.changed_at));
        }
        let line = story.lines.into_iter().next();
        Self {
            order: story.order,
            number: story.number,
            customer: story.customer.map(|customer| customer.to_string()),
            quantity: line.as_ref().map_or(0, |line| line.quantity),
            unit_price: line.as_ref().and_then(|line| line.unit_price),
            item_name: line.as_ref().map(|line| line.name.clone()).unwrap_or_default(),
            item: line.map(|line| line.item).unwrap_or_default(),
            total: story.total,
            name: story.name,
            phone: story.phone,
            address: story.address,
            note: story.note,
            labels: story.labels,
            approval_code: story.captured.map(|captured| captured.approval_code),
            reached,
        }
    }

    /// From the order as ordering answers it: the same order at the same version gives the same.
    pub(crate) fn answered(order: OrderView, life: &ShopLife) -> Self {
        let at = order.placed_at;
        let takes_money = life.payment.when != PaymentTime::None;
        let mut reached = vec![(Milestone::Placed, at)];
        let goes_on =
            WAY.iter().filter(|state| **state <= order.state && order.state <= OrderState::Completed);
        let came = goes_on.filter(|state| **state != OrderState::Paid || takes_money);
        reached.extend(came.filter_map(|state| Some((milestone_of(*state)?, at))));
        if matches!(order.state, OrderState::Cancelled | OrderState::Refunded) {
            reached.push((Milestone::Cancelled, at));
        }
        if order.state == OrderState::Refunded {
            reached.push((Milestone::Refunded, at));
        }
        let line = order.lines.into_iter().next();
        Self {
            order: order.id,
            number: order.number,
            customer: order.customer.map(|customer| customer.to_string()),
            quantity: line.as_ref().map_or(0, |line| line.quantity),
            unit_price: line.as_ref().map(|line| line.unit_price),
            item_name: line.as_ref().map(|line| line.name.clone()).unwrap_or_default(),
            item: line.map(|line| line.item).unwrap_or_default(),
            total: order.total,
            name: order.name,
            phone: order.phone,
            address: order.address,
            note: order.note,
            labels: order.labels,
            approval_code: None,
            reached,
        }
    }

    /// Whether the order came to a milestone.
    pub(crate) fn has(&self, milestone: Milestone) -> bool {
        self.reached.iter().any(|(reached, _)| *reached == milestone)
    }

    /// When it first did.
    pub(crate) fn time_of(&self, milestone: Milestone) -> Option<Timestamp> {
        self.reached.iter().find(|(reached, _)| *reached == milestone).map(|(_, at)| *at)
    }

    /// Whether it has a row in a collection.
    pub(crate) fn stands_in(&self, collection: &Collection) -> bool {
        self.has(collection.appears_with())
    }

    /// The words that its row came to show, in order; a word that it shows already is no change.
    pub(crate) fn changes<'c>(&self, collection: &'c Collection) -> Vec<Change<'c>> {
        self.changes_until(collection, self.reached.len())
    }

    /// The word that its row showed when it came to a milestone.
    pub(crate) fn word_at<'c>(&self, collection: &'c Collection, milestone: Milestone) -> Option<&'c str> {
        let milestone =
            if milestone == Milestone::DeliveryCancelled { Milestone::Cancelled } else { milestone };
        let until = self.reached.iter().position(|(reached, _)| *reached == milestone)?;
        self.changes_until(collection, until + 1).last().map(|change| change.word)
    }

    fn changes_until<'c>(&self, collection: &'c Collection, until: usize) -> Vec<Change<'c>> {
        let appears = collection.appears_with();
        let Some(from) = self.reached.iter().position(|(reached, _)| *reached == appears) else {
            return Vec::new();
        };
        let mut changes: Vec<Change<'c>> = Vec::new();
        for (milestone, at) in self.reached.iter().take(until).skip(from) {
            let Some(word) = collection.shows.get(milestone) else { continue };
            if changes.last().is_none_or(|last| last.word != word) {
                changes.push(Change { milestone: *milestone, word, at: *at });
            }
        }
        changes
    }
}

/// The states of an order that goes its way, in order.
const WAY: [OrderState; 9] = [
    OrderState::Paid,
    OrderState::Scheduled,
    OrderState::Confirmed,
    OrderState::Accepted,
    OrderState::Started,
    OrderState::Prepared,
    OrderState::DeliveryStarted,
    OrderState::Delivered,
    OrderState::Completed,
];

/// The milestone that an order comes to in a state.
pub(crate) const fn milestone_of(state: OrderState) -> Option<Milestone> {
    Some(match state {
        OrderState::Placed => Milestone::Placed,
        OrderState::Paid => Milestone::Paid,
        OrderState::Scheduled => Milestone::Scheduled,
        OrderState::Confirmed => Milestone::Confirmed,
        OrderState::Accepted => Milestone::Accepted,
        OrderState::Started => Milestone::Started,
        OrderState::Prepared => Milestone::Prepared,
        OrderState::DeliveryStarted => Milestone::DeliveryStarted,
        OrderState::Delivered => Milestone::Delivered,
        OrderState::Completed => Milestone::Completed,
        OrderState::Cancelled => Milestone::Cancelled,
        OrderState::Refunded => Milestone::Refunded,
        OrderState::Refused => return None,
    })
}

/// The state in which an order comes to a milestone; `None` where it is a message's matter.
pub(crate) const fn state_of(milestone: Milestone) -> Option<OrderState> {
    Some(match milestone {
        Milestone::Placed => OrderState::Placed,
        Milestone::Paid => OrderState::Paid,
        Milestone::Scheduled => OrderState::Scheduled,
        Milestone::Confirmed => OrderState::Confirmed,
        Milestone::Accepted => OrderState::Accepted,
        Milestone::Started => OrderState::Started,
        Milestone::Prepared => OrderState::Prepared,
        Milestone::DeliveryStarted => OrderState::DeliveryStarted,
        Milestone::Delivered => OrderState::Delivered,
        Milestone::Completed => OrderState::Completed,
        Milestone::Cancelled => OrderState::Cancelled,
        Milestone::Refunded => OrderState::Refunded,
        Milestone::DeliveryCancelled | Milestone::CancelDenied => return None,
    })
}
