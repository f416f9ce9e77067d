//! What other programs need to check our tokens.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use edge::problem::{Problem, ProblemDocument, ProblemKind};
use identity::Keys;
use serde_json::{Value, json};

use crate::issuer::Issuer;

/// The public keys that access tokens are signed with (RFC 7517).
#[utoipa::path(
    get,
    path = "/.well-known/jwks.json",
    operation_id = "list_issuer_keys",
    tag = "identity",
    responses(
        (status = 200, description = "The keys that are good now", body = Object),
        (status = 404, description = "Nobody signs in here: identity is open, or somebody else's", body = ProblemDocument, content_type = "application/problem+json"),
    ),
)]
pub(super) async fn jwks(State(issuer): State<Arc<Issuer>>) -> Json<Value> {
    Json(issuer.keys().jwks())
}

/// The name of the issuer and where its keys are (OpenID Connect Discovery), for programs that check its
/// access tokens; nobody is sent here to sign in.
#[utoipa::path(
    get,
    path = "/.well-known/openid-configuration",
    operation_id = "describe_issuer",
    tag = "identity",
    responses(
        (status = 200, description = "The issuer", body = Object),
        (status = 404, description = "Nobody signs in here: identity is open, or somebody else's", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 503, description = "It has no name yet", body = ProblemDocument, content_type = "application/problem+json"),
    ),
)]
pub(super) async fn configuration(State(issuer): State<Arc<Issuer>>) -> Result<Json<Value>, Problem> {
    let name = issuer.keys().issuer().ok_or_else(|| Problem::of(ProblemKind::StoreUnavailable))?;
    Ok(Json(json!({
        "issuer": name,
        "jwks_uri": format!("{name}/.well-known/jwks.json"),
        "token_endpoint": format!("{name}/v1/identity/login"),
        "response_types_supported": [],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["EdDSA"],
    })))
}
