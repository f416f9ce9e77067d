//! The routes over a running writer: what goes in, what comes out, what is refused and how.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::http::Request;
use bus::Feed;
use edge::idempotency::Fingerprints;
use http_body_util::BodyExt;
use journal::{Journal, JournalIdentity, MemoryJournal, Position, StoreError};
use kernel::{ManualClock, Recorded, SeededIds, Timestamp};
use kitchen_service::rest::{KitchenApi, router};
use kitchen_service::{KitchenService, STEP_WAIT_MILLIS};
use runtime::{Handle, Readers, SilentObserver, Writer, WriterOptions};
use serde_json::Value;
use tower::ServiceExt;
use utoipa::openapi::OpenApi;
use uuid::Uuid;

use crate::house::{CAFE, House, KIOSK, order_id};

/// What a neighbour has said so far.
#[derive(Clone, Default)]
struct Voice(Arc<Mutex<Vec<Arc<Recorded>>>>);

impl Feed for Voice {
    fn identity(&mut self) -> Result<JournalIdentity, StoreError> {
        Ok(JournalIdentity { journal: Uuid::nil(), epoch: 0 })
    }

    fn head(&mut self) -> Result<Position, StoreError> {
        // Read on from wherever the kitchen stands.
        Ok(Position::MAX)
    }

    fn read_after(&mut self, after: Position, _: usize) -> Result<Vec<Arc<Recorded>>, StoreError> {
        let said = self.0.lock().unwrap();
        Ok(said.iter().filter(|event| event.position > after).cloned().collect())
    }
}

/// The routes of the kitchen, its writer running on a store in memory.
struct Shop {
    router: Router,
    document: OpenApi,
    handle: Handle<KitchenService>,
    ordering: Voice,
    unheard: Vec<Arc<Recorded>>,
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

    fn state(&self) -> String {
        self.body()["state"].as_str().unwrap_or_default().to_owned()
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
    /// The cafe has orders 1 to 3 on its counter, the kiosk has made its order 4. Order 5 of the
    /// cafe is confirmed, but the kitchen will only hear of it from [`Shop::tell_of_order_5`].
    fn open() -> Self {
        let mut house = House::open();
        for order in 1..=3 {
            house.confirm(CAFE, order);
        }
        house.confirm(KIOSK, 4);
        house.hear();
        house.confirm(CAFE, 5);
        let shops = house.processor.service().shops();
        let journal = house.processor.journal().clone();
        let handle = Writer::<KitchenService, MemoryJournal>::handle(64, 64);
        let clock = Arc::new(ManualClock::at(Timestamp::from_millis(1_800_000_001_000)));
        let (catalog, ordering) = (Voice::default(), Voice::default());
        let unheard = house.said_by_ordering();
        let feeds = [catalog, ordering.clone()].map(|voice| {
            let opener: runtime::FeedOpener = Box::new(move || Ok(Box::new(voice.clone())));
            opener
        });
        let options = WriterOptions {
            clock: clock.clone(),
            feeds: feeds.into(),
            far_sources: false,
            commands_max: 64,
            tail_events: 64,
            observer: Box::new(SilentObserver),
            on_stop: Box::new(|_| {}),
        };
        Writer::start(&handle, house.processor, Arc::new(()), options).unwrap();
        let api = KitchenApi {
            handle: handle.clone(),
            readers: Readers::new(2, Arc::new(move || journal.reader())),
            shops,
            fingerprints: Arc::new(Fingerprints::new(b"secret")),
            ids: Arc::new(SeededIds::new(9)),
            clock,
            step_wait: Duration::from_millis(STEP_WAIT_MILLIS),
        };
        let (router, document) = router(api).split_for_parts();
        Self { router, document, handle, ordering, unheard }
    }

    /// Ordering's word of order 5 reaches the kitchen.
    fn tell_of_order_5(&self) {
        self.ordering.0.lock().unwrap().clone_from(&self.unheard);
        self.handle.bell().ring();
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

    /// Takes a step with a ticket of the cafe.
    async fn step(&self, ticket: &str, step: &str) -> Said {
        self.step_with(ticket, step, &[], "").await
    }

    async fn step_with(&self, ticket: &str, step: &str, headers: &[(&str, &str)], body: &str) -> Said {
        let path = format!("/v1/shops/cafe/tickets/{ticket}/{step}");
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

#[tokio::test]
async fn staff_take_a_ticket_to_the_customer() {
    let shop = Shop::open();
    for (step, state, etag) in [
        ("accept", "accepted", "\"v2\""),
        ("start", "started", "\"v3\""),
        ("complete", "finished", "\"v4\""),
        ("hand-over", "handed-over", "\"v5\""),
    ] {
        let said = shop.step("1", step).await;
        assert_eq!((said.status, said.state().as_str(), said.etag.as_deref()), (200, state, Some(etag)));
    }
    let read = shop.get("/v1/shops/cafe/tickets/1").await;
    assert_eq!(read.state(), "handed-over");
}

#[tokio::test]
async fn a_ticket_is_found_by_the_id_of_its_order_and_by_its_number() {
    let shop = Shop::open();
    let by_number = shop.get("/v1/shops/cafe/tickets/2").await;
    let by_id = shop.get(&format!("/v1/shops/cafe/tickets/{}", order_id(2))).await;
    assert_eq!((by_number.status, &by_number.bytes), (200, &by_id.bytes));
    assert_eq!(by_id.body()["note"], "less ice");
}

#[tokio::test]
async fn tickets_are_listed_oldest_first_by_state_and_page() {
    let shop = Shop::open();
    shop.step("1", "accept").await;
    let open = shop.get("/v1/shops/cafe/tickets?state=open&limit=1").await.body();
    let next = open["next"].as_str().unwrap();
    let rest = shop.get(&format!("/v1/shops/cafe/tickets?state=open&limit=1&cursor={next}")).await.body();
    let accepted = shop.get("/v1/shops/cafe/tickets?state=accepted").await.body();
    assert_eq!((&open["items"][0]["number"], &rest["items"][0]["number"]), (&2.into(), &3.into()));
    assert_eq!(accepted["items"].as_array().unwrap().len(), 1);
    let other_filter = shop.get(&format!("/v1/shops/cafe/tickets?state=accepted&cursor={next}")).await;
    assert_eq!((other_filter.status, other_filter.slug().as_str()), (400, "invalid-cursor"));
}

#[tokio::test]
async fn a_step_out_of_turn_names_the_state_and_what_it_allows() {
    let shop = Shop::open();
    let said = shop.step("1", "start").await;
    assert_eq!((said.status, said.slug().as_str()), (409, "command-forbidden-by-state"));
    assert_eq!(
        (said.state(), said.body()["detail"].as_str().unwrap().contains("accept or reject")),
        ("open".into(), true)
    );
}

#[tokio::test]
async fn a_rejection_after_the_order_was_taken_on_is_too_late() {
    let shop = Shop::open();
    shop.step("1", "accept").await;
    let said = shop.step_with("1", "reject", &[], r#"{"reason":"no milk left"}"#).await;
    assert_eq!((said.status, said.slug().as_str(), said.state().as_str()), (409, "too-late", "accepted"));
}

#[tokio::test]
async fn a_rejection_says_why() {
    let shop = Shop::open();
    let said = shop.step_with("1", "reject", &[], r#"{"reason":"no milk left"}"#).await;
    assert_eq!((said.status, said.body()["reject_reason"].as_str()), (200, Some("no milk left")));
}

#[tokio::test]
async fn bad_requests_name_the_field_and_change_nothing() {
    let shop = Shop::open();
    let long = format!(r#"{{"reason":"{}"}}"#, "x".repeat(201));
    for (step, body, field) in [
        ("reject", r#"{}"#, "reason"),
        ("reject", r#"{"reason":" "}"#, "reason"),
        ("reject", &long, "reason"),
        ("reject", r#"{"reason":"x","why":"y"}"#, "why"),
        ("accept", r#"{"by":"kim"}"#, "by"),
    ] {
        let said = shop.step_with("1", step, &[], body).await;
        assert_eq!((said.status, said.field().as_str()), (400, field), "{step} {body}");
    }
    let key = [("Idempotency-Key", "two words")];
    assert_eq!(shop.step_with("1", "accept", &key, "").await.field(), "Idempotency-Key");
    assert_eq!(shop.get("/v1/shops/cafe/tickets/1").await.state(), "open");
    assert_eq!(shop.get("/v1/shops/cafe/tickets?state=baked").await.field(), "state");
}

#[tokio::test]
async fn a_body_of_an_empty_object_says_nothing_either() {
    let shop = Shop::open();
    assert_eq!(shop.step_with("1", "accept", &[], "{}").await.status, 200);
}

#[tokio::test]
async fn a_step_typed_before_its_ticket_is_there_waits_for_it() {
    let shop = Arc::new(Shop::open());
    let early = tokio::spawn({
        let shop = shop.clone();
        async move { shop.step(&order_id(5).to_string(), "accept").await }
    });
    let by_number = tokio::spawn({
        let shop = shop.clone();
        async move { shop.step("5", "accept").await }
    });
    tokio::task::yield_now().await;
    shop.tell_of_order_5();
    assert_eq!(early.await.unwrap().state(), "accepted");
    assert_eq!(by_number.await.unwrap().state(), "accepted");
}

#[tokio::test]
async fn a_ticket_that_never_comes_is_a_404_after_the_wait() {
    let shop = Shop::open();
    let said = shop.step(&order_id(6).to_string(), "accept").await;
    assert_eq!((said.status, said.slug().as_str()), (404, "not-found"));
}

#[tokio::test]
async fn what_is_not_there_is_a_404() {
    let shop = Shop::open();
    for path in [
        "/v1/shops/nowhere/tickets",
        "/v1/shops/nowhere/tickets/1",
        "/v1/shops/cafe/tickets/99",
        "/v1/shops/cafe/tickets/latte",
        "/v1/shops/cafe/tickets/4",
        "/v1/shops/cafe/tickets/-1",
    ] {
        assert_eq!(shop.get(path).await.status, 404, "{path}");
    }
    assert_eq!(shop.step("latte", "accept").await.status, 404);
    assert_eq!(shop.step("6ba7b810-9dad-11d1-80b4-00c04fd430c8", "accept").await.status, 404);
}

#[tokio::test]
async fn a_step_sent_twice_with_one_key_is_answered_byte_for_byte() {
    let shop = Shop::open();
    let key = [("Idempotency-Key", "k1"), ("Jumun-Actor", "staff:kim")];
    let first = shop.step_with("1", "accept", &key, "").await;
    shop.step("1", "start").await;
    let again = shop.step_with("1", "accept", &key, "").await;
    let other = shop.step_with("2", "accept", &key, "").await;
    assert_eq!((again.status, again.bytes, again.etag), (first.status, first.bytes, first.etag));
    assert_eq!((other.status, other.slug().as_str()), (422, "idempotency-key-reused"));
}

#[tokio::test]
async fn a_refusal_sent_twice_with_one_key_is_answered_byte_for_byte() {
    let shop = Shop::open();
    let key = [("Idempotency-Key", "k1")];
    let first = shop.step_with("1", "start", &key, "").await;
    shop.step("1", "accept").await;
    let again = shop.step_with("1", "start", &key, "").await;
    assert_eq!((first.status, again.status, again.bytes), (409, 409, first.bytes));
}

#[tokio::test]
async fn a_step_on_an_older_version_is_a_412_with_the_present_tag() {
    let shop = Shop::open();
    shop.step("1", "accept").await;
    let said = shop.step_with("1", "start", &[("If-Match", "\"v1\"")], "").await;
    assert_eq!((said.status, said.body()["etag"].as_str()), (412, Some("\"v2\"")));
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
