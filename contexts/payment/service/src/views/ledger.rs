//! The ledger: a row per account of a shop, its balance the sum of all postings to it.

use journal::{Row, StoreError, chain};
use kernel::{Currency, Money, ShopKey, Subject};
use payment_contract::{LedgerAccountView, PaymentEvent, Posting};
use runtime::Turn;
use uuid::Uuid;

/// The list of the accounts.
pub const LEDGER: &str = "ledger";

/// Books what a fact moved.
pub(super) fn post(subject: &Subject, fact: &PaymentEvent, turn: &mut Turn<'_>) -> Result<(), StoreError> {
    let postings = match fact {
        PaymentEvent::Approved(approved) => &approved.postings,
        PaymentEvent::Refunded(refunded) => &refunded.postings,
        _ => return Ok(()),
    };
    post_all(subject, postings, turn)
}

/// Books a double entry.
pub(crate) fn post_all(
    subject: &Subject,
    postings: &[Posting],
    turn: &mut Turn<'_>,
) -> Result<(), StoreError> {
    postings.iter().try_for_each(|posting| post_one(&subject.shop, posting, turn))
}

fn post_one(shop: &ShopKey, posting: &Posting, turn: &mut Turn<'_>) -> Result<(), StoreError> {
    let id = account_id(shop, &posting.account, posting.amount.currency);
    let mut view = match turn.row(LEDGER, id)? {
        Some(row) => ledger_account(&row)?,
        None => LedgerAccountView {
            shop: shop.clone(),
            account: posting.account.clone(),
            balance: Money::zero(posting.amount.currency),
            postings: 0,
        },
    };
    view.balance.amount = view.balance.amount.saturating_add(posting.amount.amount);
    view.postings += 1;
    turn.put_row(row_of(id, &view, turn));
    Ok(())
}

/// Every currency of an account has a row of its own: amounts of two currencies cannot be added.
fn account_id(shop: &ShopKey, account: &str, currency: Currency) -> Uuid {
    Uuid::from_bytes(chain::digest(format!("{shop}/{account}/{}", currency.code()).as_bytes()))
}

/// An account out of its row.
pub(crate) fn ledger_account(row: &Row) -> Result<LedgerAccountView, StoreError> {
    serde_json::from_slice(&row.body).map_err(|error| StoreError::Damaged {
        place: format!("{LEDGER} row {}", row.id),
        detail: error.to_string(),
    })
}

fn row_of(id: Uuid, view: &LedgerAccountView, turn: &Turn<'_>) -> Row {
    Row {
        collection: LEDGER.into(),
        id,
        shop: view.shop.clone(),
        number: 0,
        customer: None,
        state: "open".into(),
        at: turn.now(),
        search: view.account.clone(),
        version: view.postings,
        hidden: false,
        body: serde_json::to_vec(view).unwrap_or_default(),
    }
}
