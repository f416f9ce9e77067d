use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::HeaderMap;
use edge::header_text::single;
use edge::principal::{Authenticate, Unauthenticated};
use edge::problem::{Problem, ProblemDocument, ProblemKind};
use identity::grant_to_text;
use serde::Serialize;
use utoipa::ToSchema;

const BEARER: &str = "Bearer TOKEN";

/// Who carries a token.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Me {
    /// The name.
    #[schema(example = "kim")]
    name: String,
    /// The parts they play: `ROLE` everywhere, `ROLE@SHOP` in one shop.
    #[schema(example = json!(["customer", "staff@corner"]))]
    roles: Vec<String>,
}

/// Tells who carries the token of this request.
#[utoipa::path(
    get,
    path = "/v1/identity/me",
    tag = "identity",
    params(("Authorization" = String, Header, description = "`Bearer` and an access token")),
    responses(
        (status = 200, description = "Who it is", body = Me),
        (status = 401, description = "There is no token, or it is not believed", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 404, description = "Nobody is known here: identity is open", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 503, description = "The keys of the issuer are out of reach", body = ProblemDocument, content_type = "application/problem+json"),
    ),
)]
pub(super) async fn who_am_i(
    State(tokens): State<Arc<dyn Authenticate>>,
    headers: HeaderMap,
) -> Result<Json<Me>, Problem> {
    let unauthenticated = |detail: &str| Problem::of(ProblemKind::Unauthenticated).detail(detail);
    let said = single(&headers, "Authorization", BEARER)?;
    let token = said.and_then(|said| said.split_once(' '));
    let token = token.filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"));
    let (_, token) =
        token.ok_or_else(|| unauthenticated("send Authorization: Bearer and an access token"))?;
    let principal = tokens.authenticate(token).await.map_err(|refused| match refused {
        Unauthenticated::KeysOutOfReach => Problem::of(ProblemKind::IdentityUnavailable),
        Unauthenticated::Expired => unauthenticated("the token has ended: refresh it, or sign in again"),
        Unauthenticated::Invalid => unauthenticated("the token is not believed"),
    })?;
    Ok(Json(Me {
        name: principal.name.to_string(),
        roles: principal.grants.iter().map(grant_to_text).collect(),
    }))
}
