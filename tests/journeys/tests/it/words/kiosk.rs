use journeys::Speaker;
use serde_json::{Value, json};

use super::rows;

rows!("kiosk": no_cup_row, stock, too_many, enough, single_entry, never_negative);

async fn orders(kiosk: &Speaker, drink: &str, count: &str) -> (u64, Value) {
    let wish = json!({ "customerId": "1", "beverageName": drink, "beverageQty": count });
    let (id, order) = kiosk.makes("/orders", wish).await;
    assert_eq!(order["orderStatus"], "pending");
    (id, order)
}

async fn cups(kiosk: &Speaker) -> u64 {
    let found = kiosk.get("/inventories/search/findByStockName?stockName=cup").await.is(200);
    found.rows("inventories").first().map_or(0, |cup| cup["qty"].as_u64().unwrap())
}

/// Cups to make drinks in.
async fn fills(kiosk: &Speaker) {
    let _row = kiosk.makes("/inventories", json!({ "stockName": "cup", "qty": 10 })).await;
}

async fn no_cup_row(kiosk: &Speaker) {
    assert_eq!(kiosk.get("/inventories").await.is(200).body["page"]["totalElements"], 0);
    let (id, _) = orders(kiosk, "americano", "1").await;
    kiosk.becomes(&format!("/orders/{id}"), "orderStatus", "cancelled").await;
}

async fn stock(kiosk: &Speaker) {
    let (first, cup) = kiosk.makes("/inventories", json!({ "stockName": "cup", "qty": "6" })).await;
    assert_eq!((&cup["stockName"], &cup["qty"]), (&json!("cup"), &json!(6)));
    let (second, cup) = kiosk.makes("/inventories", json!({ "stockName": "cup", "qty": 4 })).await;
    assert_eq!((first, &cup["qty"]), (second, &json!(10)));
    let listed = kiosk.get("/inventories").await.is(200);
    assert_eq!(listed.rows("inventories").len(), 1);
    assert_eq!(kiosk.get(&format!("/inventories/{first}")).await.is(200).body["qty"], 10);
    kiosk.post("/inventories", json!({ "stockName": "cup" })).await.refuses(400, &["qty"]);
    kiosk.post("/inventories", json!({ "stockName": "cup", "qty": 0 })).await.refuses(400, &["qty"]);
    kiosk.patch(&format!("/inventories/{first}"), json!({ "qty": 1 })).await.refuses(405, &[]);
}

async fn too_many(kiosk: &Speaker) {
    fills(kiosk).await;
    let before = cups(kiosk).await;
    let (id, _) = orders(kiosk, "americano", &(before + 1).to_string()).await;
    kiosk.becomes(&format!("/orders/{id}"), "orderStatus", "cancelled").await;
    let told = kiosk.has_rows_of("/notifications", id, 1).await;
    assert_eq!(told[0]["orderStatus"], "cancelled");
    assert!(told[0]["notificationDate"].as_str().is_some_and(|date| date.ends_with("+00:00")));
    assert_eq!(cups(kiosk).await, before);
    kiosk.get(&format!("/beverages/{id}")).await.refuses(404, &[]);
}

async fn enough(kiosk: &Speaker) {
    fills(kiosk).await;
    let before = cups(kiosk).await;
    let (id, _) = orders(kiosk, "icetea", "1").await;
    kiosk.becomes(&format!("/orders/{id}"), "orderStatus", "completed").await;
    let made = kiosk.get(&format!("/beverages/{id}")).await.is(200).body;
    assert_eq!((&made["beverageName"], &made["beverageQty"]), (&json!("icetea"), &json!(1)));
    assert_eq!(kiosk.rows_of("/beverages", id).await.len(), 1);
    let told = kiosk.has_rows_of("/notifications", id, 1).await;
    assert_eq!(told[0]["orderStatus"], "completed");
    assert_eq!(cups(kiosk).await, before - 1);
}

async fn single_entry(kiosk: &Speaker) {
    enough(kiosk).await;
    for collection in ["orders", "beverages", "notifications", "inventories", "menus"] {
        let page = kiosk.get(&format!("/{collection}")).await.is(200);
        assert!(!page.rows(collection).is_empty(), "{collection}");
    }
}

async fn never_negative(kiosk: &Speaker) {
    fills(kiosk).await;
    let before = cups(kiosk).await;
    let mut ids = Vec::new();
    for _ in 0..before + 2 {
        ids.push(orders(kiosk, "americano", "1").await.0);
    }
    for id in &ids[..usize::try_from(before).unwrap()] {
        kiosk.becomes(&format!("/orders/{id}"), "orderStatus", "completed").await;
    }
    for id in &ids[usize::try_from(before).unwrap()..] {
        kiosk.becomes(&format!("/orders/{id}"), "orderStatus", "cancelled").await;
    }
    assert_eq!(cups(kiosk).await, 0);
}
