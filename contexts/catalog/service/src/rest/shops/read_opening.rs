use axum::Json;
use axum::extract::State;
use catalog_contract::{OpeningView, ShopView};
use edge::params::StrictPath;
use edge::problem::{Problem, ProblemDocument};
use journal::StoreError;
use kernel::ShopKey;

use crate::rest::api::CatalogApi;
use crate::rest::problems::broken;
use crate::views::SHOPS;

/// Whether a shop takes orders now, until when, and its hours of the next seven days.
#[utoipa::path(
    get,
    path = "/v1/shops/{shop}/opening",
    operation_id = "read_opening",
    tag = "shops",
    params(("shop" = String, Path, description = "The shop's key", example = "cafe")),
    responses(
        (status = 200, description = "Whether it takes orders now", body = OpeningView),
        (status = 404, description = "No such shop", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 503, description = "The store cannot answer", body = ProblemDocument, content_type = "application/problem+json"),
    )
)]
pub(in crate::rest) async fn read_opening(
    State(api): State<CatalogApi>,
    StrictPath(shop): StrictPath<String>,
) -> Result<Json<OpeningView>, Problem> {
    let row = api.shop(&ShopKey::from(shop)).await?;
    let shop: ShopView = serde_json::from_slice(&row.body).map_err(|error| {
        broken(&StoreError::Damaged { place: format!("{SHOPS} row {}", row.id), detail: error.to_string() })
    })?;
    Ok(Json(OpeningView::of(&shop, api.clock.now())))
}
