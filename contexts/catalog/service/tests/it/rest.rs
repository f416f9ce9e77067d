//! The canonical API, called without a network.

use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::http::{Request, StatusCode};
use catalog_service::rest::{CatalogApi, router};
use catalog_service::{CatalogCommand, CatalogService, DEFAULT_SHOPS};
use http_body_util::BodyExt;
use journal::{Journal as _, MemoryJournal};
use kernel::{Actor, Causation, ManualClock, SeededIds, Timestamp};
use runtime::{Handle, Readers, SilentObserver, Writer, WriterOptions};
use serde_json::Value;
use tower::ServiceExt;
use uuid::Uuid;

use crate::house::{default_shop, file, processor};

pub(crate) struct Shops {
    router: Router,
    handle: Handle<CatalogService>,
}

impl Shops {
    pub(crate) async fn open() -> Self {
        let journal = MemoryJournal::new(Uuid::from_u128(1));
        let clock = Arc::new(ManualClock::at(Timestamp::from_millis(1_700_000_000_000)));
        let handle = Writer::<CatalogService, MemoryJournal>::handle(64, 64);
        let options = WriterOptions {
            clock: clock.clone(),
            feeds: vec![],
            far_sources: false,
            commands_max: 64,
            tail_events: 64,
            observer: Box::new(SilentObserver),
            on_stop: Box::new(|_| {}),
        };
        Writer::start(&handle, processor(&journal), Arc::new(()), options).unwrap();
        for shop in DEFAULT_SHOPS {
            let import = CatalogCommand::ImportShop(Box::new(file(shop.text)));
            handle.call(import, Actor::system(), Causation::command(Uuid::nil())).await.unwrap();
        }
        let readers = Readers::new(1, Arc::new(move || journal.reader()));
        let api = CatalogApi::new(handle.clone(), readers, Arc::new(SeededIds::new(2)), clock);
        let (router, _) = router(api).split_for_parts();
        Self { router, handle }
    }

    async fn send(&self, request: Request<Body>) -> Answer {
        let response = self.router.clone().oneshot(request).await.unwrap();
        let status = response.status();
        let tag = response.headers().get("etag").map(|tag| tag.to_str().unwrap().to_owned());
        let bytes = response.into_body().collect().await.unwrap().to_bytes();
        let body = serde_json::from_slice(&bytes).unwrap_or(Value::Null);
        Answer { status, tag, body }
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.send(Request::get(path).body(Body::empty()).unwrap()).await
    }

    async fn get_unless(&self, path: &str, tag: &str) -> Answer {
        self.send(Request::get(path).header("if-none-match", tag).body(Body::empty()).unwrap()).await
    }

    async fn import(&self, text: &str, apply: bool) -> Answer {
        let body = serde_json::json!({ "file": "cafe.toml", "text": text, "apply": apply });
        let request = Request::post("/v1/shops/cafe/menu-imports").header("content-type", "application/json");
        self.send(request.body(Body::from(body.to_string())).unwrap()).await
    }

    pub(crate) async fn put_as(&self, actor: &str, path: &str, body: &str) -> Answer {
        let request = Request::put(path).header("content-type", "application/json");
        self.send(request.header("jumun-actor", actor).body(Body::from(body.to_owned())).unwrap()).await
    }

    async fn put(&self, path: &str, body: &str, if_match: Option<&str>) -> Answer {
        let mut request = Request::put(path).header("content-type", "application/json");
        if let Some(tag) = if_match {
            request = request.header("if-match", tag);
        }
        self.send(request.body(Body::from(body.to_owned())).unwrap()).await
    }
}

impl Drop for Shops {
    fn drop(&mut self) {
        self.handle.stop();
    }
}

pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    tag: Option<String>,
    pub(crate) body: Value,
}

impl Answer {
    pub(crate) fn problem(&self) -> (u16, &str) {
        let kind = self.body["type"].as_str().unwrap_or_default();
        (self.status.as_u16(), kind.rsplit('/').next().unwrap_or_default())
    }
}

const ON: &str = r#"{"sold_out":true}"#;

#[tokio::test]
async fn the_shops_are_listed_page_by_page() {
    let shops = Shops::open().await;

    let first = shops.get("/v1/shops?limit=1").await;
    let next = first.body["next"].as_str().unwrap();
    let second = shops.get(&format!("/v1/shops?limit=1&cursor={next}")).await;

    assert_eq!(first.body["items"][0]["key"], "cafe");
    assert_eq!(second.body["items"][0]["key"], "kiosk");
    let next = second.body["next"].as_str().unwrap();
    let rest = shops.get(&format!("/v1/shops?limit=100&cursor={next}")).await;
    assert_eq!(rest.body["items"].as_array().unwrap().len(), DEFAULT_SHOPS.len() - 2);
    assert_eq!(rest.body["next"], Value::Null);
}

#[tokio::test]
async fn a_shop_says_what_its_orders_go_through_and_keeps_its_token() {
    let shops = Shops::open().await;

    let cafe = shops.get("/v1/shops/cafe").await;

    assert_eq!(cafe.body["name"]["en"], "Jumun Cafe");
    assert_eq!(cafe.body["stages"][1], "paid");
    assert_eq!(cafe.body["cancel"]["customer_before"], "started");
    assert!(!cafe.body.to_string().contains("tok_"));
    let tag = cafe.tag.as_deref().unwrap();
    assert_eq!(shops.get_unless("/v1/shops/cafe", tag).await.status, 304);
}

#[tokio::test]
async fn a_menu_is_read_in_both_languages_or_in_one() {
    let shops = Shops::open().await;

    let whole = shops.get("/v1/shops/cafe/menu").await;
    let korean = shops.get("/v1/shops/cafe/menu?language=ko").await;
    let english = shops.get("/v1/shops/cafe/menu?language=en").await;

    assert_eq!(whole.body["items"][0]["name"]["ko"], "아메리카노");
    assert_eq!(whole.body["items"][0]["price"]["amount"], 4500);
    assert_eq!(korean.body["items"][0]["name"], "아메리카노");
    assert_eq!(english.body["items"][0]["options"][0]["choices"][1]["name"], "Iced");
    assert_eq!(english.body["items"][0]["category"], "Coffee");
}

#[tokio::test]
async fn a_menu_that_is_known_is_not_sent_again_until_it_changes() {
    let shops = Shops::open().await;
    let before = shops.get("/v1/shops/cafe/menu").await;
    let tag = before.tag.as_deref().unwrap();
    assert_eq!(shops.get_unless("/v1/shops/cafe/menu", tag).await.status, 304);

    shops.put("/v1/shops/cafe/menu/1/sold-out", ON, None).await;

    let after = shops.get_unless("/v1/shops/cafe/menu", tag).await;
    assert_eq!((after.status.as_u16(), &after.body["items"][0]["sold_out"]), (200, &Value::Bool(true)));
    assert_ne!(after.tag, before.tag);
}

#[tokio::test]
async fn an_item_is_switched_off_and_read_back() {
    let shops = Shops::open().await;

    let switched = shops.put("/v1/shops/cafe/menu/1/sold-out", ON, None).await;
    let read = shops.get("/v1/shops/cafe/menu/1").await;

    assert_eq!((switched.status.as_u16(), &switched.body["sold_out"]), (200, &Value::Bool(true)));
    assert_eq!((read.body, read.tag), (switched.body, switched.tag));
}

#[tokio::test]
async fn a_switch_on_what_was_read_before_is_refused_when_it_has_changed() {
    let shops = Shops::open().await;
    let tag = shops.get("/v1/shops/cafe/menu/1").await.tag.unwrap();
    let path = "/v1/shops/cafe/menu/1/sold-out";
    assert_eq!(shops.put(path, ON, Some(&tag)).await.status, 200);

    let late = shops.put(path, ON, Some(&tag)).await;

    assert_eq!(late.problem(), (412, "precondition-failed"));
    assert_eq!(late.body["etag"], "\"v14\"");
}

#[tokio::test]
async fn what_is_not_there_is_a_404_that_says_what() {
    let shops = Shops::open().await;
    for (path, kind) in [
        ("/v1/shops/bar", "shop-unknown"),
        ("/v1/shops/bar/menu", "shop-unknown"),
        ("/v1/shops/bar/menu/1", "shop-unknown"),
        ("/v1/shops/cafe/menu/77", "not-found"),
    ] {
        assert_eq!(shops.get(path).await.problem(), (404, kind), "{path}");
    }
    let unknown = shops.put("/v1/shops/bar/menu/1/sold-out", ON, None).await;
    assert_eq!(unknown.problem(), (404, "shop-unknown"));
    let unknown = shops.put("/v1/shops/cafe/menu/77/sold-out", ON, None).await;
    assert_eq!(unknown.problem(), (404, "not-found"));
}

#[tokio::test]
async fn a_wrong_wish_is_refused_with_its_field() {
    let shops = Shops::open().await;
    let path = "/v1/shops/cafe/menu/1/sold-out";
    for (body, kind, field) in [
        (r#"{"sold_out":"yes"}"#, "invalid-field", "sold_out"),
        (r#"{"sold_out":true,"until":"noon"}"#, "unknown-field", "until"),
        ("{}", "invalid-field", "sold_out"),
    ] {
        let answer = shops.put(path, body, None).await;
        assert_eq!(answer.problem(), (400, kind), "{body}");
        assert_eq!(answer.body["errors"][0]["field"], field, "{body}");
    }
    assert_eq!(shops.put(path, "{", None).await.problem(), (400, "unreadable-json"));
    assert_eq!(shops.get("/v1/shops/cafe/menu?language=fr").await.status, 400);
    assert_eq!(shops.get("/v1/shops/cafe/menu?lang=ko").await.status, 400);
    assert_eq!(shops.get("/v1/shops/cafe/menu/1").await.body["sold_out"], Value::Bool(false));
}

#[tokio::test]
async fn a_menu_is_compared_first_and_imported_then() {
    let shops = Shops::open().await;
    // The shop was opened without the words that the file has.
    let (before, words) = default_shop("cafe").split_once("[vocabulary.orders]").unwrap();
    let (_, behind) = words.split_once("[categories]").unwrap();
    let dearer = format!("{before}[categories]{behind}").replace("price = 4500", "price = 4700");
    let line = serde_json::json!(["menu.1.price.amount: 4500 -> 4700"]);

    let compared = shops.import(&dearer, false).await;
    assert_eq!((&compared.body["differs"], &compared.body["applied"]), (&line, &serde_json::json!([])));
    assert_eq!(shops.get("/v1/shops/cafe/menu/1").await.body["price"]["amount"], 4500);

    let imported = shops.import(&dearer, true).await;
    assert_eq!((&imported.body["applied"], &imported.body["differs"]), (&line, &serde_json::json!([])));
    assert_eq!(shops.get("/v1/shops/cafe/menu/1").await.body["price"]["amount"], 4700);
}

#[tokio::test]
async fn a_file_with_mistakes_is_refused_with_each_of_their_places() {
    let shops = Shops::open().await;
    let wrong = default_shop("cafe").replace("price = 4500", "price = -1").replace("Asia/Seoul", "Asia/Soul");

    let answer = shops.import(&wrong, true).await;

    assert_eq!(answer.problem(), (400, "invalid-field"));
    assert_eq!(answer.body["errors"][0]["field"], "text:8:13 shop.time_zone");
    assert_eq!(answer.body["errors"][1]["field"], "text:233:9 menu[0].price");
    let other = shops.import(default_shop("kiosk"), true).await;
    assert_eq!((other.problem().0, &other.body["errors"][0]["field"]), (400, &Value::from("text")));
}
