use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use catalog_contract::ShopLife;
use edge::breaker::{Admission, BreakerSettings, BreakerState, CircuitBreaker, Outcome, Permit};
use edge::bulkhead::{Bulkhead, Slot};
use kernel::{Clock, ShopKey, Timestamp};

/// Orders of one shop that may wait for payment at once.
const WAITING_MAX: usize = 4_096;

/// Stands before the first commit of an order that needs money: where payment has been failing, or
/// too many already wait for it, the order is refused before anything is kept.
#[derive(Clone)]
pub struct PaymentGate {
    clock: Arc<dyn Clock>,
    shops: Arc<Mutex<BTreeMap<ShopKey, (CircuitBreaker, Bulkhead)>>>,
}

/// Why an order may not even begin to wait.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shut {
    /// When to try again.
    pub retry_after_millis: i64,
}

impl PaymentGate {
    /// A gate on this clock.
    #[must_use]
    pub fn new(clock: Arc<dyn Clock>) -> Self {
        Self { clock, shops: Arc::default() }
    }

    /// Lets an order begin to wait for its payment.
    ///
    /// # Errors
    /// [`Shut`] while payment has been failing or too many wait.
    pub fn enter(&self, life: &ShopLife) -> Result<Waiting, Shut> {
        let now = self.clock.now();
        let mut shops = self.lock();
        let (breaker, places) = shops
            .entry(life.key.clone())
            .or_insert_with(|| (CircuitBreaker::new(breaker_settings(life)), Bulkhead::new(WAITING_MAX)));
        let slot = places.take().ok_or(Shut { retry_after_millis: 1_000 })?;
        match breaker.admit(now.millis()) {
            Admission::Allowed(permit) => Ok(Waiting {
                gate: self.clone(),
                shop: life.key.clone(),
                since: now,
                permit: Some(permit),
                _slot: slot,
            }),
            Admission::Refused { retry_after_millis } => Err(Shut { retry_after_millis }),
        }
    }

    /// How payment stands, shop by shop.
    #[must_use]
    pub fn states(&self) -> Vec<(ShopKey, BreakerState)> {
        let now = self.clock.now().millis();
        self.lock().iter_mut().map(|(shop, (breaker, _))| (shop.clone(), breaker.state(now))).collect()
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, BTreeMap<ShopKey, (CircuitBreaker, Bulkhead)>> {
        self.shops.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// An order that waits for its payment. Dropped without a word it counts as unanswered.
pub struct Waiting {
    gate: PaymentGate,
    shop: ShopKey,
    since: Timestamp,
    permit: Option<Permit>,
    _slot: Slot,
}

impl Waiting {
    /// Payment said something, yes or no.
    pub fn answered(mut self) {
        self.record(Some(Outcome::Success));
    }

    /// It turned out that payment was not asked at all.
    pub fn not_asked(mut self) {
        self.record(None);
    }

    fn record(&mut self, outcome: Option<Outcome>) {
        let Some(permit) = self.permit.take() else { return };
        let now = self.gate.clock.now();
        let mut shops = self.gate.lock();
        let Some((breaker, _)) = shops.get_mut(&self.shop) else { return };
        match outcome {
            Some(outcome) => breaker.record(permit, outcome, now.millis_since(self.since), now.millis()),
            None => breaker.release(permit),
        }
    }
}

impl Drop for Waiting {
    fn drop(&mut self) {
        self.record(Some(Outcome::Failure));
    }
}

fn breaker_settings(life: &ShopLife) -> BreakerSettings {
    let rule = &life.payment.breaker;
    BreakerSettings {
        calls_min: rule.calls_min as usize,
        failure_percent: u8::try_from(rule.failures_percent).unwrap_or(100),
        open_millis: rule.open_millis,
        slow_millis: life.payment.timeout_millis,
        ..BreakerSettings::default()
    }
}
