use journal::{Reader, Row, RowOrder, RowQuery, StoreError};
use kernel::ShopKey;
use notification_contract::{WebhookId, WebhookView};
use runtime::Turn;

/// The list's name.
pub const WEBHOOKS: &str = "webhooks";

/// More than a shop may have.
const ROWS_MAX: usize = 100;

/// A webhook of a shop, with what this batch did to it.
pub(crate) fn webhook(
    turn: &mut Turn<'_>,
    shop: &ShopKey,
    webhook: WebhookId,
) -> Result<Option<WebhookView>, StoreError> {
    let row = turn.row(WEBHOOKS, webhook.0)?.filter(|row| row.shop == *shop);
    row.as_ref().map(read).transpose()
}

/// The webhooks of a shop, the earliest first.
pub(crate) fn webhooks_of(
    store: &mut (impl Reader + ?Sized),
    shop: &ShopKey,
) -> Result<Vec<WebhookView>, StoreError> {
    let query = RowQuery {
        collection: WEBHOOKS.to_owned(),
        shop: Some(shop.as_str().to_owned()),
        order: RowOrder::OldestFirst,
        limit: ROWS_MAX,
        ..RowQuery::default()
    };
    store.rows(&query)?.iter().map(read).collect()
}

/// Puts its row.
pub(crate) fn put_webhook(turn: &mut Turn<'_>, webhook: &WebhookView) {
    turn.put_row(Row {
        collection: WEBHOOKS.into(),
        id: webhook.id.0,
        shop: webhook.shop.clone(),
        number: webhook.registered_at.millis().unsigned_abs(),
        customer: None,
        state: "registered".into(),
        at: webhook.registered_at,
        search: String::new(),
        version: webhook.version,
        hidden: false,
        // Texts and numbers: writing them cannot fail.
        body: serde_json::to_vec(webhook).unwrap_or_default(),
    });
}

fn read(row: &Row) -> Result<WebhookView, StoreError> {
    serde_json::from_slice(&row.body).map_err(|error| StoreError::Damaged {
        place: format!("{WEBHOOKS} row {}", row.id),
        detail: error.to_string(),
    })
}
