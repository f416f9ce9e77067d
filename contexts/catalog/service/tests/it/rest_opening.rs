//! The opening of a shop, called without a network.

use serde_json::{Value, json};

use crate::rest::{Answer, Shops};

const OPENING: &str = "/v1/shops/cafe/opening";

async fn set(shops: &Shops, actor: &str, body: Value) -> Answer {
    shops.put_as(actor, OPENING, &body.to_string()).await
}

#[tokio::test]
async fn an_open_shop_says_so_with_the_hours_of_seven_days() {
    let shops = Shops::open().await;

    let opening = shops.get(OPENING).await.body;

    assert_eq!((&opening["state"], &opening["until"]), (&json!("open"), &Value::Null));
    let week = opening["week"].as_array().unwrap();
    // The clock of these tests stands on a Wednesday, 07:13 in Seoul.
    assert_eq!(
        (week.len(), &week[0]["date"], &week[0]["weekday"]),
        (7, &json!("2023-11-15"), &json!("wednesday"))
    );
    assert_eq!(week[0]["open"], json!(["00:00-24:00"]));
    assert_eq!(shops.get("/v1/shops/bar/opening").await.problem(), (404, "shop-unknown"));
}

#[tokio::test]
async fn staff_make_a_shop_busy_close_it_and_open_it_again() {
    let shops = Shops::open().await;
    let until = "2023-11-15T08:00:00+09:00";

    let busy = set(&shops, "staff:kim", json!({ "state": "busy", "until": until })).await;
    assert_eq!((busy.status.as_u16(), &busy.body["state"]), (200, &json!("busy")));
    assert_eq!(busy.body["opens_at"], 1_700_002_800_000_i64);
    assert_eq!(shops.get(OPENING).await.body, busy.body);
    assert_eq!(shops.get("/v1/shops/cafe").await.body["pause"]["kind"], "busy");

    let closed = set(&shops, "manager:lee", json!({ "state": "closed" })).await;
    assert_eq!((&closed.body["state"], &closed.body["until"]), (&json!("closed"), &Value::Null));
    let open = set(&shops, "operator:ops", json!({ "state": "open" })).await;
    assert_eq!((&open.body["state"], &open.body["pause"]), (&json!("open"), &Value::Null));
}

#[tokio::test]
async fn who_does_not_work_there_neither_closes_nor_opens_a_shop() {
    let shops = Shops::open().await;
    for actor in ["customer:1", "courier:lee", "anonymous"] {
        let refused = set(&shops, actor, json!({ "state": "closed" })).await;
        assert_eq!(refused.problem(), (403, "forbidden"), "{actor}");
    }
    assert_eq!(shops.get(OPENING).await.body["state"], "open");
}

#[tokio::test]
async fn a_wrong_wish_is_refused_with_its_field() {
    let shops = Shops::open().await;
    for (body, kind, field) in [
        (json!({}), "invalid-field", "state"),
        (json!({ "state": "shut" }), "invalid-field", "state"),
        (json!({ "state": "closed", "for": "1h" }), "unknown-field", "for"),
        (json!({ "state": "busy" }), "invalid-field", "until"),
        (json!({ "state": "busy", "until": "noon" }), "invalid-field", "until"),
        (json!({ "state": "busy", "until": "2023-11-15T07:00:00+09:00" }), "invalid-field", "until"),
        (json!({ "state": "busy", "until": "2023-11-17T07:00:00+09:00" }), "invalid-field", "until"),
        (json!({ "state": "open", "until": "2023-11-15T08:00:00+09:00" }), "invalid-field", "until"),
    ] {
        let answer = set(&shops, "staff:kim", body.clone()).await;
        assert_eq!(answer.problem(), (400, kind), "{body}");
        assert_eq!(answer.body["errors"][0]["field"], field, "{body}");
    }
}
