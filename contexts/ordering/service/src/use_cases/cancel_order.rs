use catalog_contract::ShopDirectory;
use kernel::{Actor, ActorKind};
use ordering_contract::{CancelReason, OrderEvent};
use ordering_domain::{Order, OrderCommand, Rejection, Wish};
use runtime::{Failure, Turn};

use crate::command::{CancelOrder, CancelReply, OrderingRefusal};
use crate::follow::{Hindrance, move_order};
use crate::use_cases::seen::{Seen, seen};

/// Somebody wishes to cancel: decided here while nobody has begun, by the kitchen otherwise.
pub(crate) fn cancel_order(
    turn: &mut Turn<'_>,
    shops: &ShopDirectory,
    cancel: CancelOrder,
) -> Result<CancelReply, Failure<OrderingRefusal>> {
    let Seen { subject, state, life, .. } = seen(turn, shops, cancel.order, cancel.if_version)?;
    let wish = Wish { reason: reason_of(turn.actor()), text: cancel.text };
    let command = OrderCommand::Cancel { wish, rule: life.cancel.clone() };
    let executed = move_order(turn, shops, &subject, cancel.order, command).map_err(in_words)?;
    let asked = matches!(state, Order::Standing { .. });
    let decided = executed.events.iter().any(|event| matches!(event, OrderEvent::Cancelled(_)));
    Ok(if asked && !decided { CancelReply::Asked } else { CancelReply::Cancelled })
}

fn reason_of(actor: &Actor) -> CancelReason {
    match actor.kind() {
        ActorKind::Staff | ActorKind::Manager | ActorKind::Operator => CancelReason::ByStaff,
        _ => CancelReason::ByCustomer,
    }
}

fn in_words(hindrance: Hindrance) -> Failure<OrderingRefusal> {
    match hindrance {
        Hindrance::Rejected(
            Rejection::TooLate(state)
            | Rejection::TooLateToReaddress(state)
            | Rejection::TooEarly(state)
            | Rejection::Ended(state)
            | Rejection::Asked(state),
        ) => Failure::Refused(OrderingRefusal::TooLate(state)),
        Hindrance::Rejected(Rejection::Unknown | Rejection::BroughtNowhere | Rejection::AddressAsked(_)) => {
            Failure::Refused(OrderingRefusal::UnknownOrder)
        }
        Hindrance::NotYet(what) => Failure::Broken(journal::StoreError::Unavailable(what)),
        Hindrance::Broken(error) => Failure::Broken(error),
    }
}
