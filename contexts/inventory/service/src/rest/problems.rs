use edge::etag::EntityTag;
use edge::problem::{Problem, ProblemKind};
use inventory_domain::{QUANTITY_MAX, StockItemRejection};
use journal::StoreError;
use runtime::CallError;

use crate::command::InventoryRefusal;

/// How the runtime begins to tell of a command that panicked.
const PANICKED: &str = "the command failed";

/// A refusal as it leaves over HTTP.
pub(crate) fn problem(refusal: &InventoryRefusal) -> Problem {
    match refusal {
        InventoryRefusal::ShopUnknown(shop) => Problem::of(ProblemKind::ShopUnknown)
            .detail(format!("no shop {} is open here", edge::problem::echo(shop.as_str()))),
        InventoryRefusal::KeepsNoStock(shop) => {
            Problem::of(ProblemKind::NotModifiable).detail(format!("the shop {shop} keeps no stock"))
        }
        InventoryRefusal::Item(rejection) => of_item(rejection),
        InventoryRefusal::Changed { version } => {
            let etag = EntityTag::of_version(*version).to_string();
            Problem::of(ProblemKind::PreconditionFailed).field("If-Match", etag.clone()).with("etag", etag)
        }
        InventoryRefusal::KeyReused => Problem::of(ProblemKind::IdempotencyKeyReused),
    }
}

fn of_item(rejection: &StockItemRejection) -> Problem {
    let state = || Problem::of(ProblemKind::CommandForbiddenByState).detail(rejection.to_string());
    match rejection {
        StockItemRejection::Unknown => Problem::of(ProblemKind::NotFound).detail(rejection.to_string()),
        StockItemRejection::OutOfRange => Problem::of(ProblemKind::InvalidField)
            .field("quantity", format!("a whole number from 1 to {QUANTITY_MAX}")),
        StockItemRejection::TooMany { room } => state().with("room", *room),
        StockItemRejection::TooFew { available, reserved } => {
            state().with("available", *available).with("reserved", *reserved)
        }
        StockItemRejection::HeldFewer { reserved } => state().with("reserved", *reserved),
    }
}

/// A command that came to nothing.
pub(super) fn not_called(error: CallError<InventoryRefusal>) -> Problem {
    match error {
        CallError::Refused(refusal) => problem(&refusal),
        CallError::Overloaded => Problem::of(ProblemKind::Overloaded),
        CallError::Stopped => Problem::of(ProblemKind::ShuttingDown),
        CallError::Broken(StoreError::Unavailable(cause)) if cause.starts_with(PANICKED) => {
            tracing::error!(role = inventory_contract::ROLE, cause, "a command failed");
            Problem::of(ProblemKind::Internal)
        }
        CallError::Broken(error) => broken(&error),
    }
}

/// A store that cannot answer; what is wrong with it is told to operators, not to clients.
pub(super) fn broken(error: &StoreError) -> Problem {
    tracing::error!(role = inventory_contract::ROLE, %error, "the store failed");
    Problem::of(ProblemKind::StoreUnavailable)
}
