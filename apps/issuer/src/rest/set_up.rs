use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;
use edge::body::StrictJson;
use edge::problem::{Problem, ProblemDocument};
use serde::Deserialize;
use utoipa::ToSchema;

use super::{FromAddress, Tokens, refused, tokens};
use crate::issuer::Issuer;

/// Who runs this installation.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct SetUp {
    /// What the program has said on its terminal.
    #[schema(example = "abcd-efgh-ijkm-npqr")]
    code: String,
    /// The name.
    #[schema(example = "kim")]
    name: String,
    /// The password: 10 characters or more.
    #[schema(format = Password)]
    password: String,
}

/// Makes the first account, an operator's, with the code that the program said on its terminal.
#[utoipa::path(
    post,
    path = "/v1/identity/set-up",
    tag = "identity",
    request_body = SetUp,
    responses(
        (status = 200, description = "Made, and signed in; nobody keeps this answer", body = Tokens),
        (status = 400, description = "The name is none, or the password too weak", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 401, description = "The code is wrong", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 409, description = "There are accounts already", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 404, description = "Nobody signs in here: identity is open, or somebody else's", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 415, description = "The body is not JSON", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 429, description = "Too many attempts have failed", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 503, description = "Too many are signing in just now", body = ProblemDocument, content_type = "application/problem+json"),
    ),
)]
pub(super) async fn set_up(
    State(issuer): State<Arc<Issuer>>,
    FromAddress(address): FromAddress,
    StrictJson(wish): StrictJson<SetUp>,
) -> Result<Response, Problem> {
    let signed_in = issuer.set_up(&wish.code, &wish.name, wish.password, address).await;
    signed_in
        .map(tokens)
        .map_err(|unsigned| refused(unsigned, "the code is wrong: the program says it when it starts"))
}
