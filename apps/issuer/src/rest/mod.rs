//! The routes of identity: `/v1/identity/*`, and what other programs need to check tokens.

mod documents;
mod log_in;
mod log_out;
mod me;
mod pin_log_in;
mod refresh;
mod set_up;

use std::net::IpAddr;
use std::sync::Arc;

use axum::extract::FromRequestParts;
use axum::http::HeaderValue;
use axum::http::header::CACHE_CONTROL;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodRouter, get};
use axum::{Json, Router};
use edge::problem::{Problem, ProblemKind};
use gateway::ClientAddress;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa::openapi::OpenApi;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::accounts::Refusal;
use crate::issuer::{Issuer, SignedIn, Unsigned};

/// The routes of the built-in issuer, with their documentation.
pub fn routes() -> OpenApiRouter<Arc<Issuer>> {
    OpenApiRouter::new()
        .routes(routes!(log_in::log_in))
        .routes(routes!(pin_log_in::log_in_with_pin))
        .routes(routes!(refresh::refresh))
        .routes(routes!(log_out::log_out))
        .routes(routes!(set_up::set_up))
        .routes(routes!(documents::jwks))
        .routes(routes!(documents::configuration))
}

/// The routes for whoever carries a token, whoever issued it; where credentials are looked at before.
pub fn routes_of_everybody() -> OpenApiRouter {
    OpenApiRouter::new().routes(routes!(me::who_am_i))
}

/// All of them as they are documented.
#[must_use]
pub fn document() -> OpenApi {
    let mut document = routes().into_openapi();
    document.merge(routes_of_everybody().into_openapi());
    document
}

/// What is served: with an issuer of one's own or without, and where tokens are asked for or where they are
/// not. An address that has nothing behind it says so.
pub fn served(issuer: Option<Arc<Issuer>>, asks_for_tokens: bool) -> Router {
    let (everybody, document) = routes_of_everybody().split_for_parts();
    let everybody = if asks_for_tokens { everybody } else { nothing_behind(&document) };
    everybody.merge(match issuer {
        Some(issuer) => routes().with_state(issuer).split_for_parts().0,
        None => nothing_behind(&routes().into_openapi()),
    })
}

fn nothing_behind(document: &OpenApi) -> Router {
    document.paths.paths.iter().fold(Router::new(), |routes, (path, item)| {
        let read = if item.get.is_some() { get(nobody_signs_in) } else { MethodRouter::new() };
        let both = if item.post.is_some() { read.post(nobody_signs_in) } else { read };
        routes.route(path, both)
    })
}

async fn nobody_signs_in() -> Problem {
    Problem::of(ProblemKind::NotFound).detail(
        "nobody signs in here: identity is open or somebody else's, or this program is not the gateway",
    )
}

/// What somebody has who is signed in.
#[derive(Debug, Serialize, ToSchema)]
struct Tokens {
    /// Shown with every request: `Authorization: Bearer ...`.
    access_token: String,
    /// How to show it.
    #[schema(example = "Bearer")]
    token_type: &'static str,
    /// How long the access token is good, in seconds.
    #[schema(example = 600)]
    expires_in_seconds: i64,
    /// Exchanged once for the next pair at `/v1/identity/refresh`.
    refresh_token: String,
}

/// No proxy and no browser keeps an answer with tokens.
fn tokens(signed_in: SignedIn) -> Response {
    let SignedIn { access_token, expires_in_seconds, refresh_token } = signed_in;
    let tokens = Tokens { access_token, token_type: "Bearer", expires_in_seconds, refresh_token };
    let mut response = Json(tokens).into_response();
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

/// From where somebody asks, as far as the gateway knows: what attempts are counted by.
struct FromAddress(Option<IpAddr>);

impl<S: Send + Sync> FromRequestParts<S> for FromAddress {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Self::Rejection> {
        Ok(Self(parts.extensions.get::<ClientAddress>().map(|address| address.neighbourhood())))
    }
}

/// The refusal of an attempt; `wrong` names everything that may be wrong at once.
fn refused(unsigned: Unsigned, wrong: &'static str) -> Problem {
    match unsigned {
        Unsigned::Wrong => Problem::of(ProblemKind::Unauthenticated).detail(wrong),
        Unsigned::Wait(seconds) => Problem::of(ProblemKind::TooManyRequests)
            .detail("too many attempts have failed; each further one makes the wait longer")
            .retry_after_seconds(seconds),
        Unsigned::Full => Problem::of(ProblemKind::Overloaded)
            .detail("too many are signing in just now")
            .retry_after_seconds(1),
        Unsigned::AlreadySetUp => Problem::of(ProblemKind::CommandForbiddenByState)
            .detail("there are accounts already; `jumun users add` makes further ones"),
        Unsigned::Refused(refusal) => {
            let field =
                if matches!(refusal, Refusal::Name | Refusal::Taken(_)) { "name" } else { "password" };
            Problem::of(ProblemKind::InvalidField)
                .field(field, expected(&refusal))
                .detail(refusal.to_string())
        }
        Unsigned::Broken(error) => {
            tracing::error!(%error, "identity cannot be read or written");
            Problem::of(ProblemKind::StoreUnavailable)
        }
    }
}

fn expected(refusal: &Refusal) -> &'static str {
    match refusal {
        Refusal::Name | Refusal::Taken(_) => "1 to 64 of a-z 0-9 . _ @ -, beginning with a letter or a digit",
        _ => "10 to 128 characters, 5 different ones, without the name, and not what everybody tries first",
    }
}
