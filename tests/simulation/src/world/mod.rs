//! The world of a run: the roles, what is between them, and who uses them.

mod asking;
mod customers;
mod door;
mod faults;
mod healing;
mod managers;
mod messenger;
mod overload;
mod provider;
mod races;
mod staff;

use std::fmt;

use bus::LocalFeed;
use catalog_service::{CatalogCommand, CatalogService};
use delivery_service::DeliveryService;
use inventory_service::InventoryService;
use journal::{MemoryJournal, Reader, StoreError};
use kernel::{Actor, Causation, IdSource, SeededIds, Timestamp};
use kitchen_service::KitchenService;
use notification_service::NotificationService;
use ordering_service::OrderingService;
use payment_service::PaymentService;
use runtime::{FeedOpener, Outputs, Quotas, Service};
use tracking_service::TrackingService;
use uuid::Uuid;

use crate::chance::Chance;
use crate::check::{Checker, StepFacts};
use crate::clock::WallClock;
use crate::coverage::Coverage;
use crate::fault::{Fault, Swarm};
use crate::link::LinkWeather;
use crate::moment::Moment;
use crate::node::{Load, Node, Stepped};
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
/// A store that cannot answer is asked again so long after.
const STORE_RETRY_MILLIS: u64 = 50;

/// Something that happens.
#[derive(Debug)]
pub(crate) enum Happening {
    Wake(Role),
    Customer(customers::Happening),
    Staff(staff::Happening),
    Ask(asking::Happening),
    Provider(provider::Happening),
    Messenger(messenger::Happening),
    Fault(faults::Happening),
    Overload(overload::Happening),
    Race(races::Happening),
    Heal(healing::Happening),
    Receive { shop: usize, item: usize },
    Menu { shop: usize, item: usize },
    Revise { shop: usize },
    Rebuild,
}

/// Each part has its own chance, so that one part's draws do not move another's.
struct Chances {
    links: Chance,
    customers: Chance,
    staff: Chance,
    provider: Chance,
    messenger: Chance,
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

/// Steps a node and judges the step; its outputs, where it committed.
macro_rules! step_node {
    ($world:expr, $node:ident) => {{
        let now = $world.schedule.now();
        let mut weather = LinkWeather {
            chance: &mut $world.chances.links,
            swarm: &$world.swarm,
            coverage: &mut $world.coverage,
            rough: $world.rough,
        };
        let stepped = $world.$node.step(now, &mut $world.stores, &mut weather);
        let role = $world.$node.role;
        let sources = $world.$node.links.iter().map(|link| link.source).collect::<Vec<_>>();
        $world.judge(role, &sources, stepped)
    }};
}

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
                staff: chance("staff"),
                provider: chance("provider"),
                messenger: chance("messenger"),
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
        self.plan_faults();
        self.plan_overload();
        self.plan_races();
        self.plan_shops();
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
        }
    }

    fn happen(&mut self, happening: Happening) {
        match happening {
            Happening::Wake(role) => self.step(role),
            Happening::Customer(happening) => self.customer(happening),
            Happening::Staff(happening) => self.staff_happens(happening),
            Happening::Ask(happening) => self.ask(happening),
            Happening::Provider(happening) => self.provider_happens(happening),
            Happening::Messenger(happening) => self.channel_answers(happening),
            Happening::Fault(happening) => self.strike(happening),
            Happening::Overload(happening) => self.overload(happening),
            Happening::Race(happening) => self.race(happening),
            Happening::Heal(happening) => self.heal(happening),
            Happening::Receive { shop, item } => self.receive(shop, item),
            Happening::Menu { shop, item } => self.change_menu(shop, item),
            Happening::Rebuild => self.rebuild(),
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

    /// Lets a role step if it has something to do.
    fn step(&mut self, role: Role) {
        let now = self.schedule.now();
        let planned = with_node!(self, role, node => node.wakes_at);
        if planned != Some(now) {
            return;
        }
        match role {
            Role::Catalog => drop(step_node!(self, catalog)),
            Role::Ordering => {
                if let Some(outputs) = step_node!(self, ordering) {
                    self.ordering_stepped(outputs);
                }
            }
            Role::Payment => {
                if let Some(outputs) = step_node!(self, payment) {
                    self.payment_stepped(outputs);
                }
            }
            Role::Inventory => drop(step_node!(self, inventory)),
            Role::Kitchen => {
                if let Some(outputs) = step_node!(self, kitchen) {
                    self.kitchen_stepped(&outputs);
                }
            }
            Role::Delivery => {
                if let Some(outputs) = step_node!(self, delivery) {
                    self.delivery_stepped(&outputs);
                }
            }
            Role::Tracking => drop(step_node!(self, tracking)),
            Role::Notification => {
                if let Some(outputs) = step_node!(self, notification) {
                    self.notification_stepped(outputs);
                }
            }
        }
        self.after_strike(role);
        self.plan_waking(role);
    }

    /// Judges a step by what it left on the disk, and carries it to whoever follows.
    fn judge<S: Service>(
        &mut self,
        role: Role,
        sources: &[Option<Role>],
        stepped: Result<Option<Stepped<S>>, StoreError>,
    ) -> Option<Outputs<S::Reply, S::Refusal>> {
        let stepped = match stepped {
            Ok(stepped) => stepped?,
            Err(error) => {
                self.checker.violation("I9", None, format!("{role}: {error}"));
                return None;
            }
        };
        let name = |source: usize| sources[source].map_or("", Role::name).to_owned();
        let outputs = stepped.outcome.as_ref().ok();
        let applied = outputs.map(|outputs| {
            let applied = outputs.applied.iter();
            applied.map(|(source, event)| (name(*source), event.position)).collect()
        });
        let timers = outputs
            .filter(|_| stepped.timers_fire && stepped.struck.is_none())
            .map(|outputs| (stepped.writer_time, outputs.timers_left));
        self.checker.stepped(&StepFacts {
            role,
            committed: &stepped.committed,
            told: &stepped.told,
            applied,
            timers,
        });
        self.checker.all_could_be_done(role, &stepped);
        self.bounded(role, &stepped.load);
        self.count_strike(role, &stepped);
        for batch in &stepped.committed {
            self.poison_some(role, &batch.events);
            self.carry(role, &batch.events);
            self.races_see(&batch.events);
        }
        match stepped.outcome {
            Ok(outputs) => Some(outputs),
            Err(error) => {
                self.note(|| format!("{role} could not commit: {error}"));
                self.not_committed(role, &error);
                None
            }
        }
    }

    /// I27: what the role had in memory.
    fn bounded(&mut self, role: Role, load: &Load) {
        let (quotas, pace) = with_node!(self, role, node => (node.quotas(), node.pace));
        self.checker.bounded(role, load, quotas, pace);
    }

    /// A batch came to nothing, or nobody knows: whoever waits is told so.
    fn not_committed(&mut self, role: Role, error: &StoreError) {
        match error {
            StoreError::Unavailable(_) => {
                self.wake_after(role, STORE_RETRY_MILLIS);
                if role == Role::Ordering {
                    self.door_failed();
                }
                if role == Role::Payment {
                    self.asks_failed();
                }
            }
            StoreError::Fatal(_) => {}
            other => self.checker.violation("I8", None, format!("{role}: {other}")),
        }
    }

    /// New events travel to whoever follows the role.
    fn carry(&mut self, role: Role, events: &[std::sync::Arc<kernel::Recorded>]) {
        if events.is_empty() {
            return;
        }
        let now = self.schedule.now();
        for follower in Role::ALL {
            let mut weather = LinkWeather {
                chance: &mut self.chances.links,
                swarm: &self.swarm,
                coverage: &mut self.coverage,
                rough: self.rough,
            };
            let open_at = with_node!(self, follower, node => {
                node.links.iter_mut().find(|link| link.source == Some(role)).map(|link| {
                    let delay = weather.delay_millis(events);
                    link.closed_until = link.closed_until.max(now.plus(delay));
                    link.closed_until
                })
            });
            if let Some(open_at) = open_at {
                self.wake_at(follower, open_at.max(now.plus(1)));
            }
        }
    }

    fn wake_after(&mut self, role: Role, millis: u64) {
        self.wake_at(role, self.schedule.now().plus(millis));
    }

    fn wake_at(&mut self, role: Role, at: Moment) {
        let sooner = with_node!(self, role, node => {
            // A role that is at a step begins the next one behind it.
            let at = at.max(node.busy_until);
            let sooner = node.is_up() && node.wakes_at.is_none_or(|planned| planned > at);
            sooner.then(|| {
                node.wakes_at = Some(at);
                at
            })
        });
        if let Some(at) = sooner {
            self.schedule.at(at, Happening::Wake(role));
        }
    }

    fn plan_waking(&mut self, role: Role) {
        let now = self.schedule.now();
        let next = with_node!(self, role, node => node.next_waking(now, &mut self.stores));
        if let Some(at) = next {
            self.wake_at(role, at);
        }
    }

    fn start(&mut self, role: Role) {
        let now = self.schedule.now();
        let started = with_node!(self, role, node => node.start(now));
        if let Err(error) = started {
            return self.not_started(role, &error);
        }
        if role == Role::Ordering {
            self.customers.open_gate(self.ordering.clock.read(now));
        }
        let (timers, committed) = with_node!(self, role, node => {
            (journal::Reader::timers(&mut node.disk).unwrap_or_default(), node.disk.committed())
        });
        self.checker.recovered(role, &timers, &committed);
        self.wake_after(role, 1);
    }

    /// A start that an injected failure cut off is begun again; no other start may fail.
    fn not_started(&mut self, role: Role, error: &StoreError) {
        let (struck, committed) = with_node!(self, role, node => {
            (node.disk.struck(), node.disk.committed())
        });
        self.checker.cut_off(role, &committed);
        if struck.is_some() {
            self.count_everywhere(Fault::F2);
            self.start_later(role);
        } else {
            self.checker.violation("I28", None, format!("{role} does not start: {error}"));
        }
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
        Box::new(move || Ok(Box::new(LocalFeed::new(Box::new(store.clone()), None))))
    };
    sources.iter().map(open).collect()
}

/// Whoever runs Jumun.
fn operator() -> Actor {
    Actor::parse("operator:sim").unwrap_or_else(|_| Actor::system())
}
