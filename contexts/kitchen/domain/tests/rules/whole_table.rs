//! Every step from every state, and every walk: nothing happens that the drawing does not show.

use catalog_contract::{Handover, Stage};
use kernel::Aggregate;
use kitchen_contract::{KitchenEvent, TicketState};
use kitchen_domain::{Ticket, TicketCommand};
use proptest::prelude::*;

use crate::{
    BY_ITSELF, BY_STAFF, accepted, finished, given, handed_over, open, opened, reject, rejected, released,
    started,
};

fn every_step() -> Vec<TicketCommand> {
    vec![
        open(BY_STAFF),
        TicketCommand::Accept { routine: BY_STAFF },
        reject(),
        TicketCommand::Start { routine: BY_STAFF },
        TicketCommand::Complete,
        TicketCommand::HandOver { routine: BY_STAFF },
        TicketCommand::Release { before: Stage::Started, handover: Handover::Pickup },
    ]
}

/// `+` a new fact, `=` already so, `-` refused, `x` a cancel denied; in the order of [`every_step`].
#[test]
fn every_step_in_every_state_is_answered_as_the_table_says() {
    let table = [
        //                                                           open accept reject start complete hand-over release
        (vec![], "+------"),
        (vec![opened()], "=++---+"),
        (vec![opened(), accepted()], "==-+--+"),
        (vec![opened(), accepted(), started()], "==-=+-x"),
        (vec![opened(), accepted(), started(), finished()], "==-==+x"),
        (vec![opened(), accepted(), started(), finished(), handed_over()], "==-===x"),
        (vec![opened(), rejected()], "=-=---="),
        (vec![opened(), released()], "=-----="),
    ];
    for (facts, expected) in table {
        let said: String = every_step().into_iter().map(|step| sign(given(&facts), step)).collect();
        assert_eq!(said, expected, "given {facts:?}");
    }
}

fn sign(ticket: Ticket, step: TicketCommand) -> char {
    match ticket.decide(step).as_deref() {
        Err(_) => '-',
        Ok([]) => '=',
        Ok([KitchenEvent::CancelDenied(_)]) => 'x',
        Ok(_) => '+',
    }
}

proptest! {
    #[test]
    fn no_walk_starts_a_released_ticket_or_releases_a_started_one(
        steps in prop::collection::vec((0..7_usize, any::<bool>()), 0..30)
    ) {
        let mut facts = vec![];
        for (step, by_itself) in steps {
            let step = match (every_step().swap_remove(step), by_itself) {
                (TicketCommand::Accept { .. }, true) => TicketCommand::Accept { routine: BY_ITSELF },
                (step, _) => step,
            };
            facts.extend(given(&facts).decide(step).unwrap_or_default());
        }
        let states: Vec<_> = (0..=facts.len()).filter_map(|end| given(&facts[..end]).state()).collect();
        for pair in states.windows(2) {
            prop_assert!(is_drawn(pair[0], pair[1]), "{:?}", pair);
        }
    }
}

/// The arrows of the drawing in the crate's page.
fn is_drawn(from: TicketState, to: TicketState) -> bool {
    use TicketState::{Accepted, Finished, HandedOver, Open, Rejected, Released, Started};
    from == to
        || matches!(
            (from, to),
            (Open, Accepted | Rejected | Released)
                | (Accepted, Started | Released)
                | (Started, Finished)
                | (Finished, HandedOver)
        )
}
