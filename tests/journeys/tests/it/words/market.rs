use journeys::Speaker;
use serde_json::json;

use super::{changes, rows};

rows!("market": order, on_its_way, cancel_by_word, cancel_by_delete, not_enough_deposit);

async fn orders(market: &Speaker) -> u64 {
    let (id, order) = market.makes("/orders", json!({ "productId": "10", "qty": "5" })).await;
    assert_eq!(
        (&order["productId"], &order["qty"], &order["customerId"]),
        (&json!("10"), &json!(5), &json!(null))
    );
    id
}

async fn order(market: &Speaker) {
    let id = orders(market).await;
    let deposit = market.get(&format!("/deposits/{id}")).await.is(200).body;
    assert_eq!(deposit["status"], "PayCompleted");
    let (capital, order) =
        market.makes("/orders", json!({ "productId": 10, "Qty": 5, "colour": "red" })).await;
    assert_eq!((capital, &order["qty"], &order["productId"]), (id + 1, &json!(5), &json!("10")));
    assert!(order.get("colour").is_none() && order.get("Qty").is_none());
}

async fn on_its_way(market: &Speaker) {
    let id = orders(market).await;
    let product = market.becomes(&format!("/products/{id}"), "status", "DeliveryStarted").await;
    assert_eq!(
        (&product["orderId"], &product["productId"], &product["qty"]),
        (&json!(id), &json!("10"), &json!(5))
    );
    market.becomes(&format!("/orders/{id}"), "status", "DeliveryStarted").await;
    let info = market.becomes(&format!("/myInfos/{id}"), "status", "DeliveryStarted").await;
    assert_eq!(changes(&info), ["Ordered", "PayCompleted", "DeliveryStarted"]);
    assert_eq!(market.get(&format!("/myPages/{id}")).await.is(200).body, info);
    assert_eq!(market.get("/myPages").await.is(200).body, market.get("/myInfos").await.is(200).body);
    let found = market.get(&format!("/products/search/findByOrderId?OrderId={id}")).await.is(200);
    assert_eq!(found.rows("products"), [product]);
}

async fn is_cancelled(market: &Speaker, id: u64) {
    market.becomes(&format!("/orders/{id}"), "status", "Canceled").await;
    market.becomes(&format!("/deposits/{id}"), "status", "PayCanceled").await;
    market.becomes(&format!("/products/{id}"), "status", "Canceled").await;
    let info = market.becomes(&format!("/myInfos/{id}"), "status", "PayCanceled").await;
    assert_eq!(changes(&info).last().unwrap(), "PayCanceled");
}

async fn cancel_by_word(market: &Speaker) {
    let id = orders(market).await;
    market.becomes(&format!("/products/{id}"), "status", "DeliveryStarted").await;
    for _ in 0..2 {
        let order =
            market.patch(&format!("/orders/{id}"), json!({ "status": "Canceled" })).await.is(200).body;
        assert_eq!(order["status"], "Canceled");
    }
    is_cancelled(market, id).await;
}

async fn cancel_by_delete(market: &Speaker) {
    let id = orders(market).await;
    market.becomes(&format!("/products/{id}"), "status", "DeliveryStarted").await;
    for _ in 0..2 {
        let gone = market.delete(&format!("/orders/{id}")).await.is(204);
        assert!(gone.bytes.is_empty());
    }
    is_cancelled(market, id).await;
}

async fn not_enough_deposit(market: &Speaker) {
    let last = orders(market).await;
    let wish = json!({ "productId": "10", "qty": "5", "customerId": "77" });
    market.post("/orders", wish).await.refuses(402, &[]);
    market.get(&format!("/orders/{}", last + 1)).await.refuses(404, &[]);
    market.get(&format!("/deposits/{}", last + 1)).await.refuses(404, &[]);
    let listed = market.get("/orders?size=1000").await.is(200);
    assert_eq!(listed.body["page"]["totalElements"].as_u64(), Some(listed.rows("orders").len() as u64));
}
