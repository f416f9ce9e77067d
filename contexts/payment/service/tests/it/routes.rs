//! The routes over a running writer: what goes in, what comes out, what is refused and how.

use payment_contract::PaymentState;
use serde_json::json;

use crate::house::{House, PRICE, order};
use crate::program::Program;

const STAFF: (&str, &str) = ("Jumun-Actor", "staff:kim");
const PAYMENTS: &str = "/v1/shops/cafe/payments";

fn payment_of(number: u64) -> String {
    format!("/v1/shops/cafe/orders/{}/payment", order(number).0)
}

fn refunds_of(number: u64) -> String {
    format!("{}/refunds", payment_of(number))
}

/// Order 1 and 2 are paid, 3 was declined, 4 is being asked.
fn shop() -> Program {
    let mut house = House::open();
    house.cafe_opens();
    for (number, method) in [(1, "tok_approve"), (2, "tok_approve"), (3, "tok_decline")] {
        house.ask(number, method).unwrap();
    }
    house.provider_works();
    house.ask(4, "tok_approve").unwrap();
    Program::of(house)
}

#[tokio::test]
async fn the_payment_of_an_order_is_read_with_its_tag_and_without_its_token() {
    let shop = shop();

    let read = shop.get(&payment_of(1), &[]).await;

    assert_eq!((read.status, read.etag.as_deref()), (200, Some("\"v2\"")));
    assert_eq!(read.body()["state"], "approved");
    assert_eq!(read.body()["amount"], json!({ "amount": PRICE, "currency": "KRW" }));
    assert!(!String::from_utf8(read.bytes).unwrap().contains("tok_"));
    let known = shop.get(&payment_of(1), &[("If-None-Match", "\"v2\"")]).await;
    assert_eq!((known.status, known.bytes.len()), (304, 0));
}

#[tokio::test]
async fn a_payment_that_took_no_money_is_still_read_by_its_order() {
    let shop = shop();

    let read = shop.get(&payment_of(3), &[]).await;

    assert_eq!((read.status, &read.body()["state"]), (200, &json!("declined")));
    assert_eq!(read.body()["decline_reason"], "declined by the issuer");
}

#[tokio::test]
async fn customers_see_their_own_payments_only() {
    let shop = shop();

    for (actor, status, listed) in [("customer:1", 200, 2), ("customer:2", 404, 0), ("staff:kim", 200, 2)] {
        let actor = [("Jumun-Actor", actor)];
        let read = shop.get(&payment_of(1), &actor).await;
        let list = shop.get(PAYMENTS, &actor).await;

        assert_eq!(read.status, status, "{actor:?}");
        assert_eq!(list.body()["items"].as_array().unwrap().len(), listed, "{actor:?}");
    }
    let others = shop.get("/v1/shops/cafe/payments?customer=1", &[("Jumun-Actor", "customer:2")]).await;
    assert_eq!(others.body(), json!({ "items": [] }));
}

#[tokio::test]
async fn the_list_shows_what_took_money_and_the_rest_by_its_state() {
    let shop = shop();

    let numbers = |said: &crate::program::Said| -> Vec<u64> {
        said.body()["items"].as_array().unwrap().iter().map(|item| item["number"].as_u64().unwrap()).collect()
    };

    assert_eq!(numbers(&shop.get(PAYMENTS, &[]).await), [2, 1]);
    assert_eq!(numbers(&shop.get(&format!("{PAYMENTS}?state=declined"), &[]).await), [3]);
    assert_eq!(numbers(&shop.get(&format!("{PAYMENTS}?state=requested"), &[]).await), [4]);
    assert_eq!(numbers(&shop.get(&format!("{PAYMENTS}?customer=1"), &[]).await), [2, 1]);
    assert_eq!(numbers(&shop.get(&format!("{PAYMENTS}?customer=2"), &[]).await), [0u64; 0]);
}

#[tokio::test]
async fn the_list_is_read_page_by_page() {
    let shop = shop();

    let first = shop.get(&format!("{PAYMENTS}?limit=1"), &[]).await.body();
    let next = first["next"].as_str().unwrap();
    let second = shop.get(&format!("{PAYMENTS}?limit=1&cursor={next}"), &[]).await.body();

    assert_eq!((&first["items"][0]["number"], &second["items"][0]["number"]), (&json!(2), &json!(1)));
    assert!(second.get("next").is_none());
    let other_list = shop.get(&format!("{PAYMENTS}?state=declined&cursor={next}"), &[]).await;
    assert_eq!((other_list.status, other_list.slug().as_str()), (400, "invalid-cursor"));
}

#[tokio::test]
async fn staff_give_a_part_back() {
    let shop = shop();

    let body = r#"{"amount":{"amount":2000,"currency":"KRW"},"reason":"cold coffee"}"#;
    let taken = shop.post(&refunds_of(1), body, &[STAFF]).await;

    assert_eq!((taken.status, taken.etag.as_deref()), (202, Some("\"v3\"")));
    assert_eq!(taken.body()["refunds"][0]["amount"]["amount"], 2000);
    assert_eq!(taken.body()["refunds"][0]["done"], false);
}

#[tokio::test]
async fn a_refund_reaches_the_provider_and_is_done() {
    let shop = Program::start();
    let near = shop.near();
    let ask = payment_contract::AskPayment {
        order: order(1),
        shop: "cafe".into(),
        order_number: 1,
        customer: None,
        amount: crate::house::won(PRICE),
        method: "tok_approve".to_owned(),
        by_customer: false,
    };
    payment_contract::PaymentClient::ask(&near, ask).await.unwrap();
    shop.until(1, PaymentState::Approved).await;

    let taken = shop.post(&refunds_of(1), r#"{"reason":"cold coffee"}"#, &[STAFF]).await;

    assert_eq!(taken.status, 202);
    let payment = shop.until(1, PaymentState::Refunded).await;
    assert_eq!(payment.refunded.amount, PRICE);
}

#[tokio::test]
async fn the_same_key_gives_the_same_bytes_and_one_refund() {
    let shop = shop();
    let body = r#"{"amount":{"amount":2000,"currency":"KRW"},"reason":"cold coffee"}"#;
    let headers = [STAFF, ("Idempotency-Key", "k-1")];
    let first = shop.post(&refunds_of(1), body, &headers).await;

    let again = shop.post(&refunds_of(1), body, &headers).await;
    let other = shop.post(&refunds_of(1), r#"{"reason":"cold coffee"}"#, &headers).await;
    let another_subject = [("Jumun-Actor", "staff:lee"), ("Idempotency-Key", "k-1")];
    let second = shop.post(&refunds_of(1), body, &another_subject).await;

    assert_eq!((again.status, &again.bytes, &again.etag), (first.status, &first.bytes, &first.etag));
    assert_eq!((other.status, other.slug().as_str()), (422, "idempotency-key-reused"));
    assert_eq!(second.body()["refunds"].as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn a_refund_is_made_on_what_was_read() {
    let shop = shop();
    let body = r#"{"amount":{"amount":1,"currency":"KRW"},"reason":"cold coffee"}"#;

    let made = shop.post(&refunds_of(1), body, &[STAFF, ("If-Match", "\"v2\"")]).await;
    let late = shop.post(&refunds_of(1), body, &[STAFF, ("If-Match", "\"v2\"")]).await;

    assert_eq!((made.status, late.status), (202, 412));
    assert_eq!(late.body()["etag"], "\"v3\"");
}

#[tokio::test]
async fn only_those_who_run_the_shop_give_money_back() {
    let shop = shop();

    for (actor, status) in [("customer:1", 403), ("courier:c", 403), ("anonymous", 403), ("manager:lee", 202)]
    {
        let body = r#"{"amount":{"amount":1,"currency":"KRW"},"reason":"cold coffee"}"#;
        let said = shop.post(&refunds_of(1), body, &[("Jumun-Actor", actor)]).await;

        assert_eq!(said.status, status, "{actor}");
    }
}

#[tokio::test]
async fn a_refund_that_the_state_forbids_says_why() {
    let shop = shop();
    let more = r#"{"amount":{"amount":9001,"currency":"KRW"},"reason":"cold coffee"}"#;

    let too_much = shop.post(&refunds_of(1), more, &[STAFF]).await;
    let declined = shop.post(&refunds_of(3), r#"{"reason":"cold coffee"}"#, &[STAFF]).await;

    assert_eq!((too_much.status, too_much.slug().as_str()), (409, "command-forbidden-by-state"));
    assert_eq!(too_much.body()["left"], PRICE);
    assert_eq!(declined.body()["detail"], "no money was captured");
}

#[tokio::test]
async fn bad_input_is_refused_naming_the_field() {
    let shop = shop();
    let long = "x".repeat(201);
    let cases = [
        (r#"{"reason":""}"#.to_owned(), 400, "reason"),
        (r#"{"reason":"  "}"#.to_owned(), 400, "reason"),
        (format!(r#"{{"reason":"{long}"}}"#), 400, "reason"),
        (r#"{"amount":{"amount":0,"currency":"KRW"},"reason":"x"}"#.to_owned(), 400, "amount.amount"),
        (r#"{"amount":{"amount":-1,"currency":"KRW"},"reason":"x"}"#.to_owned(), 400, "amount.amount"),
        (r#"{"amount":{"amount":1.5,"currency":"KRW"},"reason":"x"}"#.to_owned(), 400, "amount.amount"),
        (
            r#"{"amount":{"amount":99999999999999999999,"currency":"KRW"},"reason":"x"}"#.to_owned(),
            400,
            "amount.amount",
        ),
        (r#"{"amount":{"amount":1,"currency":"EUR"},"reason":"x"}"#.to_owned(), 400, "amount.currency"),
        (r#"{"amount":{"amount":1,"currency":"XXZ"},"reason":"x"}"#.to_owned(), 400, "amount.currency"),
        (r#"{"amount":5,"reason":"x"}"#.to_owned(), 400, "amount"),
        (r#"{"reason":"x","whole":true}"#.to_owned(), 400, "whole"),
        (r#"{}"#.to_owned(), 400, "reason"),
    ];
    for (body, status, field) in cases {
        let said = shop.post(&refunds_of(1), &body, &[STAFF]).await;

        assert_eq!((said.status, said.field().as_str()), (status, field), "{body}");
    }
    assert_eq!(shop.get(&payment_of(1), &[]).await.body()["refunds"], json!([]), "nothing of it is kept");
}

#[tokio::test]
async fn what_is_not_there_is_not_found() {
    let shop = shop();
    let nobody = format!("/v1/shops/cafe/orders/{}/payment", order(9).0);

    assert_eq!(shop.get("/v1/shops/nowhere/payments", &[]).await.slug(), "shop-unknown");
    assert_eq!(shop.get(&nobody, &[]).await.slug(), "not-found");
    assert_eq!(shop.get("/v1/shops/cafe/orders/7/payment", &[]).await.slug(), "not-found");
    let refund = shop.post(&refunds_of(9), r#"{"reason":"x"}"#, &[STAFF]).await;
    assert_eq!((refund.status, refund.slug().as_str()), (404, "not-found"));
    assert_eq!(shop.get(&format!("{PAYMENTS}?state=gone"), &[]).await.status, 400);
    assert_eq!(shop.get(&format!("{PAYMENTS}?colour=red"), &[]).await.status, 400);
}

#[tokio::test]
async fn a_writer_that_is_gone_is_a_503() {
    let shop = shop();
    shop.stop();

    let said = shop.post(&refunds_of(1), r#"{"reason":"x"}"#, &[STAFF]).await;

    assert_eq!(said.status, 503);
}

#[tokio::test]
async fn the_shops_are_known_again_after_a_restart() {
    let mut house = House::open();
    house.cafe_opens();
    house.restart();

    let said = Program::of(house).get(PAYMENTS, &[]).await;

    assert_eq!(said.body(), json!({ "items": [] }));
}
