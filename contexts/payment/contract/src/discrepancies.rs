use kernel::{Money, OrderId, ShopKey};
use serde::{Deserialize, Serialize};

use crate::Posting;

kernel::events! {
    /// What became of a difference between the provider's book and ours.
    pub enum DiscrepancyEvent {
        /// The books differ.
        Found(DiscrepancyFoundV1) = "discrepancy-found.v1",
        /// They agree again, and why.
        Settled(DiscrepancySettledV1) = "discrepancy-settled.v1",
    }
}

/// How two books can differ.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DiscrepancyKind {
    /// The provider captured money that our book does not have.
    CapturedUnknownToUs,
    /// Our book has a capture that the provider's has not.
    UnknownToThem,
    /// Both have the capture, of different amounts.
    WrongAmount,
    /// The provider captured an order's money more than once.
    DoubleCapture,
    /// Our book has a refund that the provider's has not.
    LostRefund,
    /// A callback of the provider says what cannot be.
    CallbackMismatch,
}

impl DiscrepancyKind {
    /// The word as it is written.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::CapturedUnknownToUs => "captured-unknown-to-us",
            Self::UnknownToThem => "unknown-to-them",
            Self::WrongAmount => "wrong-amount",
            Self::DoubleCapture => "double-capture",
            Self::LostRefund => "lost-refund",
            Self::CallbackMismatch => "callback-mismatch",
        }
    }
}

/// What makes the books agree again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "remedy")]
pub enum Remedy {
    /// The provider gives this much back, under this key.
    RefundThere {
        /// How much.
        amount: Money,
        /// The refund's key at the provider.
        key: String,
    },
    /// The capture is recorded here; where nobody wants it any longer it is called back.
    RecordHere {
        /// The provider's code.
        approval_code: String,
    },
    /// This much will not come from the provider: it is booked as a difference.
    WriteOff {
        /// How much.
        amount: Money,
    },
    /// Nothing is done: the books themselves say what is true.
    Disregard {},
}

/// The books differ.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DiscrepancyFoundV1 {
    /// How.
    pub kind: DiscrepancyKind,
    /// The charge's key at the provider.
    pub charge_key: String,
    /// The order that it names.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub order: Option<OrderId>,
    /// The order's shop, where our book knows it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shop: Option<ShopKey>,
    /// What our book has.
    pub ours: Money,
    /// What the provider's book has.
    pub theirs: Money,
    /// What is done about it.
    pub remedy: Remedy,
    /// What happened, in words.
    pub explanation: String,
}

/// They agree again, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DiscrepancySettledV1 {
    /// The charge's key at the provider.
    pub charge_key: String,
    /// What was done.
    pub remedy: Remedy,
    /// Which kind of difference it was.
    pub kind: DiscrepancyKind,
    /// The double entry, where money was written off.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub postings: Vec<Posting>,
}
