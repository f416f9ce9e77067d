//! Prepaid accounts: never below nothing, and what comes in is what goes out and what is left.

use std::collections::BTreeMap;

use kernel::{Aggregate, Currency, Money, OrderId};
use payment_contract::DepositEvent;
use payment_domain::{DepositAccount, DepositCommand, DepositRejection};
use proptest::prelude::*;
use uuid::Uuid;

use crate::dialogue::won;

const ORDER: OrderId = OrderId(Uuid::from_u128(7));

fn with(balance: i64) -> DepositAccount {
    let open = DepositCommand::Open { customer: None, opening: won(balance) };
    after(&DepositAccount::default(), open).unwrap().0
}

fn after(
    account: &DepositAccount,
    command: DepositCommand,
) -> Result<(DepositAccount, Vec<DepositEvent>), DepositRejection> {
    let facts = account.decide(command)?;
    Ok((facts.iter().fold(account.clone(), DepositAccount::evolve), facts))
}

fn capture(amount: Money) -> DepositCommand {
    DepositCommand::Capture { order: ORDER, amount }
}

#[test]
fn what_is_there_can_be_spent_to_the_last_won() {
    let (account, _) = after(&with(5_000), capture(won(5_000))).unwrap();
    assert_eq!(account.balance(), Some(won(0)));
}

#[test]
fn more_than_is_there_is_refused() {
    assert_eq!(with(4_999).decide(capture(won(5_000))), Err(DepositRejection::NotEnough));
}

#[test]
fn nothing_is_taken_from_an_account_that_is_not_open() {
    assert_eq!(DepositAccount::Unopened.decide(capture(won(1))), Err(DepositRejection::NotOpen));
}

#[test]
fn opening_again_changes_nothing() {
    let open = DepositCommand::Open { customer: None, opening: won(9_000) };
    assert_eq!(with(5_000).decide(open), Ok(vec![]));
}

#[test]
fn paying_in_opens_an_account() {
    let top_up = DepositCommand::TopUp { customer: Some("77".into()), amount: won(500), reference: None };
    let (account, facts) = after(&DepositAccount::default(), top_up).unwrap();
    assert_eq!((account.balance(), facts.len()), (Some(won(500)), 2));
}

#[test]
fn another_currency_and_no_amount_are_refused() {
    let euro = Currency::parse("EUR").unwrap();
    let refused = with(5_000).decide(capture(Money::new(1, euro)));
    assert_eq!(refused, Err(DepositRejection::OtherCurrency { expected: Currency::KRW }));
    for amount in [0, -5] {
        assert_eq!(with(5_000).decide(capture(won(amount))), Err(DepositRejection::NotPositive));
    }
}

#[test]
fn more_than_can_be_counted_is_refused() {
    let top_up = DepositCommand::TopUp { customer: None, amount: won(i64::MAX), reference: None };
    assert_eq!(with(1).decide(top_up), Err(DepositRejection::TooMuch));
}

fn hold(number: u128, amount: i64) -> DepositCommand {
    DepositCommand::Hold { order: OrderId(Uuid::from_u128(number)), amount: won(amount) }
}

fn holding(amount: i64) -> DepositAccount {
    after(&with(5_000), hold(7, amount)).unwrap().0
}

fn stands(account: &DepositAccount) -> [i64; 3] {
    [account.balance(), account.held(), account.available()].map(|money| money.unwrap().amount)
}

fn told(facts: &[DepositEvent]) -> Vec<&'static str> {
    facts.iter().map(kernel::Published::event_type).collect()
}

#[test]
fn what_is_held_is_on_the_account_and_cannot_be_spent_by_another_order() {
    let account = holding(4_000);
    assert_eq!(stands(&account), [5_000, 4_000, 1_000]);
    assert_eq!(account.decide(hold(8, 1_001)), Err(DepositRejection::NotEnough));
    let other = DepositCommand::Capture { order: OrderId(Uuid::from_u128(8)), amount: won(1_001) };
    assert_eq!(account.decide(other), Err(DepositRejection::NotEnough));
    assert_eq!(stands(&after(&account, hold(8, 1_000)).unwrap().0), [5_000, 5_000, 0]);
}

#[test]
fn holding_again_changes_nothing_and_at_another_price_holds_that() {
    let account = holding(4_000);
    assert_eq!(account.decide(hold(7, 4_000)), Ok(vec![]));
    let (account, facts) = after(&account, hold(7, 5_000)).unwrap();
    assert_eq!(told(&facts), ["deposit-released.v1", "deposit-held.v1"]);
    assert_eq!(stands(&account), [5_000, 5_000, 0]);
}

#[test]
fn an_order_is_paid_with_what_is_held_for_it() {
    let (account, facts) = after(&holding(4_000), capture(won(4_000))).unwrap();
    assert_eq!(told(&facts), ["deposit-captured.v1"]);
    assert_eq!(stands(&account), [1_000, 0, 1_000]);
}

#[test]
fn where_nothing_is_held_both_facts_are_told_at_once() {
    let (account, facts) = after(&with(5_000), capture(won(4_000))).unwrap();
    assert_eq!(told(&facts), ["deposit-held.v1", "deposit-captured.v1"]);
    assert_eq!(stands(&account), [1_000, 0, 1_000]);
}

#[test]
fn what_is_released_can_be_spent_again_and_is_released_once() {
    let release = || DepositCommand::Release { order: ORDER };
    let (account, facts) = after(&holding(4_000), release()).unwrap();
    assert_eq!(told(&facts), ["deposit-released.v1"]);
    assert_eq!(stands(&account), [5_000, 0, 5_000]);
    assert_eq!(account.decide(release()), Ok(vec![]));
    assert_eq!(with(5_000).decide(release()), Ok(vec![]));
}

#[test]
fn a_fact_from_before_holding_was_one_is_still_a_payment() {
    let old = r#"{"order":"01890a5d-ac96-774b-bcce-b302099a8057","amount":{"amount":4000,"currency":"KRW"},"balance":{"amount":1000,"currency":"KRW"}}"#;
    let old = DepositEvent::Captured(serde_json::from_str(old).unwrap());
    assert_eq!(stands(&with(5_000).evolve(&old)), [1_000, 0, 1_000]);
    let snapshot = br#"{"Open":{"customer":null,"balance":{"amount":5000,"currency":"KRW"}}}"#;
    assert_eq!(DepositAccount::from_snapshot(snapshot), Some(with(5_000)));
}

#[test]
fn a_snapshot_is_the_state() {
    let account = holding(4_000);
    assert_eq!(DepositAccount::from_snapshot(&account.to_snapshot().unwrap()), Some(account));
}

fn any_command() -> impl Strategy<Value = DepositCommand> {
    let amount = || (-2..20_000i64).prop_map(won);
    prop_oneof![
        amount().prop_map(|opening| DepositCommand::Open { customer: None, opening }),
        amount().prop_map(|amount| DepositCommand::TopUp { customer: None, amount, reference: None }),
        (7..10u128, amount()).prop_map(|(number, amount)| DepositCommand::Capture {
            order: OrderId(Uuid::from_u128(number)),
            amount,
        }),
        (7..10u128, -2..20_000i64).prop_map(|(number, amount)| hold(number, amount)),
        (7..10u128).prop_map(|number| DepositCommand::Release { order: OrderId(Uuid::from_u128(number)) }),
        amount().prop_map(|amount| DepositCommand::Refund { order: ORDER, step: 1, amount }),
    ]
}

proptest! {
    #[test]
    fn what_came_in_is_what_went_out_and_what_is_left(commands in proptest::collection::vec(any_command(), 0..60)) {
        let (mut account, mut came_in) = (DepositAccount::default(), 0i64);
        let mut accounts = BTreeMap::<String, i64>::new();
        for command in commands {
            let Ok((moved, facts)) = after(&account, command) else { continue };
            for fact in &facts {
                let postings = match fact {
                    DepositEvent::Opened(opened) => {
                        came_in += opened.balance.amount;
                        &opened.postings
                    }
                    DepositEvent::ToppedUp(up) => {
                        came_in += up.amount.amount;
                        &up.postings
                    }
                    DepositEvent::Held(held) => &held.postings,
                    DepositEvent::Released(released) => &released.postings,
                    // The double entries of these two are the payment's own.
                    DepositEvent::Captured(captured) => {
                        came_in -= captured.amount.amount;
                        *accounts.entry("deposit-held/walk-in".to_owned()).or_default() += captured.amount.amount;
                        continue;
                    }
                    DepositEvent::Refunded(refunded) => {
                        came_in += refunded.amount.amount;
                        *accounts.entry("deposit/walk-in".to_owned()).or_default() -= refunded.amount.amount;
                        continue;
                    }
                };
                prop_assert_eq!(postings.iter().map(|posting| posting.amount.amount).sum::<i64>(), 0);
                for posting in postings {
                    *accounts.entry(posting.account.clone()).or_default() += posting.amount.amount;
                }
            }
            account = moved;
            if let (Some(available), Some(held)) = (account.available(), account.held()) {
                prop_assert!(available.amount >= 0 && held.amount >= 0);
                prop_assert_eq!(accounts.get("deposit/walk-in").map_or(0, |owed| -owed), available.amount);
                prop_assert_eq!(accounts.get("deposit-held/walk-in").map_or(0, |owed| -owed), held.amount);
            }
        }
        prop_assert_eq!(account.balance().map_or(0, |balance| balance.amount), came_in);
    }
}
