use journal::{Row, StoreError};
use kernel::{OrderId, Subject};
use ordering_contract::{CancelReason, OrderPlacedV1, OrderView, RefusalReason};
use ordering_domain::Order;
use runtime::Turn;

/// The list of orders.
pub const ORDERS: &str = "orders";

/// An order as it is shown at a version: the same version gives the same bytes.
#[must_use]
pub(crate) fn render(
    order: OrderId,
    subject: &Subject,
    state: &Order,
    placed: &OrderPlacedV1,
    version: u64,
) -> Vec<u8> {
    let contact = placed.personal.reveal();
    let view = OrderView {
        id: order,
        shop: subject.shop.clone(),
        number: subject.order_number,
        call_number: placed.call_number,
        state: state.state(),
        cancel_requested: matches!(state, Order::Standing { wish: Some(_), .. }),
        cancel_reason: cancel_reason(state),
        refusal_reason: refusal_reason(state),
        customer: placed.customer.clone(),
        lines: placed.lines.clone(),
        total: placed.total,
        note: contact.and_then(|contact| contact.note.clone()),
        name: contact.and_then(|contact| contact.name.clone()),
        phone: contact.and_then(|contact| contact.phone.clone()),
        email: contact.and_then(|contact| contact.email.clone()),
        labels: contact.map(|contact| contact.labels.clone()).unwrap_or_default(),
        wanted_at: placed.later.map(|time| time.wanted_at),
        table: placed.table.clone(),
        address: state.address().map(ToOwned::to_owned),
        address_change_requested: state.address_wish().is_some(),
        placed_at: placed.placed_at,
        promised_at: placed.promised_at,
        version,
    };
    serde_json::to_vec(&view).unwrap_or_default()
}

/// The row of an order.
#[must_use]
pub fn order_row(order: OrderId, subject: &Subject, state: &Order, version: u64, hidden: bool) -> Row {
    let placed = state.placed();
    Row {
        collection: ORDERS.into(),
        id: order.0,
        shop: subject.shop.clone(),
        number: subject.order_number,
        customer: placed.and_then(|placed| placed.customer.as_ref()).map(ToString::to_string),
        state: state.state().as_str().into(),
        at: placed.map(|placed| placed.placed_at).unwrap_or_default(),
        search: placed.map(|placed| searchable(placed)).unwrap_or_default(),
        version,
        hidden,
        body: placed.map(|placed| render(order, subject, state, placed, version)).unwrap_or_default(),
    }
}

fn searchable(placed: &OrderPlacedV1) -> String {
    let items: Vec<_> = placed.lines.iter().map(|line| line.item.as_str()).collect();
    items.join(" ")
}

const fn cancel_reason(state: &Order) -> Option<CancelReason> {
    match state {
        Order::Cancelled { reason, .. } => Some(*reason),
        _ => None,
    }
}

const fn refusal_reason(state: &Order) -> Option<RefusalReason> {
    match state {
        Order::Refused { reason, .. } => Some(*reason),
        _ => None,
    }
}

/// Whose shop and number an order is. One that still waits for its money may have no row.
pub(crate) fn subject_of(turn: &mut Turn<'_>, order: OrderId) -> Result<Option<Subject>, StoreError> {
    if let Some(subject) = turn.moved_subject(order.0) {
        return Ok(Some(subject));
    }
    match turn.row(ORDERS, order.0)? {
        Some(row) => Ok(Some(Subject::order(row.shop, order, row.number))),
        None => turn.stored_subject(order.0),
    }
}
