//! I23: every change that is told is one message, in order, settled once; by a fold of its own over
//! ordering's events.

use std::collections::BTreeMap;

use catalog_contract::{Channel, LifeHash, MessageRule, Milestone, PaymentTime, WhenUnavailable};
use kernel::{OrderId, Recorded};
use notification_contract::{MessageId, NotificationEvent, message_id};
use notification_service::milestone_of;
use ordering_contract::OrderEvent;
use uuid::Uuid;

use super::Checker;
use crate::role::Role;

/// Messages, by order.
#[derive(Default)]
pub(crate) struct Messages(BTreeMap<Uuid, Owed>);

/// What an order's changes call for, and what was made of it.
#[derive(Default)]
struct Owed {
    life: Option<LifeHash>,
    /// The message of its placing, while nobody can see the order.
    held: Option<MessageId>,
    on_its_way: bool,
    changes: Vec<MessageId>,
    intended: Vec<MessageId>,
    settled: BTreeMap<MessageId, u32>,
}

impl Checker {
    /// Takes in a change that may be told.
    pub(crate) fn change_told(&mut self, event: &Recorded) {
        let Some((_, milestone)) = milestone_of(Role::Ordering.name(), event.name()) else { return };
        let Ok(decoded) = event.decode::<OrderEvent>() else { return };
        let owed = self.messages.0.entry(event.stream_id).or_default();
        if let OrderEvent::Placed(placed) = &decoded {
            owed.life = Some(placed.life.clone());
        }
        let Some(life) = owed.life.as_ref().and_then(|hash| self.shops.pinned(hash).ok()) else { return };
        let Some(rule) = &life.messages else { return };
        let told = |milestone| rule.tell.contains(&milestone);
        if let OrderEvent::Placed(placed) = &decoded {
            let shows_once_paid = life.payment.when == PaymentTime::AtOrder
                && life.payment.unavailable == WhenUnavailable::Reject
                && placed.payment_method.is_some();
            let message = told(milestone).then(|| id_of(rule, event, milestone));
            if shows_once_paid {
                owed.held = message;
            } else {
                owed.changes.extend(message);
            }
            return;
        }
        owed.changes.extend(owed.held.take());
        let turns_round =
            milestone == Milestone::Cancelled && owed.on_its_way && told(Milestone::DeliveryCancelled);
        let milestone = if turns_round { Milestone::DeliveryCancelled } else { milestone };
        if told(milestone) {
            owed.on_its_way |= milestone == Milestone::DeliveryStarted;
            owed.changes.push(id_of(rule, event, milestone));
        }
    }

    /// Takes in what notification made of it, and judges it.
    pub(crate) fn message_event(&mut self, event: &Recorded) {
        let decoded = match event.decode::<NotificationEvent>() {
            Ok(decoded) => decoded,
            Err(error) => return self.unreadable(event, &error),
        };
        let owed = self.messages.0.entry(event.stream_id).or_default();
        let wrong = match decoded {
            NotificationEvent::Intended(intended) => {
                owed.intended.push(intended.message);
                let in_place = owed.changes.get(owed.intended.len() - 1) == Some(&intended.message)
                    && owed.intended.len() == intended.sequence as usize;
                (!in_place).then(|| format!("message {} is not the next that is owed", intended.message))
            }
            NotificationEvent::Sent(sent) => owed.settle(sent.message),
            NotificationEvent::Undelivered(given_up) => owed.settle(given_up.message),
            _ => None,
        };
        if let Some(wrong) = wrong {
            self.violation("I23", Some(event.stream_id), wrong);
        }
    }

    /// What must hold once nothing moves: all that is owed was intended, and all of that settled.
    pub(super) fn messages_at_rest(&mut self) {
        let missing: Vec<_> = self
            .messages
            .0
            .iter()
            .filter(|(_, owed)| owed.changes != owed.intended || owed.settled.len() != owed.intended.len())
            .map(|(order, owed)| {
                let (changes, intended) = (owed.changes.len(), owed.intended.len());
                let settled = owed.settled.len();
                (*order, format!("{changes} changes are told, {intended} messages, {settled} settled"))
            })
            .collect();
        for (order, what) in missing {
            self.violation("I23", Some(order), what);
        }
    }
}

impl Owed {
    /// Those before it are settled already, and it is not.
    fn settle(&mut self, message: MessageId) -> Option<String> {
        let next = self.intended.get(self.settled.len());
        let wrong = (next != Some(&message)).then(|| format!("message {message} was settled out of turn"));
        *self.settled.entry(message).or_default() += 1;
        wrong
    }
}

fn id_of(rule: &MessageRule, event: &Recorded, milestone: Milestone) -> MessageId {
    let channel = rule.channels.first().copied().unwrap_or(Channel::Log);
    let order = OrderId(event.stream_id);
    message_id(&event.subject.shop, order, Role::Ordering.name(), event.version, milestone, channel)
}
