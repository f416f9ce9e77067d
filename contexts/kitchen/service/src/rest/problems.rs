use edge::etag::EntityTag;
use edge::problem::{Problem, ProblemKind};
use journal::StoreError;
use kitchen_contract::TicketState;
use kitchen_domain::TicketRejection;
use runtime::CallError;

use crate::command::KitchenRefusal;

/// How the runtime begins to tell of a command that panicked.
const PANICKED: &str = "the command failed";

/// A refusal as it leaves over HTTP.
pub(crate) fn problem(refusal: &KitchenRefusal) -> Problem {
    match refusal {
        KitchenRefusal::ShopUnknown(shop) => Problem::of(ProblemKind::ShopUnknown)
            .detail(format!("no shop {} is open here", edge::problem::echo(shop.as_str()))),
        KitchenRefusal::Ticket(rejection) => of_ticket(rejection),
        KitchenRefusal::Changed { version } => {
            let etag = EntityTag::of_version(*version).to_string();
            Problem::of(ProblemKind::PreconditionFailed).field("If-Match", etag.clone()).with("etag", etag)
        }
        KitchenRefusal::KeyReused => Problem::of(ProblemKind::IdempotencyKeyReused),
    }
}

fn of_ticket(rejection: &TicketRejection) -> Problem {
    let (kind, state) = match rejection {
        TicketRejection::NoTicket => (ProblemKind::NotFound, None),
        TicketRejection::OutOfTurn { state, .. } => (ProblemKind::CommandForbiddenByState, Some(state)),
        TicketRejection::TooLate { state, .. } => (ProblemKind::TooLate, Some(state)),
        TicketRejection::BroughtByCourier => {
            (ProblemKind::CommandForbiddenByState, Some(&TicketState::Finished))
        }
    };
    let problem = Problem::of(kind).detail(rejection.to_string());
    match state {
        Some(state) => problem.with("state", state.as_str()),
        None => problem,
    }
}

/// A command that came to nothing.
pub(super) fn not_called(error: CallError<KitchenRefusal>) -> Problem {
    match error {
        CallError::Refused(refusal) => problem(&refusal),
        CallError::Overloaded => Problem::of(ProblemKind::Overloaded),
        CallError::Stopped => Problem::of(ProblemKind::ShuttingDown),
        CallError::Broken(StoreError::Unavailable(cause)) if cause.starts_with(PANICKED) => {
            tracing::error!(role = kitchen_contract::ROLE, cause, "a command failed");
            Problem::of(ProblemKind::Internal)
        }
        CallError::Broken(error) => broken(&error),
    }
}

/// A store that cannot answer; what is wrong with it is told to operators, not to clients.
pub(super) fn broken(error: &StoreError) -> Problem {
    tracing::error!(role = kitchen_contract::ROLE, %error, "the store failed");
    Problem::of(ProblemKind::StoreUnavailable)
}
