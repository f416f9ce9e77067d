use std::collections::BTreeMap;

use axum::extract::{Request, State};
use edge::body::read_body;
use edge::header_text::single;
use edge::params::StrictPath;
use edge::problem::{Problem, ProblemDocument, ProblemKind, echo};
use http::{HeaderMap, StatusCode};
use kernel::{Actor, Causation};

use super::api::PaymentApi;
use super::problems::not_called;
use crate::command::{Command, Reply};
use crate::provider::callback::{Callback, CallbackSecret, NotOpened, SignedCallback};

/// The providers that may call back, and what each signs with.
pub type CallbackSecrets = BTreeMap<String, CallbackSecret>;

/// A provider tells what became of a charge or a refund. It only hints: what it says goes the way of an
/// answer, once, and what does not fit changes nothing.
#[utoipa::path(
    post,
    path = "/v1/payments/callbacks/{provider}",
    operation_id = "take_callback",
    tag = "payments",
    params(
        ("provider" = String, Path, description = "Who calls: `sandbox`"),
        ("webhook-id" = String, Header, description = "The call's id, the same over all attempts"),
        ("webhook-timestamp" = i64, Header, description = "When it was signed, seconds since 1970; not more than five minutes from now"),
        ("webhook-signature" = String, Header, description = "`v1,` and the base64 of HMAC-SHA256 over `id.timestamp.body`; several are separated by spaces"),
    ),
    request_body = Callback,
    responses(
        (status = 204, description = "It is taken, or was known already"),
        (status = 400, description = "It is signed and makes no sense", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 401, description = "It is not signed by the provider, or not lately; nothing was changed", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 404, description = "No such provider", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 409, description = "It does not fit: no payment was changed, and it is kept as a difference between the books", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 413, description = "The body is too large", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 503, description = "Nothing was kept", body = ProblemDocument, content_type = "application/problem+json"),
    )
)]
pub(super) async fn take_callback(
    State(api): State<PaymentApi>,
    StrictPath(provider): StrictPath<String>,
    request: Request,
) -> Result<StatusCode, Problem> {
    let (parts, body) = request.into_parts();
    let body = read_body(&parts, body).await?;
    let signed = signed(&parts.headers, body.to_vec())?;
    api.take_callback(&provider, &signed).await?;
    Ok(StatusCode::NO_CONTENT)
}

fn signed(headers: &HeaderMap, body: Vec<u8>) -> Result<SignedCallback, Problem> {
    let text = |name, expected| Ok::<_, Problem>(single(headers, name, expected)?.unwrap_or_default());
    let timestamp = text("webhook-timestamp", "seconds since 1970")?;
    Ok(SignedCallback {
        id: text("webhook-id", "the call's id")?.to_owned(),
        timestamp_seconds: timestamp.parse().map_err(|_| forged())?,
        signatures: text("webhook-signature", "signatures, separated by spaces")?.to_owned(),
        body,
    })
}

impl PaymentApi {
    /// Takes a call of a provider, whichever way it came.
    ///
    /// # Errors
    /// A problem that says why it changes nothing.
    pub async fn take_callback(&self, provider: &str, signed: &SignedCallback) -> Result<(), Problem> {
        let secret = self.callbacks.get(provider).ok_or_else(|| {
            Problem::of(ProblemKind::NotFound).detail(format!("no provider {} calls back", echo(provider)))
        })?;
        let now = self.clock.now();
        let callback = signed.open(secret, now).map_err(|error| match error {
            NotOpened::Forged => forged(),
            NotOpened::Unreadable(problem) => problem,
        })?;
        let causation = Causation::command(self.ids.next_id(now));
        let command = Command::TakeCallback(callback);
        match self.handle.call(command, Actor::system(), causation).await.map_err(not_called)? {
            Reply::Callback { refused: Some(why) } => {
                Err(Problem::of(ProblemKind::CommandForbiddenByState).detail(why))
            }
            _ => Ok(()),
        }
    }
}

fn forged() -> Problem {
    Problem::of(ProblemKind::Unauthenticated)
        .detail("the call is not signed by the provider, or not in the last five minutes")
}
