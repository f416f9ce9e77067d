use std::fmt;

use jiff::civil::Date;
use kernel::{Actor, Money, ShopKey, Timestamp};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::Posting;

kernel::events! {
    /// What became of a business day of a shop.
    pub enum DayEvent {
        /// The day is closed: its sums stand for good.
        Closed(DayClosedV1) = "day-closed.v1",
    }
}

/// The day is closed: its sums stand for good.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DayClosedV1 {
    /// Which day of the shop.
    pub day: Date,
    /// Its number among the shop's closings, from 1.
    pub number: u64,
    /// The day's first moment.
    pub from: Timestamp,
    /// The first moment behind it.
    pub until: Timestamp,
    /// What the ledger holds of it.
    pub takings: Vec<Takings>,
    /// Who closed it.
    pub closed_by: Actor,
}

/// Where the money of an order came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum PaidWith {
    /// By way of a payment provider.
    Card,
    /// From an account that the customer paid into before.
    Deposit,
}

impl PaidWith {
    /// How an order was paid whose money a double entry takes or gives back, in whatever way it is given
    /// back: every account of deposits begins with that word.
    #[must_use]
    pub fn of(postings: &[Posting]) -> Self {
        if postings.iter().any(|posting| posting.account.starts_with("deposit")) {
            Self::Deposit
        } else {
            Self::Card
        }
    }

    /// The word as it is written.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Card => "card",
            Self::Deposit => "deposit",
        }
    }
}

impl fmt::Display for PaidWith {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// What came in and went back in one way, by the double entries of the orders.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Takings {
    /// In which way.
    pub with: PaidWith,
    /// What came in.
    pub gross: Money,
    /// What went back.
    pub refunds: Money,
    /// What is left.
    pub net: Money,
    /// How many payments came in.
    pub payments: u64,
    /// How many refunds went back.
    pub refunds_count: u64,
}

impl Takings {
    /// Adds a payment that came in to the way it came.
    pub fn take(all: &mut Vec<Self>, with: PaidWith, amount: Money) {
        let takings = Self::of(all, with, amount);
        takings.gross.amount = takings.gross.amount.saturating_add(amount.amount);
        takings.net.amount = takings.net.amount.saturating_add(amount.amount);
        takings.payments += 1;
    }

    /// Adds a refund to the way it went back.
    pub fn give_back(all: &mut Vec<Self>, with: PaidWith, amount: Money) {
        let takings = Self::of(all, with, amount);
        takings.refunds.amount = takings.refunds.amount.saturating_add(amount.amount);
        takings.net.amount = takings.net.amount.saturating_sub(amount.amount);
        takings.refunds_count += 1;
    }

    /// Adds what another part of the same day holds.
    pub fn merge(all: &mut Vec<Self>, other: &Self) {
        let takings = Self::of(all, other.with, other.gross);
        takings.gross.amount = takings.gross.amount.saturating_add(other.gross.amount);
        takings.refunds.amount = takings.refunds.amount.saturating_add(other.refunds.amount);
        takings.net.amount = takings.net.amount.saturating_add(other.net.amount);
        takings.payments += other.payments;
        takings.refunds_count += other.refunds_count;
    }

    /// The line of a way and a currency; they stand in one order, whoever came first.
    fn of(all: &mut Vec<Self>, with: PaidWith, amount: Money) -> &mut Self {
        let place = all
            .binary_search_by_key(&(with, amount.currency), |takings| (takings.with, takings.gross.currency));
        let at = place.unwrap_or_else(|free| {
            let nothing = Money::zero(amount.currency);
            let takings =
                Self { with, gross: nothing, refunds: nothing, net: nothing, payments: 0, refunds_count: 0 };
            all.insert(free, takings);
            free
        });
        &mut all[at]
    }
}

/// A closed day as it is shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ClosingView {
    /// The shop.
    pub shop: ShopKey,
    /// The day.
    #[schema(value_type = String, format = Date)]
    pub day: Date,
    /// Its number among the shop's closings, from 1.
    pub number: u64,
    /// The day's first moment.
    pub from: Timestamp,
    /// The first moment behind it.
    pub until: Timestamp,
    /// What the ledger holds of it: what came in and what went back on that day, whenever the orders
    /// were placed.
    pub takings: Vec<Takings>,
    /// When it was closed.
    pub closed_at: Timestamp,
    /// Who closed it.
    pub closed_by: Actor,
}
