use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use edge::body::StrictJson;
use edge::params::StrictPath;
use edge::problem::{Problem, ProblemDocument, ProblemKind};
use kernel::{Money, ShopKey, Timestamp};
use ordering_contract::OrderLine;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::command::NewLine;
use crate::rest::{OrderingApi, answers};
use crate::use_cases::{quote, time_of};

/// What somebody thinks of ordering.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct QuoteWish {
    /// The lines of the order that it would be: 1 to 100.
    lines: Vec<NewLine>,
    /// When it would be wanted, RFC 3339; only where the shop takes orders for later. Now where it is missing.
    #[serde(default)]
    #[schema(example = "2026-11-29T18:30:00+09:00")]
    wanted_at: Option<String>,
}

/// What it would cost, and when it would be there, as things stand now.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Quote {
    /// The lines, priced.
    lines: Vec<OrderLine>,
    /// Their sum.
    total: Money,
    /// When it would be there, where the shop promises anything.
    #[serde(skip_serializing_if = "Option::is_none")]
    promised_at: Option<Timestamp>,
    /// How long that is from now.
    #[serde(skip_serializing_if = "Option::is_none")]
    ready_in_seconds: Option<i64>,
    /// When it would go to whoever makes it, where it is for later: until then it may be cancelled at once.
    #[serde(skip_serializing_if = "Option::is_none")]
    due_at: Option<Timestamp>,
}

/// Says what an order would cost and when it would be there. Nothing is kept, nothing is held.
#[utoipa::path(
    post,
    path = "/v1/shops/{shop}/quotes",
    tag = "orders",
    params(("shop" = String, Path, description = "The shop's key")),
    request_body = QuoteWish,
    responses(
        (status = 200, description = "What it would cost, and when it would be there", body = Quote),
        (status = 400, description = "A field is wrong", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 404, description = "There is no such shop", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 409, description = "The shop is closed or busy (and when it opens), sold out, or another price than expected", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 413, description = "The body is too large", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 415, description = "The body is not JSON", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 422, description = "An unknown item", body = ProblemDocument, content_type = "application/problem+json"),
    ),
)]
pub(super) async fn quote_order(
    State(api): State<Arc<OrderingApi>>,
    StrictPath(shop): StrictPath<String>,
    StrictJson(wish): StrictJson<QuoteWish>,
) -> Result<Json<Quote>, Problem> {
    let shops = api.shops.now();
    let Some((_, life)) = shops.current(&ShopKey::from(shop.as_str())) else {
        return Err(Problem::of(ProblemKind::ShopUnknown).detail(format!("there is no shop {shop} here")));
    };
    let now = api.clock.now();
    let later = time_of(&shops, life, wish.wanted_at.as_deref(), now).map_err(answers::refusal_problem)?;
    let priced = quote(&shops, life, &wish.lines).map_err(answers::refusal_problem)?;
    let promised_at = api.paces.promise(life, now, later);
    let ready_in_seconds = promised_at.map(|at| (at.millis_since(now) + 999) / 1_000);
    let due_at = later.map(|time| time.due_at);
    Ok(Json(Quote { lines: priced.lines, total: priced.total, promised_at, ready_in_seconds, due_at }))
}
