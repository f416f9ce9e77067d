//! One event of ten thousand orders cannot be read: one order waits, and nobody else notices.

use std::collections::BTreeMap;
use std::path::Path;

use catalog_domain::ShopFile;
use catalog_service::{CatalogCommand, CatalogService};
use journal::{ParkedEvent, Reader, StoreError, Timer};
use kernel::{OrderId, Recorded, ShopKey};
use kitchen_service::KitchenService;
use operations::{orders_in_state, stall_file, store};
use ordering_service::{
    NewLine, NewOrder, OrderingCommand, OrderingRefusal, OrderingReply, OrderingService, PlaceOrder,
};
use runtime::{Admin, AdminReply, Failure, PolicyFailure, Service, Turn};
use tempfile::TempDir;
use uuid::Uuid;

use crate::node::Node;

const ORDERS: u64 = 10_000;
const BROKEN: Uuid = order(4_711);

const fn order(number: u128) -> Uuid {
    Uuid::from_u128(0x0195_0000_0000_7000_8000_0000_0000_0000 + number)
}

/// Ordering as a program that is one version behind: of one order it cannot read that the kitchen
/// has accepted it.
struct Behind {
    ordering: OrderingService,
    mended: bool,
}

impl Service for Behind {
    type Command = OrderingCommand;
    type Reply = OrderingReply;
    type Refusal = OrderingRefusal;

    fn role(&self) -> &'static str {
        self.ordering.role()
    }

    fn sources(&self) -> &'static [&'static str] {
        self.ordering.sources()
    }

    fn reload(&mut self, store: &mut dyn Reader) -> Result<(), StoreError> {
        self.ordering.reload(store)
    }

    fn on_command(
        &mut self,
        command: OrderingCommand,
        turn: &mut Turn<'_>,
    ) -> Result<OrderingReply, Failure<OrderingRefusal>> {
        self.ordering.on_command(command, turn)
    }

    fn hears(&self, source: &str, event: &str) -> bool {
        self.ordering.hears(source, event)
    }

    fn on_event(&mut self, source: &str, event: &Recorded, turn: &mut Turn<'_>) -> Result<(), PolicyFailure> {
        let of_broken = event.subject.order == Some(OrderId(BROKEN));
        if of_broken && &*event.event_type == "ticket-accepted.v1" && !self.mended {
            let unknown = Recorded { event_type: "ticket-accepted.v9".into(), ..event.clone() };
            return self.ordering.on_event(source, &unknown, turn);
        }
        self.ordering.on_event(source, event, turn)
    }

    fn on_batch_end(&mut self, turn: &mut Turn<'_>) -> Result<(), StoreError> {
        self.ordering.on_batch_end(turn)
    }

    fn on_timer(&mut self, timer: &Timer, turn: &mut Turn<'_>) -> Result<(), PolicyFailure> {
        self.ordering.on_timer(timer, turn)
    }
}

/// Three roles and their stores.
struct Trio {
    ordering: Node<Behind>,
    kitchen: Node<KitchenService>,
}

impl Trio {
    fn open(data: &Path, mended: bool) -> Self {
        let mut catalog = Node::open(data, CatalogService::default());
        let text = std::fs::read_to_string(stall_file()).unwrap();
        let file = ShopFile::read("stall.toml", &text).unwrap();
        catalog.take([(order(0), CatalogCommand::ImportShop(Box::new(file)))]);
        let mut ordering = Node::open(data, Behind { ordering: OrderingService::new(), mended });
        let mut kitchen = Node::open(data, KitchenService::default());
        ordering.listen(data, &["catalog", "kitchen"]);
        kitchen.listen(data, &["catalog", "ordering"]);
        let mut trio = Self { ordering, kitchen };
        trio.settle();
        trio
    }

    fn settle(&mut self) {
        while self.ordering.hear() | self.kitchen.hear() {}
    }

    fn orders(&mut self, numbers: impl Iterator<Item = u64>) {
        let numbers: Vec<u64> = numbers.collect();
        for batch in numbers.chunks(500) {
            self.ordering.take(batch.iter().map(|number| place(order(u128::from(*number)))));
        }
    }

    fn retry(&mut self) -> AdminReply {
        self.ordering.operate("operator:jin", Admin::RetryParked { blocks: BROKEN })
    }
}

fn place(id: Uuid) -> (Uuid, OrderingCommand) {
    let line = NewLine { item: "1".to_owned(), quantity: 1, options: vec![], unit_price: None };
    let wish = NewOrder {
        lines: vec![line],
        note: None,
        customer: None,
        name: None,
        phone: None,
        email: None,
        address: None,
        wanted_at: None,
        table: None,
        labels: std::collections::BTreeMap::new(),
        payment_method: None,
        total: None,
    };
    let place = PlaceOrder { order: OrderId(id), shop: ShopKey::from("stall"), wish, key: None };
    (id, OrderingCommand::Place(Box::new(place)))
}

fn parked(data: &Path) -> Vec<ParkedEvent> {
    store(data, "ordering").parked().unwrap()
}

/// Every event type of an order in ordering's journal.
fn told(data: &Path, id: Uuid) -> Vec<String> {
    store(data, "ordering").load(id, 0).unwrap().iter().map(|event| event.event_type.to_string()).collect()
}

#[test]
fn one_broken_event_of_ten_thousand_orders_stops_one_order_until_it_is_repaired() {
    let folder = TempDir::new().unwrap();
    let data = folder.path();

    // Half of the orders are there, and half of those followed, when the program dies.
    let mut trio = Trio::open(data, false);
    trio.orders(1..=ORDERS / 2);
    trio.kitchen.hear();
    trio.ordering.hear();
    drop(trio);
    let mut trio = Trio::open(data, false);
    trio.orders(ORDERS / 2 + 1..=ORDERS);
    trio.settle();

    assert_eq!(orders_in_state(data, "completed"), ORDERS - 1);
    let waiting = parked(data);
    assert!(waiting.iter().all(|event| event.blocks == BROKEN), "{waiting:?}");
    let causes: Vec<_> = waiting.iter().map(|event| event.cause.as_deref()).collect();
    assert_eq!(causes, [Some("unknown event type ticket-accepted.v9"), None, None]);
    let types: Vec<_> = waiting.iter().map(|event| event.event.event_type.to_string()).collect();
    assert_eq!(types, ["ticket-accepted.v1", "preparation-started.v1", "preparation-finished.v1"]);
    assert_eq!(told(data, BROKEN), ["order-placed.v1", "order-confirmed.v1"]);

    // Dying once more changes nothing, nor does asking too early.
    drop(trio);
    let mut trio = Trio::open(data, false);
    assert_eq!(parked(data), waiting);
    assert_eq!(trio.retry(), AdminReply::Retried { applied: 0, waiting: 3 });
    assert_eq!(orders_in_state(data, "completed"), ORDERS - 1);

    drop(trio);
    let mut trio = Trio::open(data, true);
    assert_eq!(trio.retry(), AdminReply::Retried { applied: 3, waiting: 0 });
    trio.settle();

    assert_eq!((orders_in_state(data, "completed"), parked(data)), (ORDERS, vec![]));
    assert_eq!(told(data, BROKEN), told(data, order(1)), "in the order of every other order");
    let audit: BTreeMap<u64, String> = audit(&mut trio);
    assert_eq!(audit.len(), 3);
    assert!(
        audit.values().all(|line| line.contains("operator:jin") && line.contains("retried")),
        "{audit:?}"
    );
}

#[test]
fn a_broken_event_that_is_resolved_leaves_an_audit_line_and_its_followers_for_a_retry() {
    let folder = TempDir::new().unwrap();
    let data = folder.path();
    let mut trio = Trio::open(data, false);
    trio.ordering.take([place(BROKEN), place(order(1))]);
    trio.settle();
    let position = parked(data)[0].event.position;

    let note = "counted by hand".to_owned();
    let resolve = Admin::ResolveParked { source: "kitchen".to_owned(), position, note };
    assert_eq!(trio.ordering.operate("manager:jin", resolve), AdminReply::Resolved);

    assert_eq!(parked(data).len(), 2);
    let audit = audit(&mut trio);
    let line: serde_json::Value = serde_json::from_str(&audit[&1]).unwrap();
    assert_eq!((&line["actor"], &line["action"]), (&"manager:jin".into(), &"resolved".into()));
    assert_eq!((&line["note"], &line["position"]), (&"counted by hand".into(), &position.into()));
    assert_eq!(trio.retry(), AdminReply::Retried { applied: 2, waiting: 0 });
    assert_eq!(orders_in_state(data, "completed"), 2);
}

fn audit(trio: &mut Trio) -> BTreeMap<u64, String> {
    let lines = trio.ordering.journal().entries("audit", BROKEN, 0, 100).unwrap();
    lines.into_iter().map(|line| (line.sequence, String::from_utf8(line.body).unwrap())).collect()
}
