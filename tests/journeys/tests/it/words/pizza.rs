use journeys::Speaker;
use serde_json::{Value, json};

use super::rows;

rows!("pizza": order, goes_its_way, cancel, too_late, out_of_order, log);

fn wish() -> Value {
    json!({
        "customerId": "10", "state": "PLACE", "menuOption": "pepperoniPizza", "price": "10000",
        "paymentMethod": "CreditCard", "address": "ThewellI007Ho",
    })
}

async fn orders(pizza: &Speaker) -> u64 {
    pizza.makes("/pizzaOrders", wish()).await.0
}

async fn moves(pizza: &Speaker, id: u64, word: &str) {
    let row = pizza.patch(&format!("/orderDeliveries/{id}"), json!({ "state": word })).await.is(200).body;
    assert_eq!(row["state"], word);
}

async fn order(pizza: &Speaker) {
    let (id, order) = pizza.makes("/pizzaOrders", wish()).await;
    assert_eq!((&order["state"], &order["price"]), (&json!("PLACE"), &json!(10000)));
    assert_eq!((&order["paymentMethod"], &order["customerId"]), (&json!("CreditCard"), &json!(10)));
    assert!(
        order["date"].as_str().is_some_and(|date| date.len() == "2026-11-28 18:00:00".len()),
        "{order:#}"
    );
    let paid = pizza.get(&format!("/paymentHistories/{id}")).await.is(200).body;
    assert_eq!(
        (&paid["state"], &paid["orderId"], &paid["price"]),
        (&json!("PLACE"), &json!(id), &json!(10000))
    );
    let ready = pizza.becomes(&format!("/orderDeliveries/{id}"), "state", "PizzaProductionReady").await;
    assert_eq!(
        (&ready["address"], &ready["menuOption"]),
        (&json!("ThewellI007Ho"), &json!("pepperoniPizza"))
    );
    assert!(ready["paymentDate"].is_string() && ready["lastEventDate"].is_string());
}

async fn goes_its_way(pizza: &Speaker) {
    let id = orders(pizza).await;
    // Each typed right after the one before.
    for word in ["PizzaProductionStarted", "DeliveryStarted", "DeliveryCompleted"] {
        moves(pizza, id, word).await;
    }
    moves(pizza, id, "DeliveryCompleted").await;
    assert_eq!(pizza.get(&format!("/pizzaOrders/{id}")).await.body["state"], "PLACE");
}

async fn cancel(pizza: &Speaker) {
    let id = orders(pizza).await;
    for _ in 0..2 {
        let order =
            pizza.patch(&format!("/pizzaOrders/{id}"), json!({ "state": "CANCEL" })).await.is(200).body;
        assert_eq!(order["state"], "CANCEL");
    }
    pizza.becomes(&format!("/paymentHistories/{id}"), "state", "CANCEL").await;
    pizza.becomes(&format!("/orderDeliveries/{id}"), "state", "CANCEL").await;
    let begins = json!({ "state": "PizzaProductionStarted" });
    pizza.patch(&format!("/orderDeliveries/{id}"), begins).await.refuses(409, &[]);
}

async fn too_late(pizza: &Speaker) {
    let id = orders(pizza).await;
    for word in ["PizzaProductionStarted", "DeliveryStarted", "DeliveryCompleted"] {
        moves(pizza, id, word).await;
    }
    pizza.patch(&format!("/pizzaOrders/{id}"), json!({ "state": "CANCEL" })).await.refuses(409, &[]);
    pizza
        .patch(&format!("/orderDeliveries/{id}"), json!({ "state": "DeliveryStarted" }))
        .await
        .refuses(409, &[]);
    assert_eq!(pizza.get(&format!("/paymentHistories/{id}")).await.body["state"], "PLACE");
}

async fn out_of_order(pizza: &Speaker) {
    let id = orders(pizza).await;
    pizza
        .patch(&format!("/orderDeliveries/{id}"), json!({ "state": "DeliveryCompleted" }))
        .await
        .refuses(409, &[]);
    assert_eq!(pizza.get(&format!("/orderDeliveries/{id}")).await.body["state"], "PizzaProductionReady");
}

async fn log(pizza: &Speaker) {
    let id = orders(pizza).await;
    for word in ["PizzaProductionStarted", "DeliveryStarted", "DeliveryCompleted"] {
        moves(pizza, id, word).await;
    }
    let rows = pizza.has_rows_of("/notificationHistories", id, 5).await;
    let events: Vec<_> = rows.iter().map(|row| row["eventType"].as_str().unwrap()).collect();
    assert_eq!(
        events,
        ["OrderPlaced", "PaymentApproved", "PizzaProductionStarted", "DeliveryStarted", "DeliveryCompleted"]
    );
    assert_eq!((&rows[0]["orderState"], &rows[0]["paymentState"]), (&json!("PLACE"), &json!(null)));
    assert_eq!((&rows[1]["orderState"], &rows[1]["paymentState"]), (&json!("PLACE"), &json!("PLACE")));
    assert_eq!((&rows[1]["paymentMethod"], &rows[1]["price"]), (&json!("CreditCard"), &json!(10000)));
    let cancelled = orders(pizza).await;
    let _ = pizza.patch(&format!("/pizzaOrders/{cancelled}"), json!({ "state": "CANCEL" })).await.is(200);
    let last = pizza.has_rows_of("/notificationHistories", cancelled, 4).await;
    let events: Vec<_> = last.iter().map(|row| row["eventType"].as_str().unwrap()).collect();
    assert_eq!(events, ["OrderPlaced", "PaymentApproved", "OrderCanceled", "PaymentCanceled"]);
    assert_eq!((&last[3]["orderState"], &last[3]["paymentState"]), (&json!("CANCEL"), &json!("CANCEL")));
    assert_eq!(pizza.rows_of("/notificationHistories", id).await, rows, "what is written stays");
}
