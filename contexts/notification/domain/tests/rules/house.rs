//! A conversation of an order with two lines, and a shop that tells what the test lets it tell.

use std::collections::BTreeSet;
use std::sync::Arc;

use catalog_contract::{Channel, LifeHash, Milestone, ShopLife};
use kernel::{Aggregate, Currency, Money, OrderId, Personal, Subject, Timestamp};
use notification_contract::{
    ConversationOpenedV1, MessageAddress, MessageId, MessageIntendedV1, NotificationEvent,
};
use notification_domain::{Change, Conversation, ConversationCommand, Outcome, Tell};
use ordering_contract::OrderLine;
use serde_json::json;
use uuid::Uuid;

pub(crate) struct Talk {
    pub(crate) state: Conversation,
    pub(crate) life: Arc<ShopLife>,
    pub(crate) facts: Vec<NotificationEvent>,
    next_number: u64,
    version: u64,
}

impl Talk {
    /// An order of a shop that tells these changes on these channels.
    pub(crate) fn open(tell: &[Milestone], channels: &[Channel]) -> Self {
        Self::opened(tell, channels, None)
    }

    /// The same, in a shop whose orders show only once they are paid.
    pub(crate) fn held_back(tell: &[Milestone], channels: &[Channel]) -> Self {
        Self::opened(tell, channels, Some(MessageId(Uuid::from_u128(9))))
    }

    fn opened(tell: &[Milestone], channels: &[Channel], held: Option<MessageId>) -> Self {
        let life = Arc::new(life(tell, channels));
        let mut talk = Self { state: Conversation::Silent, life, facts: vec![], next_number: 1, version: 0 };
        talk.does(ConversationCommand::Open(ConversationOpenedV1 {
            life: LifeHash::from("life"),
            customer: None,
            call_number: 42,
            lines: vec![line("아메리카노", 2), line("소금빵", 1)],
            total: won(12_200),
            wanted_at: None,
            table: None,
            placed_at: at(0),
            promised_at: None,
            held,
            personal: Personal::new(MessageAddress {
                name: Some("김하늘".to_owned()),
                phone: Some("010-0000-0000".to_owned()),
                email: None,
                address: None,
            }),
        }));
        talk
    }

    /// Its customer is called so.
    pub(crate) fn is_of(&mut self, name: &str) {
        let Conversation::Open { opened, .. } = &mut self.state else { return };
        let to = MessageAddress { name: Some(name.to_owned()), ..opened.personal.reveal().unwrap().clone() };
        Arc::make_mut(opened).personal = Personal::new(to);
    }

    pub(crate) fn does(&mut self, command: ConversationCommand) -> Vec<NotificationEvent> {
        let events = self.state.decide(command).unwrap();
        for event in &events {
            self.state = std::mem::take(&mut self.state).evolve(event);
        }
        self.facts.extend(events.clone());
        events
    }

    /// The next change of the order.
    pub(crate) fn changes(&mut self, milestone: Milestone) -> Vec<MessageIntendedV1> {
        self.version += 1;
        let tell = self.tell_of(milestone, self.version);
        self.hears(tell)
    }

    pub(crate) fn tell_of(&self, milestone: Milestone, version: u64) -> Tell {
        Tell {
            life: self.life.clone(),
            subject: subject(),
            change: Change {
                milestone,
                source: "ordering",
                version,
                at: at(1),
                amount: (milestone == Milestone::Paid).then(|| won(12_200)),
                reason: (milestone == Milestone::Cancelled).then(|| "out-of-stock".to_owned()),
            },
            first_number: self.next_number,
            promised: Some("14:35".to_owned()),
            closed: BTreeSet::new(),
        }
    }

    pub(crate) fn hears(&mut self, tell: Tell) -> Vec<MessageIntendedV1> {
        let events = self.does(ConversationCommand::Tell(Box::new(tell)));
        self.next_number += events.len() as u64;
        events.into_iter().map(intended).collect()
    }

    /// The channel that the next message is given to says what came of it.
    pub(crate) fn records(&mut self, attempt: u32, outcome: Outcome) -> Vec<&'static str> {
        let (message, channel) = self.state.next().unwrap();
        let record = ConversationCommand::Record { message, channel, attempt, outcome };
        self.does(record).iter().map(kernel::Published::event_type).collect()
    }
}

pub(crate) fn failed(gives_up: bool) -> Outcome {
    Outcome::Failed { cause: "no answer in time".to_owned(), taken_by: vec![], gives_up }
}

fn intended(event: NotificationEvent) -> MessageIntendedV1 {
    match event {
        NotificationEvent::Intended(intended) => intended,
        other => panic!("{other:?}"),
    }
}

pub(crate) fn text(intended: &MessageIntendedV1) -> &str {
    &intended.personal.reveal().unwrap().text
}

pub(crate) fn subject() -> Subject {
    Subject::order("cafe".into(), OrderId(Uuid::from_u128(7)), 17)
}

pub(crate) fn at(seconds: i64) -> Timestamp {
    Timestamp::from_millis(1_800_000_000_000 + seconds * 1_000)
}

pub(crate) fn won(amount: i64) -> Money {
    Money::new(amount, Currency::KRW)
}

fn line(name: &str, quantity: u32) -> OrderLine {
    OrderLine {
        item: "1".to_owned(),
        name: name.to_owned(),
        quantity,
        options: vec![],
        unit_price: won(4_500),
    }
}

/// As a shop file would make it; only what it tells matters here.
pub(crate) fn life(tell: &[Milestone], channels: &[Channel]) -> ShopLife {
    serde_json::from_value(json!({
        "key": "cafe",
        "name": { "ko": "주문 카페", "en": "Jumun Cafe" },
        "currency": "KRW",
        "time_zone": "Asia/Seoul",
        "payment": {
            "when": "none",
            "default_method": null,
            "unavailable": "reject",
            "timeout_millis": 1000,
            "expires_after_millis": 0,
            "breaker": { "calls_min": 10, "failures_percent": 50, "open_millis": 1000 },
        },
        "stock": { "mode": "none", "closes_menu": false },
        "accept": "staff",
        "prepare": { "by": "staff", "finishes_at_start": false },
        "handover": "pickup",
        "cancel": { "customer_before": "started", "staff_before": "started" },
        "completes": { "when": "command", "or_after_millis": 0 },
        "bounds": { "accept_millis": 0, "start_millis": 0, "prepare_millis": 0, "handover_millis": 0 },
        "messages": { "tell": tell, "channels": channels, "language": "ko" },
    }))
    .unwrap()
}
