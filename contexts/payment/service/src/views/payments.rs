//! The list of payments: a row per payment, numbered like its order.

use journal::{Row, StoreError};
use kernel::{Money, Subject};
use payment_contract::{PaymentState, PaymentView, ProposalView, RefundView};
use payment_domain::{Payment, Terms};
use runtime::Turn;

/// The list of the payments.
pub const PAYMENTS: &str = "payments";

/// Whether payments in a state are left out of lists unless the state is asked for: no money of
/// theirs is with the shop.
pub(crate) const fn stands_outside_lists(state: PaymentState) -> bool {
    matches!(
        state,
        PaymentState::WaitingForApproval
            | PaymentState::Requested
            | PaymentState::Unknown
            | PaymentState::Declined
            | PaymentState::Voiding
            | PaymentState::Voided
    )
}

/// Puts the row of an order's payment. A tombstone has none: nobody ever asked.
pub(super) fn put(subject: &Subject, turn: &mut Turn<'_>) -> Result<(), StoreError> {
    let Some(view) = payment_view(subject, turn)? else {
        return Ok(());
    };
    let withdrawn = turn.state::<Payment>(view.order.0)?.is_withdrawn();
    turn.put_row(Row {
        collection: PAYMENTS.into(),
        id: view.order.0,
        shop: view.shop.clone(),
        number: view.number,
        customer: view.customer.clone().map(String::from),
        state: view.state.as_str().into(),
        at: view.requested_at,
        search: view.approval_code.clone().unwrap_or_default(),
        version: view.version,
        hidden: withdrawn || stands_outside_lists(view.state),
        body: serde_json::to_vec(&view).unwrap_or_default(),
    });
    Ok(())
}

/// The payment of an order as it stands; nothing where nobody asked for it.
pub(crate) fn payment_view(
    subject: &Subject,
    turn: &mut Turn<'_>,
) -> Result<Option<PaymentView>, StoreError> {
    let Some(order) = subject.order else {
        return Ok(None);
    };
    let version = turn.version::<Payment>(order.0)?;
    let payment = turn.state::<Payment>(order.0)?;
    let (Some(state), Some(terms)) = (payment.state(), payment.terms()) else {
        return Ok(None);
    };
    Ok(Some(PaymentView {
        order,
        shop: subject.shop.clone(),
        number: subject.order_number,
        customer: terms.customer.clone(),
        state,
        amount: terms.amount,
        refunded: refunded(payment, terms),
        approval_code: approval_code(payment),
        decline_reason: decline_reason(payment),
        refunds: refunds(payment),
        proposals: proposals(payment),
        requested_at: terms.requested_at,
        version,
    }))
}

fn refunded(payment: &Payment, terms: &Terms) -> Money {
    let back = payment.refunds().iter().filter(|refund| refund.done);
    let sum = back.fold(0i64, |sum, refund| sum.saturating_add(refund.amount.amount));
    Money::new(sum, terms.amount.currency)
}

fn approval_code(payment: &Payment) -> Option<String> {
    match payment {
        Payment::Captured { approval_code, .. } => Some(approval_code.clone()),
        _ => None,
    }
}

fn decline_reason(payment: &Payment) -> Option<String> {
    match payment {
        Payment::Declined { reason, .. } => Some(reason.clone()),
        // Why the attempt before came to nothing, as long as another one is waited for.
        Payment::Awaited { terms } => terms.by_customer.as_ref().and_then(|by| by.declined.clone()),
        _ => None,
    }
}

fn proposals(payment: &Payment) -> Vec<ProposalView> {
    let shown = |proposal: &payment_domain::Proposal| ProposalView {
        proposal: proposal.number,
        amount: proposal.amount,
        reason: proposal.reason.clone(),
        proposed_by: proposal.proposed_by.clone(),
        expires_at: proposal.expires_at,
    };
    payment.proposals().iter().map(shown).collect()
}

fn refunds(payment: &Payment) -> Vec<RefundView> {
    let shown = |refund: &payment_domain::Refund| RefundView {
        step: refund.step,
        amount: refund.amount,
        done: refund.done,
        reason: refund.reason.clone(),
        impossible: refund.impossible.clone().filter(|_| !refund.done),
        by_hand: refund.by_hand.clone(),
    };
    payment.refunds().iter().map(shown).collect()
}
