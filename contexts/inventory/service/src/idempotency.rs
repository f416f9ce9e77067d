use journal::IdempotencyOutcome;
use kernel::OrderId;
use runtime::{Failure, KeyUse, Remembered, Turn};

use crate::command::{InventoryRefusal, InventoryReply};
use crate::rest::problem;
use crate::views;

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
            key.keep(turn, OrderId(uuid::Uuid::nil()), outcome);
            Ok(reply)
        }
    }
}
