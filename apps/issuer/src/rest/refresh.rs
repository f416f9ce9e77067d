use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;
use edge::body::StrictJson;
use edge::problem::{Problem, ProblemDocument};
use serde::Deserialize;
use utoipa::ToSchema;

use super::{Tokens, refused, tokens};
use crate::issuer::Issuer;

/// The last refresh token of a session.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Refresh {
    /// The token; it is good once.
    #[schema(format = Password)]
    pub(super) refresh_token: String,
}

/// Takes a refresh token for the next pair. One that comes a second time ends its session: somebody has a
/// copy of it.
#[utoipa::path(
    post,
    path = "/v1/identity/refresh",
    operation_id = "refresh_tokens",
    tag = "identity",
    request_body = Refresh,
    responses(
        (status = 200, description = "The next pair; nobody keeps this answer", body = Tokens),
        (status = 400, description = "A field is missing or not known", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 401, description = "The token is none, was used before, or its session has ended", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 404, description = "Nobody signs in here: identity is open, or somebody else's", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 415, description = "The body is not JSON", body = ProblemDocument, content_type = "application/problem+json"),
    ),
)]
pub(super) async fn refresh(
    State(issuer): State<Arc<Issuer>>,
    StrictJson(wish): StrictJson<Refresh>,
) -> Result<Response, Problem> {
    let signed_in = issuer.refresh(&wish.refresh_token).await;
    signed_in
        .map(tokens)
        .map_err(|unsigned| refused(unsigned, "sign in again: the refresh token is not good"))
}
