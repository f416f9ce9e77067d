use catalog_contract::Stage;
use journal::StoreError;
use kernel::planted::{self, Bug};
use kernel::{OrderId, Subject};
use kitchen_domain::{Ticket, TicketCommand, TicketRejection};
use ordering_contract::CancelReason;
use runtime::{Failure, PolicyFailure, Turn};

use crate::shops::Shops;
use crate::views;

/// Answers whether a cancel comes in time: released, or denied. Customers and staff each have their
/// own last moment, by the life that the order is pinned to.
pub(crate) fn answer_cancel(
    turn: &mut Turn<'_>,
    shops: &Shops,
    order: OrderId,
    subject: &Subject,
    reason: CancelReason,
) -> Result<(), PolicyFailure> {
    let life = match turn.state::<Ticket>(order.0)?.life() {
        Some(life) => shops.pinned(life).map_err(|unknown| PolicyFailure::NotYet(unknown.to_string()))?,
        None => return Err(Failure::Refused(TicketRejection::NoTicket).into()),
    };
    let before = match reason {
        CancelReason::ByCustomer => life.cancel.customer_before,
        _ => life.cancel.staff_before,
    };
    // What is complete when it is made is not let go any more.
    let before = before.min(life.complete_at());
    let before = if planted::is(Bug::B11) { as_read_before(turn, order, before)? } else { before };
    let command = TicketCommand::Release { before, handover: life.handover };
    let decided = turn.execute::<Ticket>(order.0, subject, command)?;
    if let Some(row) = turn.row(views::TICKETS, order.0)? {
        views::move_ticket(turn, &row, &decided)?;
    }
    Ok(())
}

/// The planted bug: judges by the row as some reader saw it, before the writer's turn.
fn as_read_before(turn: &mut Turn<'_>, order: OrderId, before: Stage) -> Result<Stage, StoreError> {
    let started = turn
        .store()
        .row(views::TICKETS, order.0)?
        .is_some_and(|row| row.state != "open" && row.state != "accepted");
    Ok(if started { before } else { Stage::Completed })
}
