//! The world of a run: the roles, what is between them, and who uses them.

mod asking;
mod callbacks;
mod closings;
mod customers;
mod door;
mod faults;
mod healing;
mod intents;
mod managers;
mod messenger;
mod movers;
mod overload;
mod provider;
mod purses;
mod races;
mod staff;
mod stepping;

use std::fmt;
use std::sync::Arc;

use bus::LocalFeed;
use catalog_contract::{Pause, PauseKind};
use catalog_service::{CatalogCommand, CatalogService};
use delivery_service::DeliveryService;
use inventory_service::InventoryService;
use journal::{Journal as _, MemoryJournal, Reader, ReaderOpener};
use kernel::{Actor, Causation, IdSource, SeededIds, Timestamp};
use kitchen_service::KitchenService;
use notification_service::NotificationService;
use ordering_service::OrderingService;
use payment_service::PaymentService;
use runtime::{FeedOpener, Quotas};
use tracking_service::TrackingService;
use uuid::Uuid;

use crate::chance::Chance;
use crate::check::Checker;
use crate::clock::WallClock;
use crate::coverage::Coverage;
use crate::fault::{Fault, Swarm};
use crate::moment::Moment;
use crate::node::Node;
use crate::plan::Plan;
use crate::role::Role;
use crate::saga::SagaStep;
use crate::schedule::Schedule;
use crate::shops::shops;

pub(crate) use customers::Customers;

/// When runs begin: 2026-03-02 08:00 in Seoul.
const BEGINS_AT: i64 = 1_772_406_000_000;
/// Customers come from then on: the shops are open.
const OPENS_MILLIS: u64 = 5_000;
/// So many seeds have one event changed at their end, to be found.
const TAMPERED_EVERY: u64 = 20;

/// Something that happens.
#[derive(Debug)]
pub(crate) enum Happening {
    Wake(Role),
    Customer(customers::Happening),
    Staff(staff::Happening),
    Ask(asking::Happening),
    Provider(provider::Happening),
    Callback(Box<callbacks::Arrival>),
    Purse(purses::Happening),
    Closing(closings::Happening),
    Messenger(messenger::Happening),
    Fault(faults::Happening),
    Overload(overload::Happening),
    Race(races::Happening),
    Heal(healing::Happening),
    Receive { shop: usize, item: usize },
    Menu { shop: usize, item: usize },
    Revise { shop: usize },
    Pause { shop: usize, millis: u64, kind: PauseKind },
    Rebuild,
}

/// Each part has its own chance, so that one part's draws do not move another's.
struct Chances {
    links: Chance,
    customers: Chance,
    news: Chance,
    staff: Chance,
    provider: Chance,
    callbacks: Chance,
    purses: Chance,
    closings: Chance,
    messenger: Chance,
    movers: Chance,
    faults: Chance,
    overload: Chance,
    races: Chance,
    world: Chance,
}

pub(crate) struct World {
    plan: Plan,
    swarm: Swarm,
    schedule: Schedule<Happening>,
    chances: Chances,
    ids: SeededIds,
    catalog: Node<CatalogService>,
    ordering: Node<OrderingService>,
    payment: Node<PaymentService>,
    inventory: Node<InventoryService>,
    kitchen: Node<KitchenService>,
    delivery: Node<DeliveryService>,
    tracking: Node<TrackingService>,
    notification: Node<NotificationService>,
    stores: Vec<MemoryJournal>,
    pub(crate) checker: Checker,
    pub(crate) coverage: Coverage,
    customers: Customers,
    asking: asking::Asking,
    provider: provider::ProviderSide,
    overload: overload::Overload,
    aims: races::Aims,
    /// Roles that die once their step is dealt with.
    struck: Vec<Role>,
    rough: bool,
    settled: bool,
    days_are_closed: bool,
    healed_at: Moment,
    tickets: u64,
    steps: u64,
}

/// Does something with the node of a role.
macro_rules! with_node {
    ($world:expr, $role:expr, $node:ident => $body:expr) => {
        match $role {
            Role::Catalog => {
                let $node = &mut $world.catalog;
                $body
            }
            Role::Ordering => {
                let $node = &mut $world.ordering;
                $body
            }
            Role::Payment => {
                let $node = &mut $world.payment;
                $body
            }
            Role::Inventory => {
                let $node = &mut $world.inventory;
                $body
            }
            Role::Kitchen => {
                let $node = &mut $world.kitchen;
                $body
            }
            Role::Delivery => {
                let $node = &mut $world.delivery;
                $body
            }
            Role::Tracking => {
                let $node = &mut $world.tracking;
                $body
            }
            Role::Notification => {
                let $node = &mut $world.notification;
                $body
            }
        }
    };
}
pub(crate) use with_node;

impl World {
    pub(crate) fn new(plan: Plan) -> Self {
        let seed = plan.seed;
        let chance = |part: &str| Chance::of(seed, part);
        let mut world_chance = chance("world");
        let quotas = Quotas {
            events: usize::try_from(world_chance.between(1, 12)).unwrap_or(1),
            timers: usize::try_from(world_chance.between(2, 12)).unwrap_or(2),
            aggregates: usize::try_from(world_chance.between(1, 40)).unwrap_or(1),
            passed: usize::try_from(chance("passed").between(1, 30)).unwrap_or(1),
            ..Quotas::default()
        };
        let clock = WallClock::starting(Timestamp::from_millis(BEGINS_AT));
        let mut world = Self {
            swarm: plan.swarm.clone(),
            schedule: Schedule::new(),
            chances: Chances {
                links: chance("links"),
                customers: chance("customers"),
                news: chance("news"),
                staff: chance("staff"),
                provider: chance("provider"),
                callbacks: chance("callbacks"),
                purses: chance("purses"),
                closings: chance("closings"),
                messenger: chance("messenger"),
                movers: chance("movers"),
                faults: chance("faults"),
                overload: chance("overload"),
                races: chance("races"),
                world: world_chance,
            },
            ids: SeededIds::new(seed ^ 0x5eed),
            catalog: Node::new(Role::Catalog, CatalogService::default, seed, clock, quotas),
            ordering: Node::new(Role::Ordering, OrderingService::new, seed, clock, quotas),
            payment: Node::new(Role::Payment, PaymentService::default, seed, clock, quotas),
            inventory: Node::new(Role::Inventory, InventoryService::default, seed, clock, quotas),
            kitchen: Node::new(Role::Kitchen, KitchenService::default, seed, clock, quotas),
            delivery: Node::new(Role::Delivery, DeliveryService::default, seed, clock, quotas),
            tracking: Node::new(Role::Tracking, || TrackingService::new(Vec::new()), seed, clock, quotas),
            notification: Node::new(Role::Notification, NotificationService::default, seed, clock, quotas),
            stores: Vec::new(),
            checker: Checker::new(),
            coverage: Coverage::default(),
            customers: Customers::new(clock),
            asking: asking::Asking::default(),
            provider: provider::ProviderSide::default(),
            overload: overload::Overload::default(),
            aims: races::Aims::at(&plan.races),
            struck: Vec::new(),
            rough: true,
            settled: false,
            days_are_closed: false,
            healed_at: Moment(0),
            tickets: 0,
            steps: 0,
            plan,
        };
        world.stores = Role::ALL
            .into_iter()
            .map(|role| with_node!(world, role, node => node.disk.store().clone()))
            .collect();
        let sources: Vec<_> = tracking_service::SOURCES
            .iter()
            .filter_map(|source| Role::named(source))
            .map(|role| world.stores[role as usize].clone())
            .collect();
        world.tracking.make_as(move || TrackingService::new(feeds(&sources)));
        world
    }

    /// Runs chaos, then heals, until everything rests or time is over.
    pub(crate) fn run(&mut self) {
        self.open();
        while let Some(happening) = self.schedule.next() {
            self.note(|| format!("{happening:?}"));
            self.steps += 1;
            self.happen(happening);
            if !self.checker.found().is_empty() {
                return;
            }
            if self.settled {
                self.checker.at_rest(&mut self.stores, self.provider.book());
                if self.plan.seed.is_multiple_of(TAMPERED_EVERY) {
                    self.tamper();
                }
                return;
            }
        }
    }

    /// I32: an event that is changed behind a journal's back is found.
    fn tamper(&mut self) {
        let role = *self.chances.world.pick(&Role::ALL);
        let mut copy = self.stores[role as usize].deep_clone();
        let events = copy.read_after(0, usize::MAX).unwrap_or_default();
        if events.is_empty() {
            return;
        }
        let event = self.chances.world.pick(&events);
        copy.damage(event.stream_id, event.version, |event| event.data.push(b' '));
        if !matches!(copy.audit(), Ok(found) if !found.is_empty()) {
            let what = format!("{role}/{} was changed and nobody found it", event.position);
            self.checker.violation("I32", None, what);
        }
    }

    /// How many things happened.
    pub(crate) const fn steps(&self) -> u64 {
        self.steps
    }

    /// How much virtual time has passed.
    pub(crate) const fn now(&self) -> Moment {
        self.schedule.now()
    }

    /// The hash of everything that is on the disks, in the provider's book and in the coverage.
    pub(crate) fn digest(&mut self) -> String {
        crate::digest::digest(&mut self.stores, self.provider.book(), &self.coverage)
    }

    fn open(&mut self) {
        for role in Role::ALL {
            self.start(role);
        }
        for (index, shop) in shops().iter().enumerate() {
            let command = CatalogCommand::ImportShop(Box::new(shop.file.clone()));
            self.order_catalog(command);
            for item in 0..shop.file.stock_items.len() {
                self.schedule.after(1_000, Happening::Receive { shop: index, item });
            }
        }
        self.wake_at(Role::Catalog, Moment(1));
        self.plan_customers();
        self.plan_top_ups();
        self.plan_faults();
        self.plan_overload();
        self.plan_races();
        self.plan_shops();
        self.plan_closings();
        self.plan_rebuild();
        self.schedule
            .at(Moment(OPENS_MILLIS + self.plan.chaos_millis), Happening::Heal(healing::Happening::Begin));
    }

    /// Deliveries of stock, prices and switches on the menu, changed lives, at any time.
    fn plan_shops(&mut self) {
        for (index, shop) in shops().iter().enumerate() {
            let window = (OPENS_MILLIS, OPENS_MILLIS + self.plan.chaos_millis);
            for item in 0..shop.file.stock_items.len() {
                for _ in 0..self.chances.world.between(0, 3) {
                    let at = Moment(self.chances.world.between(window.0, window.1));
                    self.schedule.at(at, Happening::Receive { shop: index, item });
                }
            }
            if self.chances.world.hits(0.3) {
                let item = self.chances.world.between(0, shop.file.menu.len() as u64 - 1);
                let item = usize::try_from(item).unwrap_or(0);
                for _ in 0..2 {
                    let at = Moment(self.chances.world.between(window.0, window.1));
                    self.schedule.at(at, Happening::Menu { shop: index, item });
                }
            }
            if self.chances.world.hits(0.2) {
                let at = Moment(self.chances.world.between(window.0, window.1));
                self.schedule.at(at, Happening::Revise { shop: index });
            }
            if self.chances.world.hits(0.2) {
                let at = Moment(self.chances.world.between(window.0, window.1));
                let kind = *self.chances.world.pick(&[PauseKind::Busy, PauseKind::Closed]);
                let millis = self.chances.world.between(1_000, 1_800_000);
                // Who asks after an overload whether orders are taken needs a shop that takes them.
                let is_asked = self.swarm.rate(Fault::F21) > 0.0 && overload::runs_by_itself(shop);
                if !is_asked {
                    self.schedule.at(at, Happening::Pause { shop: index, millis, kind });
                }
            }
        }
    }

    fn happen(&mut self, happening: Happening) {
        match happening {
            Happening::Wake(role) => self.step(role),
            Happening::Customer(happening) => self.customer(happening),
            Happening::Staff(happening) => self.staff_happens(happening),
            Happening::Ask(happening) => self.ask(happening),
            Happening::Provider(happening) => self.provider_happens(happening),
            Happening::Callback(arrival) => self.callback_arrives(*arrival),
            Happening::Purse(happening) => self.purse_happens(happening),
            Happening::Closing(happening) => self.closing_happens(happening),
            Happening::Messenger(happening) => self.channel_answers(happening),
            Happening::Fault(happening) => self.strike(happening),
            Happening::Overload(happening) => self.overload(happening),
            Happening::Race(happening) => self.race(happening),
            Happening::Heal(happening) => self.heal(happening),
            Happening::Receive { shop, item } => self.receive(shop, item),
            Happening::Menu { shop, item } => self.change_menu(shop, item),
            Happening::Rebuild => self.rebuild(),
            Happening::Pause { shop, millis, kind } => {
                let now = self.catalog.clock.read(self.schedule.now());
                let until = now.plus_millis(i64::try_from(millis).unwrap_or(0));
                let shop = shops()[shop].file.life.key.clone();
                let pause = Some(Pause { kind, until: Some(until) });
                self.order_catalog(CatalogCommand::SetOpening { shop, pause });
            }
            Happening::Revise { shop } => {
                let file = Box::new(shops()[shop].revised.clone());
                self.order_catalog(CatalogCommand::ImportShop(file));
            }
        }
    }

    fn ticket(&mut self) -> u64 {
        self.tickets += 1;
        self.tickets
    }

    fn causation(&self) -> Causation {
        Causation::command(self.new_id())
    }

    fn new_id(&self) -> Uuid {
        self.ids.next_id(self.ordering.clock.read(self.schedule.now()))
    }

    /// Counts a fault that struck right now, at wherever orders are.
    fn count_everywhere(&mut self, fault: Fault) {
        self.coverage.fired(fault);
        for step in self.checker.under_way() {
            self.coverage.met(fault, step);
        }
    }

    fn count_event(&mut self, fault: Fault, event: &kernel::Recorded) {
        self.coverage.fired(fault);
        if let Some(step) = SagaStep::of(&event.event_type) {
            self.coverage.met(fault, step);
        }
    }

    /// Tells the trace, where somebody reads it.
    fn note(&self, what: impl FnOnce() -> String) {
        if self.plan.trace {
            println!("{} {}", self.schedule.now(), what());
        }
    }
}

impl fmt::Debug for World {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("World")
    }
}

/// The journals that a view is made from.
fn feeds(sources: &[MemoryJournal]) -> Vec<FeedOpener> {
    let open = |store: &MemoryJournal| -> FeedOpener {
        let store = store.clone();
        let open: ReaderOpener = Arc::new(move || store.reader());
        Box::new(move || Ok(Box::new(LocalFeed::new(open.clone(), None))))
    };
    sources.iter().map(open).collect()
}

/// Whoever runs Jumun.
fn operator() -> Actor {
    Actor::parse("operator:sim").unwrap_or_else(|_| Actor::system())
}
