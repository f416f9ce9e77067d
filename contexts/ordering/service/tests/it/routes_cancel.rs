//! Cancelling over HTTP: at once, by the kitchen's word, or too late.

use kernel::OrderId;
use ordering_contract::OrderEvent;
use runtime::{News, Watch};

use crate::house::*;
use crate::shop::{Answer, Shop};

async fn cancel(shop: &Shop, order: OrderId, headers: &[(&str, &str)]) -> Answer {
    let path = format!("/v1/shops/cafe/orders/{order}/cancel");
    shop.post(&path, headers, r#"{"reason":"changed my mind"}"#).await
}

/// Until the kitchen is asked.
async fn asked(watch: &mut Watch) {
    loop {
        let Some(News::Event(event)) = watch.next().await else { continue };
        if matches!(event.decode().unwrap(), OrderEvent::CancelRequested(_)) {
            return;
        }
    }
}

#[tokio::test]
async fn an_order_that_nobody_can_have_begun_is_cancelled_at_once() {
    let shop = Shop::open();
    let placed = shop.order(KIOSK, "one").await;
    let path = format!("/v1/shops/kiosk/orders/{}/cancel", placed.order());

    let first = shop.post(&path, &[], "{}").await;
    let again = shop.post(&path, &[], "{}").await;

    assert_eq!((first.status, first.text("state").as_str()), (200, "cancelled"));
    assert_eq!(first.text("cancel_reason"), "by-customer");
    assert_eq!((again.status, again.bytes), (200, first.bytes));
}

#[tokio::test]
async fn a_cancel_that_the_kitchen_lets_through_is_answered_by_its_word() {
    let shop = Shop::open();
    let order = shop.order(CAFE, "one").await.order();
    let mut watch = shop.handle.waiters().watch(order.0);

    let kitchen = async {
        asked(&mut watch).await;
        shop.kitchen_says(order, &released());
    };
    let (answer, ()) = tokio::join!(cancel(&shop, order, &[]), kitchen);

    assert_eq!((answer.status, answer.text("state").as_str()), (200, "cancelled"));
}

#[tokio::test]
async fn a_cancel_that_loses_the_race_is_too_late() {
    let shop = Shop::open();
    let order = shop.order(CAFE, "one").await.order();
    let mut watch = shop.handle.waiters().watch(order.0);

    let kitchen = async {
        asked(&mut watch).await;
        shop.kitchen_says(order, &started());
        shop.kitchen_says(order, &cancel_denied());
    };
    let (answer, ()) = tokio::join!(cancel(&shop, order, &[]), kitchen);

    assert_eq!((answer.problem(), answer.text("state").as_str()), ((409, "too-late".to_owned()), "started"));
}

#[tokio::test]
async fn a_cancel_after_start_is_too_late_for_the_customer() {
    let shop = Shop::open();
    let order = shop.order(CAFE, "one").await.order();
    shop.kitchen_says_and_ordering_follows(order, &started()).await;

    let answer = cancel(&shop, order, &[]).await;

    assert_eq!(answer.problem(), (409, "too-late".to_owned()));
}

#[tokio::test]
async fn a_cancel_that_the_kitchen_does_not_answer_is_taken_and_stands() {
    let shop = Shop::open();
    let order = shop.order(CAFE, "one").await.order();

    // The kitchen is silent: the route waits its second.
    let answer = cancel(&shop, order, &[]).await;

    assert_eq!((answer.status, &answer.body()["cancel_requested"]), (202, &true.into()));
}

#[tokio::test]
async fn a_cancel_of_what_has_changed_since_is_refused_with_the_tag_of_now() {
    let shop = Shop::open();
    let order = shop.order(CAFE, "one").await.order();

    let answer = cancel(&shop, order, &[("If-Match", "\"v2\"")]).await;

    assert_eq!(answer.problem(), (412, "precondition-failed".to_owned()));
}

#[tokio::test]
async fn a_cancel_of_nothing_of_somebody_elses_or_with_too_many_words_is_refused() {
    let shop = Shop::open();
    let order = shop.order_as("customer:lee", CAFE, "one", crate::shop::TWO_AMERICANOS).await.order();
    let long = format!(r#"{{"reason":"{}"}}"#, "가".repeat(501));

    let nothing = cancel(&shop, crate::house::order(99), &[]).await;
    let parks = cancel(&shop, order, &[("Jumun-Actor", "customer:park")]).await;
    let wordy = shop.post(&format!("/v1/shops/cafe/orders/{order}/cancel"), &[], &long).await;

    assert_eq!(
        (nothing.problem(), parks.problem()),
        ((404, "not-found".to_owned()), (404, "not-found".to_owned()))
    );
    assert_eq!((wordy.problem(), wordy.field().as_str()), ((400, "invalid-field".to_owned()), "reason"));
}
