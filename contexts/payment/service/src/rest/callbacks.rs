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
use crate::provider::callback::{Arrived, Callback, CallbackDoor, CallbackWords, NotOpened, SignedCallback};

/// The providers that may call back, in whose words, and what each signs with.
pub type CallbackDoors = BTreeMap<String, CallbackDoor>;

/// A provider tells what became of a charge or a refund. It only hints: what it says goes the way of an
/// answer, once, and what does not fit changes nothing.
#[utoipa::path(
    post,
    path = "/v1/payments/callbacks/{provider}",
    operation_id = "take_callback",
    tag = "payments",
    params(
        ("provider" = String, Path, description = "Who calls: `sandbox` in the words below; `toss` and `stripe` in their own, where they are the provider"),
        ("webhook-id" = Option<String>, Header, description = "The call's id, the same over all attempts; not of `stripe`"),
        ("webhook-timestamp" = Option<i64>, Header, description = "When it was signed, seconds since 1970; not more than five minutes from now; not of `stripe`"),
        ("webhook-signature" = Option<String>, Header, description = "`v1,` and the base64 of HMAC-SHA256 over `id.timestamp.body`; several are separated by spaces; not of `stripe`"),
        ("stripe-signature" = Option<String>, Header, description = "Of `stripe` only: `t=` the time in seconds, `v1=` the hex of HMAC-SHA256 over `time.body`"),
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
    let arrived = match api.door(&provider)?.words {
        CallbackWords::Own | CallbackWords::Toss => Arrived::Standard(signed(&parts.headers, body.to_vec())?),
        CallbackWords::Stripe => {
            let signature = single(&parts.headers, "stripe-signature", "t=..,v1=..")?;
            Arrived::Timed { signature: signature.unwrap_or_default().to_owned(), body: body.to_vec() }
        }
    };
    api.take(&provider, &arrived).await?;
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
    /// Takes a call of a provider that came without a network.
    ///
    /// # Errors
    /// A problem that says why it changes nothing.
    pub async fn take_callback(&self, provider: &str, signed: &SignedCallback) -> Result<(), Problem> {
        self.take(provider, &Arrived::Standard(signed.clone())).await
    }

    fn door(&self, provider: &str) -> Result<&CallbackDoor, Problem> {
        self.callbacks.get(provider).ok_or_else(|| {
            Problem::of(ProblemKind::NotFound).detail(format!("no provider {} calls back", echo(provider)))
        })
    }

    async fn take(&self, provider: &str, arrived: &Arrived) -> Result<(), Problem> {
        let callbacks =
            self.door(provider)?.open(arrived, self.clock.now()).map_err(|error| match error {
                NotOpened::Forged => forged(),
                NotOpened::Unreadable(problem) => problem,
            })?;
        // What does not fit spoils nothing of what does.
        let mut taken = Ok(());
        for callback in callbacks {
            taken = taken.and(self.take_one(callback).await);
        }
        taken
    }

    async fn take_one(&self, callback: Callback) -> Result<(), Problem> {
        let causation = Causation::command(self.ids.next_id(self.clock.now()));
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
