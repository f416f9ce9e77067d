use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use edge::body::StrictJson;
use edge::problem::{Problem, ProblemDocument};

use super::refresh::Refresh;
use super::refused;
use crate::issuer::{Issuer, Unsigned};

/// Signs out: the session of a refresh token ends, and its access tokens with it.
#[utoipa::path(
    post,
    path = "/v1/identity/logout",
    tag = "identity",
    request_body = Refresh,
    responses(
        (status = 204, description = "Signed out, or was so before"),
        (status = 400, description = "A field is missing or not known", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 404, description = "Nobody signs in here: identity is open, or somebody else's", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 415, description = "The body is not JSON", body = ProblemDocument, content_type = "application/problem+json"),
    ),
)]
pub(super) async fn log_out(
    State(issuer): State<Arc<Issuer>>,
    StrictJson(wish): StrictJson<Refresh>,
) -> Result<StatusCode, Problem> {
    let ended = issuer.log_out(&wish.refresh_token).await;
    ended.map(|()| StatusCode::NO_CONTENT).map_err(|error| refused(Unsigned::Broken(error), ""))
}
