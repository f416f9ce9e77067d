//! A writer of the kitchen with neighbours that say what the test lets them say.

use std::sync::Arc;

use catalog_contract::{
    Accept, BreakerRule, CancelRule, CatalogEvent, Completes, Handover, LifeHash, PaymentRule, PaymentTime,
    Prepare, PrepareRule, ShopDefinedV1, ShopLife, Stage, StageBounds, StockMode, StockRule, Text,
    WhenUnavailable,
};
use edge::etag::IfMatch;
use journal::{MemoryJournal, Reader};
use kernel::{
    Actor, Causation, Currency, Money, OrderId, Personal, PersonalPart, Published, Recorded, SeededIds,
    Subject, Timestamp,
};
use kitchen_contract::TicketView;
use kitchen_service::{KitchenCommand, KitchenRefusal, KitchenReply, KitchenService, Step, TICKETS};
use ordering_contract::{
    CancelReason, OrderCancelRequestedV1, OrderConfirmedV1, OrderEvent, OrderLine, OrderNote,
};
use runtime::{CommandEnvelope, EventsFrom, Failure, Inputs, Outputs, Processor, Quotas};
use uuid::Uuid;

pub(crate) const CAFE: &str = "cafe";
pub(crate) const KIOSK: &str = "kiosk";

/// As [`KitchenService`] follows them.
pub(crate) const CATALOG: usize = 0;
pub(crate) const ORDERING: usize = 1;

pub(crate) type Stepped = Outputs<KitchenReply, KitchenRefusal>;
pub(crate) type Said = Result<KitchenReply, Failure<KitchenRefusal>>;

pub(crate) struct House {
    pub(crate) processor: Processor<KitchenService, MemoryJournal>,
    said: [Vec<Arc<Recorded>>; 2],
    now: Timestamp,
}

impl House {
    /// The kitchen has heard of the cafe, where staff do every step, and of the kiosk, where none is.
    pub(crate) fn open() -> Self {
        let mut house = Self::empty();
        house.define(&life(CAFE, Accept::Staff, Prepare::Staff));
        house.define(&life(KIOSK, Accept::Auto, Prepare::Auto));
        house.hear();
        house
    }

    /// The kitchen has heard of nothing.
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

    /// Ordering confirms an order of a shop's first life.
    pub(crate) fn confirm(&mut self, shop: &str, order: u64) {
        self.tell(shop, order, confirmed(LifeHash::from(shop)));
    }

    /// Ordering asks whether an order can still be cancelled.
    pub(crate) fn ask_cancel(&mut self, shop: &str, order: u64, reason: CancelReason) {
        let event = OrderEvent::CancelRequested(OrderCancelRequestedV1 { reason, text: None });
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

    /// All that ordering said so far.
    pub(crate) fn said_by_ordering(&self) -> Vec<Arc<Recorded>> {
        self.said[ORDERING].clone()
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

    fn step(&mut self, inputs: Inputs<KitchenCommand>) -> Stepped {
        self.now = self.now.plus_millis(1);
        self.processor.step(self.now, inputs).unwrap()
    }

    /// Sends one command.
    pub(crate) fn command(&mut self, command: KitchenCommand) -> Said {
        let mut outputs = self.step(Inputs { commands: vec![envelope(command)], ..Inputs::default() });
        outputs.answers.remove(0).result
    }

    /// Sends one command and hears what was said, in one batch.
    pub(crate) fn command_and_hear(&mut self, command: KitchenCommand) -> (Said, Stepped) {
        let events = self.unheard();
        let mut outputs =
            self.step(Inputs { commands: vec![envelope(command)], events, ..Inputs::default() });
        (outputs.answers.remove(0).result, outputs)
    }

    pub(crate) fn take(&mut self, shop: &str, order: u64, step: Step) -> Said {
        self.command(command(shop, order, step))
    }

    /// The ticket's row.
    pub(crate) fn ticket(&mut self, order: u64) -> Option<TicketView> {
        let row = self.processor.journal().row(TICKETS, order_id(order).0).unwrap()?;
        Some(serde_json::from_slice(&row.body).unwrap())
    }

    /// The types of a ticket's events, in order.
    pub(crate) fn facts(&mut self, order: u64) -> Vec<String> {
        let events = self.processor.journal().load(order_id(order).0, 0).unwrap();
        events.iter().map(|event| event.event_type.to_string()).collect()
    }
}

fn processor(journal: MemoryJournal, now: Timestamp) -> Processor<KitchenService, MemoryJournal> {
    let ids = Arc::new(SeededIds::new(7));
    Processor::open(KitchenService::default(), journal, ids, Quotas::default(), now).unwrap()
}

fn envelope(command: KitchenCommand) -> CommandEnvelope<KitchenCommand> {
    CommandEnvelope {
        ticket: 1,
        command,
        actor: Actor::parse("staff:kim").unwrap(),
        causation: Causation::command(Uuid::nil()),
    }
}

pub(crate) fn command(shop: &str, order: u64, step: Step) -> KitchenCommand {
    KitchenCommand { shop: shop.into(), order: order_id(order), step, if_match: whatever_it_is(), key: None }
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

pub(crate) fn confirmed(life: LifeHash) -> OrderEvent {
    OrderEvent::Confirmed(OrderConfirmedV1 {
        life,
        call_number: 7,
        lines: vec![OrderLine {
            item: "1".to_owned(),
            name: "americano".to_owned(),
            quantity: 2,
            options: vec![],
            unit_price: Money::new(4_500, Currency::KRW),
        }],
        wanted_at: None,
        table: None,
        personal: Personal::new(OrderNote { note: "less ice".to_owned() }),
    })
}

/// The first life of a shop is named after it, later ones after what they change.
pub(crate) fn hash_of(life: &ShopLife) -> LifeHash {
    match life.cancel.customer_before {
        Stage::Started => LifeHash::from(life.key.as_str()),
        later => LifeHash::from(format!("{}-{later:?}", life.key)),
    }
}

pub(crate) fn life(shop: &str, accept: Accept, prepare: Prepare) -> ShopLife {
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
        accept,
        prepare: PrepareRule { by: prepare, finishes_at_start: false },
        handover: Handover::Pickup,
        delivery: None,
        cancel: CancelRule { customer_before: Stage::Started, staff_before: Stage::Started },
        completes: Completes::AtStage { stage: Stage::Prepared },
        bounds: StageBounds { accept_millis: 0, start_millis: 0, prepare_millis: 0, handover_millis: 0 },
        promise: None,
        messages: None,
        hours: None,
        later: None,
        table: None,
        receipts: None,
    }
}
