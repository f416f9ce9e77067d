use kernel::{CustomerId, Money, OrderId, Timestamp};
use payment_contract::DEPOSIT_METHOD;

/// What was asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Terms {
    /// How much.
    pub amount: Money,
    /// With what: the provider's token.
    pub method: String,
    /// The key at the provider: order id and attempt.
    pub provider_key: String,
    /// Who pays.
    pub customer: Option<CustomerId>,
    /// When.
    pub requested_at: Timestamp,
    /// The order and the attempt that comes next, where the customer approves the payment.
    pub by_customer: Option<Approvals>,
}

/// What the customer's approval goes by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Approvals {
    /// The order: the root of every key at the provider.
    pub order: OrderId,
    /// Which attempt this is, or will be: from 1.
    pub attempt: u32,
    /// Why the provider said no to the attempt before.
    pub declined: Option<String>,
}

impl Terms {
    /// Whether a prepaid account of the shop pays, and no provider.
    #[must_use]
    pub fn is_deposit(&self) -> bool {
        self.method == DEPOSIT_METHOD
    }
}
