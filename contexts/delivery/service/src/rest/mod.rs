//! The canonical API of deliveries: list, read, assign, start, complete, fail.

mod answers;
mod api;
mod assign;
mod complete;
mod fail;
mod get;
mod list;
mod nothing;
mod problems;
mod start;
mod step;

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub use api::DeliveryApi;
pub(crate) use problems::problem;

/// The routes, with their documentation; they want [`DeliveryApi`] as state.
pub fn routes() -> OpenApiRouter<DeliveryApi> {
    OpenApiRouter::new()
        .routes(routes!(list::list_deliveries))
        .routes(routes!(get::read_delivery))
        .routes(routes!(assign::assign_delivery))
        .routes(routes!(start::start_delivery))
        .routes(routes!(complete::complete_delivery))
        .routes(routes!(fail::fail_delivery))
}

/// The routes on their state.
pub fn router(api: DeliveryApi) -> OpenApiRouter {
    routes().with_state(api)
}

/// What strangers send here: the bodies and queries of the routes.
#[must_use]
pub fn forms() -> Vec<edge::form::Form> {
    vec![
        edge::form::body::<assign::CourierAssignment>(),
        edge::form::body::<fail::DeliveryFailure>(),
        edge::form::body::<nothing::NoFields>(),
        edge::form::query::<list::DeliveryFilter>(),
    ]
}
