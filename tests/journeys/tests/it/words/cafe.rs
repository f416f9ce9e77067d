use journeys::{Speaker, eventually};
use serde_json::{Value, json};

use super::{changes, rows};

rows!("cafe": menu, order, goes_its_way, customer_cancels, cafe_cancels, too_late, wrong_order, message, lists);

async fn orders(cafe: &Speaker) -> (u64, Value) {
    cafe.makes(
        "/orders",
        json!({ "customerId": "1", "cafeId": "1", "menuId": "1", "qty": "2", "totalPrice": "9000" }),
    )
    .await
}

async fn menu(cafe: &Speaker) {
    let menus = cafe.get("/menus").await.is(200);
    let first = &menus.rows("menus")[0];
    assert_eq!(
        (&first["menuId"], &first["price"], &first["soldOut"]),
        (&json!(1), &json!(4500), &json!(false))
    );
    assert!(first["menuName"].as_str().is_some_and(|name| !name.is_empty()));
    assert_eq!(cafe.get("/menus/1").await.is(200).body["price"], 4500);
    cafe.get("/menus/99").await.refuses(404, &[]);
    cafe.post("/menus", json!({})).await.refuses(405, &[]);
}

async fn order(cafe: &Speaker) {
    let (id, order) = orders(cafe).await;
    let fields = ["customerId", "cafeId", "menuId", "qty", "totalPrice"].map(|field| order[field].clone());
    assert_eq!(fields, [json!(1), json!(1), json!(1), json!(2), json!(9000)]);
    assert_eq!(order["status"], "Paid");
    assert_eq!(order["_links"]["order"], order["_links"]["self"]);
    let found = cafe.get(&format!("/payments/search/findByOrderId?orderId={id}")).await.is(200);
    let paid = &found.rows("payments")[0];
    assert_eq!(
        (&paid["status"], &paid["orderId"], found.rows("payments").len()),
        (&json!("Paid"), &json!(id), 1)
    );
    assert!(paid["approvalCode"].as_str().is_some_and(|code| !code.is_empty()), "{paid:#}");
    assert!(found.body["page"].is_null());
    cafe.becomes(&format!("/cafeOrders/{id}"), "status", "Paid").await;
    let listed = cafe.becomes(&format!("/orderLists/{id}"), "status", "Paid").await;
    assert_eq!(changes(&listed), ["orderPlaced", "Paid"]);
    assert_eq!(listed["totalPrice"], 9000);
}

async fn goes_its_way(cafe: &Speaker) {
    let (id, _) = orders(cafe).await;
    for (command, word) in
        [("orderapprove", "OrderApproved"), ("makestart", "MakeStarted"), ("makecomplete", "MakeCompleted")]
    {
        for _ in 0..2 {
            let row = cafe.put(&format!("/cafeOrders/{id}/{command}")).await.is(200).body;
            assert_eq!((&row["status"], &row["orderId"]), (&json!(word), &json!(id)));
        }
        for collection in ["orders", "cafeOrders", "orderLists"] {
            cafe.becomes(&format!("/{collection}/{id}"), "status", word).await;
        }
    }
    let view = cafe.get(&format!("/orderLists/{id}")).await.is(200).body;
    assert_eq!(changes(&view), ["orderPlaced", "Paid", "OrderApproved", "MakeStarted", "MakeCompleted"]);
    cafe.put(&format!("/cafeOrders/{id}/orderapprove")).await.refuses(409, &[]);
}

async fn is_cancelled(cafe: &Speaker, id: u64) {
    cafe.becomes(&format!("/orders/{id}"), "status", "OrderCanceled").await;
    cafe.becomes(&format!("/payments/{id}"), "status", "PaymentCanceled").await;
    cafe.becomes(&format!("/cafeOrders/{id}"), "status", "OrderCanceled").await;
    let view = cafe.becomes(&format!("/orderLists/{id}"), "status", "PaymentCanceled").await;
    assert_eq!(changes(&view), ["orderPlaced", "Paid", "OrderCanceled", "PaymentCanceled"]);
}

async fn customer_cancels(cafe: &Speaker) {
    let (id, _) = orders(cafe).await;
    for _ in 0..2 {
        let order = cafe.put(&format!("/orders/{id}/ordercancel")).await.is(200).body;
        assert_eq!(order["status"], "OrderCanceled");
    }
    is_cancelled(cafe, id).await;
}

async fn cafe_cancels(cafe: &Speaker) {
    let (id, _) = orders(cafe).await;
    let row = cafe.put(&format!("/cafeOrders/{id}/ordercancel")).await.is(200).body;
    assert_eq!(row["status"], "OrderCanceled");
    is_cancelled(cafe, id).await;
}

async fn too_late(cafe: &Speaker) {
    let (id, _) = orders(cafe).await;
    let _ = cafe.put(&format!("/cafeOrders/{id}/orderapprove")).await.is(200);
    let _ = cafe.put(&format!("/cafeOrders/{id}/makestart")).await.is(200);
    cafe.put(&format!("/orders/{id}/ordercancel")).await.refuses(409, &[]);
    cafe.put(&format!("/cafeOrders/{id}/ordercancel")).await.refuses(409, &[]);
    assert_eq!(cafe.get(&format!("/orders/{id}")).await.body["status"], "MakeStarted");
    assert_eq!(cafe.get(&format!("/payments/{id}")).await.body["status"], "Paid");
}

async fn wrong_order(cafe: &Speaker) {
    let (id, _) = orders(cafe).await;
    cafe.put(&format!("/cafeOrders/{id}/makestart")).await.refuses(409, &[]);
    let _ = cafe.put(&format!("/cafeOrders/{id}/orderapprove")).await.is(200);
    cafe.put(&format!("/cafeOrders/{id}/makecomplete")).await.refuses(409, &[]);
    assert_eq!(cafe.get(&format!("/cafeOrders/{id}")).await.body["status"], "OrderApproved");
}

async fn message(cafe: &Speaker) {
    let (id, _) = orders(cafe).await;
    for command in ["orderapprove", "makestart", "makecomplete"] {
        let _ = cafe.put(&format!("/cafeOrders/{id}/{command}")).await.is(200);
    }
    let told = cafe.has_rows_of("/notifications", id, 4).await;
    let words: Vec<_> = told.iter().map(|row| row["status"].as_str().unwrap().to_owned()).collect();
    assert_eq!(words, ["Paid", "OrderApproved", "MakeStarted", "MakeCompleted"]);
    for row in &told {
        assert_eq!((&row["channel"], &row["customerId"]), (&json!("KakaoTalk"), &json!(1)));
        assert!(row["message"].as_str().is_some_and(|text| !text.is_empty()));
        let own = row["_links"]["self"]["href"].as_str().unwrap().rsplit('/').next().unwrap();
        assert_eq!(cafe.get(&format!("/notifications/{own}")).await.is(200).body, *row);
    }
    cafe.put("/notifications/1").await.refuses(405, &[]);
}

async fn lists(cafe: &Speaker) {
    let total = |body: &Value| body["page"]["totalElements"].as_u64().unwrap();
    let count = total(&cafe.get("/orders").await.is(200).body);
    let (id, _) = orders(cafe).await;
    for collection in ["orders", "payments", "cafeOrders", "orderLists"] {
        let what = format!("{} rows of {collection}", count + 1);
        let look = async || cafe.get(&format!("/{collection}?size=1&sort=orderId,desc")).await.body;
        eventually(&what, look, |body| total(body) == count + 1).await;
    }
    let latest = cafe.get("/payments?size=1&sort=orderId,desc").await.is(200);
    assert_eq!(latest.rows("payments")[0]["orderId"], id);
}
