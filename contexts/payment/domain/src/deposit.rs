//! A prepaid account of a shop: state, `evolve`, commands, `decide`. Its facts are [`DepositEvent`]s,
//! its refusals [`DepositRejection`]s.

use std::fmt;

use kernel::{Aggregate, Currency, CustomerId, Money, OrderId};
use payment_contract::{
    DepositCapturedV1, DepositEvent, DepositOpenedV1, DepositRefundedV1, DepositToppedUpV1,
};
use serde::{Deserialize, Serialize};

use crate::postings;

/// What somebody paid in before, and has not spent yet. What is taken is captured at once: holding it
/// first would only matter if somebody else could say no in between.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum DepositAccount {
    /// Nobody opened it.
    #[default]
    Unopened,
    /// It is open.
    Open {
        /// Whose; nobody's where it pays for those who say no name.
        customer: Option<CustomerId>,
        /// What is on it: never less than nothing.
        balance: Money,
    },
}

/// A wish.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DepositCommand {
    /// Open it. Opening it again changes nothing.
    Open {
        /// Whose.
        customer: Option<CustomerId>,
        /// What it opens with.
        opening: Money,
    },
    /// Pay in; opens the account where it is not open.
    TopUp {
        /// Whose.
        customer: Option<CustomerId>,
        /// How much.
        amount: Money,
        /// What whoever took the money calls it.
        reference: Option<String>,
    },
    /// Pay an order from it. That an order is paid once is the payment's to know.
    Capture {
        /// Which order.
        order: OrderId,
        /// How much.
        amount: Money,
    },
    /// Bring an order's money back.
    Refund {
        /// Which order.
        order: OrderId,
        /// Which refund of its payment.
        step: u32,
        /// How much.
        amount: Money,
    },
}

/// The business says no.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DepositRejection {
    /// An amount of nothing or less.
    NotPositive,
    /// An amount in another currency than the account's.
    OtherCurrency {
        /// The account's currency.
        expected: Currency,
    },
    /// There is no such account.
    NotOpen,
    /// There is less on the account than is wanted.
    NotEnough,
    /// More than can be counted.
    TooMuch,
}

impl fmt::Display for DepositRejection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotPositive => f.write_str("the amount must be more than nothing"),
            Self::OtherCurrency { expected } => write!(f, "the account is in {}", expected.code()),
            Self::NotOpen => f.write_str("there is no deposit"),
            // What is on the account is the customer's own matter: the order does not tell it.
            Self::NotEnough => f.write_str("the deposit does not cover it"),
            Self::TooMuch => f.write_str("the deposit would be more than can be counted"),
        }
    }
}

impl std::error::Error for DepositRejection {}

impl Aggregate for DepositAccount {
    const KIND: &'static str = "deposit-account";
    const HAS_SNAPSHOTS: bool = true;
    type Command = DepositCommand;
    type Event = DepositEvent;
    type Rejection = DepositRejection;

    fn decide(&self, command: DepositCommand) -> Result<Vec<DepositEvent>, DepositRejection> {
        match command {
            DepositCommand::Open { customer, opening } => Ok(self.open(customer, opening)),
            DepositCommand::TopUp { customer, amount, reference } => self.top_up(customer, amount, reference),
            DepositCommand::Capture { order, amount } => self.capture(order, amount),
            DepositCommand::Refund { order, step, amount } => self.refund(order, step, amount),
        }
    }

    fn evolve(self, event: &DepositEvent) -> Self {
        let balance = match event {
            DepositEvent::Opened(opened) => {
                return Self::Open { customer: opened.customer.clone(), balance: opened.balance };
            }
            DepositEvent::ToppedUp(topped_up) => topped_up.balance,
            DepositEvent::Captured(captured) => captured.balance,
            DepositEvent::Refunded(refunded) => refunded.balance,
        };
        match self {
            Self::Unopened => Self::Unopened,
            Self::Open { customer, .. } => Self::Open { customer, balance },
        }
    }

    fn to_snapshot(&self) -> Option<Vec<u8>> {
        serde_json::to_vec(self).ok()
    }

    fn from_snapshot(bytes: &[u8]) -> Option<Self> {
        serde_json::from_slice(bytes).ok()
    }
}

impl DepositAccount {
    /// What is on it; `None` where it is not open.
    #[must_use]
    pub const fn balance(&self) -> Option<Money> {
        match self {
            Self::Unopened => None,
            Self::Open { balance, .. } => Some(*balance),
        }
    }

    fn open(&self, customer: Option<CustomerId>, opening: Money) -> Vec<DepositEvent> {
        match self {
            Self::Open { .. } => vec![],
            Self::Unopened => {
                let balance = Money::new(opening.amount.max(0), opening.currency);
                let postings = postings::of_top_up(customer.as_ref(), balance);
                vec![DepositEvent::Opened(DepositOpenedV1 { customer, balance, postings })]
            }
        }
    }

    fn top_up(
        &self,
        customer: Option<CustomerId>,
        amount: Money,
        reference: Option<String>,
    ) -> Result<Vec<DepositEvent>, DepositRejection> {
        let mut facts = self.open(customer.clone(), Money::zero(amount.currency));
        let before = self.balance().unwrap_or_else(|| Money::zero(amount.currency));
        let balance = sum(before, amount)?;
        let postings = postings::of_top_up(customer.as_ref(), amount);
        facts.push(DepositEvent::ToppedUp(DepositToppedUpV1 { amount, balance, reference, postings }));
        Ok(facts)
    }

    fn capture(&self, order: OrderId, amount: Money) -> Result<Vec<DepositEvent>, DepositRejection> {
        let before = self.balance().ok_or(DepositRejection::NotOpen)?;
        check(before, amount)?;
        if amount.amount > before.amount {
            return Err(DepositRejection::NotEnough);
        }
        let balance = Money::new(before.amount - amount.amount, before.currency);
        Ok(vec![DepositEvent::Captured(DepositCapturedV1 { order, amount, balance })])
    }

    fn refund(
        &self,
        order: OrderId,
        step: u32,
        amount: Money,
    ) -> Result<Vec<DepositEvent>, DepositRejection> {
        let before = self.balance().ok_or(DepositRejection::NotOpen)?;
        let balance = sum(before, amount)?;
        Ok(vec![DepositEvent::Refunded(DepositRefundedV1 { order, step, amount, balance })])
    }
}

fn check(balance: Money, amount: Money) -> Result<(), DepositRejection> {
    if amount.currency != balance.currency {
        Err(DepositRejection::OtherCurrency { expected: balance.currency })
    } else if amount.amount <= 0 {
        Err(DepositRejection::NotPositive)
    } else {
        Ok(())
    }
}

fn sum(balance: Money, amount: Money) -> Result<Money, DepositRejection> {
    check(balance, amount)?;
    let sum = balance.amount.checked_add(amount.amount).ok_or(DepositRejection::TooMuch)?;
    Ok(Money::new(sum, balance.currency))
}
