//! The list of the deposit accounts, and the statement of each.

use journal::{Entry, Row, StoreError};
use kernel::{CustomerId, Money, OrderId, Subject};
use payment_contract::{
    DepositCapturedV1, DepositEvent, DepositReleasedV1, DepositView, StatementLine, StatementReason,
};
use runtime::Turn;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::ledger;

/// The list of the accounts.
pub const DEPOSITS: &str = "deposits";

/// The statements: a log per account.
pub const STATEMENTS: &str = "deposit-statements";

/// What is set aside, order by order, for as long as it is.
pub const HOLDS: &str = "deposit-holds";

/// How the account of those who say no name is called in paths.
pub(crate) const WALK_IN: &str = "walk-in";

/// What is set aside for an order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HoldView {
    /// The order.
    pub order: OrderId,
    /// On whose account; on the walk-in account where it is nobody's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub customer: Option<CustomerId>,
    /// How much.
    pub amount: Money,
}

/// What is set aside for an order, where something is.
pub(crate) fn hold_of(order: OrderId, turn: &mut Turn<'_>) -> Result<Option<HoldView>, StoreError> {
    let Some(row) = turn.row(HOLDS, order.0)? else { return Ok(None) };
    serde_json::from_slice(&row.body).map(Some).map_err(|error| StoreError::Damaged {
        place: format!("{HOLDS} row {order}"),
        detail: error.to_string(),
    })
}

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
        if let Some(held) = line.held {
            view.held = Some(held);
        }
        view.version = line.line;
        turn.append_entry(Entry {
            collection: STATEMENTS.into(),
            id,
            sequence: line.line,
            body: serde_json::to_vec(&line).unwrap_or_default(),
        });
        match fact {
            DepositEvent::Opened(opened) => ledger::post_all(subject, &opened.postings, turn),
            DepositEvent::ToppedUp(topped_up) => ledger::post_all(subject, &topped_up.postings, turn),
            DepositEvent::Held(held) => ledger::post_all(subject, &held.postings, turn),
            DepositEvent::Released(released) => ledger::post_all(subject, &released.postings, turn),
            // The payment's own facts carry these entries.
            DepositEvent::Captured(_) | DepositEvent::Refunded(_) => {}
        }
    }
    let held = view.held.unwrap_or_else(|| Money::zero(view.balance.currency));
    view.held = Some(held);
    view.available = Some(Money::new(view.balance.amount.saturating_sub(held.amount), held.currency));
    follow_holds(subject, &view, facts, turn);
    turn.put_row(row_of(id, &view));
    Ok(())
}

/// What is set aside and paid at once was never a row.
fn follow_holds(subject: &Subject, view: &DepositView, facts: &[DepositEvent], turn: &mut Turn<'_>) {
    let mut standing = None;
    for fact in facts {
        match fact {
            DepositEvent::Held(held) => standing = Some((held.order, held.amount)),
            DepositEvent::Released(DepositReleasedV1 { order, .. })
            | DepositEvent::Captured(DepositCapturedV1 { order, .. }) => {
                if standing.take().is_none() {
                    turn.delete_row(HOLDS, order.0);
                }
            }
            DepositEvent::Opened(_) | DepositEvent::ToppedUp(_) | DepositEvent::Refunded(_) => {}
        }
    }
    let Some((order, amount)) = standing else { return };
    let hold = HoldView { order, customer: view.customer.clone(), amount };
    turn.put_row(Row {
        collection: HOLDS.into(),
        id: order.0,
        shop: view.shop.clone(),
        number: subject.order_number,
        customer: view.customer.clone().map(String::from),
        state: "held".into(),
        at: turn.now(),
        search: view.account.clone(),
        version: view.version,
        hidden: false,
        body: serde_json::to_vec(&hold).unwrap_or_default(),
    });
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
        held: None,
        available: None,
        opened_at: turn.now(),
        version: 0,
    })
}

fn statement_line(line: u64, subject: &Subject, fact: &DepositEvent, turn: &Turn<'_>) -> StatementLine {
    let negative = |amount: Money| Money::new(amount.amount.saturating_neg(), amount.currency);
    let (reason, amount, balance) = match fact {
        DepositEvent::Opened(opened) => (StatementReason::Opened, opened.balance, opened.balance),
        DepositEvent::ToppedUp(up) => (StatementReason::ToppedUp, up.amount, up.balance),
        DepositEvent::Held(held) => (StatementReason::Held, held.amount, held.balance),
        DepositEvent::Released(released) => (StatementReason::Released, released.amount, released.balance),
        DepositEvent::Captured(captured) => {
            (StatementReason::Captured, negative(captured.amount), captured.balance)
        }
        DepositEvent::Refunded(refunded) => (StatementReason::Refunded, refunded.amount, refunded.balance),
    };
    let held = match fact {
        DepositEvent::Held(held) => Some(held.held),
        DepositEvent::Released(released) => Some(released.held),
        DepositEvent::Captured(captured) => captured.held,
        DepositEvent::Opened(_) | DepositEvent::ToppedUp(_) | DepositEvent::Refunded(_) => None,
    };
    let (order, reference) = match fact {
        DepositEvent::Opened(_) => (None, None),
        DepositEvent::ToppedUp(up) => (None, up.reference.clone()),
        DepositEvent::Held(held) => (Some(held.order), None),
        DepositEvent::Released(released) => (Some(released.order), None),
        DepositEvent::Captured(captured) => (Some(captured.order), None),
        DepositEvent::Refunded(refunded) => (Some(refunded.order), None),
    };
    let order_number = order.map(|_| subject.order_number);
    StatementLine { line, at: turn.now(), reason, amount, balance, held, order, order_number, reference }
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
