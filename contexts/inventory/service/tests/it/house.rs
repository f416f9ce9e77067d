//! A writer of inventory with neighbours that say what the test lets them say.

use std::sync::Arc;

use catalog_contract::{
    Accept, BreakerRule, CancelRule, CatalogEvent, Completes, Handover, LifeHash, PaymentRule, PaymentTime,
    Prepare, PrepareRule, ShopDefinedV1, ShopLife, Stage, StageBounds, StockMode, StockRule, StockUse, Text,
    WhenUnavailable,
};
use inventory_contract::{StockItemView, stock_item_id};
use inventory_service::{
    InventoryCommand, InventoryRefusal, InventoryReply, InventoryService, STOCK, StockWish,
};
use journal::{MemoryJournal, Reader};
use kernel::{
    Actor, Causation, Currency, Money, OrderId, Personal, PersonalPart, Published, Recorded, SeededIds,
    ShopKey, Subject, Timestamp,
};
use ordering_contract::{
    CancelReason, OrderCancelledV1, OrderCompletedV1, OrderEvent, OrderPlacedV1, OrderRefusedV1,
    OrderStartedV1, RefusalReason,
};
use runtime::{CommandEnvelope, EventsFrom, Failure, Inputs, Outputs, Processor, Quotas};
use uuid::Uuid;

pub(crate) const KIOSK: &str = "kiosk";
pub(crate) const CAFE: &str = "cafe";

/// As [`InventoryService`] follows them.
const CATALOG: usize = 0;
const ORDERING: usize = 1;

pub(crate) type Step = Outputs<InventoryReply, InventoryRefusal>;

pub(crate) struct House {
    pub(crate) processor: Processor<InventoryService, MemoryJournal>,
    said: [Vec<Arc<Recorded>>; 2],
    now: Timestamp,
}

impl House {
    /// Inventory has heard of the kiosk, which keeps stock, and of the cafe, which does not.
    pub(crate) fn open() -> Self {
        let mut house = Self::empty();
        house.define(KIOSK, StockMode::Reserve);
        house.define(CAFE, StockMode::None);
        house.hear();
        house
    }

    /// Inventory has heard of nothing.
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
    pub(crate) fn define(&mut self, shop: &str, stock: StockMode) {
        let life = life(shop, stock);
        let event = CatalogEvent::ShopDefined(ShopDefinedV1 { hash: hash(shop, stock), life });
        self.say(CATALOG, &event, Subject::shop(shop.into()));
    }

    /// The catalog defines the kiosk so that staff are told of what runs low and its menu follows its
    /// stock, where it does; said, not heard yet.
    pub(crate) fn define_watching(&mut self, low: &[(&str, u64)], closes_menu: bool) {
        let mut life = life(KIOSK, StockMode::Reserve);
        life.stock.closes_menu = closes_menu;
        life.stock.low = low.iter().map(|(item, units)| ((*item).to_owned(), *units)).collect();
        let hash = LifeHash::from(format!("watching-{low:?}-{closes_menu}"));
        let event = CatalogEvent::ShopDefined(ShopDefinedV1 { hash, life });
        self.say(CATALOG, &event, Subject::shop(KIOSK.into()));
    }

    /// The catalog says something of the kiosk's menu; not heard yet.
    pub(crate) fn menu(&mut self, event: &CatalogEvent) {
        self.say(CATALOG, event, Subject::shop(KIOSK.into()));
    }

    /// The types of an item's own events in inventory's journal, in order.
    pub(crate) fn told_of(&mut self, item: &str) -> Vec<String> {
        let events = self.processor.journal().load(stock_item_id(&KIOSK.into(), item), 0).unwrap();
        events.iter().map(|event| event.name().to_owned()).collect()
    }

    /// Ordering says something about an order; not heard yet.
    pub(crate) fn tell(&mut self, shop: &str, order: u64, event: OrderEvent) {
        self.say(ORDERING, &event, Subject::order(shop.into(), order_id(order), order));
    }

    fn say(&mut self, source: usize, event: &impl Published, subject: Subject) {
        let encoded = event.encode();
        let position = self.said[source].len() as u64 + 1;
        self.said[source].push(Arc::new(Recorded {
            position,
            stream_kind: "any".into(),
            stream_id: subject.order.map_or(Uuid::nil(), |order| order.0),
            version: position,
            event_type: event.event_type().into(),
            at: self.now,
            subject,
            causation: Causation::command(Uuid::nil()),
            actor: Actor::system(),
            data: encoded.data,
            personal: encoded.personal.map(|bytes| PersonalPart { key_id: None, algorithm: "none", bytes }),
            previous_hash: [0; 16],
            hash: [0; 16],
        }));
    }

    /// Hears all that was said and not heard yet, in one step.
    pub(crate) fn hear(&mut self) -> Step {
        let events = [CATALOG, ORDERING].map(|source| self.unheard(source));
        self.step(Inputs { events: events.into(), ..Inputs::default() })
    }

    /// Hears the catalog or ordering only.
    pub(crate) fn hear_ordering(&mut self) -> Step {
        let events = vec![self.unheard(ORDERING)];
        self.step(Inputs { events, ..Inputs::default() })
    }

    /// Hears everything again from the beginning, as after a lost answer.
    pub(crate) fn hear_again(&mut self) -> Step {
        let events = [CATALOG, ORDERING]
            .map(|source| EventsFrom { source, stretch: self.said[source].clone().into() });
        self.step(Inputs { events: events.into(), ..Inputs::default() })
    }

    fn unheard(&self, source: usize) -> EventsFrom {
        let heard = usize::try_from(self.processor.position(source)).unwrap();
        EventsFrom { source, stretch: self.said[source][heard..].to_vec().into() }
    }

    pub(crate) fn step(&mut self, inputs: Inputs<InventoryCommand>) -> Step {
        self.now = self.now.plus_millis(1);
        self.processor.step(self.now, inputs).unwrap()
    }

    /// Sends one command.
    pub(crate) fn command(
        &mut self,
        command: InventoryCommand,
    ) -> Result<InventoryReply, Failure<InventoryRefusal>> {
        let envelope = CommandEnvelope {
            ticket: 1,
            command,
            actor: Actor::parse("staff:kim").unwrap(),
            causation: Causation::command(Uuid::nil()),
        };
        let mut outputs = self.step(Inputs { commands: vec![envelope], ..Inputs::default() });
        outputs.answers.remove(0).result
    }

    pub(crate) fn receive(&mut self, shop: &str, item: &str, quantity: u64) -> StockItemView {
        match self.command(wish(shop, item, StockWish::Receive { quantity })) {
            Ok(InventoryReply::Item(view)) => view,
            other => panic!("{other:?}"),
        }
    }

    pub(crate) fn place(&mut self, shop: &str, order: u64, uses: &[(&str, u32)]) {
        let event = placed(shop, StockMode::Reserve, uses);
        self.tell(shop, order, event);
    }

    /// The item's row.
    pub(crate) fn stock(&mut self, item: &str) -> StockItemView {
        let id = stock_item_id(&KIOSK.into(), item);
        let row = self.processor.journal().row(STOCK, id).unwrap().unwrap();
        serde_json::from_slice(&row.body).unwrap()
    }

    /// Available, reserved, consumed.
    pub(crate) fn counts(&mut self, item: &str) -> (u64, u64, u64) {
        let stock = self.stock(item);
        (stock.available, stock.reserved, stock.consumed)
    }

    /// The types of an order's own events in inventory's journal, in order.
    pub(crate) fn answers_to(&mut self, order: u64) -> Vec<String> {
        let events = self.processor.journal().load(order_id(order).0, 0).unwrap();
        events.iter().map(|event| event.event_type.to_string()).collect()
    }
}

fn processor(journal: MemoryJournal, now: Timestamp) -> Processor<InventoryService, MemoryJournal> {
    let ids = Arc::new(SeededIds::new(7));
    Processor::open(InventoryService::default(), journal, ids, Quotas::default(), now).unwrap()
}

pub(crate) fn order_id(order: u64) -> OrderId {
    OrderId(Uuid::from_u128(0x0193_0000_0000_7000_8000_0000_0000_0000 | u128::from(order)))
}

pub(crate) fn wish(shop: &str, item: &str, wish: StockWish) -> InventoryCommand {
    InventoryCommand { shop: ShopKey::from(shop), item: item.to_owned(), wish, key: None }
}

fn hash(shop: &str, stock: StockMode) -> LifeHash {
    LifeHash::from(format!("{shop}-{stock:?}"))
}

pub(crate) fn placed(shop: &str, stock: StockMode, uses: &[(&str, u32)]) -> OrderEvent {
    let uses = uses.iter().map(|(item, quantity)| StockUse { item: (*item).to_owned(), quantity: *quantity });
    OrderEvent::Placed(OrderPlacedV1 {
        life: hash(shop, stock),
        customer: None,
        call_number: 1,
        lines: vec![],
        uses: uses.collect(),
        total: Money::zero(Currency::KRW),
        payment_method: None,
        placed_at: Timestamp::default(),
        promised_at: None,
        delivers: false,
        later: None,
        table: None,
        client_key: None,
        personal: Personal::absent(),
    })
}

pub(crate) fn started() -> OrderEvent {
    OrderEvent::Started(OrderStartedV1 {})
}

pub(crate) fn completed() -> OrderEvent {
    OrderEvent::Completed(OrderCompletedV1 {})
}

pub(crate) fn cancelled(reason: CancelReason, holds_stock: bool) -> OrderEvent {
    OrderEvent::Cancelled(OrderCancelledV1 { reason, text: None, calls_money_back: false, holds_stock })
}

pub(crate) fn refused(reason: RefusalReason, holds_stock: bool) -> OrderEvent {
    OrderEvent::Refused(OrderRefusedV1 { reason, detail: None, holds_stock })
}

fn life(shop: &str, stock: StockMode) -> ShopLife {
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
        stock: StockRule::of(stock),
        accept: Accept::Auto,
        prepare: PrepareRule { by: Prepare::Auto, finishes_at_start: false },
        handover: Handover::None,
        delivery: None,
        cancel: CancelRule { customer_before: Stage::Started, staff_before: Stage::Started },
        completes: Completes::AtStage { stage: Stage::Prepared },
        bounds: StageBounds { accept_millis: 0, start_millis: 0, prepare_millis: 0, handover_millis: 0 },
        hours: None,
        later: None,
        table: None,
        promise: None,
        messages: None,
        receipts: None,
    }
}
