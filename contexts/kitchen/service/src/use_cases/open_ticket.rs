use catalog_contract::ShopLife;
use kernel::{OrderId, Subject};
use kitchen_contract::TicketOpenedV1;
use kitchen_domain::{Routine, Ticket, TicketCommand};
use runtime::{PolicyFailure, Turn};

use crate::views;

/// Opens the ticket of a confirmed order; where the shop works by itself, it is made at once.
pub(crate) fn open_ticket(
    turn: &mut Turn<'_>,
    order: OrderId,
    subject: &Subject,
    life: &ShopLife,
    ticket: TicketOpenedV1,
) -> Result<(), PolicyFailure> {
    let command = TicketCommand::Open { ticket: ticket.clone(), routine: Routine::from(life) };
    let decided = turn.execute::<Ticket>(order.0, subject, command)?;
    if !decided.events.is_empty() {
        views::put_opened(turn, order, subject, &ticket, decided.version)?;
    }
    Ok(())
}
