use journeys::Speaker;
use serde_json::{Value, json};

use super::{changes, rows};

rows!("appliance": order, goes_its_way, cancel, cancel_before_paying, not_yet_paid, also_under);

fn wish() -> Value {
    json!({
        "customerId": "1", "customerName": "Kang", "itemId": "2", "itemName": "Air conditional", "qty": "3",
        "itemPrice": "1500", "deliveryAddress": "Gangnam", "deliveryPhoneNumber": "010-0123-4567",
        "orderStatus": "orderStarted",
    })
}

async fn orders(store: &Speaker) -> u64 {
    store.makes("/orders", wish()).await.0
}

async fn pays(store: &Speaker, id: u64) {
    let paid = store.patch(&format!("/payments/{id}"), json!({ "orderStatus": "payApproved" })).await.is(200);
    assert_eq!(paid.body["orderStatus"], "payApproved");
}

async fn takes(store: &Speaker, id: u64) {
    let taken =
        store.patch(&format!("/ordermgmts/{id}"), json!({ "orderStatus": "orderTaken" })).await.is(200);
    assert_eq!(taken.body["orderStatus"], "orderTaken");
}

async fn order(store: &Speaker) {
    let (id, mut order) = store.makes("/orders", wish()).await;
    let payment = store.get(&format!("/payments/{id}")).await.is(200).body;
    assert_eq!((&payment["orderStatus"], &payment["orderId"]), (&json!("orderStarted"), &json!(id)));
    let _links = order.as_object_mut().unwrap().remove("_links");
    assert_eq!(
        order,
        json!({
            "customerId": 1, "customerName": "Kang", "itemId": 2, "itemName": "Air conditional", "qty": 3,
            "itemPrice": 1500, "deliveryAddress": "Gangnam", "deliveryPhoneNumber": "010-0123-4567",
            "orderStatus": "orderStarted",
        })
    );
}

async fn goes_its_way(store: &Speaker) {
    let id = orders(store).await;
    pays(store, id).await;
    for collection in ["payments", "orders", "myPages", "ordermgmts"] {
        store.becomes(&format!("/{collection}/{id}"), "orderStatus", "payApproved").await;
    }
    takes(store, id).await;
    store.becomes(&format!("/deliveries/{id}"), "orderStatus", "deliveryStarted").await;
    for collection in ["orders", "myPages"] {
        store.becomes(&format!("/{collection}/{id}"), "orderStatus", "deliveryStarted").await;
    }
    let view = store.get(&format!("/myPages/{id}")).await.is(200).body;
    assert_eq!(changes(&view), ["orderStarted", "payApproved", "orderTaken", "deliveryStarted"]);
    assert_eq!((&view["customerName"], &view["itemPrice"]), (&json!("Kang"), &json!(1500)));
    let told = store.has_rows_of("/messages", id, 1).await.remove(0);
    assert_eq!(
        (&told["orderStatus"], &told["itemName"]),
        (&json!("deliveryStarted"), &json!("Air conditional"))
    );
    let text = told["message"].as_str().unwrap();
    for said in [id.to_string().as_str(), "Kang", "Gangnam", "010-0123-4567"] {
        assert!(text.contains(said), "{text} says nothing of {said}");
    }
}

async fn cancel(store: &Speaker) {
    let id = orders(store).await;
    pays(store, id).await;
    takes(store, id).await;
    store.becomes(&format!("/deliveries/{id}"), "orderStatus", "deliveryStarted").await;
    let _ = store.patch(&format!("/orders/{id}"), json!({ "orderStatus": "orderCancel" })).await.is(200);
    for (collection, word) in [
        ("ordermgmts", "orderCanceled"),
        ("deliveries", "cancelOrderTaken"),
        ("payments", "cancelOrderTaken"),
        ("orders", "payCanceled"),
        ("myPages", "payCanceled"),
    ] {
        store.becomes(&format!("/{collection}/{id}"), "orderStatus", word).await;
    }
    let told = store.has_rows_of("/messages", id, 2).await;
    assert_eq!(told[1]["orderStatus"], "cancelOrderTaken");
    assert_ne!(told[0]["message"], told[1]["message"]);
}

async fn cancel_before_paying(store: &Speaker) {
    let id = orders(store).await;
    let _ = store.patch(&format!("/orders/{id}"), json!({ "orderStatus": "orderCancel" })).await.is(200);
    store.becomes(&format!("/payments/{id}"), "orderStatus", "cancelOrderTaken").await;
    let view = store.becomes(&format!("/myPages/{id}"), "orderStatus", "payCanceled").await;
    assert_eq!(changes(&view), ["orderStarted", "orderCancel", "payCanceled"]);
    store.get(&format!("/ordermgmts/{id}")).await.refuses(404, &[]);
    store.get(&format!("/deliveries/{id}")).await.refuses(404, &[]);
    // An order behind it has its messages; this one has none.
    goes_its_way(store).await;
    assert_eq!(store.rows_of("/messages", id).await, Vec::<Value>::new());
}

async fn not_yet_paid(store: &Speaker) {
    let id = orders(store).await;
    store.patch(&format!("/ordermgmts/{id}"), json!({ "orderStatus": "orderTaken" })).await.refuses(404, &[]);
    assert_eq!(store.get(&format!("/orders/{id}")).await.body["orderStatus"], "orderStarted");
}

async fn also_under(store: &Speaker) {
    let id = orders(store).await;
    pays(store, id).await;
    let row = store.get(&format!("/ordermanagements/{id}")).await.is(200).body;
    assert_eq!(store.get(&format!("/ordermgmts/{id}")).await.is(200).body, row);
    let found = store.get(&format!("/ordermgmts/search/findByOrderId?orderId={id}")).await.is(200);
    assert_eq!(found.rows("ordermgmts"), [row]);
    let taken = json!({ "orderStatus": "orderTaken" });
    let _ = store.patch(&format!("/ordermanagements/{id}"), taken).await.is(200);
}
