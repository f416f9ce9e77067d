use journal::{Row, StoreError};
use kernel::{OrderId, Subject};
use kitchen_contract::{KitchenEvent, TicketOpenedV1, TicketState, TicketView};
use kitchen_domain::Ticket;
use runtime::{Executed, Turn};
use serde::{Deserialize, Serialize};

/// The list's name.
pub const TICKETS: &str = "tickets";

/// Puts the row of a ticket that was opened in this turn.
pub(crate) fn put_opened(
    turn: &mut Turn<'_>,
    order: OrderId,
    subject: &Subject,
    opened: &TicketOpenedV1,
    version: u64,
) -> Result<(), StoreError> {
    let ticket = TicketView {
        order,
        shop: subject.shop.clone(),
        number: subject.order_number,
        call_number: opened.call_number,
        state: state(turn, order)?,
        lines: opened.lines.clone(),
        note: opened.personal.reveal().map(|personal| personal.note.clone()),
        wanted_at: opened.wanted_at,
        table: opened.table.clone(),
        reject_reason: None,
        opened_at: turn.now(),
        version,
    };
    turn.put_row(row_of(&ticket));
    Ok(())
}

/// Moves the row of a ticket to where the ticket stands after what it decided in this turn.
pub(crate) fn move_ticket(
    turn: &mut Turn<'_>,
    row: &Row,
    decided: &Executed<KitchenEvent>,
) -> Result<TicketView, StoreError> {
    let mut ticket = read_ticket(row)?;
    if decided.events.is_empty() {
        return Ok(ticket);
    }
    ticket.state = state(turn, ticket.order)?;
    ticket.version = decided.version;
    for event in &decided.events {
        if let KitchenEvent::Rejected(rejected) = event {
            ticket.reject_reason = Some(rejected.reason.clone());
        }
    }
    turn.put_row(row_of(&ticket));
    Ok(ticket)
}

/// The ticket as it is shown.
pub(crate) fn read_ticket(row: &Row) -> Result<TicketView, StoreError> {
    serde_json::from_slice(&row.body).map_err(|error| StoreError::Damaged {
        place: format!("{TICKETS} row {}", row.id),
        detail: error.to_string(),
    })
}

/// The bytes that are shown.
pub(crate) fn to_json(ticket: &TicketView) -> Vec<u8> {
    // Texts and numbers: writing them cannot fail.
    serde_json::to_vec(ticket).unwrap_or_default()
}

fn state(turn: &mut Turn<'_>, order: OrderId) -> Result<TicketState, StoreError> {
    // Only tickets that are there have a row; a state is never missing here.
    Ok(turn.state::<Ticket>(order.0)?.state().unwrap_or(TicketState::Open))
}

fn row_of(ticket: &TicketView) -> Row {
    let items: Vec<&str> = ticket.lines.iter().map(|line| line.name.as_str()).collect();
    Row {
        collection: TICKETS.into(),
        id: ticket.order.0,
        shop: ticket.shop.clone(),
        number: ticket.number,
        customer: None,
        state: ticket.state.as_str().into(),
        at: ticket.opened_at,
        search: format!("{} {}", ticket.call_number, items.join(" ")),
        version: ticket.version,
        hidden: false,
        body: to_json(ticket),
    }
}

/// What of a ticket moves; all else stays as it was opened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Moving {
    state: TicketState,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    reject_reason: Option<String>,
}

impl Moving {
    pub(crate) fn of(ticket: &TicketView) -> Self {
        Self { state: ticket.state, reject_reason: ticket.reject_reason.clone() }
    }

    pub(crate) fn to_json(&self) -> Vec<u8> {
        serde_json::to_vec(self).unwrap_or_default()
    }

    pub(crate) fn from_json(bytes: &[u8]) -> Option<Self> {
        serde_json::from_slice(bytes).ok()
    }

    /// The ticket as it stood at that version.
    pub(crate) fn put_into(self, ticket: TicketView, version: u64) -> TicketView {
        TicketView { state: self.state, reject_reason: self.reject_reason, version, ..ticket }
    }
}
