//! A writer of notification with neighbours that say what the test lets them say.

use std::sync::Arc;

use catalog_contract::{CatalogEvent, Channel, LifeHash, ShopDefinedV1, ShopLife};
use journal::{MemoryJournal, Reader, RowOrder, RowQuery};
use kernel::{
    Actor, Causation, Currency, Money, OrderId, Personal, PersonalPart, Published, Recorded, SeededIds,
    Subject, Timestamp,
};
use notification_contract::{MessageView, WebhookId};
use notification_service::effects::{SendOutcome, SendWork};
use notification_service::{
    MESSAGES, NotificationCommand, NotificationConfig, NotificationRefusal, NotificationReply,
    NotificationService,
};
use ordering_contract::{
    CancelReason, OrderAcceptedV1, OrderAddress, OrderAddressChangedV1, OrderCancelledV1, OrderConfirmedV1,
    OrderContact, OrderEvent, OrderLine, OrderNote, OrderPaidV1, OrderPlacedV1, OrderPreparedV1,
    OrderRefusedV1, OrderStartedV1, RefusalReason,
};
use runtime::{CommandEnvelope, EffectStart, EventsFrom, Failure, Inputs, Outputs, Processor, Quotas};
use serde_json::json;
use uuid::Uuid;

pub(crate) const CAFE: &str = "cafe";
pub(crate) const QUIET: &str = "quiet";

const CATALOG: usize = 0;
const ORDERING: usize = 1;

pub(crate) type Stepped = Outputs<NotificationReply, NotificationRefusal>;
pub(crate) type Said = Result<NotificationReply, Failure<NotificationRefusal>>;

pub(crate) struct House {
    pub(crate) processor: Processor<NotificationService, MemoryJournal>,
    /// Sends that are under way.
    pub(crate) effects: Vec<EffectStart>,
    said: [Vec<Arc<Recorded>>; 2],
    versions: std::collections::BTreeMap<u64, u64>,
    pub(crate) now: Timestamp,
}

impl House {
    /// Notification has heard of the cafe, which tells every change by webhook, then into a file, and
    /// of a shop that tells nothing.
    pub(crate) fn open() -> Self {
        let mut house = Self::empty();
        house.define(&life(CAFE, true));
        house.define(&life(QUIET, false));
        house.hear();
        house
    }

    /// Notification has heard of a cafe that tells by these ways.
    pub(crate) fn telling_by(channels: &[Channel], next_after_millis: Option<i64>) -> Self {
        let mut life = life(CAFE, true);
        let rule = life.messages.as_mut().unwrap();
        rule.channels = channels.to_vec();
        rule.next_after_millis = next_after_millis;
        let mut house = Self::empty();
        house.define(&life);
        house.hear();
        house
    }

    pub(crate) fn empty() -> Self {
        let now = Timestamp::from_millis(1_800_000_000_000);
        let journal = MemoryJournal::new(Uuid::from_u128(1));
        let versions = std::collections::BTreeMap::new();
        let processor = processor(journal, now);
        Self { processor, effects: vec![], said: [vec![], vec![]], versions, now }
    }

    /// The process is killed and started again on what it had kept.
    pub(crate) fn restart(&mut self) {
        let journal = self.processor.journal().reopen();
        self.effects.clear();
        self.processor = processor(journal, self.now);
    }

    pub(crate) fn define(&mut self, life: &ShopLife) {
        let hash = LifeHash::from(life.key.as_str());
        let event = CatalogEvent::ShopDefined(ShopDefinedV1 { hash, life: life.clone() });
        self.say(CATALOG, &event, Subject::shop(life.key.clone()), 1);
    }

    /// The catalog says something; not heard yet.
    pub(crate) fn catalog_says(&mut self, shop: &str, event: &CatalogEvent) {
        self.say(CATALOG, event, Subject::shop(shop.into()), 1);
    }

    /// Ordering says something about an order; not heard yet.
    pub(crate) fn tell(&mut self, shop: &str, order: u64, event: &OrderEvent) {
        let version = self.versions.entry(order).or_default();
        *version += 1;
        let version = *version;
        self.say(ORDERING, event, Subject::order(shop.into(), order_id(order), order), version);
    }

    /// An order of the cafe is placed, paid, confirmed; heard.
    pub(crate) fn stands(&mut self, order: u64) {
        for event in [placed(CAFE, true), paid(), confirmed(CAFE)] {
            self.tell(CAFE, order, &event);
        }
        self.hear();
    }

    fn say(&mut self, source: usize, event: &impl Published, subject: Subject, version: u64) {
        let position = self.said[source].len() as u64 + 1;
        self.said[source].push(recorded(event, subject, position, version, self.now));
    }

    /// Hears all that was said and not heard yet, in one step.
    pub(crate) fn hear(&mut self) -> Stepped {
        let unheard = |source: usize| {
            let heard = usize::try_from(self.processor.position(source)).unwrap();
            EventsFrom { source, stretch: self.said[source][heard..].to_vec().into() }
        };
        let events = vec![unheard(CATALOG), unheard(ORDERING)];
        self.step(Inputs { events, ..Inputs::default() })
    }

    /// Hears everything again from the beginning, as after a lost answer.
    pub(crate) fn hear_again(&mut self) -> Stepped {
        let events = [CATALOG, ORDERING]
            .map(|source| EventsFrom { source, stretch: self.said[source].clone().into() });
        self.step(Inputs { events: events.into(), ..Inputs::default() })
    }

    /// Time passes; timers that are due fire.
    pub(crate) fn passes(&mut self, millis: i64) -> Stepped {
        self.now = self.now.plus_millis(millis);
        self.step(Inputs::default())
    }

    fn step(&mut self, inputs: Inputs<NotificationCommand>) -> Stepped {
        self.now = self.now.plus_millis(1);
        let outputs = self.processor.step(self.now, inputs).unwrap();
        self.effects.extend(outputs.effects.clone());
        outputs
    }

    pub(crate) fn command(&mut self, command: NotificationCommand) -> Said {
        self.commands(vec![command]).answers.remove(0).result
    }

    /// Takes these in one batch.
    pub(crate) fn commands(&mut self, commands: Vec<NotificationCommand>) -> Stepped {
        let envelope = |(command, ticket)| CommandEnvelope {
            ticket,
            command,
            actor: Actor::parse("staff:kim").unwrap(),
            causation: Causation::command(Uuid::nil()),
        };
        let commands = commands.into_iter().zip(1..).map(envelope).collect();
        self.step(Inputs { commands, ..Inputs::default() })
    }

    /// The send that was started first comes back.
    pub(crate) fn comes_back(&mut self, outcome: SendOutcome) -> SendWork {
        let effect = self.effects.remove(0);
        self.command(came_back(&effect, outcome)).unwrap();
        serde_json::from_slice(&effect.payload).unwrap()
    }

    /// Sends whatever is under way until nothing is, and tells which messages went out.
    pub(crate) fn send_all(&mut self) -> Vec<SendWork> {
        let mut sent = Vec::new();
        while !self.effects.is_empty() {
            sent.push(self.comes_back(SendOutcome::Taken));
        }
        sent
    }

    /// The shop's messages, in order.
    pub(crate) fn messages(&mut self) -> Vec<MessageView> {
        let query = RowQuery {
            collection: MESSAGES.to_owned(),
            order: RowOrder::OldestFirst,
            limit: 1_000,
            ..RowQuery::default()
        };
        let rows = self.processor.journal().rows(&query).unwrap();
        rows.iter().map(|row| serde_json::from_slice(&row.body).unwrap()).collect()
    }

    /// The types of an order's facts here.
    pub(crate) fn facts(&mut self, order: u64) -> Vec<String> {
        let events = self.processor.journal().load(order_id(order).0, 0).unwrap();
        events.iter().map(|event| event.event_type.to_string()).collect()
    }

    /// The cafe registers a webhook.
    pub(crate) fn register(&mut self, webhook: u128) -> WebhookId {
        let webhook = WebhookId(Uuid::from_u128(webhook));
        self.command(NotificationCommand::RegisterWebhook {
            shop: CAFE.into(),
            webhook,
            url: "https://shop.example/hooks".to_owned(),
            secret: notification_service::channels::new_secret(&[7; 32]),
            key: None,
        })
        .unwrap();
        webhook
    }
}

/// What a send that comes back is told as.
pub(crate) fn came_back(effect: &EffectStart, outcome: SendOutcome) -> NotificationCommand {
    let work: SendWork = serde_json::from_slice(&effect.payload).unwrap();
    NotificationCommand::RecordAttempt { work, attempt: effect.attempt, outcome }
}

pub(crate) fn failed() -> SendOutcome {
    SendOutcome::Failed { cause: "no answer in time".to_owned(), taken_by: vec![] }
}

fn processor(journal: MemoryJournal, now: Timestamp) -> Processor<NotificationService, MemoryJournal> {
    let set_up = Channel::ALL.into_iter().filter(|channel| channel.is_set_up()).collect();
    let service = NotificationService::new(NotificationConfig { set_up, ..NotificationConfig::default() });
    Processor::open(service, journal, Arc::new(SeededIds::new(7)), Quotas::default(), now).unwrap()
}

fn recorded(
    event: &impl Published,
    subject: Subject,
    position: u64,
    version: u64,
    at: Timestamp,
) -> Arc<Recorded> {
    let encoded = event.encode();
    Arc::new(Recorded {
        position,
        stream_kind: "any".into(),
        stream_id: subject.order.map_or(Uuid::nil(), |order| order.0),
        version,
        event_type: event.event_type().into(),
        at,
        subject,
        causation: Causation::command(Uuid::nil()),
        actor: Actor::system(),
        data: encoded.data,
        personal: encoded.personal.map(|bytes| PersonalPart { key_id: None, algorithm: "none", bytes }),
        previous_hash: [0; 16],
        hash: [0; 16],
    })
}

pub(crate) fn order_id(order: u64) -> OrderId {
    OrderId(Uuid::from_u128(0x0193_0000_0000_7000_8000_0000_0000_0000 | u128::from(order)))
}

fn lines() -> Vec<OrderLine> {
    vec![OrderLine {
        item: "1".to_owned(),
        name: "아메리카노".to_owned(),
        quantity: 2,
        options: vec![],
        unit_price: won(4_500),
    }]
}

fn won(amount: i64) -> Money {
    Money::new(amount, Currency::KRW)
}

/// Placed, to be paid or not.
pub(crate) fn placed(shop: &str, pays: bool) -> OrderEvent {
    let placed: OrderPlacedV1 = serde_json::from_value(json!({
        "life": shop,
        "customer": "1",
        "call_number": 7,
        "lines": lines(),
        "total": won(9_000),
        "payment_method": pays.then_some("tok_approve"),
        "placed_at": 1_800_000_000_000_i64,
    }))
    .unwrap();
    let contact: OrderContact =
        serde_json::from_value(json!({ "name": "김하늘", "phone": "010-0000-0000" })).unwrap();
    OrderEvent::Placed(OrderPlacedV1 { personal: Personal::new(contact), ..placed })
}

pub(crate) fn paid() -> OrderEvent {
    OrderEvent::Paid(OrderPaidV1 { amount: won(9_000), approval_code: "A1".to_owned() })
}

pub(crate) fn confirmed(shop: &str) -> OrderEvent {
    OrderEvent::Confirmed(OrderConfirmedV1 {
        life: LifeHash::from(shop),
        call_number: 7,
        lines: lines(),
        wanted_at: None,
        table: None,
        personal: Personal::new(OrderNote { note: String::new() }),
    })
}

pub(crate) fn accepted() -> OrderEvent {
    OrderEvent::Accepted(OrderAcceptedV1 {})
}

pub(crate) fn started() -> OrderEvent {
    OrderEvent::Started(OrderStartedV1 {})
}

pub(crate) fn prepared() -> OrderEvent {
    OrderEvent::Prepared(OrderPreparedV1 {})
}

pub(crate) fn readdressed(address: &str) -> OrderEvent {
    let personal = Personal::new(OrderAddress { address: address.to_owned() });
    OrderEvent::AddressChanged(OrderAddressChangedV1 { client_key: None, personal })
}

pub(crate) fn refused() -> OrderEvent {
    OrderEvent::Refused(OrderRefusedV1 {
        reason: RefusalReason::PaymentDeclined,
        detail: None,
        holds_stock: false,
    })
}

pub(crate) fn cancelled(reason: CancelReason, text: Option<&str>) -> OrderEvent {
    OrderEvent::Cancelled(OrderCancelledV1 {
        reason,
        text: text.map(str::to_owned),
        calls_money_back: false,
        holds_stock: false,
    })
}

/// As a shop file would make it; only what it tells matters here.
pub(crate) fn life(shop: &str, tells: bool) -> ShopLife {
    let tell = ["placed", "paid", "confirmed", "accepted", "started", "prepared", "completed", "cancelled"];
    let mut life = json!({
        "key": shop,
        "name": { "ko": "주문 카페", "en": "Jumun Cafe" },
        "currency": "KRW",
        "time_zone": "Asia/Seoul",
        "payment": {
            "when": "at-order",
            "default_method": "tok_approve",
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
    });
    if tells {
        life["messages"] = json!({ "tell": tell, "channels": ["webhook", "file"], "language": "ko" });
    }
    serde_json::from_value(life).unwrap()
}
