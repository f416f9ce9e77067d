use edge::problem::{Problem, ProblemKind};
use journal::StoreError;
use notification_domain::WebhookRejection;
use runtime::CallError;

use crate::command::NotificationRefusal;

/// How the runtime begins to tell of a command that panicked.
const PANICKED: &str = "the command failed";

/// A refusal as it leaves over HTTP.
pub(crate) fn problem(refusal: &NotificationRefusal) -> Problem {
    match refusal {
        NotificationRefusal::ShopUnknown(shop) => Problem::of(ProblemKind::ShopUnknown)
            .detail(format!("no shop {} is open here", edge::problem::echo(shop.as_str()))),
        NotificationRefusal::Webhook(rejection @ WebhookRejection::NotThere) => {
            Problem::of(ProblemKind::NotFound).detail(rejection.to_string())
        }
        NotificationRefusal::Webhook(rejection) => {
            Problem::of(ProblemKind::CommandForbiddenByState).detail(rejection.to_string())
        }
        NotificationRefusal::KeyReused => Problem::of(ProblemKind::IdempotencyKeyReused),
        NotificationRefusal::TooManyWebhooks => Problem::of(ProblemKind::CommandForbiddenByState)
            .detail("the shop has as many webhooks as it may have; remove one first"),
    }
}

/// A command that came to nothing.
pub(super) fn not_called(error: CallError<NotificationRefusal>) -> Problem {
    match error {
        CallError::Refused(refusal) => problem(&refusal),
        CallError::Overloaded => Problem::of(ProblemKind::Overloaded),
        CallError::Stopped => Problem::of(ProblemKind::ShuttingDown),
        CallError::Broken(StoreError::Unavailable(cause)) if cause.starts_with(PANICKED) => {
            tracing::error!(role = notification_contract::ROLE, cause, "a command failed");
            Problem::of(ProblemKind::Internal)
        }
        CallError::Broken(error) => broken(&error),
    }
}

/// A store that cannot answer; what is wrong with it is told to operators, not to clients.
pub(super) fn broken(error: &StoreError) -> Problem {
    tracing::error!(role = notification_contract::ROLE, %error, "the store failed");
    Problem::of(ProblemKind::StoreUnavailable)
}
