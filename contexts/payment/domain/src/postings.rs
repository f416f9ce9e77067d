//! The double entries of money that moved.

use kernel::{Money, ShopKey};
use payment_contract::Posting;

/// What the provider owes us: debited by a capture, credited by a refund.
pub const PROVIDER_CLEARING: &str = "provider-clearing";

/// What we owe a shop: credited by a capture, debited by a refund.
#[must_use]
pub fn shop_account(shop: &ShopKey) -> String {
    format!("shop/{shop}")
}

/// From the customer, by way of the provider, to the shop.
pub(crate) fn of_capture(shop: &ShopKey, amount: Money) -> Vec<Posting> {
    double_entry(PROVIDER_CLEARING.to_owned(), shop_account(shop), amount)
}

/// And back.
pub(crate) fn of_refund(shop: &ShopKey, amount: Money) -> Vec<Posting> {
    double_entry(shop_account(shop), PROVIDER_CLEARING.to_owned(), amount)
}

fn double_entry(debited: String, credited: String, amount: Money) -> Vec<Posting> {
    let negative = Money::new(amount.amount.saturating_neg(), amount.currency);
    vec![Posting { account: debited, amount }, Posting { account: credited, amount: negative }]
}
