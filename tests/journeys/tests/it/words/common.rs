//! What is the same in every vocabulary: codes, links, pages, methods, media types, keys, refusals.

use journeys::{House, Speaker};
use reqwest::Method;
use serde_json::{Value, json};

use super::rows;

mod of_the_market {
    use super::*;

    rows!("market": pages_have_numbers_and_lists_an_order, each_address_says_what_may_be_done_there,
        a_quantity_or_body_that_cannot_be_understood_leaves_nothing);
}

mod of_the_pizza_house {
    use super::*;

    rows!("pizza": an_id_that_is_none_is_not_found, hal_is_sent_unless_plain_json_is_dearer,
        what_cannot_be_understood_is_named_in_the_shop_s_words_and_leaves_nothing,
        a_price_that_is_not_the_menu_s_names_both, unknown_fields_have_no_effect,
        what_no_command_changes_stays_and_is_named, a_key_is_answered_the_same_and_makes_one_order,
        who_says_who_acts_sees_and_does_what_is_theirs);
}

mod of_the_store {
    use super::*;

    rows!("appliance": rows_that_are_not_there_yet_are_counted_by_nobody);
}

mod of_the_kiosk {
    use super::*;

    rows!("kiosk": a_key_adds_stock_once);
}

fn pizza() -> Value {
    json!({ "customerId": "10", "menuOption": "pepperoniPizza", "price": "10000", "address": "ThewellI007Ho" })
}

fn with(mut wish: Value, field: &str, value: Value) -> Value {
    wish[field] = value;
    wish
}

async fn pizza_house() -> (House, Speaker) {
    let house = House::open(&["pizza"]).await;
    let speaker = Speaker::at_the_root(&house);
    (house, speaker)
}

#[tokio::test]
async fn the_entrance_leads_to_every_collection() {
    let (house, pizza_house) = pizza_house().await;
    let root = pizza_house.get("/").await.is(200);
    for name in ["pizzaOrders", "paymentHistories", "orderDeliveries", "notificationHistories", "menus"] {
        let link = &root.body["_links"][name];
        assert_eq!(link["href"], format!("{}{{?page,size,sort}}", house.url(&format!("/{name}"))));
        assert_eq!(link["templated"], true);
    }
    assert_eq!(root.body["_links"]["profile"]["href"], house.url("/profile"));
    let named = Speaker::under(&house, "pizza").get("").await.is(200);
    assert_eq!(
        named.body["_links"]["menus"]["href"],
        format!("{}{{?page,size,sort}}", house.url("/pizza/menus"))
    );
    pizza_house.get("/satisfactions").await.refuses(404, &[]);
    pizza_house.get("/PizzaOrders").await.refuses(404, &[]);
    assert_eq!(house.get("/v1/shops/pizza/orders").await.is(200).items().len(), 0);
}

#[tokio::test]
async fn a_profile_says_what_rows_and_requests_are_made_of() {
    let (house, pizza_house) = pizza_house().await;
    let profiles = pizza_house.get("/profile").await.is(200);
    let href = profiles.body["_links"]["pizzaOrders"]["href"].clone();
    assert_eq!(href, house.url("/profile/pizzaOrders"));
    assert_eq!(pizza_house.get("/pizzaOrders").await.is(200).body["_links"]["profile"]["href"], href);

    let profile = pizza_house.get("/profile/pizzaOrders").await.is(200);
    assert_eq!(profile.header("content-type"), Some("application/alps+json"));
    let descriptors = profile.body["alps"]["descriptor"].as_array().unwrap();
    let fields = descriptors[0]["descriptor"].as_array().unwrap();
    assert!(fields.iter().any(|field| field["name"] == "menuOption"), "{fields:?}");
    let ids: Vec<_> = descriptors.iter().filter_map(|descriptor| descriptor["id"].as_str()).collect();
    assert!(ids.contains(&"create-pizzaOrders"), "{ids:?}");
    let of_menus = pizza_house.get("/profile/menus").await.is(200).body.to_string();
    assert!(!of_menus.contains("create-"), "menus are not made here: {of_menus}");
    pizza_house.get("/profile/satisfactions").await.refuses(404, &[]);
    pizza_house.post("/profile", json!({})).await.refuses(405, &[]);
    assert_eq!(pizza_house.says(Method::HEAD, "/profile/menus", None, &[]).await.status, 204);
}

#[tokio::test]
async fn several_shops_are_served_under_their_names_only() {
    let house = House::open(&["cafe", "pizza"]).await;
    assert_eq!(house.get("/menus").await.status, 404);
    for key in ["cafe", "pizza"] {
        assert_eq!(Speaker::under(&house, key).get("/menus").await.status, 200);
    }
}

async fn pages_have_numbers_and_lists_an_order(market: &Speaker) {
    let empty = market.get("/orders").await.is(200).body;
    assert_eq!(empty["page"], json!({ "size": 20, "totalElements": 0, "totalPages": 0, "number": 0 }));
    assert_eq!(empty["_embedded"]["orders"], json!([]));
    for qty in 1..=5 {
        market.makes("/orders", json!({ "productId": "10", "qty": 6 - qty })).await;
    }
    let quantities = async |query: &str| {
        let page = market.get(&format!("/orders?{query}")).await.is(200);
        page.rows("orders").iter().map(|row| row["qty"].as_u64().unwrap()).collect::<Vec<_>>()
    };
    assert_eq!(quantities("").await, [5, 4, 3, 2, 1]);
    assert_eq!(quantities("page=1&size=2").await, [3, 2]);
    assert_eq!(quantities("page=2&size=2").await, [1]);
    assert_eq!(quantities("page=9&size=2").await, Vec::<u64>::new());
    assert_eq!(quantities("sort=qty").await, [1, 2, 3, 4, 5]);
    assert_eq!(quantities("sort=qty,desc&size=2&page=1").await, [3, 2]);
    assert_eq!(quantities("sort=colour,desc").await, [5, 4, 3, 2, 1]);
    let page = market.get("/deposits?page=1&size=2&sort=orderId,desc").await.is(200);
    let numbers: Vec<_> = page.rows("deposits").iter().map(|row| row["orderId"].clone()).collect();
    assert_eq!(numbers, [3, 2]);
    assert_eq!(page.body["page"], json!({ "size": 2, "totalElements": 5, "totalPages": 3, "number": 1 }));
    for (link, number) in [("first", 0), ("prev", 0), ("self", 1), ("next", 2), ("last", 2)] {
        let href = page.body["_links"][link]["href"].as_str().unwrap();
        assert!(href.contains(&format!("page={number}&size=2&sort=")), "{link}: {href}");
    }
    for (query, size) in [("size=0", 20), ("size=-3", 20), ("size=some", 20), ("size=5000", 1000)] {
        assert_eq!(
            market.get(&format!("/orders?{query}")).await.is(200).body["page"]["size"],
            size,
            "{query}"
        );
    }
}

async fn rows_that_are_not_there_yet_are_counted_by_nobody(store: &Speaker) {
    let wish = json!({ "itemId": 2, "qty": 1, "deliveryAddress": "Gangnam", "deliveryPhoneNumber": "010" });
    let (first, _) = store.makes("/orders", wish.clone()).await;
    let (second, _) = store.makes("/orders", wish).await;
    let _ =
        store.patch(&format!("/payments/{second}"), json!({ "orderStatus": "payApproved" })).await.is(200);
    let taken = store.get("/ordermgmts").await.is(200);
    assert_eq!(taken.body["page"]["totalElements"], 1);
    assert_eq!(taken.rows("ordermgmts")[0]["orderId"], second);
    assert_eq!(store.get("/deliveries").await.is(200).body["page"]["totalElements"], 0);
    assert_eq!(store.get("/payments").await.is(200).body["page"]["totalElements"], 2);
    store.get(&format!("/ordermgmts/{first}")).await.refuses(404, &[]);
}

async fn each_address_says_what_may_be_done_there(market: &Speaker) {
    let (id, _) = market.makes("/orders", json!({ "productId": "10", "qty": 1 })).await;
    for (path, allowed) in [
        ("/orders".to_owned(), "GET,HEAD,POST,OPTIONS"),
        (format!("/orders/{id}"), "GET,HEAD,PATCH,PUT,DELETE,OPTIONS"),
        (format!("/deposits/{id}"), "GET,HEAD,OPTIONS"),
        ("/deposits".to_owned(), "GET,HEAD,OPTIONS"),
        ("/products/search".to_owned(), "GET,HEAD,OPTIONS"),
    ] {
        let options = market.says(Method::OPTIONS, &path, None, &[]).await.is(200);
        assert_eq!(options.header("allow"), Some(allowed), "{path}");
        let refused = market.says(Method::TRACE, &path, None, &[]).await;
        assert_eq!((refused.status, refused.header("allow")), (405, Some(allowed)), "{path}");
    }
    market.post(&format!("/orders/{id}"), json!({})).await.refuses(405, &[]);
    market.patch(&format!("/deposits/{id}"), json!({ "status": "PayCanceled" })).await.refuses(405, &[]);
    market.delete(&format!("/products/{id}")).await.refuses(405, &[]);
    let head = market.says(Method::HEAD, &format!("/orders/{id}"), None, &[]).await;
    assert_eq!((head.status, head.bytes.len()), (204, 0));
    assert_eq!(market.says(Method::HEAD, "/orders", None, &[]).await.status, 204);
    assert_eq!(market.says(Method::HEAD, "/orders/99", None, &[]).await.status, 404);
    let searches = market.get("/products/search").await.is(200).body;
    let href = searches["_links"]["findByOrderId"]["href"].as_str().unwrap();
    assert!(href.ends_with("/products/search/findByOrderId{?OrderId}"), "{href}");
    market.get("/orders/search").await.refuses(404, &[]);
    market.get("/products/search/findByColour?colour=red").await.refuses(404, &[]);
    market.get("/products/search/findByOrderId").await.refuses(400, &["OrderId"]);
    assert_eq!(
        market.get("/products/search/findByOrderId?OrderId=99").await.is(200).rows("products").len(),
        0
    );
}

async fn an_id_that_is_none_is_not_found(pizza_house: &Speaker) {
    for id in [
        "0",
        "99",
        "abc",
        "1.5",
        "-1",
        "18446744073709551616",
        "%31x",
        "00000000-0000-4000-8000-000000000000",
    ] {
        pizza_house.get(&format!("/pizzaOrders/{id}")).await.refuses(404, &[]);
        pizza_house
            .patch(&format!("/pizzaOrders/{id}"), json!({ "state": "CANCEL" }))
            .await
            .refuses(404, &[]);
        pizza_house.get(&format!("/notificationHistories/{id}")).await.refuses(404, &[]);
    }
}

async fn hal_is_sent_unless_plain_json_is_dearer(pizza_house: &Speaker) {
    for (accept, media) in [
        ("*/*", "application/hal+json"),
        ("application/json, */*;q=0.5", "application/json"),
        ("application/hal+json, application/json;q=0.9", "application/hal+json"),
    ] {
        let answer = pizza_house.says(Method::GET, "/menus", None, &[("accept", accept)]).await;
        assert_eq!(answer.header("content-type"), Some(media), "{accept}");
    }
}

#[tokio::test]
async fn links_lie_under_the_address_that_was_called_or_the_one_that_is_public() {
    let (house, pizza_house) = pizza_house().await;
    let menus =
        pizza_house.says(Method::GET, "/menus", None, &[("host", "pizza.example:8088")]).await.is(200);
    assert_eq!(menus.body["_links"]["self"]["href"], "http://pizza.example:8088/menus");
    let named = Speaker::under(&house, "pizza");
    let made = named.post("/pizzaOrders", pizza()).await.is(201);
    assert_eq!(made.header("location"), Some(house.url("/pizza/pizzaOrders/1").as_str()));
    drop(house);
    let house = House::open_with(&["pizza"], &["--public-url", "https://pizza.example/shop/"]).await;
    let made = Speaker::at_the_root(&house).post("/pizzaOrders", pizza()).await.is(201);
    assert_eq!(made.header("location"), Some("https://pizza.example/shop/pizzaOrders/1"));
    assert_eq!(made.body["_links"]["pizzaOrder"]["href"], "https://pizza.example/shop/pizzaOrders/1");
}

async fn what_cannot_be_understood_is_named_in_the_shop_s_words_and_leaves_nothing(pizza_house: &Speaker) {
    for (wish, fields) in [
        (json!({}), vec!["address", "menuOption"]),
        (with(pizza(), "menuOption", json!("noPizza")), vec!["menuOption"]),
        (with(pizza(), "menuOption", json!(["pepperoniPizza"])), vec!["menuOption"]),
        (with(pizza(), "price", json!("much")), vec!["price"]),
        (with(pizza(), "customerId", json!("ten")), vec!["customerId"]),
        (with(pizza(), "address", json!("x".repeat(301))), vec!["address"]),
        (with(pizza(), "paymentMethod", json!("x".repeat(201))), vec!["paymentMethod"]),
        (with(pizza(), "state", json!("CANCEL")), vec!["state"]),
        (with(pizza(), "state", json!("place")), vec!["state"]),
    ] {
        pizza_house.post("/pizzaOrders", wish).await.refuses(400, &fields);
    }
    nothing_stands(pizza_house, "/pizzaOrders").await;
}

async fn a_quantity_or_body_that_cannot_be_understood_leaves_nothing(market: &Speaker) {
    for qty in [json!(0), json!(-1), json!("-1"), json!("five"), json!(1.5), json!(true), json!(10_000)] {
        market.post("/orders", json!({ "productId": "10", "qty": qty })).await.refuses(400, &["qty"]);
    }
    for body in ["{", "[1]", "\"text\"", "", "nothing"] {
        let request =
            reqwest::Client::new().post(market.url("/orders")).header("content-type", "application/json");
        let refused = journeys::Answer::to(request.body(body)).await;
        assert_eq!(refused.status, 400, "{body}: {}", refused.text());
        refused.any_problem();
    }
    let form = reqwest::Client::new().post(market.url("/orders"));
    let form = form.header("content-type", "application/x-www-form-urlencoded").body("productId=10&qty=1");
    assert_eq!(journeys::Answer::to(form).await.status, 415);
    nothing_stands(market, "/orders").await;
}

async fn nothing_stands(speaker: &Speaker, collection: &str) {
    assert_eq!(speaker.get(collection).await.body["page"]["totalElements"], 0);
    speaker.get(&format!("{collection}/1")).await.refuses(404, &[]);
}

async fn a_price_that_is_not_the_menu_s_names_both(pizza_house: &Speaker) {
    let refused = pizza_house.post("/pizzaOrders", with(pizza(), "price", json!(9000))).await.is(409);
    assert_eq!(refused.body["errors"][0]["field"], "price");
    assert_eq!(
        (&refused.body["price"]["amount"], &refused.body["expected_price"]["amount"]),
        (&json!(10000), &json!(9000))
    );
    let detail = refused.body["detail"].as_str().unwrap();
    assert!(detail.starts_with("price ") && detail.contains("10000") && detail.contains("9000"), "{detail}");
    pizza_house.get("/pizzaOrders/1").await.refuses(404, &[]);
}

async fn unknown_fields_have_no_effect(pizza_house: &Speaker) {
    let wish = json!({
        "menuOption": "pepperoniPizza", "address": "here", "id": 77, "_links": {}, "payment_method": "tok_decline",
        "labels": { "a": "b" }, "lines": [], "total": 1, "number": 5, "orderId": 9,
    });
    let (id, order) = pizza_house.makes("/pizzaOrders", wish).await;
    assert_eq!((id, &order["price"]), (1, &json!(10000)));
    let same = json!({ "colour": "red", "lines": [], "state": "PLACE", "price": "10000" });
    let patched = pizza_house.patch("/pizzaOrders/1", same).await.is(200).body;
    assert_eq!(patched, pizza_house.get("/pizzaOrders/1").await.body);
}

async fn what_no_command_changes_stays_and_is_named(pizza_house: &Speaker) {
    let (id, _) = pizza_house.makes("/pizzaOrders", pizza()).await;
    let order = format!("/pizzaOrders/{id}");
    pizza_house.patch(&order, json!({ "address": "elsewhere" })).await.refuses(409, &["address"]);
    pizza_house.patch(&order, json!({ "price": 9, "state": "CANCEL" })).await.refuses(409, &["price"]);
    pizza_house.patch(&order, json!({ "price": [] })).await.refuses(400, &["price"]);
    // A word that the shop's tables show, and that no command moves.
    pizza_house.patch(&order, json!({ "state": "DeliveryStarted" })).await.refuses(409, &["state"]);
    pizza_house.patch(&order, json!({ "state": "GONE" })).await.refuses(400, &["state"]);
    assert_eq!(pizza_house.get(&order).await.body["state"], "PLACE");
    let put = pizza_house.says(Method::PUT, &order, Some(json!({ "state": "CANCEL" })), &[]).await.is(200);
    assert_eq!((&put.body["state"], &put.body["address"]), (&json!("CANCEL"), &json!("ThewellI007Ho")));
}

#[tokio::test]
async fn operations_change_a_row_as_its_fields_do() {
    let (_house, pizza_house) = pizza_house().await;
    let (id, _) = pizza_house.makes("/pizzaOrders", pizza()).await;
    let order = format!("/pizzaOrders/{id}");
    let patch = async |operations: Value| {
        let media = [("content-type", "application/json-patch+json")];
        pizza_house.says(Method::PATCH, &order, Some(operations), &media).await
    };
    let replace = |path: &str, value: Value| json!({ "op": "replace", "path": path, "value": value });
    let test = |path: &str, value: Value| json!({ "op": "test", "path": path, "value": value });
    let cancel = || replace("/state", json!("CANCEL"));

    patch(json!({ "state": "CANCEL" })).await.refuses(400, &[]);
    patch(json!([{ "op": "burn", "path": "/state" }])).await.refuses(400, &[]);
    patch(json!([cancel(), replace("/nowhere", json!(1))])).await.refuses(400, &["[1].path"]);
    let doubling = json!([{ "op": "copy", "from": "", "path": "/colour" }]);
    patch(doubling).await.refuses(400, &["[0].from"]);
    patch(json!([replace("", json!({ "state": "CANCEL" }))])).await.refuses(400, &["[0].path"]);
    patch(Value::Array(vec![cancel(); 101])).await.refuses(400, &[]);
    patch(json!([cancel(), replace("/address", json!("elsewhere"))])).await.refuses(409, &["address"]);
    patch(json!([cancel(), { "op": "remove", "path": "/address" }])).await.refuses(409, &["address"]);
    patch(json!([test("/state", json!("CANCEL")), cancel()])).await.refuses(409, &[]);
    assert_eq!(pizza_house.get(&order).await.body["state"], "PLACE", "nothing of it was done");

    let unknown = json!({ "op": "add", "path": "/colour", "value": "red" });
    let cancelled = patch(json!([test("/state", json!("PLACE")), unknown, cancel()])).await.is(200);
    assert_eq!(cancelled.body["state"], "CANCEL");
    let options = pizza_house.says(Method::OPTIONS, &order, None, &[]).await.is(200);
    assert!(
        options.header("accept-patch").is_some_and(|types| types.contains("application/json-patch+json"))
    );
}

async fn a_key_is_answered_the_same_and_makes_one_order(pizza_house: &Speaker) {
    let asks = async |key: &str, wish: Value| {
        pizza_house.says(Method::POST, "/pizzaOrders", Some(wish), &[("idempotency-key", key)]).await
    };
    asks("k", json!({ "menuOption": "pepperoniPizza" })).await.refuses(400, &["address"]);
    let first = asks("k", pizza()).await.is(201);
    let _ =
        pizza_house.patch("/orderDeliveries/1", json!({ "state": "PizzaProductionStarted" })).await.is(200);
    let _ = pizza_house.patch("/pizzaOrders/1", json!({ "state": "CANCEL" })).await.is(200);
    let again = asks("k", pizza()).await.is(201);
    assert_eq!((again.header("location"), &again.bytes), (first.header("location"), &first.bytes));
    assert_eq!(asks("k", with(pizza(), "address", json!("elsewhere"))).await.status, 422);
    assert_eq!(pizza_house.get("/pizzaOrders").await.body["page"]["totalElements"], 1);
}

async fn a_key_adds_stock_once(kiosk: &Speaker) {
    let cups = json!({ "stockName": "cup", "qty": 4 });
    for _ in 0..2 {
        let answer =
            kiosk.says(Method::POST, "/inventories", Some(cups.clone()), &[("idempotency-key", "c")]).await;
        assert_eq!(answer.is(201).body["qty"], 4);
    }
}

async fn who_says_who_acts_sees_and_does_what_is_theirs(pizza_house: &Speaker) {
    let (id, _) = pizza_house.makes("/pizzaOrders", pizza()).await;
    let order = format!("/pizzaOrders/{id}");
    let own = [("jumun-actor", "customer:10")];
    let other = [("jumun-actor", "customer:11")];
    assert_eq!(pizza_house.says(Method::GET, &order, None, &own).await.status, 200);
    assert_eq!(pizza_house.says(Method::GET, &order, None, &other).await.status, 404);
    let listed = pizza_house.says(Method::GET, "/pizzaOrders", None, &other).await.is(200);
    assert_eq!(listed.body["page"]["totalElements"], 0);
    assert_eq!(
        pizza_house.says(Method::GET, "/pizzaOrders", None, &own).await.body["page"]["totalElements"],
        1
    );
    let cancel = Some(json!({ "state": "CANCEL" }));
    assert_eq!(pizza_house.says(Method::PATCH, &order, cancel, &other).await.status, 404);
}

#[tokio::test]
async fn the_words_have_a_document() {
    let (house, _) = pizza_house().await;
    let document = house.get("/pizza/openapi.json").await.is(200).json();
    assert_eq!(document["openapi"], "3.1.0");
    assert!(document["paths"]["/pizzaOrders"]["post"].is_object());
    assert!(document["paths"]["/orderDeliveries/{id}"]["patch"].is_object());
    assert!(document["paths"]["/orderDeliveries"]["post"].is_null());
}
