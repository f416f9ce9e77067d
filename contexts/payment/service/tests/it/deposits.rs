//! Orders that are paid from prepaid accounts.

use journal::Reader as _;
use kernel::Money;
use payment_contract::{DEPOSIT_METHOD, DepositView, PaymentState};
use payment_service::deposits::account_id;
use payment_service::provider::sandbox::SandboxBook;
use payment_service::{Command, DEPOSITS, DepositWish, HOLDS, Refusal, Reply, STATEMENTS};
use proptest::prelude::*;
use runtime::Failure;

use crate::audit::audited;
use crate::house::{House, PRICE, cafe, order, won};

pub(crate) fn top_up(customer: Option<&str>, amount: i64, key: Option<u8>) -> Command {
    Command::Deposit(DepositWish {
        shop: cafe(),
        customer: customer.map(Into::into),
        amount: Some(won(amount)),
        reference: Some("receipt-17".to_owned()),
        key: key.map(|key| payment_service::KeyUse { scope: [key; 16], body_hash: [1; 16] }),
    })
}

fn deposit(house: &mut House, customer: Option<&str>) -> DepositView {
    let id = account_id(&cafe(), customer.map(Into::into).as_ref());
    serde_json::from_slice(&house.journal().row(DEPOSITS, id).unwrap().unwrap().body).unwrap()
}

/// Customer 1 has paid in this much.
fn open(paid_in: i64) -> House {
    let mut house = House::open();
    house.cafe_opens_on_deposit(100_000);
    house.command(top_up(Some("1"), paid_in, None)).unwrap();
    house
}

#[test]
fn the_method_has_one_name() {
    assert_eq!(DEPOSIT_METHOD, catalog_contract::DepositRule::METHOD);
}

#[test]
fn an_order_is_paid_at_once_and_no_provider_is_asked() {
    let mut house = open(20_000);

    house.ask(1, DEPOSIT_METHOD).unwrap();

    assert_eq!((house.state(1), house.started.len()), (PaymentState::Approved, 0));
    assert_eq!(deposit(&mut house, Some("1")).balance, won(20_000 - PRICE));
    assert_eq!(house.book, SandboxBook::default());
    house.is_at_rest();
    audited(&mut house);
}

#[test]
fn too_little_is_a_decline_and_nothing_moves() {
    let mut house = open(PRICE - 1);

    house.ask(1, DEPOSIT_METHOD).unwrap();

    assert_eq!(house.state(1), PaymentState::Declined);
    assert_eq!(house.payment(1).decline_reason.as_deref(), Some("the deposit does not cover it"));
    assert_eq!(deposit(&mut house, Some("1")).balance, won(PRICE - 1));
    house.is_at_rest();
    audited(&mut house);
}

#[test]
fn whoever_has_no_account_is_declined() {
    let mut house = House::open();
    house.cafe_opens_on_deposit(100_000);

    house.ask(1, DEPOSIT_METHOD).unwrap();

    assert_eq!(house.state(1), PaymentState::Declined);
}

#[test]
fn a_shop_that_is_not_heard_of_yet_is_asked_again() {
    let mut house = House::open();

    assert_eq!(house.ask(1, DEPOSIT_METHOD), Err(Failure::Refused(Refusal::ShopNotHeardOf)));
    house.cafe_opens_on_deposit(100_000);
    assert_eq!(house.ask(1, DEPOSIT_METHOD), Ok(Reply::Taken));
}

#[test]
fn the_account_of_those_without_a_name_opens_once_with_what_the_file_says() {
    let mut house = House::open();
    house.cafe_opens_on_deposit(100_000);
    house.cafe_opens_on_deposit(500_000);

    let walk_in = deposit(&mut house, None);
    assert_eq!((walk_in.account.as_str(), walk_in.balance), ("walk-in", won(100_000)));
    assert_eq!(
        house.ledger(),
        [("deposit-funds".to_owned(), 100_000), ("deposit/walk-in".to_owned(), -100_000)]
    );
}

#[test]
fn a_cancelled_order_brings_its_money_back_to_the_account_once() {
    let mut house = open(20_000);
    house.ask(1, DEPOSIT_METHOD).unwrap();

    house.order_is_cancelled(1, true);
    house.order_is_cancelled(1, true);

    assert_eq!(house.state(1), PaymentState::Refunded);
    assert_eq!(deposit(&mut house, Some("1")).balance, won(20_000));
    house.is_at_rest();
    audited(&mut house);
}

#[test]
fn a_part_goes_back_to_the_account() {
    let mut house = open(20_000);
    house.ask(1, DEPOSIT_METHOD).unwrap();

    house.refund(1, 2_000).unwrap();

    assert_eq!(house.state(1), PaymentState::PartlyRefunded);
    assert_eq!(deposit(&mut house, Some("1")).balance, won(22_000 - PRICE));
    audited(&mut house);
}

#[test]
fn the_same_top_up_is_paid_in_once() {
    let mut house = open(1_000);

    let first = house.command(top_up(Some("1"), 500, Some(7))).unwrap();
    let again = house.command(top_up(Some("1"), 500, Some(7))).unwrap();

    assert_eq!(first, again);
    assert_eq!(deposit(&mut house, Some("1")).balance, won(1_500));
}

#[test]
fn a_shop_without_deposits_takes_no_money_in() {
    let mut house = House::open();
    house.cafe_opens();

    assert_eq!(house.command(top_up(Some("1"), 500, None)), Err(Failure::Refused(Refusal::NoDeposits)));
}

#[test]
fn the_statement_tells_every_line_and_what_was_left() {
    let mut house = open(20_000);
    house.ask(1, DEPOSIT_METHOD).unwrap();
    house.order_is_cancelled(1, true);

    let id = account_id(&cafe(), Some(&"1".into()));
    let lines = house.journal().entries(STATEMENTS, id, 0, 10).unwrap();
    let told: Vec<(u64, String, i64, i64)> = lines
        .iter()
        .map(|entry| serde_json::from_slice::<payment_contract::StatementLine>(&entry.body).unwrap())
        .map(|line| {
            let reason = serde_json::to_value(line.reason).unwrap().as_str().unwrap().to_owned();
            (line.line, reason, line.amount.amount, line.balance.amount)
        })
        .collect();

    assert_eq!(
        told,
        [
            (1, "opened".to_owned(), 0, 0),
            (2, "topped-up".to_owned(), 20_000, 20_000),
            (3, "held".to_owned(), PRICE, 20_000),
            (4, "captured".to_owned(), -PRICE, 20_000 - PRICE),
            (5, "refunded".to_owned(), PRICE, 20_000),
        ]
    );
}

fn stands(house: &mut House) -> [i64; 3] {
    let deposit = deposit(house, Some("1"));
    [deposit.balance.amount, deposit.held.unwrap().amount, deposit.available.unwrap().amount]
}

#[test]
fn an_order_that_waits_for_stock_has_its_money_held_meanwhile() {
    let mut house = open(20_000);

    house.order_is_placed(1);
    house.order_is_placed(1);

    assert_eq!(stands(&mut house), [20_000, PRICE, 20_000 - PRICE]);
    assert!(house.journal().row(HOLDS, order(1).0).unwrap().is_some());
    assert_eq!(audited(&mut house).held(order(1)), PRICE);
    house.ask(1, DEPOSIT_METHOD).unwrap();
    assert_eq!(stands(&mut house), [20_000 - PRICE, 0, 20_000 - PRICE]);
    assert!(house.journal().row(HOLDS, order(1).0).unwrap().is_none());
    house.is_at_rest();
    assert_eq!(audited(&mut house).held(order(1)), 0);
}

#[test]
fn what_is_held_for_one_order_does_not_pay_another() {
    let mut house = open(PRICE + 1);
    house.order_is_placed(1);

    house.ask(2, DEPOSIT_METHOD).unwrap();
    house.ask(1, DEPOSIT_METHOD).unwrap();

    assert_eq!((house.state(2), house.state(1)), (PaymentState::Declined, PaymentState::Approved));
}

#[test]
fn however_an_order_ends_before_it_is_paid_its_money_is_free_again() {
    let endings: [fn(&mut House); 4] = [
        |house| house.order_is_refused(1),
        |house| house.order_is_cancelled(1, false),
        |house| house.order_is_cancelled(1, true),
        |house| house.order_gives_up(1),
    ];
    for ends in endings {
        let mut house = open(20_000);
        house.order_is_placed(1);
        house.restart();

        ends(&mut house);
        ends(&mut house);

        assert_eq!(stands(&mut house), [20_000, 0, 20_000]);
        assert!(house.journal().row(HOLDS, order(1).0).unwrap().is_none());
        house.is_at_rest();
        audited(&mut house);
    }
}

#[test]
fn an_order_that_is_heard_of_after_its_payment_holds_nothing_more() {
    let mut house = open(20_000);
    house.ask(1, DEPOSIT_METHOD).unwrap();
    house.order_gives_up(2);

    house.order_is_placed(1);
    house.order_is_placed(2);

    assert_eq!(stands(&mut house), [20_000 - PRICE, 0, 20_000 - PRICE]);
}

#[test]
fn an_account_that_does_not_cover_an_order_holds_nothing_and_the_ask_says_so() {
    let mut house = open(PRICE - 1);

    house.order_is_placed(1);
    assert_eq!(house.journal().row(HOLDS, order(1).0).unwrap(), None);
    house.ask(1, DEPOSIT_METHOD).unwrap();

    assert_eq!(house.state(1), PaymentState::Declined);
    audited(&mut house);
}

#[test]
fn a_restart_remembers_every_account() {
    let mut house = open(20_000);
    house.ask(1, DEPOSIT_METHOD).unwrap();

    house.restart();
    house.ask(2, DEPOSIT_METHOD).unwrap();
    house.ask(3, DEPOSIT_METHOD).unwrap();

    let states = [1, 2, 3].map(|number| house.state(number));
    assert_eq!(states, [PaymentState::Approved, PaymentState::Approved, PaymentState::Declined]);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn money_is_conserved_whatever_the_order_of_events(
        steps in proptest::collection::vec((0..8u8, 1..5u64, 1..30_000i64), 0..40),
    ) {
        let mut house = House::open();
        house.cafe_opens_on_deposit(50_000);
        let mut paid_in = 50_000;
        for (what, number, amount) in steps {
            match what {
                0 => {
                    house.command(top_up(Some("1"), amount, None)).unwrap();
                    paid_in += amount;
                }
                // Asking again with another amount is refused, and moves nothing.
                1 => drop(house.ask_for(number, Money::new(amount, won(0).currency), DEPOSIT_METHOD)),
                2 => house.order_is_cancelled(number, true),
                3 => house.order_gives_up(number),
                4 => drop(house.refund(number, amount)),
                5 => house.order_is_placed(number),
                6 => house.order_is_refused(number),
                _ => house.time_passes(1_000),
            }
        }
        let accounts = house.ledger();
        let balance = |name: &str| accounts.iter().filter(|(account, _)| account.starts_with(name)).map(|(_, sum)| sum).sum::<i64>();
        prop_assert_eq!(accounts.iter().map(|(_, sum)| sum).sum::<i64>(), 0);
        prop_assert_eq!(balance("deposit-funds"), paid_in);
        prop_assert_eq!(-balance("deposit/") - balance("deposit-held/") - balance("shop/"), paid_in);
        prop_assert!(balance("shop/") <= 0 && balance("deposit/") <= 0 && balance("deposit-held/") <= 0);
        prop_assert_eq!(house.leases(), 0);
        audited(&mut house);
    }
}
