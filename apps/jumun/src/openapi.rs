//! The document of the canonical API, made from the routes themselves.

mod around;

use std::sync::OnceLock;

use axum::Router;
use axum::body::Bytes;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use edge::problem::{Problem, ProblemKind};
use utoipa::openapi::{ContactBuilder, InfoBuilder, LicenseBuilder, OpenApi, OpenApiBuilder};

use crate::authorization;
use crate::parked;
use crate::roles::Role;

/// Where the document is served.
pub(crate) const PATH: &str = "/openapi.json";

/// What one role serves.
pub(crate) fn of_role(role: Role) -> OpenApi {
    match role {
        Role::Gateway => OpenApi::default(),
        Role::Catalog => catalog_service::rest::routes().into_openapi(),
        Role::Ordering => ordering_service::rest::routes().into_openapi(),
        Role::Payment => payment_service::rest::routes().into_openapi(),
        Role::Inventory => inventory_service::rest::routes().into_openapi(),
        Role::Kitchen => kitchen_service::rest::routes().into_openapi(),
        Role::Delivery => delivery_service::rest::routes().into_openapi(),
        Role::Notification => notification_service::rest::routes().into_openapi(),
        Role::Tracking => tracking_service::rest::routes().into_openapi(),
    }
}

/// The whole document.
pub(crate) fn document() -> OpenApi {
    let info = InfoBuilder::new()
        .title("Jumun")
        .version(env!("CARGO_PKG_VERSION"))
        .description(Some(
            "Orders from placed to in the customer's hands. Every refusal is an RFC 9457 problem whose `type` is \
             explained in docs/errors.md. Under open identity the header `Jumun-Actor` says who acts; where \
             identity is configured a token does, and `x-who-may` says whom an operation is for.",
        ))
        .contact(Some(ContactBuilder::new().name(Some("Jumun")).build()))
        .license(Some(LicenseBuilder::new().name("MIT OR Apache-2.0").build()))
        .build();
    let mut document = OpenApiBuilder::new().info(info).build();
    Role::contexts().for_each(|role| document.merge(of_role(role)));
    document.merge(parked::routes().into_openapi());
    document.merge(issuer::rest::document());
    around::add(&mut document);
    authorization::tell(&mut document);
    document
}

/// The route that serves it.
pub(crate) fn served() -> Router {
    Router::new().route(PATH, get(serve))
}

/// Made when it is asked for first: most programs are never asked, and it is some megabytes before it is
/// written down.
async fn serve() -> Response {
    static WRITTEN: OnceLock<Bytes> = OnceLock::new();
    let written = match WRITTEN.get() {
        Some(written) => written,
        None => match document().to_json() {
            Ok(json) => WRITTEN.get_or_init(|| json.into()),
            Err(error) => {
                tracing::error!(%error, "the document cannot be written");
                return Problem::of(ProblemKind::Internal).into_response();
            }
        },
    };
    ([(CONTENT_TYPE, "application/json")], written.clone()).into_response()
}
