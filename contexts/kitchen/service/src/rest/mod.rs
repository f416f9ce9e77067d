//! The canonical API of the kitchen's tickets: list, read, accept, reject, start, complete, hand
//! over.

mod accept;
mod answers;
mod api;
mod complete;
mod get;
mod hand_over;
mod list;
mod nothing;
mod problems;
mod reject;
mod start;
mod step;

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub use api::KitchenApi;
pub(crate) use problems::problem;

/// The routes, with their documentation; they want [`KitchenApi`] as state.
pub fn routes() -> OpenApiRouter<KitchenApi> {
    OpenApiRouter::new()
        .routes(routes!(list::list_tickets))
        .routes(routes!(get::read_ticket))
        .routes(routes!(accept::accept_ticket))
        .routes(routes!(reject::reject_ticket))
        .routes(routes!(start::start_ticket))
        .routes(routes!(complete::complete_ticket))
        .routes(routes!(hand_over::hand_over_ticket))
}

/// The routes on their state.
pub fn router(api: KitchenApi) -> OpenApiRouter {
    routes().with_state(api)
}

/// What strangers send here: the bodies and queries of the routes.
#[must_use]
pub fn forms() -> Vec<edge::form::Form> {
    vec![
        edge::form::body::<reject::TicketRejectionReason>(),
        edge::form::body::<nothing::NoFields>(),
        edge::form::query::<list::TicketFilter>(),
    ]
}
