//! The ledger: a row per account of a shop, its balance the sum of all postings to it.

use journal::{Row, StoreError, chain};
use kernel::{Currency, Money, ShopKey, Subject};
use payment_contract::{LedgerAccountView, PaymentEvent, Posting};
use runtime::{Added, Turn};
use uuid::Uuid;

/// The list of the accounts.
pub const LEDGER: &str = "ledger";

/// Books what a fact moved.
pub(super) fn post(subject: &Subject, fact: &PaymentEvent, turn: &mut Turn<'_>) {
    match fact {
        PaymentEvent::Approved(approved) => post_all(subject, &approved.postings, turn),
        PaymentEvent::Refunded(refunded) => post_all(subject, &refunded.postings, turn),
        _ => {}
    }
}

/// Books a double entry. It comes into the rows of its accounts at the end of the batch, with all the others.
pub(crate) fn post_all(subject: &Subject, postings: &[Posting], turn: &mut Turn<'_>) {
    for Posting { account, amount } in postings {
        turn.add(account_key(&subject.shop, account, amount.currency), amount.amount);
    }
}

/// Brings the rows of the accounts to where the batch has taken them: each once.
pub(crate) fn write_posted(turn: &mut Turn<'_>) -> Result<(), StoreError> {
    turn.sums().iter().try_for_each(|(key, added)| write_one(key, *added, turn))
}

fn write_one(key: &str, added: Added, turn: &mut Turn<'_>) -> Result<(), StoreError> {
    let id = Uuid::from_bytes(chain::digest(key.as_bytes()));
    let mut view = match turn.row(LEDGER, id)? {
        Some(row) => ledger_account(&row)?,
        None => opened(key)?,
    };
    view.balance.amount = view.balance.amount.saturating_add(added.amount);
    view.postings += added.times;
    turn.put_row(row_of(id, &view, turn));
    Ok(())
}

/// Every currency of an account has a row of its own: amounts of two currencies cannot be added.
fn account_key(shop: &ShopKey, account: &str, currency: Currency) -> String {
    format!("{shop}/{account}/{}", currency.code())
}

/// An account that nothing was booked to yet.
fn opened(key: &str) -> Result<LedgerAccountView, StoreError> {
    let parts = key.split_once('/').and_then(|(shop, rest)| Some((shop, rest.rsplit_once('/')?)));
    let named = parts.and_then(|(shop, (account, code))| Some((shop, account, Currency::parse(code).ok()?)));
    let (shop, account, currency) =
        named.ok_or_else(|| StoreError::Unfit(format!("{key} is no account of the ledger")))?;
    Ok(LedgerAccountView {
        shop: ShopKey::from(shop),
        account: account.to_owned(),
        balance: Money::zero(currency),
        postings: 0,
    })
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
