//! Staff give money back.

use payment_contract::{PaymentState, PaymentView};
use payment_domain::Rejection;
use payment_service::{KeyUse, RefundWish, Refusal};
use runtime::Failure;

use crate::house::{House, PRICE, wish, won};

fn paid() -> House {
    let mut house = House::open();
    house.ask(1, "tok_approve").unwrap();
    house.provider_works();
    house
}

fn keyed(body: u8) -> RefundWish {
    RefundWish { key: Some(KeyUse { scope: [1; 16], body_hash: [body; 16] }), ..wish(1, Some(won(2_000))) }
}

#[test]
fn a_part_goes_back_and_is_booked() {
    let mut house = paid();

    let reply = house.refund(1, 2_000).unwrap();
    let shown: PaymentView = serde_json::from_slice(&reply.body).unwrap();
    assert_eq!((reply.status, shown.state), (202, PaymentState::Refunding));

    house.provider_works();
    assert_eq!(house.state(1), PaymentState::PartlyRefunded);
    assert_eq!(house.payment(1).refunded, won(2_000));
    assert_eq!(
        house.ledger(),
        [("provider-clearing".into(), PRICE - 2_000), ("shop/cafe".into(), 2_000 - PRICE)]
    );
    house.is_at_rest();
}

#[test]
fn parts_add_up_to_all_of_it_and_no_more() {
    let mut house = paid();
    house.refund(1, 2_000).unwrap();
    house.refund(1, PRICE - 2_000).unwrap();

    let answer = house.refund(1, 1);
    assert_eq!(answer, Err(Failure::Refused(Refusal::Rejected(Rejection::MoreThanLeft { left: won(0) }))));

    house.provider_works();
    assert_eq!(house.state(1), PaymentState::Refunded);
    assert!(!house.row(1).unwrap().hidden);
    house.is_at_rest();
}

#[test]
fn all_of_it_once_more_is_answered_as_it_stands() {
    let mut house = paid();
    assert_eq!(house.refund_as(wish(1, None)).unwrap().status, 202);

    assert_eq!(house.refund_as(wish(1, None)).unwrap().status, 200);

    house.provider_works();
    house.is_at_rest();
}

#[test]
fn a_refund_whose_answer_was_lost_goes_back_once() {
    let mut house = paid();
    house.refund(1, 2_000).unwrap();
    house.answers_are_lost();
    assert_eq!(house.state(1), PaymentState::Refunding);

    house.time_passes(10_000);
    house.provider_works();

    assert_eq!(house.state(1), PaymentState::PartlyRefunded);
    house.is_at_rest();
}

#[test]
fn a_refund_is_asked_for_again_for_as_long_as_it_takes() {
    let mut house = paid();
    house.refund(1, 2_000).unwrap();
    for _ in 0..200 {
        if !house.started.is_empty() {
            house.line_is_dead();
        }
        house.time_passes(3_600_000);
    }

    house.provider_works();

    assert_eq!(house.state(1), PaymentState::PartlyRefunded);
    house.is_at_rest();
}

#[test]
fn the_same_key_gives_the_same_answer_byte_for_byte() {
    let mut house = paid();
    let first = house.refund_as(keyed(1)).unwrap();
    house.provider_works();

    let again = house.refund_as(keyed(1)).unwrap();

    assert_eq!(again, first);
    assert_eq!(house.payment(1).refunds.len(), 1);
    house.is_at_rest();
}

#[test]
fn the_same_key_with_another_body_is_refused() {
    let mut house = paid();
    house.refund_as(keyed(1)).unwrap();

    assert_eq!(house.refund_as(keyed(2)), Err(Failure::Refused(Refusal::KeyReused)));
}

#[test]
fn a_refused_refund_does_not_use_its_key_up() {
    let mut house = House::open();
    house.ask(1, "tok_approve").unwrap();
    let too_early = house.refund_as(keyed(1));
    assert_eq!(too_early, Err(Failure::Refused(Refusal::Rejected(Rejection::NothingCaptured))));
    house.provider_works();

    assert_eq!(house.refund_as(keyed(1)).unwrap().status, 202);
}

#[test]
fn a_payment_that_is_not_there_or_in_another_shop_is_not_found() {
    let mut house = paid();

    let elsewhere = RefundWish { shop: "pizza".into(), ..wish(1, None) };

    assert_eq!(house.refund(2, 1), Err(Failure::Refused(Refusal::NoSuchPayment)));
    assert_eq!(house.refund_as(elsewhere), Err(Failure::Refused(Refusal::NoSuchPayment)));
}

#[test]
fn a_cancel_after_a_part_went_back_gives_the_rest_back() {
    let mut house = paid();
    house.refund(1, 2_000).unwrap();
    house.order_is_cancelled(1, true);

    house.provider_works();

    assert_eq!(house.state(1), PaymentState::Refunded);
    assert_eq!(house.payment(1).refunds.len(), 2);
    house.is_at_rest();
}
