use axum::extract::State;
use axum::response::Response;
use edge::actor::ActorHeader;
use edge::body::StrictJsonWithBytes;
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

const ROUTE: &str = "POST /v1/shops/{shop}/stock/{item}/receipts";

/// Longest name of a stock item, in characters.
const NAME_CHARS_MAX: usize = 64;

/// What came in.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct StockReceipt {
    /// How many units.
    #[schema(minimum = 1, maximum = 1_000_000_000, example = 10)]
    quantity: u64,
}

/// Units of an item came in; the first receipt makes the item known.
#[utoipa::path(
    post,
    path = "/v1/shops/{shop}/stock/{item}/receipts",
    operation_id = "receive_stock",
    tag = "stock",
    params(
        ("shop" = String, Path, description = "The shop's key"),
        ("item" = String, Path, description = "The item's name", example = "cup"),
        ("Idempotency-Key" = Option<String>, Header, description = "Repeat it with every retry"),
        ("Jumun-Actor" = Option<String>, Header, description = "Who acts, under open identity"),
    ),
    request_body = StockReceipt,
    responses(
        (status = 200, description = "The item as it stands now", body = StockItemView, headers(("ETag" = String))),
        (status = 400, description = "The quantity or the name is wrong", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 404, description = "No such shop", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 409, description = "The shop keeps no stock, or more than can be counted", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 413, description = "The body is too large", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 415, description = "The body is not JSON", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 422, description = "The key came with another body", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 503, description = "Nothing was kept", body = ProblemDocument, content_type = "application/problem+json"),
    )
)]
pub(super) async fn receive_stock(
    State(api): State<InventoryApi>,
    StrictPath((shop, item)): StrictPath<(String, String)>,
    actor: ActorHeader,
    key: Option<IdempotencyKey>,
    StrictJsonWithBytes { value: receipt, bytes }: StrictJsonWithBytes<StockReceipt>,
) -> Result<Response, Problem> {
    check_name(&item)?;
    if !(1..=QUANTITY_MAX).contains(&receipt.quantity) {
        return Err(Problem::of(ProblemKind::InvalidField)
            .field("quantity", format!("a whole number from 1 to {QUANTITY_MAX}")));
    }
    let sent = [shop.as_bytes(), item.as_bytes(), &bytes];
    let command = InventoryCommand {
        key: api.key_use(&actor, ROUTE, key.as_ref(), &sent),
        shop: ShopKey::from(shop),
        item,
        wish: StockWish::Receive { quantity: receipt.quantity },
    };
    api.call(&actor, command).await.map(answer)
}

fn check_name(item: &str) -> Result<(), Problem> {
    let fits = (1..=NAME_CHARS_MAX).contains(&item.chars().count());
    if fits && item.trim() == item && !item.chars().any(char::is_control) {
        return Ok(());
    }
    Err(Problem::of(ProblemKind::InvalidField)
        .field("item", format!("a name of 1 to {NAME_CHARS_MAX} characters, without spaces around it")))
}
