//! Prepaid accounts: never below nothing, and what comes in is what goes out and what is left.

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

#[test]
fn a_snapshot_is_the_state() {
    let account = with(5_000);
    assert_eq!(DepositAccount::from_snapshot(&account.to_snapshot().unwrap()), Some(account));
}

fn any_command() -> impl Strategy<Value = DepositCommand> {
    let amount = || (-2..20_000i64).prop_map(won);
    prop_oneof![
        amount().prop_map(|opening| DepositCommand::Open { customer: None, opening }),
        amount().prop_map(|amount| DepositCommand::TopUp { customer: None, amount, reference: None }),
        amount().prop_map(capture),
        amount().prop_map(|amount| DepositCommand::Refund { order: ORDER, step: 1, amount }),
    ]
}

proptest! {
    #[test]
    fn what_came_in_is_what_went_out_and_what_is_left(commands in proptest::collection::vec(any_command(), 0..60)) {
        let (mut account, mut came_in, mut posted) = (DepositAccount::default(), 0i64, 0i64);
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
                    DepositEvent::Captured(captured) => {
                        came_in -= captured.amount.amount;
                        continue;
                    }
                    DepositEvent::Refunded(refunded) => {
                        came_in += refunded.amount.amount;
                        continue;
                    }
                };
                posted += postings.iter().map(|posting| posting.amount.amount).sum::<i64>();
            }
            account = moved;
            prop_assert!(account.balance().is_none_or(|balance| balance.amount >= 0));
        }
        prop_assert_eq!(account.balance().map_or(0, |balance| balance.amount), came_in);
        prop_assert_eq!(posted, 0);
    }
}
