use kernel::{CustomerId, Money, Timestamp};

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
}
