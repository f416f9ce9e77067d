use axum::{Extension, Json};
use edge::authority::{Credentials, Disbelief};
use edge::principal::Unauthenticated;
use edge::problem::{Problem, ProblemDocument, ProblemKind};
use identity::grant_to_text;
use serde::Serialize;
use utoipa::ToSchema;

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
pub(super) async fn who_am_i(credentials: Option<Extension<Credentials>>) -> Result<Json<Me>, Problem> {
    let unauthenticated = |detail: &str| Problem::of(ProblemKind::Unauthenticated).detail(detail);
    let credentials = credentials.map_or(Credentials::Nobody, |Extension(credentials)| credentials);
    let principal = match credentials {
        Credentials::Known(principal) => principal,
        Credentials::Nobody => {
            return Err(unauthenticated("send Authorization: Bearer and an access token"));
        }
        Credentials::NotBelieved(Disbelief::Token(Unauthenticated::KeysOutOfReach)) => {
            return Err(Problem::of(ProblemKind::IdentityUnavailable));
        }
        Credentials::NotBelieved(Disbelief::Token(Unauthenticated::Expired)) => {
            return Err(unauthenticated("the token has ended: refresh it, or sign in again"));
        }
        Credentials::NotBelieved(_) => return Err(unauthenticated("the token is not believed")),
    };
    Ok(Json(Me {
        name: principal.name.to_string(),
        roles: principal.grants.iter().map(grant_to_text).collect(),
    }))
}
