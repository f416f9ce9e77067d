use catalog_contract::ShopDirectory;
use kernel::{Actor, ActorKind};
use ordering_contract::{CancelReason, OrderEvent};
use ordering_domain::{Order, OrderCommand, Rejection, Wish};
use runtime::{Failure, Turn};

use crate::command::{CancelOrder, CancelReply, OrderingRefusal};
use crate::follow::{Hindrance, is_hidden, move_order};
use crate::views::subject_of;

/// Somebody wishes to cancel: decided here while nobody has begun, by the kitchen otherwise.
pub(crate) fn cancel_order(
    turn: &mut Turn<'_>,
    shops: &ShopDirectory,
    cancel: CancelOrder,
) -> Result<CancelReply, Failure<OrderingRefusal>> {
    let unknown = Failure::Refused(OrderingRefusal::UnknownOrder);
    let Some(subject) = subject_of(turn, cancel.order)? else { return Err(unknown) };
    let state = turn.state::<Order>(cancel.order.0)?.clone();
    let Some((placed, life)) =
        state.placed().and_then(|placed| Some((placed, shops.pinned(&placed.life).ok()?)))
    else {
        return Err(unknown);
    };
    let actor = turn.actor().clone();
    if is_hidden(&state, life) || !may_see(&actor, placed.customer.as_ref().map(kernel::CustomerId::as_str)) {
        return Err(unknown);
    }
    let version = turn.version::<Order>(cancel.order.0)?;
    if cancel.if_version.is_some_and(|expected| expected != version) {
        return Err(Failure::Refused(OrderingRefusal::VersionDiffers { version }));
    }
    let wish = Wish { reason: reason_of(&actor), text: cancel.text };
    let command = OrderCommand::Cancel { wish, rule: life.cancel.clone() };
    let executed = move_order(turn, shops, &subject, cancel.order, command).map_err(in_words)?;
    let asked = matches!(state, Order::Standing { .. });
    let decided = executed.events.iter().any(|event| matches!(event, OrderEvent::Cancelled(_)));
    Ok(if asked && !decided { CancelReply::Asked } else { CancelReply::Cancelled })
}

/// Customers see their own orders; whoever works here sees all; nobody in particular, under open
/// identity, sees what is nobody's in particular or what they know the id of.
pub(crate) fn may_see(actor: &Actor, customer: Option<&str>) -> bool {
    match actor.kind() {
        ActorKind::Customer => customer.is_none_or(|customer| actor.id() == Some(customer)),
        _ => true,
    }
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
            Rejection::TooLate(state) | Rejection::Ended(state) | Rejection::Asked(state),
        ) => Failure::Refused(OrderingRefusal::TooLate(state)),
        Hindrance::Rejected(Rejection::Unknown) => Failure::Refused(OrderingRefusal::UnknownOrder),
        Hindrance::NotYet(what) => Failure::Broken(journal::StoreError::Unavailable(what)),
        Hindrance::Broken(error) => Failure::Broken(error),
    }
}
