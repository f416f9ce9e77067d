//! The list of the deposit accounts, and the statement of each.

use journal::{Entry, Row, StoreError};
use kernel::{Money, Subject};
use payment_contract::{DepositEvent, DepositView, StatementLine, StatementReason};
use runtime::Turn;
use uuid::Uuid;

use super::ledger;

/// The list of the accounts.
pub const DEPOSITS: &str = "deposits";

/// The statements: a log per account.
pub const STATEMENTS: &str = "deposit-statements";

/// How the account of those who say no name is called in paths.
pub(crate) const WALK_IN: &str = "walk-in";

/// Brings an account's row and statement to where its new facts are.
pub(crate) fn follow(
    id: Uuid,
    subject: &Subject,
    version_before: u64,
    facts: &[DepositEvent],
    turn: &mut Turn<'_>,
) -> Result<(), StoreError> {
    if facts.is_empty() {
        return Ok(());
    }
    let mut view = match turn.row(DEPOSITS, id)? {
        Some(row) => deposit_view(&row)?,
        None => opened(subject, facts, turn)?,
    };
    for (line, fact) in (version_before + 1..).zip(facts) {
        let line = statement_line(line, subject, fact, turn);
        view.balance = line.balance;
        view.version = line.line;
        turn.append_entry(Entry {
            collection: STATEMENTS.into(),
            id,
            sequence: line.line,
            body: serde_json::to_vec(&line).unwrap_or_default(),
        });
        match fact {
            DepositEvent::Opened(opened) => ledger::post_all(subject, &opened.postings, turn)?,
            DepositEvent::ToppedUp(topped_up) => ledger::post_all(subject, &topped_up.postings, turn)?,
            // The payment's own facts carry these entries.
            DepositEvent::Captured(_) | DepositEvent::Refunded(_) => {}
        }
    }
    turn.put_row(row_of(id, &view));
    Ok(())
}

/// An account out of its row.
pub(crate) fn deposit_view(row: &Row) -> Result<DepositView, StoreError> {
    serde_json::from_slice(&row.body).map_err(|error| StoreError::Damaged {
        place: format!("{DEPOSITS} row {}", row.id),
        detail: error.to_string(),
    })
}

fn opened(subject: &Subject, facts: &[DepositEvent], turn: &mut Turn<'_>) -> Result<DepositView, StoreError> {
    let Some(DepositEvent::Opened(opened)) = facts.first() else {
        return Err(StoreError::Unfit("a deposit account without its opening".to_owned()));
    };
    let number = turn.next_number(&format!("{DEPOSITS}/{}", subject.shop))?;
    Ok(DepositView {
        account: opened.customer.as_ref().map_or_else(|| WALK_IN.to_owned(), ToString::to_string),
        shop: subject.shop.clone(),
        number,
        customer: opened.customer.clone(),
        balance: opened.balance,
        opened_at: turn.now(),
        version: 0,
    })
}

fn statement_line(line: u64, subject: &Subject, fact: &DepositEvent, turn: &Turn<'_>) -> StatementLine {
    let negative = |amount: Money| Money::new(amount.amount.saturating_neg(), amount.currency);
    let (reason, amount, balance) = match fact {
        DepositEvent::Opened(opened) => (StatementReason::Opened, opened.balance, opened.balance),
        DepositEvent::ToppedUp(up) => (StatementReason::ToppedUp, up.amount, up.balance),
        DepositEvent::Captured(captured) => {
            (StatementReason::Captured, negative(captured.amount), captured.balance)
        }
        DepositEvent::Refunded(refunded) => (StatementReason::Refunded, refunded.amount, refunded.balance),
    };
    let (order, reference) = match fact {
        DepositEvent::Opened(_) => (None, None),
        DepositEvent::ToppedUp(up) => (None, up.reference.clone()),
        DepositEvent::Captured(captured) => (Some(captured.order), None),
        DepositEvent::Refunded(refunded) => (Some(refunded.order), None),
    };
    let order_number = order.map(|_| subject.order_number);
    StatementLine { line, at: turn.now(), reason, amount, balance, order, order_number, reference }
}

fn row_of(id: Uuid, view: &DepositView) -> Row {
    Row {
        collection: DEPOSITS.into(),
        id,
        shop: view.shop.clone(),
        number: view.number,
        customer: view.customer.clone().map(String::from),
        state: "open".into(),
        at: view.opened_at,
        search: view.account.clone(),
        version: view.version,
        hidden: false,
        body: serde_json::to_vec(view).unwrap_or_default(),
    }
}
