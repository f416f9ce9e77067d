//! F12: what the provider tells of its own accord - early, twice, late, or long after it was signed - and
//! what others tell in its name. All of it comes to the product's own door (S19).

use std::collections::BTreeMap;

use kernel::{Actor, Causation, Money, Timestamp};
use payment_service::provider::ProviderCall;
use payment_service::provider::callback::{
    Callback, CallbackOutcome, CallbackSecret, NotOpened, SignedCallback,
};
use payment_service::provider::sandbox::Handled;
use payment_service::{Command, Refusal, Reply};
use runtime::Answer;

use super::provider::Visit;
use super::{BEGINS_AT, World};
use crate::fault::Fault;
use crate::role::Role;

/// A callback on its way.
#[derive(Debug)]
pub(crate) struct Arrival {
    kind: Kind,
    callback: Callback,
    /// Signed when it set out; a true one that is late is signed when it arrives.
    signed: Option<SignedCallback>,
}

/// What a callback is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// The provider's word.
    True,
    /// The provider's word, once more, by somebody who kept it.
    Replayed,
    /// Somebody else's word.
    Forged,
    /// The provider's word, changed on the way.
    Altered,
    /// The provider's word, and wrong.
    Wrong,
}

const LATE_MAX_MILLIS: f64 = 3_600_000.0;
const SOON_MAX_MILLIS: u64 = 2_000;

/// Callbacks that payment has taken in and not answered.
pub(crate) type Taken = BTreeMap<u64, Kind>;

fn secret() -> CallbackSecret {
    CallbackSecret::of(&[7; 32])
}

impl World {
    /// The provider may call back beside its answer, and others in its name.
    pub(super) fn may_call_back(&mut self, visit: &Visit, call: &ProviderCall, handled: &Handled) {
        let step = self.step_of(visit);
        if !self.disturbs(Fault::F12, step) {
            return;
        }
        let chance = &mut self.chances.callbacks;
        let Some(callback) = handled.callback() else {
            // Nothing moved; whoever says so is a liar.
            if let Some(lie) = lie(call, visit) {
                let after = chance.between(0, SOON_MAX_MILLIS);
                self.plan_callback(Kind::Forged, lie, after);
            }
            return;
        };
        match chance.between(0, 6) {
            0 => self.plan_callback(Kind::True, callback, 0),
            1 => {
                for _ in 0..2 {
                    let after = self.chances.callbacks.between(0, SOON_MAX_MILLIS);
                    self.plan_callback(Kind::True, callback.clone(), after);
                }
            }
            2 => {
                let after = chance.spread(100.0, LATE_MAX_MILLIS) as u64;
                self.plan_callback(Kind::True, callback, after);
            }
            3 => {
                let after = chance.spread(100.0, LATE_MAX_MILLIS) as u64;
                self.plan_callback(Kind::True, callback.clone(), 0);
                self.plan_callback(Kind::Replayed, callback, after);
            }
            4 => self.plan_callback(Kind::Forged, callback, 0),
            5 => self.plan_callback(Kind::Altered, callback, 0),
            _ => {
                let amount = Money::new(callback.amount.amount + 1, callback.amount.currency);
                self.plan_callback(Kind::Wrong, Callback { amount, ..callback }, 0);
            }
        }
    }

    fn plan_callback(&mut self, kind: Kind, callback: Callback, millis: u64) {
        let is_signed_late = kind == Kind::True && millis > SOON_MAX_MILLIS;
        let signed = (!is_signed_late).then(|| self.sign(kind, &callback));
        let arrival = Arrival { kind, callback, signed };
        self.schedule.after(millis, super::Happening::Callback(Box::new(arrival)));
    }

    fn sign(&self, kind: Kind, callback: &Callback) -> SignedCallback {
        let id = format!("callback/{}", callback.key);
        // The provider's clock is right.
        let now = Timestamp::from_millis(BEGINS_AT).plus_millis(self.schedule.now().0 as i64);
        let signed = match kind {
            Kind::Forged => SignedCallback::sign(&CallbackSecret::of(&[8; 32]), &id, now, callback),
            _ => SignedCallback::sign(&secret(), &id, now, callback),
        };
        match kind {
            Kind::Altered => {
                let other = Callback { key: format!("{}0", callback.key), ..callback.clone() };
                let body = serde_json::to_vec(&other).unwrap_or_default();
                SignedCallback { body, ..signed }
            }
            _ => signed,
        }
    }

    /// A callback comes to payment's door. Nobody there: it is lost, and nobody misses it.
    pub(super) fn callback_arrives(&mut self, arrival: Arrival) {
        if !self.payment.is_up() {
            return;
        }
        let Arrival { kind, callback, signed } = arrival;
        let signed = signed.unwrap_or_else(|| self.sign(kind, &callback));
        let now = self.payment.clock.read(self.schedule.now());
        match (kind, signed.open(&secret(), now)) {
            (Kind::Forged | Kind::Altered, Ok(_)) => {
                let what = format!("a callback that is {kind:?} was let in");
                self.checker.violation("S19", Some(callback.order.0), what);
            }
            (_, Err(NotOpened::Unreadable(_))) => {
                let what = "a callback that the provider signed cannot be read".to_owned();
                self.checker.violation("S19", Some(callback.order.0), what);
            }
            // Too old by payment's clock, or nobody's.
            (_, Err(NotOpened::Forged)) => {}
            (_, Ok(opened)) => {
                let ticket = self.ticket();
                let causation = Causation::command(self.new_id());
                self.provider.callbacks.insert(ticket, kind);
                self.payment.bring_command(ticket, Command::TakeCallback(opened), Actor::system(), causation);
                self.wake_after(Role::Payment, 1);
            }
        }
    }

    /// S19: what fits is taken, what does not is refused.
    pub(super) fn callbacks_answered(&mut self, answers: &[Answer<Reply, Refusal>]) {
        for answer in answers {
            let Some(kind) = self.provider.callbacks.remove(&answer.ticket) else {
                continue;
            };
            let Ok(Reply::Callback { refused }) = &answer.result else {
                continue;
            };
            if refused.is_some() != (kind == Kind::Wrong) {
                let what = format!("a callback that is {kind:?} was answered {refused:?}");
                self.checker.violation("S19", None, what);
            }
        }
    }
}

/// What somebody might say in the provider's name of a charge that was not captured.
fn lie(call: &ProviderCall, visit: &Visit) -> Option<Callback> {
    let ProviderCall::Authorise { key, amount, .. } = call else { return None };
    let outcome = CallbackOutcome::Approved { code: "SB-99999999".to_owned() };
    Some(Callback { order: visit.order()?, key: key.clone(), amount: *amount, outcome })
}
