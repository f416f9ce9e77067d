//! The canonical API of shops and menus: list and read them, open and close them, say what is sold
//! out.

mod api;
mod menu;
mod problems;
mod shops;

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub use api::CatalogApi;

/// The routes, with their documentation; they want [`CatalogApi`] as state.
pub fn routes() -> OpenApiRouter<CatalogApi> {
    OpenApiRouter::new()
        .routes(routes!(shops::list::list_shops))
        .routes(routes!(shops::get::read_shop))
        .routes(routes!(shops::read_opening::read_opening, shops::set_opening::set_opening))
        .routes(routes!(menu::list::read_menu))
        .routes(routes!(menu::get::read_menu_item))
        .routes(routes!(menu::set_sold_out::set_sold_out))
        .routes(routes!(menu::import::import_menu))
}

/// The routes on their state.
pub fn router(api: CatalogApi) -> OpenApiRouter {
    routes().with_state(api)
}

/// What strangers send here: the bodies and queries of the routes.
#[must_use]
pub fn forms() -> Vec<edge::form::Form> {
    vec![
        edge::form::body::<menu::set_sold_out::SoldOut>(),
        edge::form::body::<menu::import::MenuImport>(),
        edge::form::body::<shops::set_opening::OpeningWish>(),
        edge::form::query::<menu::list::MenuQuery>(),
        edge::form::query::<shops::list::ShopPage>(),
    ]
}
