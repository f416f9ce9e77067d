//! A prepaid account of a shop: state, `evolve`, commands, `decide`. Its facts are [`DepositEvent`]s,
//! its refusals [`DepositRejection`]s.

use std::collections::BTreeMap;
use std::fmt;

use kernel::{Aggregate, Currency, CustomerId, Money, OrderId};
use payment_contract::{
    DepositCapturedV1, DepositEvent, DepositHeldV1, DepositOpenedV1, DepositRefundedV1, DepositReleasedV1,
    DepositToppedUpV1,
};
use serde::{Deserialize, Serialize};

use crate::postings;

/// What somebody paid in before, and has not spent yet. What an order is to be paid with is held first
/// and captured then: at once where nobody stands between, later where stock is held first or the shop
/// takes orders before their money.
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
        /// What of it is set aside, by order: never more than is on it.
        #[serde(default)]
        holds: BTreeMap<OrderId, Money>,
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
    /// Set an order's money aside. Setting it aside again changes nothing.
    Hold {
        /// Which order.
        order: OrderId,
        /// How much.
        amount: Money,
    },
    /// Set free what is set aside for an order, where something is.
    Release {
        /// Which order.
        order: OrderId,
    },
    /// Pay an order with what is set aside for it; it is set aside now where it was not. That an order
    /// is paid once is the payment's to know.
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
    /// There is less on the account than is wanted, or too much of it is set aside for other orders.
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
            DepositCommand::Hold { order, amount } => self.hold(order, amount),
            DepositCommand::Release { order } => Ok(self.release(order)),
            DepositCommand::Capture { order, amount } => self.capture(order, amount),
            DepositCommand::Refund { order, step, amount } => self.refund(order, step, amount),
        }
    }

    fn evolve(self, event: &DepositEvent) -> Self {
        let (customer, mut holds) = match self {
            Self::Unopened => (None, BTreeMap::new()),
            Self::Open { customer, holds, .. } => (customer, holds),
        };
        let balance = match event {
            DepositEvent::Opened(opened) => {
                return Self::Open { customer: opened.customer.clone(), balance: opened.balance, holds };
            }
            DepositEvent::ToppedUp(topped_up) => topped_up.balance,
            DepositEvent::Held(held) => {
                holds.insert(held.order, held.amount);
                held.balance
            }
            DepositEvent::Released(released) => {
                holds.remove(&released.order);
                released.balance
            }
            DepositEvent::Captured(captured) => {
                holds.remove(&captured.order);
                captured.balance
            }
            DepositEvent::Refunded(refunded) => refunded.balance,
        };
        Self::Open { customer, balance, holds }
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

    /// What of it is set aside; `None` where it is not open.
    #[must_use]
    pub fn held(&self) -> Option<Money> {
        let Self::Open { balance, holds, .. } = self else { return None };
        let sum = holds.values().fold(0i64, |sum, hold| sum.saturating_add(hold.amount));
        Some(Money::new(sum, balance.currency))
    }

    /// What can be spent; `None` where it is not open.
    #[must_use]
    pub fn available(&self) -> Option<Money> {
        let (balance, held) = (self.balance()?, self.held()?);
        Some(Money::new(balance.amount.saturating_sub(held.amount), balance.currency))
    }

    fn hold_of(&self, order: OrderId) -> Option<Money> {
        match self {
            Self::Unopened => None,
            Self::Open { holds, .. } => holds.get(&order).copied(),
        }
    }

    const fn customer(&self) -> Option<&CustomerId> {
        match self {
            Self::Unopened => None,
            Self::Open { customer, .. } => customer.as_ref(),
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

    fn hold(&self, order: OrderId, amount: Money) -> Result<Vec<DepositEvent>, DepositRejection> {
        if self.hold_of(order) == Some(amount) {
            return Ok(vec![]);
        }
        // Set aside at another price: once more, at this one.
        let mut facts = self.release(order);
        let free = facts.iter().fold(self.clone(), Self::evolve);
        let (balance, held) = free.balance().zip(free.held()).ok_or(DepositRejection::NotOpen)?;
        check(balance, amount)?;
        if free.available().is_none_or(|available| amount.amount > available.amount) {
            return Err(DepositRejection::NotEnough);
        }
        let held = Money::new(held.amount.saturating_add(amount.amount), balance.currency);
        let postings = postings::of_hold(self.customer(), amount);
        facts.push(DepositEvent::Held(DepositHeldV1 { order, amount, balance, held, postings }));
        Ok(facts)
    }

    fn release(&self, order: OrderId) -> Vec<DepositEvent> {
        let (Some(amount), Some(balance), Some(held)) = (self.hold_of(order), self.balance(), self.held())
        else {
            return vec![];
        };
        let held = Money::new(held.amount.saturating_sub(amount.amount), balance.currency);
        let postings = postings::of_release(self.customer(), amount);
        vec![DepositEvent::Released(DepositReleasedV1 { order, amount, balance, held, postings })]
    }

    fn capture(&self, order: OrderId, amount: Money) -> Result<Vec<DepositEvent>, DepositRejection> {
        let mut facts = self.hold(order, amount)?;
        let holding = facts.iter().fold(self.clone(), Self::evolve);
        let (balance, held) = holding.balance().zip(holding.held()).ok_or(DepositRejection::NotOpen)?;
        let less = |money: Money| Money::new(money.amount.saturating_sub(amount.amount), money.currency);
        facts.push(DepositEvent::Captured(DepositCapturedV1 {
            order,
            amount,
            balance: less(balance),
            held: Some(less(held)),
        }));
        Ok(facts)
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
