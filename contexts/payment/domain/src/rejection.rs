use std::fmt;

use kernel::{Currency, Money};

/// The business says no.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Rejection {
    /// An amount of nothing or less.
    NotPositive,
    /// The order's payment was asked for already, with other terms.
    AskedDifferently {
        /// The amount it was asked for.
        asked: Money,
    },
    /// An outcome, or a refund, of a payment that nobody asked for.
    NeverAsked,
    /// There is no captured money to give back.
    NothingCaptured,
    /// More is to go back than is left.
    MoreThanLeft {
        /// What is left of the captured money.
        left: Money,
    },
    /// An amount in another currency than the payment's.
    OtherCurrency {
        /// The payment's currency.
        expected: Currency,
    },
    /// The payment does not wait for the customer's approval, or no longer.
    NotAwaited,
    /// A decline of money that was captured.
    AlreadyCaptured,
    /// No refund with that number waits for a second person.
    NoSuchProposal {
        /// The number.
        proposal: u32,
    },
    /// Whoever proposed a refund wishes to confirm it.
    SecondPersonNeeded,
    /// Somebody wishes to take back what somebody else proposed.
    NotTheProposer,
    /// The provider has not said that it will not give a refund back.
    NotImpossible {
        /// The refund that was named.
        step: u32,
    },
    /// There is no such refund.
    NoSuchRefund {
        /// The refund that was named.
        step: u32,
    },
}

impl fmt::Display for Rejection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotPositive => f.write_str("the amount must be more than nothing"),
            Self::AskedDifferently { asked } => {
                write!(f, "the payment was asked for with other terms: {asked}")
            }
            Self::NeverAsked => f.write_str("no payment was asked for"),
            Self::NothingCaptured => f.write_str("no money was captured"),
            Self::MoreThanLeft { left } => write!(f, "only {left} of the payment is left"),
            Self::OtherCurrency { expected } => write!(f, "the payment is in {expected:?}"),
            Self::NotAwaited => f.write_str("the payment does not wait for an approval"),
            Self::AlreadyCaptured => f.write_str("the money was captured already"),
            Self::NoSuchProposal { proposal } => write!(f, "no refund {proposal} waits for a second person"),
            Self::SecondPersonNeeded => f.write_str("somebody else is to confirm the refund"),
            Self::NotTheProposer => {
                f.write_str("only who proposed a refund, or a manager, takes the proposal back")
            }
            Self::NotImpossible { step } => {
                write!(f, "the provider has not said that refund {step} is impossible")
            }
            Self::NoSuchRefund { step } => write!(f, "there is no refund {step}"),
        }
    }
}

impl std::error::Error for Rejection {}
