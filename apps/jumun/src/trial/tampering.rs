//! S13: customers who say themselves what state their order is in.

use axum::http::Method;
use serde_json::{Value, json};

use super::people::{COURIER, HERE, ONE, OTHER, Person, STAFF};
use super::world::{Ask, CANARY_ONE, Placed, World};

fn at(placed: &Placed, method: Method, rest: &str) -> Ask {
    Ask::of(method, format!("/v1/shops/{HERE}/{}", rest.replace("{order}", &placed.id)))
}

/// How an order stands.
async fn state(world: &World, placed: &Placed) -> Value {
    let answer = world.ask(&STAFF, &at(placed, Method::GET, "orders/{order}")).await;
    answer.json()["state"].clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_says_of_their_own_order_what_only_the_shop_says() {
    let world = World::open().await;
    let order = world.place(HERE, &ONE, CANARY_ONE).await;
    world.until(&STAFF, &at(&order, Method::GET, "tickets/{order}")).await;
    let before = state(&world, &order).await;
    let attempts: &[(&Person, Ask, &[u16])] = &[
        // The state itself.
        (&ONE, at(&order, Method::PUT, "orders/{order}").with(json!({ "state": "completed" })), &[405]),
        (&ONE, at(&order, Method::PATCH, "orders/{order}").with(json!({ "state": "paid" })), &[405]),
        (
            &ONE,
            at(&order, Method::POST, "orders/{order}/cancel").with(json!({ "state": "refunded" })),
            &[400],
        ),
        // What the shop does.
        (&ONE, at(&order, Method::POST, "tickets/{order}/start"), &[403]),
        (&ONE, at(&order, Method::POST, "tickets/{order}/complete"), &[403]),
        (&ONE, at(&order, Method::POST, "tickets/{order}/hand-over"), &[403]),
        (&ONE, at(&order, Method::POST, "deliveries/{order}/complete"), &[403]),
        // Money.
        (
            &ONE,
            at(&order, Method::POST, "orders/{order}/payment/refunds").with(json!({ "reason": "mine" })),
            &[403],
        ),
        (
            &ONE,
            at(&order, Method::POST, "orders/{order}/payment/refunds/1/settle")
                .with(json!({ "how": "cash" })),
            &[403],
        ),
        (
            &ONE,
            at(&order, Method::POST, "orders/{order}/payment/approve").with(json!({ "amount": 1 })),
            &[400],
        ),
        (&OTHER, at(&order, Method::POST, "orders/{order}/payment/cancel").with(json!({})), &[404]),
        (
            &ONE,
            at(&order, Method::POST, "deposits/1/top-ups")
                .with(json!({ "amount": { "amount": 9, "currency": "KRW" } })),
            &[403],
        ),
        // A courier before there is anything to bring.
        (&OTHER, at(&order, Method::POST, "orders/{order}/cancel").with(json!({})), &[404]),
        (&COURIER, at(&order, Method::POST, "tickets/{order}/start"), &[403]),
        (&COURIER, at(&order, Method::POST, "orders/{order}/cancel").with(json!({})), &[403]),
    ];
    for (person, ask, expected) in attempts {
        let answer = world.ask(person, ask).await;
        let status = answer.status.as_u16();
        assert!(expected.contains(&status), "{} {ask:?}: {status} {}", person.who, answer.text());
    }
    assert_eq!(state(&world, &order).await, before);
    world.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn no_field_that_is_the_shops_is_taken_with_an_order() {
    let world = World::open().await;
    let fields = [
        ("state", json!("completed")),
        ("status", json!("paid")),
        ("paid", json!(true)),
        ("discount", json!(100)),
        ("number", json!(1)),
        ("order", json!("00000000-0000-7000-8000-000000000000")),
        ("version", json!(9)),
        ("refunded", json!(true)),
        ("role", json!("operator")),
        ("actor", json!("staff:kim")),
        ("placed_at", json!("2020-01-01T00:00:00Z")),
        ("shop", json!("cafe")),
    ];
    for (field, value) in fields {
        let mut wish = json!({ "lines": [{ "item": "cola", "quantity": 1 }], "address": "Hill 1" });
        wish[field] = value;
        let answer =
            world.ask(&ONE, &Ask::of(Method::POST, format!("/v1/shops/{HERE}/orders")).with(wish)).await;
        assert_eq!(answer.status, 400, "{field}: {}", answer.text());
    }
    let cheap = json!({ "lines": [{ "item": "cola", "quantity": 1, "unit_price": { "amount": 1, "currency": "KRW" } }], "address": "Hill 1" });
    let answer =
        world.ask(&ONE, &Ask::of(Method::POST, format!("/v1/shops/{HERE}/orders")).with(cheap)).await;
    assert_eq!(answer.status, 409, "{}", answer.text());
    world.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_has_been_delivered_is_delivered() {
    let world = World::open().await;
    let (order, _) = world.one_of_each().await;
    for step in ["start", "complete"] {
        world.until(&COURIER, &at(&order, Method::POST, &format!("deliveries/{{order}}/{step}"))).await;
    }
    let delivered = async || {
        let asked = at(&order, Method::GET, "orders/{order}");
        let answer = world.ask(&STAFF, &asked).await;
        answer.json()["state"] == "completed"
    };
    while !delivered().await {
        tokio::time::sleep(std::time::Duration::from_millis(5)).await;
    }
    let late = world.ask(&ONE, &at(&order, Method::POST, "orders/{order}/cancel").with(json!({}))).await;
    assert_eq!(late.status, 409, "{}", late.text());
    let elsewhere = at(&order, Method::PUT, "orders/{order}/address").with(json!({ "address": "Hill 9" }));
    assert_eq!(world.ask(&ONE, &elsewhere).await.status, 409);
    let by_customer = world.ask(&ONE, &at(&order, Method::POST, "deliveries/{order}/complete")).await;
    assert_eq!(by_customer.status, 403);
    // To start what has been brought is no news; to fail it is too late.
    for (step, status) in [("start", 200), ("fail", 409)] {
        let mut again = at(&order, Method::POST, &format!("deliveries/{{order}}/{step}"));
        if step == "fail" {
            again = again.with(json!({ "reason": "nobody there" }));
        }
        let answer = world.ask(&COURIER, &again).await;
        assert_eq!(answer.status, status, "{step}: {}", answer.text());
    }
    assert_eq!(state(&world, &order).await, "completed");
    world.close().await;
}
