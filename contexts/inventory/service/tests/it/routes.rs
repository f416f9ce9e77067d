//! The routes over a running writer: what goes in, what comes out, what is refused and how.

use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::http::Request;
use edge::idempotency::Fingerprints;
use http_body_util::BodyExt;
use inventory_service::InventoryService;
use inventory_service::rest::{InventoryApi, router};
use journal::{Journal, MemoryJournal};
use kernel::{ManualClock, SeededIds, Timestamp};
use runtime::{Handle, Readers, SilentObserver, Writer, WriterOptions};
use serde_json::{Value, json};
use tower::ServiceExt;
use utoipa::openapi::OpenApi;

use crate::house::House;

/// The routes of inventory, its writer running on a store in memory.
struct Shop {
    router: Router,
    document: OpenApi,
    handle: Handle<InventoryService>,
}

struct Said {
    status: u16,
    etag: Option<String>,
    bytes: Vec<u8>,
}

impl Said {
    fn body(&self) -> Value {
        serde_json::from_slice(&self.bytes).unwrap()
    }

    fn slug(&self) -> String {
        let kind = self.body()["type"].as_str().unwrap_or_default().to_owned();
        kind.rsplit('/').next().unwrap_or_default().to_owned()
    }

    fn field(&self) -> String {
        self.body()["errors"][0]["field"].as_str().unwrap_or_default().to_owned()
    }
}

impl Shop {
    fn open() -> Self {
        let mut house = House::open();
        let shops = house.processor.service().shops();
        let journal = house.processor.journal().clone();
        let handle = Writer::<InventoryService, MemoryJournal>::handle(64, 64);
        let clock = Arc::new(ManualClock::at(Timestamp::from_millis(1_800_000_001_000)));
        let options = WriterOptions {
            clock: clock.clone(),
            feeds: vec![],
            far_sources: false,
            commands_max: 64,
            tail_events: 64,
            observer: Box::new(SilentObserver),
            on_stop: Box::new(|_| {}),
        };
        Writer::start(&handle, house.processor, Arc::new(()), options).unwrap();
        let api = InventoryApi {
            handle: handle.clone(),
            readers: Readers::new(2, Arc::new(move || journal.reader())),
            shops,
            fingerprints: Arc::new(Fingerprints::new(b"secret")),
            ids: Arc::new(SeededIds::new(9)),
            clock,
        };
        let (router, document) = router(api).split_for_parts();
        Self { router, document, handle }
    }

    async fn send(&self, request: Request<Body>) -> Said {
        let response = self.router.clone().oneshot(request).await.unwrap();
        let status = response.status().as_u16();
        let etag = response.headers().get("etag").map(|tag| tag.to_str().unwrap().to_owned());
        let bytes = response.into_body().collect().await.unwrap().to_bytes().to_vec();
        Said { status, etag, bytes }
    }

    async fn get(&self, path: &str) -> Said {
        self.send(Request::get(path).body(Body::empty()).unwrap()).await
    }

    async fn post(&self, path: &str, body: &str, headers: &[(&str, &str)]) -> Said {
        let mut request = Request::post(path).header("content-type", "application/json");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        self.send(request.body(Body::from(body.to_owned())).unwrap()).await
    }
}

impl Drop for Shop {
    fn drop(&mut self) {
        self.handle.stop();
    }
}

const CUPS: &str = "/v1/shops/kiosk/stock/cup";
const RECEIPTS: &str = "/v1/shops/kiosk/stock/cup/receipts";
const ADJUSTMENTS: &str = "/v1/shops/kiosk/stock/cup/adjustments";

#[tokio::test]
async fn what_came_in_is_answered_read_and_listed() {
    let shop = Shop::open();
    let received = shop.post(RECEIPTS, r#"{"quantity":10}"#, &[]).await;
    let read = shop.get(CUPS).await;
    let listed = shop.get("/v1/shops/kiosk/stock").await;
    assert_eq!((received.status, received.etag.as_deref()), (200, Some("\"v1\"")));
    assert_eq!(received.body()["available"], 10);
    assert_eq!((read.status, &read.bytes), (200, &received.bytes));
    assert_eq!(listed.body(), json!({ "items": [received.body()] }));
}

#[tokio::test]
async fn a_list_is_read_page_by_page() {
    let shop = Shop::open();
    for item in ["cup", "milk", "straw"] {
        let path = format!("/v1/shops/kiosk/stock/{item}/receipts");
        shop.post(&path, r#"{"quantity":1}"#, &[]).await;
    }
    let first = shop.get("/v1/shops/kiosk/stock?limit=2").await.body();
    let next = first["next"].as_str().unwrap();
    let second = shop.get(&format!("/v1/shops/kiosk/stock?limit=2&cursor={next}")).await.body();
    assert_eq!(first["items"][1]["item"], "milk");
    assert_eq!(second["items"][0]["item"], "straw");
    assert!(second.get("next").is_none());
}

#[tokio::test]
async fn an_adjustment_is_made_on_what_was_read() {
    let shop = Shop::open();
    shop.post(RECEIPTS, r#"{"quantity":10}"#, &[]).await;
    let body = r#"{"difference":-2,"reason":"dropped"}"#;
    let made = shop.post(ADJUSTMENTS, body, &[("If-Match", "\"v1\"")]).await;
    let late = shop.post(ADJUSTMENTS, body, &[("If-Match", "\"v1\"")]).await;
    assert_eq!((made.status, &made.body()["available"]), (200, &json!(8)));
    assert_eq!((late.status, &late.body()["etag"]), (412, &json!("\"v2\"")));
}

#[tokio::test]
async fn more_than_is_there_cannot_be_written_off() {
    let shop = Shop::open();
    shop.post(RECEIPTS, r#"{"quantity":1}"#, &[]).await;
    let said = shop.post(ADJUSTMENTS, r#"{"difference":-2,"reason":"dropped"}"#, &[]).await;
    assert_eq!((said.status, said.slug().as_str()), (409, "command-forbidden-by-state"));
    assert_eq!(said.body()["available"], 1);
}

#[tokio::test]
async fn a_receipt_sent_twice_with_one_key_is_answered_byte_for_byte() {
    let shop = Shop::open();
    let key = [("Idempotency-Key", "k1"), ("Jumun-Actor", "staff:kim")];
    let first = shop.post(RECEIPTS, r#"{"quantity":10}"#, &key).await;
    shop.post(RECEIPTS, r#"{"quantity":1}"#, &[]).await;
    let again = shop.post(RECEIPTS, r#"{"quantity":10}"#, &key).await;
    let other = shop.post(RECEIPTS, r#"{"quantity":11}"#, &key).await;
    let elsewhere = shop.post("/v1/shops/kiosk/stock/milk/receipts", r#"{"quantity":10}"#, &key).await;
    assert_eq!((again.status, again.bytes, again.etag), (first.status, first.bytes, first.etag));
    assert_eq!((other.status, other.slug().as_str()), (422, "idempotency-key-reused"));
    assert_eq!(elsewhere.status, 422);
    assert_eq!(shop.get(CUPS).await.body()["available"], 11);
}

#[tokio::test]
async fn the_same_key_of_somebody_else_is_another_key() {
    let shop = Shop::open();
    for actor in ["staff:kim", "staff:lee"] {
        let key = [("Idempotency-Key", "k1"), ("Jumun-Actor", actor)];
        shop.post(RECEIPTS, r#"{"quantity":10}"#, &key).await;
    }
    assert_eq!(shop.get(CUPS).await.body()["available"], 20);
}

#[tokio::test]
async fn bad_receipts_name_the_field_and_keep_nothing() {
    let shop = Shop::open();
    let long = "x".repeat(65);
    let cases = [
        (RECEIPTS.to_owned(), r#"{"quantity":0}"#, "quantity"),
        (RECEIPTS.to_owned(), r#"{"quantity":-1}"#, "quantity"),
        (RECEIPTS.to_owned(), r#"{"quantity":1000000001}"#, "quantity"),
        (RECEIPTS.to_owned(), r#"{"quantity":99999999999999999999999}"#, "quantity"),
        (RECEIPTS.to_owned(), r#"{"quantity":"five"}"#, "quantity"),
        (RECEIPTS.to_owned(), r#"{}"#, "quantity"),
        (RECEIPTS.to_owned(), r#"{"quantity":1,"qty":1}"#, "qty"),
        (format!("/v1/shops/kiosk/stock/{long}/receipts"), r#"{"quantity":1}"#, "item"),
        ("/v1/shops/kiosk/stock/%20cup/receipts".to_owned(), r#"{"quantity":1}"#, "item"),
        ("/v1/shops/kiosk/stock/a%00b/receipts".to_owned(), r#"{"quantity":1}"#, "item"),
    ];
    for (path, body, field) in cases {
        let said = shop.post(&path, body, &[]).await;
        assert_eq!((said.status, said.field().as_str()), (400, field), "{path} {body}");
    }
    assert_eq!(shop.get("/v1/shops/kiosk/stock").await.body(), json!({ "items": [] }));
}

#[tokio::test]
async fn bad_adjustments_name_every_wrong_field() {
    let shop = Shop::open();
    let long = format!(r#"{{"difference":1,"reason":"{}"}}"#, "x".repeat(201));
    for (body, field) in [
        (r#"{"difference":0,"reason":"x"}"#, "difference"),
        (r#"{"difference":-1000000001,"reason":"x"}"#, "difference"),
        (r#"{"difference":1,"reason":"  "}"#, "reason"),
        (&long, "reason"),
        (r#"{"difference":1}"#, "reason"),
    ] {
        let said = shop.post(ADJUSTMENTS, body, &[]).await;
        assert_eq!((said.status, said.field().as_str()), (400, field), "{body}");
    }
    let both = shop.post(ADJUSTMENTS, r#"{"difference":0,"reason":""}"#, &[]).await;
    assert_eq!(both.body()["errors"].as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn what_is_not_there_is_a_404_that_says_what() {
    let shop = Shop::open();
    for (path, slug) in [
        ("/v1/shops/nowhere/stock", "shop-unknown"),
        ("/v1/shops/nowhere/stock/cup", "shop-unknown"),
        ("/v1/shops/cafe/stock", "not-found"),
        (CUPS, "not-found"),
    ] {
        let said = shop.get(path).await;
        assert_eq!((said.status, said.slug().as_str()), (404, slug), "{path}");
    }
    let receipt = shop.post("/v1/shops/nowhere/stock/cup/receipts", r#"{"quantity":1}"#, &[]).await;
    assert_eq!((receipt.status, receipt.slug().as_str()), (404, "shop-unknown"));
    let adjusted = shop.post(ADJUSTMENTS, r#"{"difference":1,"reason":"found"}"#, &[]).await;
    assert_eq!((adjusted.status, adjusted.slug().as_str()), (404, "not-found"));
}

#[tokio::test]
async fn a_shop_without_stock_receives_none() {
    let shop = Shop::open();
    let said = shop.post("/v1/shops/cafe/stock/cup/receipts", r#"{"quantity":1}"#, &[]).await;
    assert_eq!((said.status, said.slug().as_str()), (409, "not-modifiable"));
}

#[tokio::test]
async fn a_wrong_page_is_a_400_that_names_the_parameter() {
    let shop = Shop::open();
    for (query, field) in
        [("limit=0", "limit"), ("limit=201", "limit"), ("cursor=x", "cursor"), ("page=2", "page")]
    {
        let said = shop.get(&format!("/v1/shops/kiosk/stock?{query}")).await;
        assert_eq!((said.status, said.field().as_str()), (400, field), "{query}");
    }
}

#[tokio::test]
async fn a_reader_that_knows_the_item_gets_a_304() {
    let shop = Shop::open();
    shop.post(RECEIPTS, r#"{"quantity":1}"#, &[]).await;
    let request = Request::get(CUPS).header("If-None-Match", "\"v1\"").body(Body::empty()).unwrap();
    assert_eq!(shop.send(request).await.status, 304);
}

#[tokio::test]
async fn a_writer_that_has_stopped_is_a_503() {
    let shop = Shop::open();
    shop.handle.stop();
    let said = shop.post(RECEIPTS, r#"{"quantity":1}"#, &[]).await;
    assert_eq!((said.status, said.slug().as_str()), (503, "shutting-down"));
}

/// Every `$ref` of the document.
fn references(value: &Value, found: &mut Vec<String>) {
    match value {
        Value::Object(fields) => {
            if let Some(Value::String(reference)) = fields.get("$ref") {
                found.push(reference.trim_start_matches('#').to_owned());
            }
            fields.values().for_each(|field| references(field, found));
        }
        Value::Array(items) => items.iter().for_each(|item| references(item, found)),
        _ => {}
    }
}

#[tokio::test]
async fn every_schema_that_a_route_names_is_documented() {
    let document = serde_json::to_value(&Shop::open().document).unwrap();
    let mut named = vec![];
    references(&document, &mut named);
    assert!(!named.is_empty());
    for reference in named {
        assert!(document.pointer(&reference).is_some(), "{reference}");
    }
}
