//! Clients' idempotency keys: what was answered is answered again, for a day.

use journal::IdempotencyOutcome;
use kernel::OrderId;
use runtime::{Failure, KeyUse, Remembered, Turn};

use crate::command::{RefundReply, Refusal};

/// What was answered to this key before.
pub(crate) fn answered_before(
    key: Option<KeyUse>,
    turn: &mut Turn<'_>,
) -> Result<Option<RefundReply>, Failure<Refusal>> {
    let Some(key) = key else {
        return Ok(None);
    };
    match turn.remembered(&key.scope, &key.body_hash)? {
        // The outcome is kept in the turn that takes the wish: there is no running one to be seen.
        Remembered::New | Remembered::Running(_) => Ok(None),
        Remembered::OtherBody => Err(Failure::Refused(Refusal::KeyReused)),
        Remembered::Answered(_, outcome) => {
            Ok(Some(RefundReply { status: outcome.status, version: outcome.version, body: outcome.body }))
        }
    }
}

/// Keeps what is answered to this key.
pub(crate) fn remember(key: Option<KeyUse>, order: OrderId, reply: &RefundReply, turn: &mut Turn<'_>) {
    let Some(key) = key else {
        return;
    };
    let outcome =
        IdempotencyOutcome { status: reply.status, version: reply.version, body: reply.body.clone() };
    key.keep(turn, order, outcome);
}
