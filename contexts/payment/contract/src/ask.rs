use std::fmt;
use std::future::Future;
use std::pin::Pin;

use kernel::{CustomerId, Money, OrderId, ShopKey};
use serde::{Deserialize, Serialize};

/// Ordering asks for an order's money: near by a handle, far over HTTP; safe to ask again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AskPayment {
    /// The order; also the payment's id and the root of every key at the provider.
    pub order: OrderId,
    /// Its shop.
    pub shop: ShopKey,
    /// Its number.
    pub order_number: u64,
    /// Who pays.
    pub customer: Option<CustomerId>,
    /// How much.
    pub amount: Money,
    /// With what: the provider's token.
    pub method: String,
    /// Whether nothing moves before the customer has approved it.
    #[serde(default, skip_serializing_if = "is_false")]
    pub by_customer: bool,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "the form that serde calls it in")]
const fn is_false(value: &bool) -> bool {
    !*value
}

/// Why payment did not take an ask. What became of a payment it took is told by its events only.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AskError {
    /// Payment says no, and will say so again; nothing was kept.
    Refused(String),
    /// The ask did not arrive, or was turned away at the door; nothing was kept.
    NotTaken(String),
    /// The ask may have been taken: only payment's events, or asking again, will tell.
    OutcomeUnknown(String),
}

impl fmt::Display for AskError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Refused(reason) => write!(f, "payment refuses: {reason}"),
            Self::NotTaken(cause) => write!(f, "payment was not reached: {cause}"),
            Self::OutcomeUnknown(cause) => {
                write!(f, "payment did not say whether it was asked: {cause}")
            }
        }
    }
}

impl std::error::Error for AskError {}

/// The answer to an ask, still on its way. It owns what it needs, so that it may be a task of its own.
pub type Asking = Pin<Box<dyn Future<Output = Result<(), AskError>> + Send>>;

/// How ordering asks payment; whether payment is near or far is decided at start-up.
pub trait PaymentClient: Send + Sync {
    /// Asks for an order's money. `Ok` means that the intent is safe, not that the money moved.
    ///
    /// # Errors
    /// [`AskError`], which tells whether anything can have been kept.
    fn ask(&self, ask: AskPayment) -> Asking;
}
