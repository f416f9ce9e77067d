use axum::extract::State;
use edge::body::StrictJson;
use edge::problem::{Problem, ProblemKind};
use http::StatusCode;
use payment_contract::{AskError, AskPayment, PaymentClient};

use crate::client::NearPayment;

/// Where payment is asked by neighbours in other programs.
pub(crate) const ASK_PATH: &str = "/internal/payment/ask";

/// Takes an ask as if it came from near.
pub(super) async fn ask_payment(
    State(payment): State<NearPayment>,
    StrictJson(ask): StrictJson<AskPayment>,
) -> Result<StatusCode, Problem> {
    match payment.ask(ask).await {
        Ok(()) => Ok(StatusCode::ACCEPTED),
        Err(error) => Err(ask_problem(error)),
    }
}

/// An ask that was not taken, as it travels; [`crate::client::FarPayment`] reads it back.
fn ask_problem(error: AskError) -> Problem {
    let (kind, detail) = match error {
        AskError::Refused(reason) => (ProblemKind::CommandForbiddenByState, reason),
        AskError::NotTaken(cause) => (ProblemKind::Overloaded, cause),
        AskError::OutcomeUnknown(cause) => (ProblemKind::NeighbourUnavailable, cause),
    };
    Problem::of(kind).detail(detail)
}
