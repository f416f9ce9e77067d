//! What payment can be asked, and what it answers.

use std::fmt;

use edge::etag::IfMatch;
use kernel::{Hash, Money, OrderId, ShopKey};
use payment_contract::{AskPayment, PaymentView};
use payment_domain::Rejection;

use crate::effects::{ChargeOutcome, ChargeWork, RefundOutcome, RefundWork};

/// A wish.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Command {
    /// Ordering asks for an order's money.
    Ask(AskPayment),
    /// Staff give money back.
    Refund(RefundWish),
    /// What became of a charge at the provider.
    RecordCharge {
        /// What was to be done.
        work: ChargeWork,
        /// Which attempt it was, from 1.
        attempt: u32,
        /// What came of it.
        outcome: ChargeOutcome,
    },
    /// What became of a refund at the provider.
    RecordRefund {
        /// What was to be done.
        work: RefundWork,
        /// Which attempt it was, from 1.
        attempt: u32,
        /// What came of it.
        outcome: RefundOutcome,
    },
}

/// Staff give money back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefundWish {
    /// Whose payment.
    pub order: OrderId,
    /// The shop it was found in.
    pub shop: ShopKey,
    /// How much; all that is left where not said.
    pub amount: Option<Money>,
    /// Why.
    pub reason: String,
    /// Which versions of the payment the wish was made for; any where not said.
    pub if_match: Option<IfMatch>,
    /// The client's key, where it sent one.
    pub key: Option<RequestKey>,
}

/// The fingerprints of a client's key and of what came with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RequestKey {
    /// Of subject, route and key.
    pub scope: Hash,
    /// Of the body.
    pub body: Hash,
}

/// An answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reply {
    /// It is taken; events tell the rest.
    Taken,
    /// The payment as it stands after a refund was asked for.
    Refund(RefundReply),
}

/// The answer to a refund, as it is sent and sent again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefundReply {
    /// HTTP status: 202 where money is on its way now, 200 where all of it was already.
    pub status: u16,
    /// The payment's version.
    pub version: u64,
    /// The payment, JSON.
    pub body: Vec<u8>,
}

impl RefundReply {
    pub(crate) fn of(view: &PaymentView, new: bool) -> Self {
        Self {
            status: if new { 202 } else { 200 },
            version: view.version,
            body: serde_json::to_vec(view).unwrap_or_default(),
        }
    }
}

/// The business says no.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    /// The payment's state forbids it.
    Rejected(Rejection),
    /// There is no such payment in that shop.
    NoSuchPayment,
    /// The payment has changed since the client read it.
    VersionDiffers {
        /// Its version now.
        current: u64,
    },
    /// The client's key came with another body before.
    KeyReused,
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Rejected(rejection) => rejection.fmt(f),
            Self::NoSuchPayment => f.write_str("there is no such payment"),
            Self::VersionDiffers { current } => write!(f, "the payment is at version {current}"),
            Self::KeyReused => f.write_str("the idempotency key came with another body before"),
        }
    }
}

impl std::error::Error for Refusal {}
