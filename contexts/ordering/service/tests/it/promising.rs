//! What is promised, before an order and with it, and what a restart remembers of the pace.

use delivery_contract::{DeliveryCompletedV1, DeliveryEvent, DeliveryStartedV1};
use kernel::{OrderId, Timestamp};
use ordering_contract::OrderState;
use ordering_service::NewOrder;

use crate::house::*;
use crate::shop::{Shop, TWO_AMERICANOS};

const MINUTE: i64 = 60_000;

impl House {
    fn order_brought_within(&mut self, order: OrderId, minutes: i64) {
        let wish = NewOrder { address: Some("1 Sample Street".to_owned()), ..americanos(1) };
        self.place(order, COURIER, wish).unwrap();
        self.kitchen_says(order, started());
        self.hear();
        self.wait(minutes * MINUTE);
        self.kitchen_says(order, finished());
        self.hear();
        self.wait(minutes * MINUTE);
        self.delivery_says(order, DeliveryEvent::Started(DeliveryStartedV1 { attempt: 1 }));
        self.delivery_says(order, DeliveryEvent::Completed(DeliveryCompletedV1 { by_itself: false }));
        self.hear();
        assert_eq!(self.shown(order).0, OrderState::Completed);
    }

    fn promises_now(&self) -> i64 {
        let promised = self.processor.service().paces().promise(&courier(), self.now, None).unwrap();
        promised.millis_since(self.now) / MINUTE
    }
}

#[test]
fn an_order_keeps_what_it_was_promised_and_a_shop_without_figures_promises_nothing() {
    let mut house = House::open();
    let wish = NewOrder { address: Some("1 Sample Street".to_owned()), ..americanos(1) };
    house.place(order(1), COURIER, wish).unwrap();
    let promised = house.view(order(1)).promised_at.unwrap();
    // Ten minutes and thirty, half as long again.
    assert_eq!(promised.millis_since(house.now) / MINUTE, 60);
    house.wait(5 * MINUTE);
    house.kitchen_says(order(1), started());
    house.hear();
    assert_eq!(house.view(order(1)).promised_at, Some(promised));

    house.place(order(2), KIOSK, americanos(1)).unwrap();
    assert_eq!(house.view(order(2)).promised_at, None);
}

#[test]
fn what_was_measured_is_promised_and_known_again_after_a_restart() {
    let mut house = House::open();
    for number in 1..=8 {
        house.order_brought_within(order(number), 2);
    }
    let before = house.promises_now();
    assert!((4..=5).contains(&before), "{before} minutes");
    house.restart();
    assert_eq!(house.promises_now(), before);
}

#[test]
fn who_comes_behind_a_queue_is_promised_a_later_time() {
    let mut house = House::open();
    let alone = house.promises_now();
    for number in 1..=3 {
        let wish = NewOrder { address: Some("1 Sample Street".to_owned()), ..americanos(1) };
        house.place(order(number), COURIER, wish).unwrap();
    }
    assert_eq!(house.promises_now(), alone + 45);
    house.cancel("staff:kim", order(3)).unwrap();
    house.kitchen_says(order(3), released());
    house.hear();
    assert_eq!(house.promises_now(), alone + 30);
}

#[tokio::test]
async fn a_quote_says_price_and_time_and_keeps_nothing() {
    let shop = Shop::open();
    let quote = shop.post("/v1/shops/courier/quotes", &[], TWO_AMERICANOS).await;
    assert_eq!(quote.status, 200);
    assert_eq!(quote.body()["total"]["amount"], 9_000);
    assert_eq!(quote.body()["lines"][0]["unit_price"]["amount"], 4_500);
    let promised = Timestamp::from_millis(quote.body()["promised_at"].as_i64().unwrap());
    assert!(promised >= START);
    let seconds = quote.body()["ready_in_seconds"].as_i64().unwrap();
    assert!((3_600..=3_660).contains(&seconds), "{seconds}");
    assert_eq!(shop.get("/v1/shops/courier/orders").await.body()["items"], serde_json::json!([]));

    let kiosk = shop.post("/v1/shops/kiosk/quotes", &[], TWO_AMERICANOS).await.body();
    assert!(kiosk.get("promised_at").is_none() && kiosk.get("ready_in_seconds").is_none(), "{kiosk}");
}

#[tokio::test]
async fn what_cannot_be_ordered_is_not_quoted_either() {
    let shop = Shop::open();
    for (path, body, expected) in [
        ("courier", r#"{"lines":[]}"#, (400, "invalid-field")),
        ("courier", r#"{"lines":[{"item":"americano","quantity":0}]}"#, (400, "invalid-field")),
        ("courier", r#"{"lines":[{"item":"tea","quantity":1}]}"#, (422, "unknown-item")),
        ("courier", r#"{"lines":[],"address":"1 Sample Street"}"#, (400, "unknown-field")),
        ("nowhere", TWO_AMERICANOS, (404, "shop-unknown")),
    ] {
        let answer = shop.post(&format!("/v1/shops/{path}/quotes"), &[], body).await;
        assert_eq!(answer.problem(), (expected.0, expected.1.to_owned()), "{body}");
    }
}
