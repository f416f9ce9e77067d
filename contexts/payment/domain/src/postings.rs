//! The double entries of money that moved.

use kernel::{CustomerId, Money, ShopKey};
use payment_contract::{DEPOSIT_METHOD, Posting};

use crate::Terms;

/// What the provider owes us: debited by a capture, credited by a refund.
pub const PROVIDER_CLEARING: &str = "provider-clearing";

/// What the provider does not pay although our book says that it owes it: debited by a write-off.
pub const PROVIDER_DIFFERENCES: &str = "provider-differences";

/// What was paid in before anything was bought: debited by every top-up.
pub const DEPOSIT_FUNDS: &str = "deposit-funds";

/// What we owe a shop: credited by a capture, debited by a refund.
#[must_use]
pub fn shop_account(shop: &ShopKey) -> String {
    format!("shop/{shop}")
}

/// What we owe whoever paid in: credited by a top-up, debited by an order that is paid from it.
#[must_use]
pub fn deposit_account(customer: Option<&CustomerId>) -> String {
    match customer {
        Some(customer) => format!("deposit/customer/{customer}"),
        None => "deposit/walk-in".to_owned(),
    }
}

/// From the customer, by way of the provider or the deposit, to the shop.
pub(crate) fn of_capture(shop: &ShopKey, terms: &Terms) -> Vec<Posting> {
    double_entry(source(terms), shop_account(shop), terms.amount)
}

/// And back.
pub(crate) fn of_refund(shop: &ShopKey, terms: &Terms, amount: Money) -> Vec<Posting> {
    double_entry(shop_account(shop), source(terms), amount)
}

/// Paid in.
pub(crate) fn of_top_up(customer: Option<&CustomerId>, amount: Money) -> Vec<Posting> {
    match amount.amount {
        0 => vec![],
        _ => double_entry(DEPOSIT_FUNDS.to_owned(), deposit_account(customer), amount),
    }
}

/// Not coming from the provider after all.
pub(crate) fn of_write_off(amount: Money) -> Vec<Posting> {
    double_entry(PROVIDER_DIFFERENCES.to_owned(), PROVIDER_CLEARING.to_owned(), amount)
}

fn source(terms: &Terms) -> String {
    match terms.method.as_str() {
        DEPOSIT_METHOD => deposit_account(terms.customer.as_ref()),
        _ => PROVIDER_CLEARING.to_owned(),
    }
}

fn double_entry(debited: String, credited: String, amount: Money) -> Vec<Posting> {
    let negative = Money::new(amount.amount.saturating_neg(), amount.currency);
    vec![Posting { account: debited, amount }, Posting { account: credited, amount: negative }]
}
