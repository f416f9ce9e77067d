//! A writer of delivery with neighbours that say what the test lets them say.

use std::sync::Arc;

use catalog_contract::{
    Accept, BreakerRule, CancelRule, CatalogEvent, Completes, DeliveryRule, DeliveryStarts, Handover,
    LifeHash, PaymentRule, PaymentTime, Prepare, PrepareRule, ShopDefinedV1, ShopLife, Stage, StageBounds,
    StockMode, StockRule, Text, WhenUnavailable,
};
use delivery_contract::DeliveryView;
use delivery_service::{DELIVERIES, DeliveryRefusal, DeliveryReply, DeliveryService, DeliveryStep, Step};
use edge::etag::IfMatch;
use journal::{MemoryJournal, Reader};
use kernel::{
    Actor, Causation, Currency, Money, OrderId, Personal, PersonalPart, Published, Recorded, SeededIds,
    Subject, Timestamp,
};
use ordering_contract::{
    CancelReason, DeliveryAddress, OrderAddress, OrderAddressChangeRequestedV1, OrderCancelRequestedV1,
    OrderDeliveryRequestedV1, OrderEvent, OrderLine,
};
use runtime::{CommandEnvelope, EventsFrom, Failure, Inputs, Outputs, Processor, Quotas};
use uuid::Uuid;

/// By hand, with a courier, two attempts ten minutes apart, complete when delivered.
pub(crate) const PIZZA: &str = "pizza";
/// By itself, three attempts, delivered after an hour, complete later; may be cancelled until then.
pub(crate) const PARCELS: &str = "parcels";

/// As [`DeliveryService`] follows them.
pub(crate) const CATALOG: usize = 0;
pub(crate) const ORDERING: usize = 1;

pub(crate) type Stepped = Outputs<DeliveryReply, DeliveryRefusal>;
pub(crate) type Said = Result<DeliveryReply, Failure<DeliveryRefusal>>;

pub(crate) struct House {
    pub(crate) processor: Processor<DeliveryService, MemoryJournal>,
    said: [Vec<Arc<Recorded>>; 2],
    now: Timestamp,
}

impl House {
    /// Delivery has heard of the pizza house and of the parcels.
    pub(crate) fn open() -> Self {
        let mut house = Self::empty();
        house.define(&pizza());
        house.define(&parcels());
        house.hear();
        house
    }

    /// Delivery has heard of nothing.
    pub(crate) fn empty() -> Self {
        let now = Timestamp::from_millis(1_800_000_000_000);
        let journal = MemoryJournal::new(Uuid::from_u128(1));
        Self { processor: processor(journal, now), said: [vec![], vec![]], now }
    }

    /// The process is killed and started again on what it had kept.
    pub(crate) fn restart(&mut self) {
        let journal = self.processor.journal().reopen();
        self.processor = processor(journal, self.now);
    }

    /// The catalog defines a shop; said, not heard yet.
    pub(crate) fn define(&mut self, life: &ShopLife) {
        let event = CatalogEvent::ShopDefined(ShopDefinedV1 { hash: hash_of(life), life: life.clone() });
        self.say(CATALOG, &event, Subject::shop(life.key.clone()));
    }

    /// An order of a shop is made and asks to be brought; heard at once.
    pub(crate) fn request(&mut self, shop: &str, order: u64) {
        self.tell(shop, order, asked(LifeHash::from(shop)));
        self.hear();
    }

    /// Time passes.
    pub(crate) fn wait(&mut self, millis: i64) {
        self.now = self.now.plus_millis(millis);
        self.step(Inputs::default());
    }

    /// Ordering asks whether an order can still be cancelled.
    pub(crate) fn ask_cancel(&mut self, shop: &str, order: u64, reason: CancelReason) {
        let event = OrderEvent::CancelRequested(OrderCancelRequestedV1 { reason, text: None });
        self.tell(shop, order, event);
    }

    /// Ordering asks whether an order can still be brought elsewhere.
    pub(crate) fn ask_readdress(&mut self, shop: &str, order: u64, address: &str) {
        let personal = Personal::new(OrderAddress { address: address.to_owned() });
        let event =
            OrderEvent::AddressChangeRequested(OrderAddressChangeRequestedV1 { client_key: None, personal });
        self.tell(shop, order, event);
    }

    /// Ordering says something about an order; not heard yet.
    pub(crate) fn tell(&mut self, shop: &str, order: u64, event: OrderEvent) {
        self.say(ORDERING, &event, Subject::order(shop.into(), order_id(order), order));
    }

    fn say(&mut self, source: usize, event: &impl Published, subject: Subject) {
        let position = self.said[source].len() as u64 + 1;
        self.said[source].push(recorded(event, subject, position, self.now));
    }

    /// Hears all that was said and not heard yet, in one step.
    pub(crate) fn hear(&mut self) -> Stepped {
        let events = self.unheard();
        self.step(Inputs { events, ..Inputs::default() })
    }

    /// Hears everything again from the beginning, as after a lost answer.
    pub(crate) fn hear_again(&mut self) -> Stepped {
        let events = [CATALOG, ORDERING]
            .map(|source| EventsFrom { source, stretch: self.said[source].clone().into() });
        self.step(Inputs { events: events.into(), ..Inputs::default() })
    }

    fn unheard(&self) -> Vec<EventsFrom> {
        let unheard = |source: usize| {
            let heard = usize::try_from(self.processor.position(source)).unwrap();
            EventsFrom { source, stretch: self.said[source][heard..].to_vec().into() }
        };
        vec![unheard(CATALOG), unheard(ORDERING)]
    }

    fn step(&mut self, inputs: Inputs<DeliveryStep>) -> Stepped {
        self.now = self.now.plus_millis(1);
        self.processor.step(self.now, inputs).unwrap()
    }

    /// Sends one command.
    pub(crate) fn command(&mut self, command: DeliveryStep) -> Said {
        let mut outputs = self.step(Inputs { commands: vec![envelope(command)], ..Inputs::default() });
        outputs.answers.remove(0).result
    }

    /// Sends one command and hears what was said, in one batch.
    pub(crate) fn command_and_hear(&mut self, command: DeliveryStep) -> (Said, Stepped) {
        let events = self.unheard();
        let mut outputs =
            self.step(Inputs { commands: vec![envelope(command)], events, ..Inputs::default() });
        (outputs.answers.remove(0).result, outputs)
    }

    pub(crate) fn take(&mut self, shop: &str, order: u64, step: Step) -> Said {
        self.command(command(shop, order, step))
    }

    /// The delivery's row.
    pub(crate) fn delivery(&mut self, order: u64) -> Option<DeliveryView> {
        let row = self.processor.journal().row(DELIVERIES, order_id(order).0).unwrap()?;
        Some(serde_json::from_slice(&row.body).unwrap())
    }

    /// The types of a delivery's events, in order.
    pub(crate) fn facts(&mut self, order: u64) -> Vec<String> {
        let events = self.processor.journal().load(order_id(order).0, 0).unwrap();
        events.iter().map(|event| event.event_type.to_string()).collect()
    }
}

fn processor(journal: MemoryJournal, now: Timestamp) -> Processor<DeliveryService, MemoryJournal> {
    let ids = Arc::new(SeededIds::new(7));
    Processor::open(DeliveryService::default(), journal, ids, Quotas::default(), now).unwrap()
}

fn envelope(command: DeliveryStep) -> CommandEnvelope<DeliveryStep> {
    CommandEnvelope {
        ticket: 1,
        command,
        actor: Actor::parse("staff:kim").unwrap(),
        causation: Causation::command(Uuid::nil()),
    }
}

pub(crate) fn command(shop: &str, order: u64, step: Step) -> DeliveryStep {
    DeliveryStep { shop: shop.into(), order: order_id(order), step, if_match: whatever_it_is(), key: None }
}

fn whatever_it_is() -> IfMatch {
    if_match(None)
}

pub(crate) fn if_match(tag: Option<&str>) -> IfMatch {
    use axum::extract::FromRequestParts;
    let mut request = axum::http::Request::builder();
    if let Some(tag) = tag {
        request = request.header("If-Match", tag);
    }
    let (mut parts, ()) = request.body(()).unwrap().into_parts();
    let read = IfMatch::from_request_parts(&mut parts, &());
    tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(read).unwrap()
}

pub(crate) fn recorded(
    event: &impl Published,
    subject: Subject,
    position: u64,
    at: Timestamp,
) -> Arc<Recorded> {
    let encoded = event.encode();
    Arc::new(Recorded {
        position,
        stream_kind: "any".into(),
        stream_id: subject.order.map_or(Uuid::nil(), |order| order.0),
        version: position,
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

pub(crate) fn asked(life: LifeHash) -> OrderEvent {
    OrderEvent::DeliveryRequested(OrderDeliveryRequestedV1 {
        life,
        call_number: 7,
        lines: vec![OrderLine {
            item: "1".to_owned(),
            name: "pepperoni".to_owned(),
            quantity: 2,
            options: vec![],
            unit_price: Money::new(10_000, Currency::KRW),
        }],
        wanted_at: None,
        personal: Personal::new(DeliveryAddress {
            name: Some("Mina".to_owned()),
            phone: Some("010-0000-0000".to_owned()),
            address: Some("1 Sample Street".to_owned()),
        }),
    })
}

fn hash_of(life: &ShopLife) -> LifeHash {
    LifeHash::from(life.key.as_str())
}

fn pizza() -> ShopLife {
    let rule = DeliveryRule {
        starts: DeliveryStarts::Staff,
        needs_courier: true,
        needs_address: true,
        attempts: 2,
        retry_after_millis: 600_000,
        refunds_returned: true,
        delivered_after_millis: None,
    };
    let completes = Completes::AtStage { stage: Stage::Delivered };
    life(PIZZA, rule, completes, Stage::Delivered)
}

fn parcels() -> ShopLife {
    let rule = DeliveryRule {
        starts: DeliveryStarts::Auto,
        needs_courier: false,
        needs_address: false,
        attempts: 3,
        retry_after_millis: 60_000,
        refunds_returned: false,
        delivered_after_millis: Some(3_600_000),
    };
    life(PARCELS, rule, Completes::After { millis: 1_000 }, Stage::Completed)
}

fn life(shop: &str, rule: DeliveryRule, completes: Completes, before: Stage) -> ShopLife {
    ShopLife {
        key: shop.into(),
        name: Text::default(),
        currency: Currency::KRW,
        time_zone: "Asia/Seoul".to_owned(),
        payment: PaymentRule {
            when: PaymentTime::None,
            default_method: None,
            unavailable: WhenUnavailable::Reject,
            timeout_millis: 1_000,
            expires_after_millis: 0,
            breaker: BreakerRule { calls_min: 10, failures_percent: 50, open_millis: 1_000 },
            deposit: None,
            refund_alone_max: None,
        },
        stock: StockRule::of(StockMode::None),
        accept: Accept::Auto,
        prepare: PrepareRule { by: Prepare::None, finishes_at_start: false },
        handover: Handover::Delivery,
        delivery: Some(rule),
        cancel: CancelRule { customer_before: before, staff_before: Stage::DeliveryStarted },
        completes,
        bounds: StageBounds { accept_millis: 0, start_millis: 0, prepare_millis: 0, handover_millis: 0 },
        hours: None,
        later: None,
        table: None,
        promise: None,
        messages: None,
        receipts: None,
    }
}
