//! Clients' idempotency keys: what was answered is answered again, for a day.

use journal::{IdempotencyOutcome, IdempotencyRecord, Timer};
use kernel::{OrderId, Timestamp};
use runtime::{Failure, Remembered, Turn};

use crate::command::{RefundReply, Refusal, RequestKey};

/// How long a key is remembered, milliseconds.
const KEPT_MILLIS: i64 = 24 * HOUR_MILLIS;
const HOUR_MILLIS: i64 = 3_600_000;
const FORGET_KEYS: &str = "forget-keys";

/// What was answered to this key before.
pub(crate) fn answered_before(
    key: Option<RequestKey>,
    turn: &mut Turn<'_>,
) -> Result<Option<RefundReply>, Failure<Refusal>> {
    let Some(key) = key else {
        return Ok(None);
    };
    match turn.remembered(&key.scope, &key.body)? {
        // The outcome is kept in the turn that takes the wish: there is no running one to be seen.
        Remembered::New | Remembered::Running(_) => Ok(None),
        Remembered::OtherBody => Err(Failure::Refused(Refusal::KeyReused)),
        Remembered::Answered(_, outcome) => {
            Ok(Some(RefundReply { status: outcome.status, version: outcome.version, body: outcome.body }))
        }
    }
}

/// Keeps what is answered to this key.
pub(crate) fn remember(key: Option<RequestKey>, order: OrderId, reply: &RefundReply, turn: &mut Turn<'_>) {
    let Some(key) = key else {
        return;
    };
    let at = turn.now();
    turn.remember(IdempotencyRecord {
        scope: key.scope,
        body_hash: key.body,
        order,
        at,
        outcome: Some(IdempotencyOutcome {
            status: reply.status,
            version: reply.version,
            body: reply.body.clone(),
        }),
    });
    // One timer for all keys of an hour, so that a busy hour does not put it off for ever.
    let hour = at.millis().div_euclid(HOUR_MILLIS);
    turn.set_timer(Timer {
        key: format!("{FORGET_KEYS}/{hour}"),
        kind: FORGET_KEYS.into(),
        at: Timestamp::from_millis((hour + 1).saturating_mul(HOUR_MILLIS)).plus_millis(KEPT_MILLIS),
        order: None,
        attempt: 0,
        payload: Vec::new(),
    });
}

/// Forgets the keys of an hour that is long past.
pub(crate) fn on_timer(timer: &Timer, turn: &mut Turn<'_>) {
    if timer.kind == FORGET_KEYS {
        turn.forget_before(turn.now().plus_millis(-KEPT_MILLIS));
    } else {
        tracing::warn!(kind = %timer.kind, "a timer of an unknown kind came due");
    }
}
