//! The invariants (reliability, section 5), checked on what is really on the disks.
//!
//! Checkers read the committed batches, the provider's own book and the clients' own log; never
//! what the product answers. They are incremental: each batch is judged with the orders it touches
//! ([`Checker::committed`]), everything is judged once more at the end ([`Checker::at_rest`]).
//!
//! To add an invariant: a function in the file of its subject, called from there; its planted bug
//! in `kernel::planted`.

mod bounds;
mod case;
mod clients;
mod days;
mod deliveries;
mod journals;
mod menus;
mod messages;
mod money;
mod orders;
mod rest;
mod stock;
mod views;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::Arc;

use catalog_contract::{CatalogEvent, ShopDirectory};
use kernel::{OrderId, Recorded, ShopKey};
use payment_service::audit::PaymentAudit;
use tracking_service::Generation;
use uuid::Uuid;

pub(crate) use case::Case;
pub(crate) use clients::{Answered, ClientLog, Requested};
pub(crate) use journals::{Mirror, StepFacts};

use crate::disk::Committed;
use crate::role::Role;
use crate::saga::SagaStep;

/// An invariant that does not hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Violation {
    /// Which, such as `I7`.
    pub invariant: &'static str,
    /// Whose order, where it is about one.
    pub order: Option<OrderId>,
    /// What does not hold.
    pub what: String,
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.order {
            Some(order) => write!(f, "{} order {order}: {}", self.invariant, self.what),
            None => write!(f, "{}: {}", self.invariant, self.what),
        }
    }
}

/// What is known of a run, and what was found wrong.
pub(crate) struct Checker {
    pub(crate) cases: BTreeMap<Uuid, Case>,
    pub(crate) log: ClientLog,
    shops: ShopDirectory,
    mirrors: BTreeMap<Role, Mirror>,
    items: BTreeMap<Uuid, stock::Item>,
    accounts: BTreeMap<(ShopKey, String), i64>,
    /// Payment's books, deposits and all.
    books: PaymentAudit,
    order_numbers: BTreeSet<(ShopKey, u64)>,
    messages: messages::Messages,
    days: days::Days,
    /// The list of stories that readers use now.
    live_stories: String,
    found: Vec<Violation>,
}

impl Checker {
    pub(crate) fn new() -> Self {
        Self {
            cases: BTreeMap::new(),
            log: ClientLog::default(),
            shops: ShopDirectory::default(),
            mirrors: Role::ALL.into_iter().map(|role| (role, Mirror::default())).collect(),
            items: BTreeMap::new(),
            accounts: BTreeMap::new(),
            books: PaymentAudit::default(),
            order_numbers: BTreeSet::new(),
            messages: messages::Messages::default(),
            days: days::Days::default(),
            live_stories: Generation::FIRST.collection(),
            found: Vec::new(),
        }
    }

    /// What was found wrong so far.
    pub(crate) fn found(&self) -> &[Violation] {
        &self.found
    }

    pub(crate) fn violation(&mut self, invariant: &'static str, order: Option<Uuid>, what: String) {
        self.found.push(Violation { invariant, order: order.map(OrderId), what });
    }

    /// Orders under way and the step that each stands at.
    pub(crate) fn under_way(&self) -> Vec<SagaStep> {
        self.cases.values().filter(|case| !case.is_settled()).filter_map(|case| case.last_step).collect()
    }

    /// Judges a batch that is on the disk now.
    fn committed(&mut self, role: Role, batch: &Committed) {
        for event in &batch.events {
            self.event(role, event);
        }
        self.rows(role, batch);
    }

    fn event(&mut self, role: Role, event: &Arc<Recorded>) {
        let step = SagaStep::of(&event.event_type);
        if let (Some(order), Some(step)) = (event.subject.order, step) {
            self.cases.entry(order.0).or_default().last_step = Some(step);
        }
        match role {
            Role::Catalog => self.catalog_event(event),
            Role::Ordering => {
                self.change_told(event);
                self.order_event(event);
            }
            Role::Payment => {
                self.books.take(event);
                self.payment_event(event);
            }
            Role::Inventory => self.inventory_event(event),
            Role::Kitchen => self.ticket_event(event),
            Role::Delivery => self.delivery_event(event),
            Role::Tracking => {}
            Role::Notification => self.message_event(event),
        }
    }

    fn catalog_event(&mut self, event: &Recorded) {
        match event.decode::<CatalogEvent>() {
            Ok(told) => self.shops.apply(&told),
            Err(error) => self.violation("I30", None, format!("catalog: {error}")),
        }
    }

    /// An event that the present reader cannot read.
    fn unreadable(&mut self, event: &Recorded, error: &kernel::DecodeError) {
        let order = event.subject.order.map(|order| order.0);
        self.violation("I30", order, error.to_string());
    }
}
