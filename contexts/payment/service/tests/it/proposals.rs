//! Refunds that wait for a second person: confirmed, taken back, or waiting for too long.

use payment_contract::PaymentState;
use payment_domain::Rejection;
use payment_service::{Command, PaymentConfig, ProposalWish, Refusal, Reply};
use runtime::Failure;

use crate::house::{House, PRICE, cafe, order};

/// Order 1 is paid, and 5,000 won of it wait for a second person.
fn proposed() -> House {
    let mut house = House::open();
    house.cafe_opens_with_refunds_up_to(1_000);
    house.ask(1, "tok_approve").unwrap();
    house.provider_works();
    house.refund(1, 5_000).unwrap();
    assert_eq!(house.waiting(1), [1]);
    house
}

fn wish(proposal: u32) -> ProposalWish {
    ProposalWish { order: order(1), shop: cafe(), proposal }
}

fn withdraw(house: &mut House, actor: &str, is_manager: bool) -> Result<Reply, Failure<Refusal>> {
    house.command_of(actor, Command::WithdrawRefund { wish: wish(1), is_manager })
}

fn one_day() -> i64 {
    PaymentConfig::default().proposal_kept_millis
}

#[test]
fn whoever_proposed_a_refund_takes_it_back_and_nothing_moves() {
    let mut house = proposed();

    withdraw(&mut house, "staff:kim", false).unwrap();

    assert_eq!((house.waiting(1), house.state(1)), (vec![], PaymentState::Approved));
    let confirmed = house.command_of("manager:lee", Command::ConfirmRefund(wish(1)));
    let refusal = Refusal::Rejected(Rejection::NoSuchProposal { proposal: 1 });
    assert_eq!(confirmed, Err(Failure::Refused(refusal)));
    assert_eq!(house.book.refunded(&format!("{}/1", order(1))), 0);
    house.is_at_rest();
}

#[test]
fn others_take_it_back_only_as_managers() {
    let mut house = proposed();

    let refused = withdraw(&mut house, "staff:choi", false);
    assert_eq!(refused, Err(Failure::Refused(Refusal::Rejected(Rejection::NotTheProposer))));
    assert_eq!(house.waiting(1), [1]);
    withdraw(&mut house, "manager:lee", true).unwrap();
    assert_eq!(house.waiting(1), Vec::<u32>::new());
}

#[test]
fn what_nobody_confirms_in_time_is_withdrawn_and_another_may_be_proposed() {
    let mut house = proposed();
    house.time_passes(one_day() - 1);
    assert_eq!(house.waiting(1), [1]);

    house.restart();
    house.time_passes(1);

    assert_eq!(house.waiting(1), Vec::<u32>::new());
    house.refund(1, PRICE).unwrap();
    assert_eq!(house.waiting(1), [2]);
}

#[test]
fn a_confirmed_refund_has_no_time_left_to_end() {
    let mut house = proposed();
    house.command_of("manager:lee", Command::ConfirmRefund(wish(1))).unwrap();
    house.provider_works();
    let version = house.payment(1).version;

    house.time_passes(2 * one_day());

    assert_eq!((house.payment(1).version, house.state(1)), (version, PaymentState::PartlyRefunded));
    assert!(!house.timer_is_set("expire-proposal"));
    house.is_at_rest();
}
