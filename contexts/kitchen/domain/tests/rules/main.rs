//! The rules of the kitchen, one file per subject: given these facts, when this is wished, then that.

mod cancel;
mod opening;
mod steps;
mod whole_table;

use catalog_contract::{Accept, Handover, LifeHash, Prepare};
use kernel::{Aggregate, Currency, Money, Personal};
use kitchen_contract::{
    KitchenEvent, PreparationFinishedV1, PreparationStartedV1, TicketAcceptedV1, TicketCancelDeniedV1,
    TicketHandedOverV1, TicketOpenedV1, TicketRejectedV1, TicketReleasedV1,
};
use kitchen_domain::{Routine, Ticket, TicketCommand};
use ordering_contract::{OrderLine, OrderNote};

/// The ticket after these facts.
fn given(facts: &[KitchenEvent]) -> Ticket {
    facts.iter().fold(Ticket::default(), |ticket, fact| ticket.evolve(fact))
}

/// A shop whose staff do every step at the counter.
const BY_STAFF: Routine = Routine {
    accept: Accept::Staff,
    prepare: Prepare::Staff,
    finishes_at_start: false,
    handover: Handover::Pickup,
};

/// A shop without staff.
const BY_ITSELF: Routine = Routine {
    accept: Accept::Auto,
    prepare: Prepare::Auto,
    finishes_at_start: false,
    handover: Handover::None,
};

fn open(routine: Routine) -> TicketCommand {
    TicketCommand::Open { ticket: ticket(), routine }
}

fn reject() -> TicketCommand {
    TicketCommand::Reject { reason: "no milk left".to_owned() }
}

fn lines() -> Vec<OrderLine> {
    vec![OrderLine {
        item: "1".to_owned(),
        name: "americano".to_owned(),
        quantity: 2,
        options: vec![],
        unit_price: Money::new(4_500, Currency::KRW),
    }]
}

fn opened() -> KitchenEvent {
    KitchenEvent::Opened(ticket())
}

fn ticket() -> TicketOpenedV1 {
    TicketOpenedV1 {
        life: LifeHash::from("c0ffee"),
        call_number: 7,
        lines: lines(),
        wanted_at: None,
        table: None,
        personal: Personal::new(OrderNote { note: "less ice".to_owned() }),
    }
}

fn accepted() -> KitchenEvent {
    KitchenEvent::Accepted(TicketAcceptedV1 {})
}

fn rejected() -> KitchenEvent {
    KitchenEvent::Rejected(TicketRejectedV1 { reason: "no milk left".to_owned() })
}

fn started() -> KitchenEvent {
    KitchenEvent::Started(PreparationStartedV1 {})
}

fn finished() -> KitchenEvent {
    KitchenEvent::Finished(PreparationFinishedV1 {})
}

fn handed_over() -> KitchenEvent {
    KitchenEvent::HandedOver(TicketHandedOverV1 {})
}

fn released() -> KitchenEvent {
    KitchenEvent::Released(TicketReleasedV1 {})
}

fn cancel_denied() -> KitchenEvent {
    KitchenEvent::CancelDenied(TicketCancelDeniedV1 {})
}
