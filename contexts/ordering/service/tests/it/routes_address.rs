//! A change of the address over HTTP.

use delivery_contract::{
    DeliveryAddressChangeDeniedV1, DeliveryAddressChangedV1, DeliveryEvent, DeliveryStartedV1,
};
use kernel::{OrderId, Personal};
use ordering_contract::OrderAddress;

use crate::house::*;
use crate::shop::{Answer, Shop, TWO_AMERICANOS};

const AT_HOME: &str = r#"{"lines":[{"item":"americano","quantity":2}],"address":"1 Sample Street"}"#;
const ELSEWHERE: &str = r#"{"address":"2 Sample Street"}"#;

async fn ordered(shop: &Shop) -> OrderId {
    shop.order_as("customer:lee", COURIER, "one", AT_HOME).await.order()
}

async fn readdress(shop: &Shop, order: OrderId, headers: &[(&str, &str)], body: &str) -> Answer {
    shop.put(&format!("/v1/shops/courier/orders/{order}/address"), headers, body).await
}

/// An order that is made, so that delivery has it.
async fn made(shop: &Shop) -> OrderId {
    let order = ordered(shop).await;
    let mut watch = shop.handle.waiters().watch(order.0);
    for step in [started(), finished()] {
        shop.kitchen_says_in(COURIER, order, &step);
    }
    Shop::hears(&mut watch, "order-delivery-requested.v1").await;
    order
}

#[tokio::test]
async fn an_address_is_changed_and_the_same_key_answers_the_same_bytes() {
    let shop = Shop::open();
    let order = ordered(&shop).await;
    let key = [("Idempotency-Key", "move-1"), ("Jumun-Actor", "customer:lee")];

    let first = readdress(&shop, order, &key, ELSEWHERE).await;
    let other = readdress(&shop, order, &[], r#"{"address":"3 Sample Street"}"#).await;
    let again = readdress(&shop, order, &key, ELSEWHERE).await;

    assert_eq!((first.status, first.text("address").as_str()), (200, "2 Sample Street"));
    assert_eq!(first.header("etag").as_deref(), Some("\"v3\""));
    assert_eq!(other.text("address"), "3 Sample Street");
    assert_eq!((again.status, again.bytes), (200, first.bytes));
    let reused = readdress(&shop, order, &key, r#"{"address":"4 Sample Street"}"#).await;
    assert_eq!(reused.problem(), (422, "idempotency-key-reused".to_owned()));
}

#[tokio::test]
async fn a_change_that_delivery_grants_is_answered_by_its_word() {
    let shop = Shop::open();
    let order = made(&shop).await;
    let mut watch = shop.handle.waiters().watch(order.0);
    let delivery = async {
        Shop::hears(&mut watch, "order-address-change-requested.v1").await;
        let personal = Personal::new(OrderAddress { address: "2 Sample Street".to_owned() });
        shop.delivery_says(order, &DeliveryEvent::AddressChanged(DeliveryAddressChangedV1 { personal }));
    };
    let (answer, ()) = tokio::join!(readdress(&shop, order, &[], ELSEWHERE), delivery);
    assert_eq!((answer.status, answer.text("address").as_str()), (200, "2 Sample Street"));
}

#[tokio::test]
async fn a_change_that_loses_to_the_courier_is_too_late_and_names_the_state() {
    let shop = Shop::open();
    let order = made(&shop).await;
    let mut watch = shop.handle.waiters().watch(order.0);
    let delivery = async {
        Shop::hears(&mut watch, "order-address-change-requested.v1").await;
        shop.delivery_says(order, &DeliveryEvent::Started(DeliveryStartedV1 { attempt: 1 }));
        shop.delivery_says(order, &DeliveryEvent::AddressChangeDenied(DeliveryAddressChangeDeniedV1 {}));
    };
    let (answer, ()) = tokio::join!(readdress(&shop, order, &[], ELSEWHERE), delivery);
    assert_eq!(answer.problem(), (409, "too-late".to_owned()));
    assert_eq!(answer.text("state"), "delivery-started");
    let later = readdress(&shop, order, &[], ELSEWHERE).await;
    assert_eq!((later.problem().1.as_str(), later.text("state").as_str()), ("too-late", "delivery-started"));
}

#[tokio::test]
async fn a_change_that_delivery_does_not_answer_is_taken_and_stands() {
    let shop = Shop::open();
    let order = made(&shop).await;
    // Delivery is silent: the route waits its second.
    let answer = readdress(&shop, order, &[], ELSEWHERE).await;
    assert_eq!((answer.status, &answer.body()["address_change_requested"]), (202, &true.into()));
    let second = readdress(&shop, order, &[], r#"{"address":"3 Sample Street"}"#).await;
    assert_eq!(second.problem(), (409, "command-forbidden-by-state".to_owned()));
}

#[tokio::test]
async fn what_is_brought_nowhere_and_what_is_no_address_is_refused_by_field() {
    let shop = Shop::open();
    let order = ordered(&shop).await;
    for body in [r#"{"address":""}"#, r#"{"address":"  "}"#, r#"{"address":"a\u0007b"}"#] {
        let answer = readdress(&shop, order, &[], body).await;
        assert_eq!((answer.problem().0, answer.field().as_str()), (400, "address"), "{body}");
    }
    let kiosk = shop.order_as("anonymous", KIOSK, "two", TWO_AMERICANOS).await.order();
    let answer = shop.put(&format!("/v1/shops/kiosk/orders/{kiosk}/address"), &[], ELSEWHERE).await;
    assert_eq!((answer.problem(), answer.field()), ((400, "invalid-field".into()), "address".into()));
}

#[tokio::test]
async fn somebody_elses_order_is_unknown_and_what_has_changed_since_is_not_readdressed() {
    let shop = Shop::open();
    let order = ordered(&shop).await;
    let park = readdress(&shop, order, &[("Jumun-Actor", "customer:park")], ELSEWHERE).await;
    assert_eq!(park.problem(), (404, "not-found".to_owned()));
    let stale = readdress(&shop, order, &[("If-Match", "\"v1\"")], ELSEWHERE).await;
    assert_eq!(stale.problem(), (412, "precondition-failed".to_owned()));
    let fresh = readdress(&shop, order, &[("If-Match", "\"v2\"")], ELSEWHERE).await;
    assert_eq!(fresh.status, 200);
}
