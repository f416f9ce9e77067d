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
}
