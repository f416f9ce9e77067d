use axum::extract::State;
use axum::response::Response;
use edge::actor::ActorHeader;
use edge::body::StrictJsonWithBytes;
use edge::etag::IfMatch;
use edge::idempotency::IdempotencyKey;
use edge::params::StrictPath;
use edge::problem::{Problem, ProblemDocument, ProblemKind};
use inventory_contract::StockItemView;
use inventory_domain::QUANTITY_MAX;
use kernel::ShopKey;
use serde::Deserialize;
use utoipa::ToSchema;

use super::answers::answer;
use super::api::InventoryApi;
use crate::command::{InventoryCommand, StockWish};

const ROUTE: &str = "POST /v1/shops/{shop}/stock/{item}/adjustments";

/// Longest reason, in characters.
const REASON_CHARS_MAX: usize = 200;

/// What counting showed.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct StockAdjustment {
    /// By how many units the book is wrong; less than nothing: spoiled or missing.
    #[schema(minimum = -1_000_000_000, maximum = 1_000_000_000, example = -2)]
    difference: i64,
    /// Why.
    #[schema(min_length = 1, max_length = 200, example = "dropped")]
    reason: String,
}

/// The count of an item is set right. What is held for orders is never taken away.
#[utoipa::path(
    post,
    path = "/v1/shops/{shop}/stock/{item}/adjustments",
    operation_id = "adjust_stock",
    tag = "stock",
    params(
        ("shop" = String, Path, description = "The shop's key"),
        ("item" = String, Path, description = "The item's name", example = "cup"),
        ("If-Match" = Option<String>, Header, description = "The ETag of the item as it was read"),
        ("Idempotency-Key" = Option<String>, Header, description = "Repeat it with every retry"),
        ("Jumun-Actor" = Option<String>, Header, description = "Who acts, under open identity"),
    ),
    request_body = StockAdjustment,
    responses(
        (status = 200, description = "The item as it stands now", body = StockItemView, headers(("ETag" = String))),
        (status = 400, description = "A field is wrong", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 404, description = "No such shop, or no unit of the item ever came in", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 409, description = "Fewer are there, or the shop keeps no stock", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 412, description = "The item has changed since it was read", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 413, description = "The body is too large", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 415, description = "The body is not JSON", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 422, description = "The key came with another body", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 503, description = "Nothing was kept", body = ProblemDocument, content_type = "application/problem+json"),
    )
)]
pub(super) async fn adjust_stock(
    State(api): State<InventoryApi>,
    StrictPath((shop, item)): StrictPath<(String, String)>,
    actor: ActorHeader,
    if_match: IfMatch,
    key: Option<IdempotencyKey>,
    StrictJsonWithBytes { value: adjustment, bytes }: StrictJsonWithBytes<StockAdjustment>,
) -> Result<Response, Problem> {
    check(&adjustment)?;
    let sent = [shop.as_bytes(), item.as_bytes(), &bytes];
    let command = InventoryCommand {
        key: api.key_use(&actor, ROUTE, key.as_ref(), &sent),
        shop: ShopKey::from(shop),
        item,
        wish: StockWish::Adjust { difference: adjustment.difference, reason: adjustment.reason, if_match },
    };
    api.call(&actor, command).await.map(answer)
}

fn check(adjustment: &StockAdjustment) -> Result<(), Problem> {
    let mut problem = None;
    if !(1..=QUANTITY_MAX).contains(&adjustment.difference.unsigned_abs()) {
        let expected = format!("a whole number from -{QUANTITY_MAX} to {QUANTITY_MAX}, but not 0");
        problem = Some(Problem::of(ProblemKind::InvalidField).field("difference", expected));
    }
    let reason = &adjustment.reason;
    if reason.trim().is_empty() || reason.chars().count() > REASON_CHARS_MAX {
        let wrong = problem.unwrap_or_else(|| Problem::of(ProblemKind::InvalidField));
        problem = Some(wrong.field("reason", format!("a text of 1 to {REASON_CHARS_MAX} characters")));
    }
    problem.map_or(Ok(()), Err)
}
