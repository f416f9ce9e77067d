use kernel::{OrderId, Subject};
use kitchen_contract::TicketOpenedV1;
use ordering_contract::OrderConfirmedV1;
use runtime::{PolicyFailure, Turn};

use crate::shops::Shops;
use crate::use_cases::open_ticket;

/// Whenever an order is confirmed, and never before, its ticket is opened.
pub(super) fn open(
    shops: &Shops,
    turn: &mut Turn<'_>,
    order: OrderId,
    subject: &Subject,
    confirmed: OrderConfirmedV1,
) -> Result<(), PolicyFailure> {
    let life = shops.pinned(&confirmed.life).map_err(|unknown| PolicyFailure::NotYet(unknown.to_string()))?;
    let ticket = TicketOpenedV1 {
        life: confirmed.life,
        call_number: confirmed.call_number,
        lines: confirmed.lines,
        wanted_at: confirmed.wanted_at,
        table: confirmed.table,
        personal: confirmed.personal,
    };
    open_ticket(turn, order, subject, &life, ticket)
}
