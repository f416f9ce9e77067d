use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;
use edge::body::StrictJson;
use edge::problem::{Problem, ProblemDocument};
use serde::Deserialize;
use utoipa::ToSchema;

use super::{FromAddress, Tokens, refused, tokens};
use crate::issuer::Issuer;

/// Who signs in.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct LogIn {
    /// The name.
    #[schema(example = "kim")]
    name: String,
    /// The password.
    #[schema(format = Password)]
    password: String,
}

/// Signs somebody in with name and password.
#[utoipa::path(
    post,
    path = "/v1/identity/login",
    tag = "identity",
    request_body = LogIn,
    responses(
        (status = 200, description = "Signed in; nobody keeps this answer", body = Tokens),
        (status = 400, description = "A field is missing or not known", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 401, description = "Name or password is wrong; which is not said", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 404, description = "Nobody signs in here: identity is open, or somebody else's", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 415, description = "The body is not JSON", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 429, description = "Too many attempts have failed, at this name or from this address", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 503, description = "Too many are signing in just now", body = ProblemDocument, content_type = "application/problem+json"),
    ),
)]
pub(super) async fn log_in(
    State(issuer): State<Arc<Issuer>>,
    FromAddress(address): FromAddress,
    StrictJson(wish): StrictJson<LogIn>,
) -> Result<Response, Problem> {
    let signed_in = issuer.log_in(&wish.name, wish.password, address).await;
    signed_in.map(tokens).map_err(|unsigned| refused(unsigned, "name or password is wrong"))
}
