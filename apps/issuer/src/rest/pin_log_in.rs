use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;
use edge::body::StrictJson;
use edge::problem::{Problem, ProblemDocument};
use serde::Deserialize;
use utoipa::ToSchema;

use super::{FromAddress, Tokens, refused, tokens};
use crate::issuer::Issuer;

/// Who signs in where.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct PinLogIn {
    /// The device.
    #[schema(example = "front-tablet")]
    device: String,
    /// What `jumun users device add` told of it, once.
    #[schema(format = Password)]
    device_secret: String,
    /// The name.
    #[schema(example = "kim")]
    name: String,
    /// The PIN.
    #[schema(format = Password)]
    pin: String,
}

/// Signs somebody in who works at a device of a shop: for a shift, as staff or courier of that shop only.
#[utoipa::path(
    post,
    path = "/v1/identity/pin-login",
    tag = "identity",
    request_body = PinLogIn,
    responses(
        (status = 200, description = "Signed in; nobody keeps this answer", body = Tokens),
        (status = 400, description = "A field is missing or not known", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 401, description = "Device, name or PIN is wrong; which is not said", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 404, description = "Nobody signs in here: identity is open, or somebody else's", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 415, description = "The body is not JSON", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 429, description = "Too many attempts have failed, at this name or from this address", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 503, description = "Too many are signing in just now", body = ProblemDocument, content_type = "application/problem+json"),
    ),
)]
pub(super) async fn log_in_with_pin(
    State(issuer): State<Arc<Issuer>>,
    FromAddress(address): FromAddress,
    StrictJson(wish): StrictJson<PinLogIn>,
) -> Result<Response, Problem> {
    let PinLogIn { device, device_secret, name, pin } = wish;
    let signed_in = issuer.log_in_with_pin(&device, &device_secret, &name, pin, address).await;
    signed_in.map(tokens).map_err(|unsigned| refused(unsigned, "device, name or PIN is wrong"))
}
