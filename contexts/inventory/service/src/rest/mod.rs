//! The canonical API of stock: list, read, receive, adjust.

mod adjust;
mod answers;
mod api;
mod get;
mod list;
mod problems;
mod receive;

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub use api::InventoryApi;
pub(crate) use problems::problem;

/// The routes, with their documentation; they want [`InventoryApi`] as state.
pub fn routes() -> OpenApiRouter<InventoryApi> {
    OpenApiRouter::new()
        .routes(routes!(list::list_stock))
        .routes(routes!(get::read_stock_item))
        .routes(routes!(receive::receive_stock))
        .routes(routes!(adjust::adjust_stock))
}

/// The routes on their state.
pub fn router(api: InventoryApi) -> OpenApiRouter {
    routes().with_state(api)
}

/// What strangers send here: the bodies and queries of the routes.
#[must_use]
pub fn forms() -> Vec<edge::form::Form> {
    vec![
        edge::form::body::<adjust::StockAdjustment>(),
        edge::form::body::<receive::StockReceipt>(),
        edge::form::query::<list::StockPage>(),
    ]
}
