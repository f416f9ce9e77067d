use journal::{IdempotencyOutcome, IdempotencyRecord, Timer};
use kernel::{Hash, OrderId};
use runtime::{Failure, Remembered, Turn};

use crate::command::{InventoryRefusal, InventoryReply};
use crate::rest::problem;
use crate::{config, views};

const FORGET_KEYS: &str = "forget-keys";
const HOUR_MILLIS: i64 = 60 * 60 * 1_000;

/// A client's key, as it is kept: fingerprints only.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KeyUse {
    /// Of subject, route and key.
    pub scope: Hash,
    /// Of what came with it.
    pub body_hash: Hash,
}

/// Does the work once per key: a repetition gets the first answer again, a refusal too.
///
/// Work that is refused must have staged nothing, since the refusal is kept.
pub(crate) fn once(
    turn: &mut Turn<'_>,
    key: Option<KeyUse>,
    work: impl FnOnce(&mut Turn<'_>) -> Result<InventoryReply, Failure<InventoryRefusal>>,
) -> Result<InventoryReply, Failure<InventoryRefusal>> {
    let Some(key) = key else { return work(turn) };
    match turn.remembered(&key.scope, &key.body_hash)? {
        Remembered::OtherBody => Err(Failure::Refused(InventoryRefusal::KeyReused)),
        Remembered::Answered(_, first) => {
            Ok(InventoryReply::Again { status: first.status, version: first.version, body: first.body })
        }
        Remembered::New | Remembered::Running(_) => {
            let (reply, outcome) = match work(turn) {
                Ok(InventoryReply::Item(item)) => {
                    let body = views::to_json(&item);
                    let outcome = IdempotencyOutcome { status: 200, version: item.version, body };
                    (InventoryReply::Item(item), outcome)
                }
                Ok(again) => return Ok(again),
                // Read again and sent again, the same wish may stand: its key is not used up.
                Err(Failure::Refused(InventoryRefusal::Changed { version })) => {
                    return Err(Failure::Refused(InventoryRefusal::Changed { version }));
                }
                Err(Failure::Broken(error)) => return Err(Failure::Broken(error)),
                Err(Failure::Refused(refusal)) => {
                    let problem = problem(&refusal);
                    let (status, body) = (problem.status().as_u16(), problem.to_json());
                    let outcome = IdempotencyOutcome { status, version: 0, body: body.clone() };
                    (InventoryReply::Again { status, version: 0, body }, outcome)
                }
            };
            remember(turn, key, outcome);
            Ok(reply)
        }
    }
}

fn remember(turn: &mut Turn<'_>, key: KeyUse, outcome: IdempotencyOutcome) {
    let at = turn.now();
    turn.remember(IdempotencyRecord {
        scope: key.scope,
        body_hash: key.body_hash,
        order: OrderId(uuid::Uuid::nil()),
        at,
        outcome: Some(outcome),
    });
    // One timer per hour of keys, so that a busy hour does not put it off for ever.
    let hour = at.millis().div_euclid(HOUR_MILLIS);
    let hour_end = kernel::Timestamp::from_millis((hour + 1).saturating_mul(HOUR_MILLIS));
    turn.set_timer(Timer {
        key: format!("{FORGET_KEYS}/{hour}"),
        kind: FORGET_KEYS.into(),
        at: hour_end.plus_millis(config::KEYS_KEPT_MILLIS),
        order: None,
        attempt: 0,
        payload: Vec::new(),
    });
}

/// Forgets the keys of an hour that is long past.
pub(crate) fn on_timer(timer: &Timer, turn: &mut Turn<'_>) {
    if timer.kind == FORGET_KEYS {
        let before = turn.now().plus_millis(-config::KEYS_KEPT_MILLIS);
        turn.forget_before(before);
    }
}
