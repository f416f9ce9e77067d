//! A writer of ordering with neighbours that say what the test lets them say.

use std::sync::Arc;

use catalog_contract::{
    CatalogEvent, LifeHash, MenuItemDefinedV1, MenuItemSoldOutSetV1, ShopDefinedV1, ShopLife,
};
use delivery_contract::DeliveryEvent;
use inventory_contract::InventoryEvent;
use journal::{IdempotencyRecord, MemoryJournal, Reader, Row};
use kernel::{Actor, Causation, OrderId, PersonalPart, Published, Recorded, SeededIds, Subject, Timestamp};
use kitchen_contract::KitchenEvent;
use ordering_contract::{ClientKey, OrderEvent, OrderState, OrderView};
use ordering_service::{
    CancelOrder, NewOrder, ORDERS, OrderingCommand, OrderingRefusal, OrderingReply, OrderingService,
    PlaceOrder, PlaceReply, replay_body,
};
use payment_contract::PaymentEvent;
use runtime::{CommandEnvelope, EffectStart, EventsFrom, Failure, Inputs, Outputs, Processor, Quotas};
use uuid::Uuid;

pub(crate) use crate::shops::*;
pub(crate) use crate::words::*;

/// As [`OrderingService`] follows them.
pub(crate) const CATALOG: usize = 0;
pub(crate) const PAYMENT: usize = 1;
pub(crate) const INVENTORY: usize = 2;
pub(crate) const KITCHEN: usize = 3;
pub(crate) const DELIVERY: usize = 4;

pub(crate) const START: Timestamp = Timestamp::from_millis(1_800_000_000_000);

pub(crate) type Stepped = Outputs<OrderingReply, OrderingRefusal>;

pub(crate) struct House {
    pub(crate) processor: Processor<OrderingService, MemoryJournal>,
    /// What payment was asked, in order.
    pub(crate) asked: Vec<EffectStart>,
    said: [Vec<Arc<Recorded>>; 5],
    pub(crate) now: Timestamp,
}

impl House {
    /// Ordering has heard of five shops, and of an americano and a glass of water in each.
    pub(crate) fn open() -> Self {
        let journal = MemoryJournal::new(Uuid::from_u128(1));
        let said = [vec![], vec![], vec![], vec![], vec![]];
        let mut house = Self { processor: processor(journal, START), asked: vec![], said, now: START };
        for life in [cafe(), kiosk(), bakery(), diner(), courier()] {
            house.define(life.key.as_str(), &life);
            for item in [americano(), water()] {
                let event = MenuItemDefinedV1 { shop: life.key.clone(), item };
                house.say(CATALOG, &CatalogEvent::MenuItemDefined(event), Subject::shop(life.key.clone()));
            }
        }
        house.hear();
        house
    }

    /// The process is killed and started again on what it had kept.
    pub(crate) fn restart(&mut self) {
        let journal = self.processor.journal().reopen();
        self.processor = processor(journal, self.now);
    }

    // What neighbours say. It is heard with the next [`House::hear`].

    pub(crate) fn define(&mut self, hash: &str, life: &ShopLife) {
        let event = ShopDefinedV1 { hash: LifeHash::from(hash), life: life.clone() };
        self.say(CATALOG, &CatalogEvent::ShopDefined(event), Subject::shop(life.key.clone()));
    }

    pub(crate) fn sell_out(&mut self, shop: &str, item: &str) {
        let event = MenuItemSoldOutSetV1 { shop: shop.into(), item: item.to_owned(), sold_out: true };
        self.say(CATALOG, &CatalogEvent::MenuItemSoldOutSet(event), Subject::shop(shop.into()));
    }

    pub(crate) fn catalog_says(&mut self, shop: &str, event: &CatalogEvent) {
        self.say(CATALOG, event, Subject::shop(shop.into()));
    }

    pub(crate) fn payment_says(&mut self, order: OrderId, event: PaymentEvent) {
        self.tell(PAYMENT, order, &event);
    }

    pub(crate) fn inventory_says(&mut self, order: OrderId, event: InventoryEvent) {
        self.tell(INVENTORY, order, &event);
    }

    pub(crate) fn kitchen_says(&mut self, order: OrderId, event: KitchenEvent) {
        self.tell(KITCHEN, order, &event);
    }

    pub(crate) fn delivery_says(&mut self, order: OrderId, event: DeliveryEvent) {
        self.tell(DELIVERY, order, &event);
    }

    fn tell(&mut self, source: usize, order: OrderId, event: &impl Published) {
        let first = self.processor.journal().load(order.0, 0).unwrap().into_iter().next();
        let subject = first.map_or_else(|| Subject::order(CAFE.into(), order, 0), |first| first.subject);
        self.say(source, event, subject);
    }

    /// Something that ordering cannot read.
    pub(crate) fn payment_says_gibberish(&mut self, order: OrderId) {
        self.payment_says(order, approved());
        let said = self.said[PAYMENT].pop().unwrap().as_ref().clone();
        self.said[PAYMENT].push(Arc::new(Recorded { data: b"{\"amount\":".to_vec(), ..said }));
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
        let all = self.said.iter().enumerate();
        let events = all.map(|(source, said)| EventsFrom { source, stretch: said.clone().into() }).collect();
        self.step(Inputs { events, ..Inputs::default() })
    }

    fn unheard(&self) -> Vec<EventsFrom> {
        let unheard = |source: usize| {
            let heard = usize::try_from(self.processor.position(source)).unwrap();
            EventsFrom { source, stretch: self.said[source][heard..].to_vec().into() }
        };
        (0..self.said.len()).map(unheard).collect()
    }

    pub(crate) fn step(&mut self, inputs: Inputs<OrderingCommand>) -> Stepped {
        self.now = self.now.plus_millis(1);
        let outputs = self.processor.step(self.now, inputs).unwrap();
        self.asked.extend(outputs.effects.iter().cloned());
        outputs
    }

    /// Lets time pass.
    pub(crate) fn wait(&mut self, millis: i64) -> Stepped {
        self.now = self.now.plus_millis(millis);
        self.step(Inputs::default())
    }

    // What people wish.

    pub(crate) fn command(&mut self, actor: &str, command: OrderingCommand) -> Said {
        let commands = vec![envelope(actor, command)];
        self.step(Inputs { commands, ..Inputs::default() }).answers.remove(0).result
    }

    /// Commands of one batch, by nobody in particular.
    pub(crate) fn commands(&mut self, commands: impl IntoIterator<Item = OrderingCommand>) -> Vec<Said> {
        let commands = commands.into_iter().map(|command| envelope("anonymous", command)).collect();
        let outputs = self.step(Inputs { commands, ..Inputs::default() });
        outputs.answers.into_iter().map(|answer| answer.result).collect()
    }

    pub(crate) fn place(
        &mut self,
        order: OrderId,
        shop: &str,
        wish: NewOrder,
    ) -> Result<PlaceReply, OrderingRefusal> {
        self.place_with(order, shop, wish, None)
    }

    pub(crate) fn place_with(
        &mut self,
        order: OrderId,
        shop: &str,
        wish: NewOrder,
        key: Option<ClientKey>,
    ) -> Result<PlaceReply, OrderingRefusal> {
        match self.command("anonymous", place(order, shop, wish, key)) {
            Ok(OrderingReply::Placed(reply)) => Ok(reply),
            Err(Failure::Refused(refusal)) => Err(refusal),
            other => panic!("{other:?}"),
        }
    }

    pub(crate) fn cancel(&mut self, actor: &str, order: OrderId) -> Result<OrderingReply, OrderingRefusal> {
        self.cancel_if(actor, order, None)
    }

    pub(crate) fn cancel_if(
        &mut self,
        actor: &str,
        order: OrderId,
        if_version: Option<u64>,
    ) -> Result<OrderingReply, OrderingRefusal> {
        let cancel = CancelOrder { order, text: Some("changed my mind".to_owned()), if_version };
        self.command(actor, OrderingCommand::Cancel(cancel)).map_err(|failure| match failure {
            Failure::Refused(refusal) => refusal,
            Failure::Broken(error) => panic!("{error}"),
        })
    }

    // Stories so far.

    /// Placed, paid and confirmed in the cafe.
    pub(crate) fn standing(&mut self) -> OrderId {
        self.place(order(1), CAFE, americanos(2)).unwrap();
        self.payment_says(order(1), approved());
        self.hear();
        order(1)
    }

    /// Standing in the cafe, and made.
    pub(crate) fn made(&mut self) -> OrderId {
        let order = self.standing();
        self.kitchen_says(order, KitchenEvent::Accepted(kitchen_contract::TicketAcceptedV1 {}));
        self.kitchen_says(order, started());
        self.kitchen_says(order, finished());
        self.hear();
        order
    }

    // What can be seen.

    pub(crate) fn row(&mut self, order: OrderId) -> Option<Row> {
        self.processor.journal().row(ORDERS, order.0).unwrap()
    }

    /// The order as its row shows it, or as a row would.
    pub(crate) fn view(&mut self, order: OrderId) -> OrderView {
        let version = self.events(order).len() as u64;
        let body = match self.row(order) {
            Some(row) => row.body,
            None => replay_body(self.processor.journal(), order, version).unwrap(),
        };
        serde_json::from_slice(&body).unwrap()
    }

    /// Where an order stands, and whether lists leave it out.
    pub(crate) fn shown(&mut self, order: OrderId) -> (OrderState, bool) {
        (self.view(order).state, self.row(order).is_none_or(|row| row.hidden))
    }

    pub(crate) fn events(&mut self, order: OrderId) -> Vec<OrderEvent> {
        let events = self.processor.journal().load(order.0, 0).unwrap();
        events.iter().map(|event| event.decode().unwrap()).collect()
    }

    /// The milestones of an order, without their common words.
    pub(crate) fn facts(&mut self, order: OrderId) -> Vec<String> {
        let short = |event: &OrderEvent| {
            let name = event.event_type();
            name.trim_start_matches("order-").trim_end_matches(".v1").to_owned()
        };
        self.events(order).iter().map(short).collect()
    }

    pub(crate) fn remembered(&mut self, key: &ClientKey) -> Option<IdempotencyRecord> {
        self.processor.journal().idempotency(&key.scope).unwrap()
    }

    /// The status and the version that a key was answered with.
    pub(crate) fn answer(&mut self, key: &ClientKey) -> Option<(u16, u64)> {
        self.remembered(key)?.outcome.map(|outcome| (outcome.status, outcome.version))
    }

    /// The kinds of the timers of an order, by name.
    pub(crate) fn timers(&mut self, order: OrderId) -> Vec<String> {
        let timers = self.processor.journal().timers().unwrap();
        let mut kinds: Vec<_> = timers
            .into_iter()
            .filter(|timer| timer.order == Some(order))
            .map(|timer| timer.kind.into_owned())
            .collect();
        kinds.sort();
        kinds
    }
}

pub(crate) type Said = Result<OrderingReply, Failure<OrderingRefusal>>;

fn processor(journal: MemoryJournal, now: Timestamp) -> Processor<OrderingService, MemoryJournal> {
    let ids = Arc::new(SeededIds::new(7));
    Processor::open(OrderingService::new(), journal, ids, Quotas::default(), now).unwrap()
}

fn envelope(actor: &str, command: OrderingCommand) -> CommandEnvelope<OrderingCommand> {
    let causation = Causation::command(Uuid::nil());
    CommandEnvelope { ticket: 1, command, actor: Actor::parse(actor).unwrap(), causation }
}

pub(crate) fn place(order: OrderId, shop: &str, wish: NewOrder, key: Option<ClientKey>) -> OrderingCommand {
    OrderingCommand::Place(Box::new(PlaceOrder { order, shop: shop.into(), wish, key }))
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
