//! What must be true of messages: one intent per change that the order's shop tells of.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::Result;
use catalog_contract::{CatalogEvent, Channel, LifeHash, MessageRule, Milestone, ShopLife};
use journal::{Reader, SourceState};
use journal_sqlite::Cut;
use kernel::{OrderId, Recorded};
use notification_contract::{MessageId, NotificationEvent, ROLE, message_id};
use notification_service::milestone_of;
use ordering_contract::OrderEvent;
use uuid::Uuid;

use super::Finding;
use super::facts::for_each;
use crate::roles::Role;

/// What the journals say about messages.
#[derive(Default)]
struct Messages {
    lives: BTreeMap<LifeHash, ShopLife>,
    owed: BTreeMap<OrderId, Owed>,
    told: BTreeMap<OrderId, Told>,
    /// Orders with a message on its way.
    under_way: BTreeSet<OrderId>,
    parked: BTreeSet<Uuid>,
}

/// What an order's changes call for, by ordering's journal.
struct Owed {
    life: LifeHash,
    /// The message of its placing, while nobody can see the order.
    held: Option<MessageId>,
    on_its_way: bool,
    messages: Vec<MessageId>,
}

/// What notification's journal says.
#[derive(Default)]
struct Told {
    intended: Vec<MessageId>,
    settled: BTreeMap<MessageId, u32>,
    broken: Vec<String>,
}

pub(super) fn check(cut: &mut Cut, sources: &[SourceState]) -> Result<Finding> {
    let mut messages = Messages::default();
    for role in [Role::Catalog, Role::Ordering, Role::Notification] {
        for reader in cut.readers().iter_mut().filter(|reader| reader.role() == role.name()) {
            if role == Role::Notification {
                messages.under_way.extend(reader.timers()?.into_iter().filter_map(|timer| timer.order));
                messages.parked.extend(reader.parked()?.into_iter().map(|parked| parked.blocks));
            }
            for_each(reader, |event| messages.take(role, event))?;
        }
    }
    Ok(messages.judge(has_heard_all(sources)))
}

/// Whether notification has heard everything that ordering said; it may also not run at all.
fn has_heard_all(sources: &[SourceState]) -> bool {
    let head = sources.iter().find(|state| state.role == Role::Ordering.name()).map(|state| state.head);
    let own = sources.iter().find(|state| state.role == ROLE);
    let heard = own.and_then(|state| {
        let of_ordering = state.positions.iter().find(|(role, _)| role == Role::Ordering.name());
        of_ordering.map(|(_, at)| at.position)
    });
    heard.is_some() && heard == head
}

impl Messages {
    fn take(&mut self, role: Role, event: &Recorded) -> Result<()> {
        match role {
            Role::Catalog => {
                if let CatalogEvent::ShopDefined(defined) = event.decode()? {
                    self.lives.insert(defined.hash, defined.life);
                }
            }
            Role::Ordering => self.take_change(event)?,
            _ => self.take_message(event)?,
        }
        Ok(())
    }

    fn take_change(&mut self, event: &Recorded) -> Result<()> {
        let Some((_, milestone)) = milestone_of(Role::Ordering.name(), event.name()) else { return Ok(()) };
        let order = OrderId(event.stream_id);
        if let OrderEvent::Placed(placed) = event.decode()? {
            let Some(life) = self.lives.get(&placed.life) else { return Ok(()) };
            let Some(rule) = &life.messages else { return Ok(()) };
            let id = rule.tell.contains(&milestone).then(|| id_of(rule, event, order, milestone));
            let answered_when_paid = life.payment.answers_when_paid() && placed.payment_method.is_some();
            let (held, messages) = if answered_when_paid { (id, vec![]) } else { (None, Vec::from_iter(id)) };
            self.owed.insert(order, Owed { life: placed.life, held, on_its_way: false, messages });
            return Ok(());
        }
        let Some(owed) = self.owed.get_mut(&order) else { return Ok(()) };
        let Some(rule) = self.lives.get(&owed.life).and_then(|life| life.messages.as_ref()) else {
            return Ok(());
        };
        owed.messages.extend(owed.held.take());
        let milestone = match milestone {
            Milestone::Cancelled if owed.on_its_way && rule.tell.contains(&Milestone::DeliveryCancelled) => {
                Milestone::DeliveryCancelled
            }
            other => other,
        };
        if rule.tell.contains(&milestone) {
            owed.on_its_way |= milestone == Milestone::DeliveryStarted;
            owed.messages.push(id_of(rule, event, order, milestone));
        }
        Ok(())
    }

    fn take_message(&mut self, event: &Recorded) -> Result<()> {
        let told = self.told.entry(OrderId(event.stream_id)).or_default();
        match event.decode()? {
            NotificationEvent::Intended(intended) => {
                told.intended.push(intended.message);
                if told.intended.len() != intended.sequence as usize {
                    told.broken.push(format!("message {} is out of its place", intended.message));
                }
            }
            NotificationEvent::Sent(sent) => *told.settled.entry(sent.message).or_default() += 1,
            NotificationEvent::Undelivered(given_up) => {
                *told.settled.entry(given_up.message).or_default() += 1;
            }
            _ => {}
        }
        Ok(())
    }

    fn judge(self, heard_all: bool) -> Finding {
        let mut broken = Vec::new();
        let mut examined = 0;
        for (order, told) in &self.told {
            broken.extend(told.broken.iter().map(|what| format!("order {order}: {what}")));
            for (message, times) in &told.settled {
                if *times != 1 || !told.intended.contains(message) {
                    broken.push(format!("order {order}: message {message} was settled {times} times"));
                }
            }
            let at_rest = !self.under_way.contains(order) && !self.parked.contains(&order.0);
            if at_rest && told.settled.len() != told.intended.len() {
                broken.push(format!("order {order}: a message is owed, and nothing is under way for it"));
            }
            examined += told.intended.len();
        }
        let nothing = Vec::new();
        let intended_of = |order| self.told.get(order).map_or(&nothing, |told| &told.intended);
        for (order, owed) in &self.owed {
            let intended = intended_of(order);
            let waits = !heard_all || self.parked.contains(&order.0);
            let as_owed =
                if waits { owed.messages.starts_with(intended) } else { owed.messages == *intended };
            if !as_owed {
                let (said, owed) = (intended.len(), owed.messages.len());
                broken.push(format!("order {order}: {said} messages of {owed} changes that are told"));
            }
        }
        for (order, told) in self.told.iter().filter(|(order, _)| !self.owed.contains_key(order)) {
            if !told.intended.is_empty() {
                broken.push(format!("order {order}: messages of no order that is told of"));
            }
        }
        Finding {
            invariants: "I16 I23",
            promise: "every change that is told is one message, in order, sent or given up once",
            examined,
            broken,
        }
    }
}

fn id_of(rule: &MessageRule, event: &Recorded, order: OrderId, milestone: Milestone) -> MessageId {
    let channel = rule.channels.first().copied().unwrap_or(Channel::Log);
    message_id(&event.subject.shop, order, Role::Ordering.name(), event.version, milestone, channel)
}
