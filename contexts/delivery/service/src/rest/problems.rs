use delivery_contract::DeliveryState;
use delivery_domain::DeliveryRejection;
use edge::etag::EntityTag;
use edge::problem::{Problem, ProblemKind};
use journal::StoreError;
use runtime::CallError;

use crate::command::DeliveryRefusal;

/// How the runtime begins to tell of a command that panicked.
const PANICKED: &str = "the command failed";

/// A refusal as it leaves over HTTP.
pub(crate) fn problem(refusal: &DeliveryRefusal) -> Problem {
    match refusal {
        DeliveryRefusal::ShopUnknown(shop) => Problem::of(ProblemKind::ShopUnknown)
            .detail(format!("no shop {} is open here", edge::problem::echo(shop.as_str()))),
        DeliveryRefusal::Delivery(rejection) => of_delivery(rejection),
        DeliveryRefusal::Changed { version } => {
            let etag = EntityTag::of_version(*version).to_string();
            Problem::of(ProblemKind::PreconditionFailed).field("If-Match", etag.clone()).with("etag", etag)
        }
        DeliveryRefusal::KeyReused => Problem::of(ProblemKind::IdempotencyKeyReused),
    }
}

fn of_delivery(rejection: &DeliveryRejection) -> Problem {
    let (kind, state) = match rejection {
        DeliveryRejection::NoDelivery => (ProblemKind::NotFound, None),
        DeliveryRejection::NoCourier => {
            (ProblemKind::CommandForbiddenByState, Some(&DeliveryState::Requested))
        }
        DeliveryRejection::OutOfTurn { state, .. } => (ProblemKind::CommandForbiddenByState, Some(state)),
        DeliveryRejection::TooLate { state, .. } => (ProblemKind::TooLate, Some(state)),
    };
    let problem = Problem::of(kind).detail(rejection.to_string());
    match state {
        Some(state) => problem.with("state", state.as_str()),
        None => problem,
    }
}

/// A command that came to nothing.
pub(super) fn not_called(error: CallError<DeliveryRefusal>) -> Problem {
    match error {
        CallError::Refused(refusal) => problem(&refusal),
        CallError::Overloaded => Problem::of(ProblemKind::Overloaded),
        CallError::Stopped => Problem::of(ProblemKind::ShuttingDown),
        CallError::Broken(StoreError::Unavailable(cause)) if cause.starts_with(PANICKED) => {
            tracing::error!(role = delivery_contract::ROLE, cause, "a command failed");
            Problem::of(ProblemKind::Internal)
        }
        CallError::Broken(error) => broken(&error),
    }
}

/// A store that cannot answer; what is wrong with it is told to operators, not to clients.
pub(super) fn broken(error: &StoreError) -> Problem {
    tracing::error!(role = delivery_contract::ROLE, %error, "the store failed");
    Problem::of(ProblemKind::StoreUnavailable)
}
