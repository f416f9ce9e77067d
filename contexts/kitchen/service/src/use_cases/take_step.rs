use edge::etag::EntityTag;
use journal::{Row, StoreError};
use kernel::Subject;
use kitchen_domain::{Routine, Ticket, TicketCommand, TicketRejection};
use runtime::{Failure, Turn};

use crate::command::{KitchenCommand, KitchenRefusal, KitchenReply, Step};
use crate::shops::Shops;
use crate::views::{self, TICKETS};

/// Staff take a step with a ticket of their shop.
pub(crate) fn take_step(
    turn: &mut Turn<'_>,
    shops: &Shops,
    command: KitchenCommand,
) -> Result<KitchenReply, Failure<KitchenRefusal>> {
    let KitchenCommand { shop, order, step, if_match, .. } = command;
    if shops.current(&shop).is_none() {
        return Err(Failure::Refused(KitchenRefusal::ShopUnknown(shop)));
    }
    let no_ticket = || Failure::Refused(KitchenRefusal::Ticket(TicketRejection::NoTicket));
    let row = turn.row(TICKETS, order.0)?.filter(|row| row.shop == shop).ok_or_else(no_ticket)?;
    if if_match.check(EntityTag::of_version(row.version)).is_err() {
        return Err(Failure::Refused(KitchenRefusal::Changed { version: row.version }));
    }
    let routine = routine(turn, shops, &row)?;
    let decided = turn
        .execute::<Ticket>(order.0, &Subject::order(shop, order, row.number), command_of(step, routine))
        .map_err(|failure| failure.map_refusal(KitchenRefusal::Ticket))?;
    let ticket = views::move_ticket(turn, &row, &decided)?;
    Ok(KitchenReply::Ticket(Box::new(ticket)))
}

fn command_of(step: Step, routine: Routine) -> TicketCommand {
    match step {
        Step::Accept => TicketCommand::Accept { routine },
        Step::Reject { reason } => TicketCommand::Reject { reason },
        Step::Start => TicketCommand::Start { routine },
        Step::Complete => TicketCommand::Complete,
        Step::HandOver => TicketCommand::HandOver { routine },
    }
}

/// What goes by itself under the life that the ticket is pinned to. The ticket was opened under it,
/// so it has been heard of.
fn routine(turn: &mut Turn<'_>, shops: &Shops, row: &Row) -> Result<Routine, StoreError> {
    let life = turn.state::<Ticket>(row.id)?.life().and_then(|life| shops.pinned(life).ok());
    life.map(|life| Routine::from(life.as_ref())).ok_or_else(|| StoreError::Damaged {
        place: format!("{TICKETS} row {}", row.id),
        detail: "the life of its ticket is not known".into(),
    })
}
