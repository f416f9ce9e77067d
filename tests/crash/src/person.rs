//! Who asks: customers, staff, and whoever fills the shelves. Each asks for one thing at a time,
//! and asks for it until it is decided, across as many lives of the program as that takes.

use std::time::Duration;

use delivery_contract::DeliveryState;
use kernel::OrderId;
use kitchen_contract::TicketState;
use rand::Rng;
use rand::rngs::SmallRng;
use serde::Deserialize;
use tokio::time::{Instant, sleep};

use crate::memory::Memory;
use crate::shops::{self, Brings, Pays, SHOPS, Shop};
use crate::wire::{Unanswered, Wire};
use crate::wish::{Leg, Step, Wish};

/// How long to wait before something undecided is asked for again.
const AGAIN_AFTER: Duration = Duration::from_millis(20);
/// How long staff, and whoever fills the shelves, rest between two things.
const REST: Duration = Duration::from_millis(5);
/// One of so many orders that its customer would have to approve is left alone.
const APPROVED_EVERY: u64 = 10;
/// How many of a hundred customers pay in before they order from a deposit, and how much: not always
/// enough.
const PAYS_IN_PERCENT: u32 = 80;
const PAID_IN: std::ops::RangeInclusive<i64> = 1_000..=60_000;
/// Own orders that a customer may still change their mind about.
const RECENT: usize = 8;
/// What is paid with, and by how many of a hundred.
const METHODS: &[(&str, u32)] = &[("tok_decline", 10), ("tok_error_after_capture", 3), ("tok_slow_40", 4)];

/// What somebody is there for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// Orders, cancels, and asks twice.
    Customer,
    /// Moves tickets on.
    Staff,
    /// Brings orders.
    Courier,
    /// Receives stock.
    Shelves,
}

/// Somebody.
pub struct Person {
    /// What they are there for.
    pub part: Part,
    /// What they remember.
    pub memory: Memory,
    name: String,
    asked: u64,
    pending: Option<Wish>,
    /// What comes after it.
    then: Option<Wish>,
    was_unanswered: bool,
    recent: Vec<(&'static Shop, OrderId, Wish)>,
}

#[derive(Deserialize)]
struct Tickets {
    items: Vec<Ticket>,
}

#[derive(Deserialize)]
struct Ticket {
    order: OrderId,
    state: TicketState,
}

#[derive(Deserialize)]
struct Deliveries {
    items: Vec<Delivery>,
}

#[derive(Deserialize)]
struct Delivery {
    order: OrderId,
    state: DeliveryState,
}

impl Person {
    /// Somebody of that name, which no one else has.
    #[must_use]
    pub fn new(part: Part, name: String) -> Self {
        Self {
            part,
            memory: Memory::default(),
            name,
            asked: 0,
            pending: None,
            then: None,
            was_unanswered: false,
            recent: Vec::new(),
        }
    }

    /// What they have asked for and not been told.
    #[must_use]
    pub const fn pending(&self) -> Option<&Wish> {
        self.pending.as_ref()
    }

    /// Goes about their part until the program does not answer any longer.
    pub async fn live(&mut self, wire: &Wire, mut chance: SmallRng) {
        loop {
            if self.pending.is_none() {
                match self.next(wire, &mut chance).await {
                    Ok(Some(wish)) => self.pending = Some(wish),
                    Ok(None) => sleep(REST).await,
                    Err(Unanswered) => return,
                }
            }
            if self.ask(wire).await == Err(Unanswered) {
                return;
            }
        }
    }

    /// Asks only for what is pending, until it is decided or the time is over.
    pub async fn settle(&mut self, wire: &Wire, deadline: Instant) {
        while self.pending.is_some() && Instant::now() < deadline {
            if self.ask(wire).await == Err(Unanswered) {
                sleep(AGAIN_AFTER).await;
            }
        }
    }

    async fn ask(&mut self, wire: &Wire) -> Result<(), Unanswered> {
        let Some(wish) = &self.pending else { return Ok(()) };
        self.memory.retried += u64::from(std::mem::take(&mut self.was_unanswered));
        match wire.post(&wish.request()).await {
            Ok(answer) if self.memory.note(wish, &answer) => {
                if let Some(wish) = self.pending.take() {
                    self.remember(wish);
                }
                Ok(())
            }
            Ok(_) => {
                sleep(AGAIN_AFTER).await;
                Ok(())
            }
            Err(Unanswered) => {
                self.memory.unanswered += 1;
                self.was_unanswered = true;
                Err(Unanswered)
            }
        }
    }

    /// What was decided, and what follows from it.
    fn remember(&mut self, wish: Wish) {
        self.pending = self.then.take();
        let Wish::Place { shop, key, method, .. } = &wish else { return };
        let Some(order) = self.memory.orders.get(key).and_then(|told| told.order) else { return };
        // Some never approve; whoever asks again has done so.
        let is_new = self.recent.iter().all(|(_, other, _)| *other != order.id);
        if shop.pays == Pays::ByCustomer && is_new && order.number % APPROVED_EVERY != 0 {
            let (customer, key) = (key.clone(), format!("{key}-approves"));
            self.pending = Some(Wish::Approve { shop, order: order.id, customer, method: *method, key });
        }
        self.recent.push((shop, order.id, wish));
        if self.recent.len() > RECENT {
            self.recent.remove(0);
        }
    }

    async fn next(&mut self, wire: &Wire, chance: &mut SmallRng) -> Result<Option<Wish>, Unanswered> {
        self.asked += 1;
        let key = format!("{}-{}", self.name, self.asked);
        match self.part {
            Part::Customer => Ok(Some(self.next_of_customer(key, chance))),
            Part::Courier => next_of_courier(wire, key, chance).await,
            Part::Staff => next_of_staff(wire, key, chance).await,
            Part::Shelves => {
                sleep(REST).await;
                Ok(Some(delivery(key, chance, 1..=3)))
            }
        }
    }

    fn next_of_customer(&mut self, key: String, chance: &mut SmallRng) -> Wish {
        let drawn = chance.random_range(0..100);
        if drawn >= 25 || self.recent.is_empty() {
            return self.first_pays_in(order(key, chance), chance);
        }
        let which = chance.random_range(0..self.recent.len());
        if drawn < 5 {
            self.memory.repeated += 1;
            return self.recent[which].2.clone();
        }
        let (shop, order, placed) = self.recent.remove(which);
        let customer = match placed {
            Wish::Place { key, .. } => key,
            _ => String::new(),
        };
        Wish::Cancel { shop, order, customer }
    }
}

impl Person {
    /// Where orders are paid from deposits, most customers pay something in before.
    fn first_pays_in(&mut self, order: Wish, chance: &mut SmallRng) -> Wish {
        let Wish::Place { shop, key, .. } = &order else { return order };
        if shop.pays != Pays::FromDeposit || chance.random_range(0..100) >= PAYS_IN_PERCENT {
            return order;
        }
        let amount = chance.random_range(PAID_IN);
        let top_up = Wish::TopUp { shop, customer: key.clone(), amount, key: format!("{key}-pays-in") };
        self.then = Some(order);
        top_up
    }
}

fn order(key: String, chance: &mut SmallRng) -> Wish {
    let shop = shops::drawn(chance.random_range(0..100));
    let lines = (0..chance.random_range(1..=2))
        .map(|_| (shop.items[chance.random_range(0..shop.items.len())], chance.random_range(1..=3)))
        .collect();
    let method = if shop.asks_provider() { method(chance.random_range(0..100)) } else { None };
    Wish::Place { shop, key, lines, method }
}

fn method(drawn: u32) -> Option<&'static str> {
    let mut below = 0;
    for (method, share) in METHODS {
        below += share;
        if drawn < below {
            return Some(method);
        }
    }
    None
}

fn delivery(key: String, chance: &mut SmallRng, quantity: std::ops::RangeInclusive<u64>) -> Wish {
    let shelves: Vec<_> = SHOPS.iter().filter(|shop| !shop.stock.is_empty()).collect();
    let shop = shelves[chance.random_range(0..shelves.len())];
    let item = shop.stock[chance.random_range(0..shop.stock.len())];
    Wish::Receive { shop, item, quantity: chance.random_range(quantity), key }
}

/// A ticket somewhere, and the step that comes next, or the one after it.
async fn next_of_staff(wire: &Wire, key: String, chance: &mut SmallRng) -> Result<Option<Wish>, Unanswered> {
    const STATES: [TicketState; 4] =
        [TicketState::Open, TicketState::Accepted, TicketState::Started, TicketState::Finished];
    let staffed: Vec<_> = SHOPS.iter().filter(|shop| shop.has_staff).collect();
    let shop = staffed[chance.random_range(0..staffed.len())];
    let state = STATES[chance.random_range(0..STATES.len())];
    let path = format!("/v1/shops/{}/tickets?limit=50&state={}", shop.key, state.as_str());
    let tickets: Tickets = wire.read(&path).await.map_err(|_| Unanswered)?;
    if tickets.items.is_empty() {
        return Ok(None);
    }
    let ticket = &tickets.items[chance.random_range(0..tickets.items.len())];
    let step = match ticket.state {
        TicketState::Open if chance.random_range(0..100) < 10 => Step::Reject,
        TicketState::Open => Step::Accept,
        TicketState::Accepted => Step::Start,
        TicketState::Started => Step::Complete,
        _ => Step::HandOver,
    };
    Ok(Some(Wish::Step { shop, order: ticket.order, step, key }))
}

/// A delivery somewhere, and the step that comes next.
async fn next_of_courier(
    wire: &Wire,
    key: String,
    chance: &mut SmallRng,
) -> Result<Option<Wish>, Unanswered> {
    const STATES: [DeliveryState; 3] =
        [DeliveryState::Requested, DeliveryState::Assigned, DeliveryState::Started];
    let bringing: Vec<_> = SHOPS.iter().filter(|shop| shop.delivers()).collect();
    let shop = bringing[chance.random_range(0..bringing.len())];
    let state = STATES[chance.random_range(0..STATES.len())];
    let path = format!("/v1/shops/{}/deliveries?limit=50&state={}", shop.key, state.as_str());
    let deliveries: Deliveries = wire.read(&path).await.map_err(|_| Unanswered)?;
    if deliveries.items.is_empty() {
        return Ok(None);
    }
    let delivery = &deliveries.items[chance.random_range(0..deliveries.items.len())];
    let leg = match delivery.state {
        DeliveryState::Requested if shop.brings == Brings::WithCourier => Leg::Assign,
        DeliveryState::Requested | DeliveryState::Assigned => Leg::Start,
        DeliveryState::Started if chance.random_range(0..100) < 20 => Leg::Fail,
        _ => Leg::Complete,
    };
    Ok(Some(Wish::Bring { shop, order: delivery.order, leg, key }))
}
