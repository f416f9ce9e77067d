//! S4: fields that are the program's own are refused where a command knows no such field, and named. In
//! shops' own words, which take what they do not know in silence, they have no effect.

use attacks::{Operation, operations};
use journeys::{Answer, Basket, House};
use reqwest::Method;
use serde_json::{Map, Value};

/// What clients never say.
const INTERNAL: [(&str, &str); 24] = [
    ("status", "\"completed\""),
    ("state", "\"completed\""),
    ("paid", "true"),
    ("total", "{\"amount\":1,\"currency\":\"KRW\"}"),
    ("unit_price", "{\"amount\":1,\"currency\":\"KRW\"}"),
    ("unitPrice", "1"),
    ("price", "1"),
    ("discount", "100"),
    ("user_id", "\"mina\""),
    ("userId", "\"mina\""),
    ("role", "\"operator\""),
    ("roles", "[\"operator\"]"),
    ("actor", "\"operator:root\""),
    ("version", "99"),
    ("refunded", "true"),
    ("captured", "{\"amount\":1,\"currency\":\"KRW\"}"),
    ("number", "1"),
    ("id", "\"01a2240e-513b-7579-a352-5a0be2f9dc9a\""),
    ("shop", "\"kiosk\""),
    ("placed_at", "1"),
    ("life", "\"x\""),
    ("hidden", "false"),
    ("is_admin", "true"),
    ("__proto__", "{\"paid\":true}"),
];

/// They read no body at all; nothing in it can mean anything.
const READS_NO_BODY: [&str; 3] = [
    "/v1/parked/{role}/{order}/retry",
    "/v1/shops/{shop}/webhooks/{webhook}",
    "/v1/shops/{shop}/webhooks/{webhook}/rotate",
];

#[tokio::test]
async fn every_command_refuses_every_internal_field_by_its_name() {
    let house = House::open(&["cafe"]).await;
    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    let order = house.shop("cafe").somebody().orders(Basket::of("1", 1)).await;
    let mut tried = 0;
    // What a provider sends is signed over its bytes.
    let commands = operations(&house).await.into_iter();
    for command in commands.filter(|command| command.changes() && !command.path.contains("/callbacks/")) {
        let place = house.url(&command.place(&order.id));
        let Operation { method, path, fields, .. } = command;
        let method: Method = method.parse().unwrap();
        for (field, value) in INTERNAL.iter().filter(|(field, _)| !fields.iter().any(|name| name == field)) {
            let body = format!("{{\"{field}\":{value}}}");
            let request = http.request(method.clone(), &place).header("Content-Type", "application/json");
            let request =
                request.header("Idempotency-Key", format!("{tried}")).header("Jumun-Actor", "manager:lee");
            let answer = Answer::to(request.body(body)).await;
            // Under open identity nobody signs in; the issuer's own tests hold its bodies.
            if READS_NO_BODY.contains(&path.as_str()) || path.starts_with("/v1/identity/") {
                assert_eq!(answer.status, 404, "{method} {path}: {answer:?}");
                continue;
            }
            assert!([400, 422].contains(&answer.status), "{method} {path} with {field}: {answer:?}");
            let problem = answer.any_problem();
            let named = problem["errors"].as_array().into_iter().flatten();
            let is_named = named.filter_map(|error| error["field"].as_str()).any(|name| name == *field);
            assert!(is_named, "{method} {path} does not name {field}: {problem:#}");
            tried += 1;
        }
    }
    println!("{tried} fields refused");
    assert!(tried >= 400, "{tried}");
}

/// A row without what differs from one order to the next.
fn bare(row: &Value) -> Value {
    let mut row = row.as_object().cloned().unwrap_or_else(Map::new);
    for own in ["_links", "id", "orderId", "orderid", "number", "createdAt"] {
        row.remove(own);
    }
    let is_time = |value: &Value| match value {
        Value::Number(number) => number.as_i64().is_some_and(|number| number >= 1_000_000_000_000),
        Value::String(text) => {
            text.starts_with("20") && text.as_bytes().get(10).is_some_and(|between| b"T ".contains(between))
        }
        _ => false,
    };
    row.retain(|_, value| !is_time(value));
    Value::Object(row)
}

/// A request in a shop's own words that is good, and the collection that shows all of it.
const SPOKEN: [(&str, &str, &str); 5] = [
    ("cafe", "orders", r#"{"customerId":"1","cafeId":1,"menuId":"1","qty":2}"#),
    ("kiosk", "orders", r#"{"customerId":"1","beverageName":"americano","beverageQty":1}"#),
    ("market", "orders", r#"{"productId":"10","qty":5}"#),
    (
        "appliance",
        "orders",
        r#"{"customerId":"1","customerName":"Kang","itemId":"2","qty":3,"deliveryAddress":"Gangnam","deliveryPhoneNumber":"010-0123-4567"}"#,
    ),
    (
        "pizza",
        "pizzaOrders",
        r#"{"customerId":"10","menuOption":"pepperoniPizza","paymentMethod":"CreditCard","address":"ThewellI007Ho"}"#,
    ),
];

#[tokio::test]
async fn in_shops_own_words_they_have_no_effect() {
    let house = House::open(&["cafe", "kiosk", "market", "appliance", "pizza"]).await;
    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    let say = async |shop: &str, collection: &str, body: &Value| {
        let request = http.post(house.url(&format!("/{shop}/{collection}"))).json(body);
        Answer::to(request).await.is(201).json()
    };
    let mut tried = 0;
    for (shop, collection, body) in SPOKEN {
        let good: Value = serde_json::from_str(body).unwrap();
        let plain = bare(&say(shop, collection, &good).await);
        let words = plain.as_object().unwrap();
        for (field, value) in INTERNAL {
            // What the shop has a word for is the shop's own matter.
            if words.contains_key(field) || good.get(field).is_some() {
                continue;
            }
            let mut more = good.clone();
            more[field] = serde_json::from_str(value).unwrap();
            let row = say(shop, collection, &more).await;
            assert_eq!(bare(&row), plain, "{shop}: {field} has an effect: {row:#}");
            tried += 1;
        }
    }
    println!("{tried} fields without effect");
    assert!(tried >= 90, "{tried}");
}
