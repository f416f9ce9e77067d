use journal::{IdempotencyOutcome, IdempotencyRecord, Timer};
use kernel::{Hash, OrderId, Timestamp};

use crate::Turn;

/// How long a client's key is remembered, milliseconds: a day.
pub const KEYS_KEPT_MILLIS: i64 = 24 * HOUR_MILLIS;

const HOUR_MILLIS: i64 = 3_600_000;
const FORGET_KEYS: &str = "forget-keys";

/// A client's key, as it is kept: fingerprints only.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KeyUse {
    /// Of subject, route and key.
    pub scope: Hash,
    /// Of what came with it.
    pub body_hash: Hash,
}

impl KeyUse {
    /// Keeps what is answered to this key, for [`KEYS_KEPT_MILLIS`] and an hour more at most. The service
    /// hands its timers to [`forget_keys`].
    pub fn keep(self, turn: &mut Turn<'_>, order: OrderId, outcome: IdempotencyOutcome) {
        let Self { scope, body_hash } = self;
        let at = turn.now();
        turn.remember(IdempotencyRecord { scope, body_hash, order, at, outcome: Some(outcome) });
        // One timer per hour of keys, so that a busy hour does not put it off for ever.
        let hour = at.millis().div_euclid(HOUR_MILLIS);
        let hour_end = Timestamp::from_millis((hour + 1).saturating_mul(HOUR_MILLIS));
        turn.set_timer(Timer {
            key: format!("{FORGET_KEYS}/{hour}"),
            kind: FORGET_KEYS.into(),
            at: hour_end.plus_millis(KEYS_KEPT_MILLIS),
            order: None,
            attempt: 0,
            payload: Vec::new(),
        });
    }
}

/// Forgets the keys of an hour that is long past, where the timer is for that; whether it is.
pub fn forget_keys(timer: &Timer, turn: &mut Turn<'_>) -> bool {
    let is_for_keys = timer.kind == FORGET_KEYS;
    if is_for_keys {
        turn.forget_before(turn.now().plus_millis(-KEYS_KEPT_MILLIS));
    }
    is_for_keys
}
