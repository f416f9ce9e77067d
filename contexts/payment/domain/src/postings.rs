//! The double entries of money that moved.

use kernel::{CustomerId, Money, ShopKey};
use payment_contract::Posting;

use crate::Terms;

/// What the provider owes us: debited by a capture, credited by a refund.
pub const PROVIDER_CLEARING: &str = "provider-clearing";

/// What the provider does not pay although our book says that it owes it: debited by a write-off.
pub const PROVIDER_DIFFERENCES: &str = "provider-differences";

/// What the shop gave back itself because the provider would not: credited by each such refund.
pub const GIVEN_BY_HAND: &str = "given-by-hand";

/// The same of orders that were paid from a deposit.
pub const DEPOSIT_GIVEN_BY_HAND: &str = "deposit-given-by-hand";

/// What was paid in before anything was bought: debited by every top-up.
pub const DEPOSIT_FUNDS: &str = "deposit-funds";

/// What we owe a shop: credited by a capture, debited by a refund.
#[must_use]
pub fn shop_account(shop: &ShopKey) -> String {
    format!("shop/{shop}")
}

/// What we owe whoever paid in, as far as it can be spent: credited by a top-up, debited by a hold.
#[must_use]
pub fn deposit_account(customer: Option<&CustomerId>) -> String {
    match customer {
        Some(customer) => format!("deposit/customer/{customer}"),
        None => "deposit/walk-in".to_owned(),
    }
}

/// What is set aside of it for orders that are not paid yet: credited by a hold, debited by a release
/// and by the order that is paid from it.
#[must_use]
pub fn held_account(customer: Option<&CustomerId>) -> String {
    match customer {
        Some(customer) => format!("deposit-held/customer/{customer}"),
        None => "deposit-held/walk-in".to_owned(),
    }
}

/// From the customer, by way of the provider or of what is set aside of the deposit, to the shop.
pub(crate) fn of_capture(shop: &ShopKey, terms: &Terms) -> Vec<Posting> {
    let source = match terms.is_deposit() {
        true => held_account(terms.customer.as_ref()),
        false => PROVIDER_CLEARING.to_owned(),
    };
    double_entry(source, shop_account(shop), terms.amount)
}

/// And back: to the provider, or to what can be spent of the deposit.
pub(crate) fn of_refund(shop: &ShopKey, terms: &Terms, amount: Money) -> Vec<Posting> {
    let back_to = match terms.is_deposit() {
        true => deposit_account(terms.customer.as_ref()),
        false => PROVIDER_CLEARING.to_owned(),
    };
    double_entry(shop_account(shop), back_to, amount)
}

/// Set aside for an order.
pub(crate) fn of_hold(customer: Option<&CustomerId>, amount: Money) -> Vec<Posting> {
    double_entry(deposit_account(customer), held_account(customer), amount)
}

/// And free again.
pub(crate) fn of_release(customer: Option<&CustomerId>, amount: Money) -> Vec<Posting> {
    double_entry(held_account(customer), deposit_account(customer), amount)
}

/// And back by the shop's own hands. The account says how the order was paid: its day counts what goes back
/// to the way that it came.
pub(crate) fn of_refund_by_hand(shop: &ShopKey, terms: &Terms, amount: Money) -> Vec<Posting> {
    let given = match terms.is_deposit() {
        true => DEPOSIT_GIVEN_BY_HAND,
        false => GIVEN_BY_HAND,
    };
    double_entry(shop_account(shop), given.to_owned(), amount)
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

fn double_entry(debited: String, credited: String, amount: Money) -> Vec<Posting> {
    let negative = Money::new(amount.amount.saturating_neg(), amount.currency);
    vec![Posting { account: debited, amount }, Posting { account: credited, amount: negative }]
}
