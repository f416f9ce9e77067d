use edge::etag::EntityTag;
use edge::problem::{Problem, ProblemKind};
use journal::StoreError;
use payment_domain::{DepositRejection, Rejection};
use runtime::CallError;

use crate::command::Refusal;

/// A command that came to nothing.
pub(super) fn not_called(error: CallError<Refusal>) -> Problem {
    match error {
        CallError::Refused(refusal) => of_refusal(&refusal),
        CallError::Overloaded => Problem::of(ProblemKind::Overloaded),
        CallError::Stopped => Problem::of(ProblemKind::ShuttingDown),
        CallError::Broken(error) => broken(&error),
    }
}

/// A store that cannot answer; what is wrong with it is told to operators, not to clients.
pub(super) fn broken(error: &StoreError) -> Problem {
    tracing::error!(role = payment_contract::ROLE, %error, "the store failed");
    Problem::of(ProblemKind::StoreUnavailable)
}

/// There is no such payment, or it is not this client's to see: one answer for both.
pub(super) fn no_such_payment() -> Problem {
    Problem::of(ProblemKind::NotFound).detail(Refusal::NoSuchPayment.to_string())
}

fn of_refusal(refusal: &Refusal) -> Problem {
    match refusal {
        Refusal::Rejected(rejection) => of_rejection(rejection),
        Refusal::DepositRejected(rejection) => of_deposit_rejection(rejection),
        Refusal::DayRejected(rejection) => {
            Problem::of(ProblemKind::CommandForbiddenByState).detail(rejection.to_string())
        }
        Refusal::NoDeposits => Problem::of(ProblemKind::NotFound).detail(refusal.to_string()),
        Refusal::ShopNotHeardOf => Problem::of(ProblemKind::Overloaded).detail(refusal.to_string()),
        Refusal::NoSuchPayment => no_such_payment(),
        Refusal::VersionDiffers { current } => {
            let etag = EntityTag::of_version(*current).to_string();
            Problem::of(ProblemKind::PreconditionFailed).field("If-Match", etag.clone()).with("etag", etag)
        }
        Refusal::KeyReused => Problem::of(ProblemKind::IdempotencyKeyReused),
    }
}

fn of_rejection(rejection: &Rejection) -> Problem {
    match rejection {
        Rejection::NotPositive => {
            Problem::of(ProblemKind::InvalidField).field("amount.amount", "a whole number from 1")
        }
        Rejection::OtherCurrency { expected } => {
            Problem::of(ProblemKind::InvalidField).field("amount.currency", expected.code())
        }
        Rejection::SecondPersonNeeded | Rejection::NotTheProposer => {
            Problem::of(ProblemKind::Forbidden).detail(rejection.to_string())
        }
        Rejection::MoreThanLeft { left } => Problem::of(ProblemKind::CommandForbiddenByState)
            .detail(rejection.to_string())
            .with("left", left.amount),
        Rejection::AskedDifferently { .. }
        | Rejection::NeverAsked
        | Rejection::NothingCaptured
        | Rejection::NotAwaited
        | Rejection::NoSuchProposal { .. }
        | Rejection::AlreadyCaptured
        | Rejection::NotImpossible { .. }
        | Rejection::NoSuchRefund { .. } => {
            Problem::of(ProblemKind::CommandForbiddenByState).detail(rejection.to_string())
        }
    }
}

fn of_deposit_rejection(rejection: &DepositRejection) -> Problem {
    match rejection {
        DepositRejection::NotPositive | DepositRejection::TooMuch => {
            Problem::of(ProblemKind::InvalidField).field("amount.amount", "a whole number from 1")
        }
        DepositRejection::OtherCurrency { expected } => {
            Problem::of(ProblemKind::InvalidField).field("amount.currency", expected.code())
        }
        DepositRejection::NotOpen => Problem::of(ProblemKind::NotFound).detail(rejection.to_string()),
        DepositRejection::NotEnough => {
            Problem::of(ProblemKind::CommandForbiddenByState).detail(rejection.to_string())
        }
    }
}
