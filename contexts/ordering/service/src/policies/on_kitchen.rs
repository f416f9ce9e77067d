use catalog_contract::{Completes, ShopDirectory};
use kernel::Recorded;
use kitchen_contract::KitchenEvent;
use ordering_domain::{Order, OrderCommand, Rejection};
use runtime::{PolicyFailure, Turn};

use crate::follow::{Hindrance, move_order};
use crate::policies::{follow, order_of};

/// Whenever the kitchen said how far it is, or who won a race with a cancel: the order follows.
pub(crate) fn on_kitchen(
    turn: &mut Turn<'_>,
    shops: &ShopDirectory,
    event: &Recorded,
) -> Result<(), PolicyFailure> {
    let fact = match event.decode()? {
        KitchenEvent::Opened(_) => return Ok(()),
        KitchenEvent::Accepted(_) => OrderCommand::NoteAccepted,
        KitchenEvent::Rejected(rejected) => OrderCommand::NoteRejected { reason: rejected.reason },
        KitchenEvent::Started(_) => OrderCommand::NoteStarted,
        KitchenEvent::Finished(_) => {
            let completes = completes(turn, shops, event)?;
            OrderCommand::NotePrepared { completes }
        }
        KitchenEvent::HandedOver(_) => return close(turn, shops, event),
        KitchenEvent::Released(_) => OrderCommand::NoteReleased,
        KitchenEvent::CancelDenied(_) => OrderCommand::NoteCancelDenied,
    };
    follow(turn, shops, event, fact)
}

/// Handed over is done; an order that its time has closed before is done already.
fn close(turn: &mut Turn<'_>, shops: &ShopDirectory, event: &Recorded) -> Result<(), PolicyFailure> {
    match move_order(turn, shops, &event.subject, order_of(event)?, OrderCommand::Complete) {
        Ok(_) | Err(Hindrance::Rejected(Rejection::Ended(_))) => Ok(()),
        Err(hindrance) => Err(hindrance.into()),
    }
}

/// When an order of its shop is complete.
pub(super) fn completes(
    turn: &mut Turn<'_>,
    shops: &ShopDirectory,
    event: &Recorded,
) -> Result<Completes, PolicyFailure> {
    let Some(placed) = turn.state::<Order>(order_of(event)?.0)?.placed().cloned() else {
        return Err(PolicyFailure::Poison("a neighbour finished an order that was never placed".into()));
    };
    shops
        .pinned(&placed.life)
        .map(|life| life.completes)
        .map_err(|unknown| PolicyFailure::NotYet(unknown.to_string()))
}
