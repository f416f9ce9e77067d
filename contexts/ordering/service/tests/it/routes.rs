//! The routes of ordering: what goes in, what comes out, what is refused and how.

use ordering_contract::OrderEvent;
use runtime::News;

use crate::house::*;
use crate::shop::{Payment, Shop, TWO_AMERICANOS};

#[tokio::test]
async fn a_paid_order_is_answered_as_it_stands() {
    let shop = Shop::open();

    let answer = shop.order(CAFE, "one").await;

    assert_eq!((answer.status, answer.text("state").as_str()), (201, "confirmed"));
    assert_eq!(answer.body()["total"]["amount"], 9_000);
    let location = format!("/v1/shops/cafe/orders/{}", answer.order());
    assert_eq!(
        (answer.header("location"), answer.header("etag")),
        (Some(location), Some("\"v3\"".to_owned()))
    );
}

#[tokio::test]
async fn the_same_key_answers_the_same_bytes_however_far_the_order_went() {
    let shop = Shop::open();
    let first = shop.order(CAFE, "one").await;
    shop.kitchen_says_and_ordering_follows(first.order(), &started()).await;

    let again = shop.order(CAFE, "one").await;

    let read = shop.get(&first.header("location").unwrap()).await;
    assert_eq!(read.text("state"), "started");
    assert_eq!((again.status, &again.bytes), (first.status, &first.bytes));
    assert_eq!(again.headers_of_an_order(), first.headers_of_an_order());
}

#[tokio::test]
async fn a_kiosk_order_is_answered_before_its_stock_is_known() {
    let shop = Shop::open();

    let answer = shop.order(KIOSK, "one").await;

    assert_eq!((answer.status, answer.text("state").as_str()), (201, "placed"));
    assert_eq!(shop.order(KIOSK, "one").await.bytes, answer.bytes);
}

#[tokio::test]
async fn a_declined_order_is_a_402_and_stays_one() {
    let shop = Shop::open();
    shop.let_payment(Payment::Declines);

    let first = shop.order(CAFE, "one").await;
    shop.let_payment(Payment::Approves);
    let again = shop.order(CAFE, "one").await;

    assert_eq!(first.problem(), (402, "payment-declined".to_owned()));
    assert_eq!(first.text("detail"), "card expired");
    assert_eq!((again.status, again.bytes), (first.status, first.bytes));
    assert_eq!(shop.get("/v1/shops/cafe/orders").await.body()["items"], serde_json::json!([]));
}

#[tokio::test]
async fn a_payment_that_is_not_reached_is_a_503_and_the_order_stands_nowhere() {
    let shop = Shop::open();
    shop.let_payment(Payment::IsNotReached);

    let answer = shop.order(CAFE, "one").await;

    assert_eq!(answer.problem(), (503, "payment-unavailable".to_owned()));
    assert_eq!(answer.header("retry-after").as_deref(), Some("5"));
    assert_eq!(shop.get("/v1/shops/cafe/orders").await.body()["items"], serde_json::json!([]));
    assert_eq!(shop.get("/v1/shops/cafe/orders/1").await.status, 404);
}

#[tokio::test]
async fn after_a_503_the_key_waits_for_payments_word_and_then_makes_a_new_order() {
    let shop = Shop::open();
    shop.let_payment(Payment::IsNotReached);
    shop.order(CAFE, "one").await;
    shop.let_payment(Payment::Approves);

    let unknown = shop.order(CAFE, "one").await;
    assert_eq!(unknown.problem(), (503, "payment-outcome-unknown".to_owned()));
    let first = shop.handle.tail().read_after(0, 100).unwrap()[0].subject.order.unwrap();
    let mut watch = shop.handle.waiters().watch(first.0);
    shop.payment_says(first, &voided());
    let Some(News::Event(ended)) = watch.next().await else { panic!("no news") };
    assert!(matches!(ended.decode().unwrap(), OrderEvent::Refused(_)));

    let second = shop.order(CAFE, "one").await;
    assert_eq!((second.status, &second.body()["number"]), (201, &2.into()));
    assert_ne!(second.order(), first);
}

#[tokio::test]
async fn a_key_with_another_body_is_a_422_and_another_persons_key_is_their_own() {
    let shop = Shop::open();
    shop.order_as("customer:lee", CAFE, "one", TWO_AMERICANOS).await;

    let other_body = r#"{"lines":[{"item":"americano","quantity":3}]}"#;
    let reused = shop.order_as("customer:lee", CAFE, "one", other_body).await;
    let parks = shop.order_as("customer:park", CAFE, "one", other_body).await;

    assert_eq!(reused.problem(), (422, "idempotency-key-reused".to_owned()));
    assert_eq!((parks.status, parks.text("customer").as_str()), (201, "park"));
}

#[tokio::test]
async fn an_order_without_a_key_or_a_shop_is_refused() {
    let shop = Shop::open();

    let keyless = shop.post("/v1/shops/cafe/orders", &[], TWO_AMERICANOS).await;
    let shopless = shop.order("bar", "one").await;

    assert_eq!(keyless.problem(), (400, "missing-idempotency-key".to_owned()));
    assert_eq!(shopless.problem(), (404, "shop-unknown".to_owned()));
}

#[tokio::test]
async fn a_wrong_field_is_named() {
    let shop = Shop::open();
    let wrong = [
        (r#"{"lines":[{"item":"americano","quantity":0}]}"#, (400, "invalid-field"), "lines[0].quantity"),
        (r#"{"lines":[{"item":"tea","quantity":1}]}"#, (422, "unknown-item"), "lines[0].item"),
        (r#"{"lines":[{"item":"americano","quantity":1}],"lined":1}"#, (400, "unknown-field"), "lined"),
        (
            r#"{"lines":[{"item":"americano","quantity":1}],"total":{"amount":1,"currency":"KRW"}}"#,
            (409, "price-differs"),
            "total",
        ),
    ];
    for (body, (status, kind), field) in wrong {
        let answer = shop.order_as("anonymous", CAFE, "one", body).await;

        assert_eq!((answer.problem(), answer.field().as_str()), ((status, kind.to_owned()), field), "{body}");
    }
    assert_eq!(shop.order(CAFE, "one").await.status, 201, "the key is still unused");
}

#[tokio::test]
async fn an_order_is_read_by_its_id_and_by_its_number_and_known_by_its_tag() {
    let shop = Shop::open();
    let placed = shop.order(CAFE, "one").await;

    let by_id = shop.get(&format!("/v1/shops/cafe/orders/{}", placed.order())).await;
    let by_number = shop.get("/v1/shops/cafe/orders/1").await;
    let known = shop.get_with("/v1/shops/cafe/orders/1", &[("If-None-Match", "\"v3\"")]).await;

    assert_eq!((by_id.status, &by_id.bytes, &by_number.bytes), (200, &placed.bytes, &placed.bytes));
    assert_eq!((known.status, known.bytes.len()), (304, 0));
    for elsewhere in ["/v1/shops/kiosk/orders/1", "/v1/shops/cafe/orders/2", "/v1/shops/cafe/orders/first"] {
        assert_eq!(shop.get(elsewhere).await.problem(), (404, "not-found".to_owned()), "{elsewhere}");
    }
}

#[tokio::test]
async fn customers_see_their_own_orders_and_staff_all() {
    let shop = Shop::open();
    let lees = shop.order_as("customer:lee", CAFE, "one", TWO_AMERICANOS).await;
    shop.order_as("customer:park", CAFE, "two", TWO_AMERICANOS).await;
    let path = lees.header("location").unwrap();
    let count = |answer: crate::shop::Answer| answer.body()["items"].as_array().unwrap().len();

    assert_eq!(shop.get_with(&path, &[("Jumun-Actor", "customer:lee")]).await.status, 200);
    assert_eq!(shop.get_with(&path, &[("Jumun-Actor", "customer:park")]).await.status, 404);
    let list = "/v1/shops/cafe/orders?customer=lee";
    assert_eq!(count(shop.get_with(list, &[("Jumun-Actor", "customer:park")]).await), 1);
    assert_eq!(count(shop.get_with("/v1/shops/cafe/orders", &[("Jumun-Actor", "staff:kim")]).await), 2);
    assert_eq!(count(shop.get_with(list, &[("Jumun-Actor", "staff:kim")]).await), 1);
}

#[tokio::test]
async fn orders_are_listed_latest_first_by_state_item_and_page() {
    let shop = Shop::open();
    for key in ["one", "two", "three"] {
        shop.order(CAFE, key).await;
    }
    let numbers = |answer: &crate::shop::Answer| {
        let body = answer.body();
        body["items"]
            .as_array()
            .unwrap()
            .iter()
            .map(|order| order["number"].as_u64().unwrap())
            .collect::<Vec<_>>()
    };

    let first = shop.get("/v1/shops/cafe/orders?state=confirmed&limit=2").await;
    let next = first.text("next");
    let rest = shop.get(&format!("/v1/shops/cafe/orders?state=confirmed&limit=2&cursor={next}")).await;

    assert_eq!((numbers(&first), numbers(&rest)), (vec![3, 2], vec![1]));
    assert_eq!(rest.body().get("next"), None);
    assert_eq!(numbers(&shop.get("/v1/shops/cafe/orders?item=water").await), Vec::<u64>::new());
    assert_eq!(numbers(&shop.get("/v1/shops/cafe/orders?item=americano").await).len(), 3);
    let other_filter = shop.get(&format!("/v1/shops/cafe/orders?cursor={next}")).await;
    assert_eq!(other_filter.problem(), (400, "invalid-cursor".to_owned()));
    assert_eq!(shop.get("/v1/shops/bar/orders").await.problem(), (404, "shop-unknown".to_owned()));
}

#[tokio::test]
async fn an_order_of_a_writer_that_is_gone_is_a_503() {
    let shop = Shop::open();
    shop.handle.stop();

    let answer = shop.order(CAFE, "one").await;

    assert_eq!(answer.problem(), (503, "shutting-down".to_owned()));
}
