use catalog_contract::ShopDirectory;
use kernel::ActorKind;
use ordering_contract::WishedStep;
use ordering_domain::{OrderCommand, Rejection};
use runtime::{Failure, Turn};

use crate::command::{OrderingRefusal, OrderingReply, WishStep, WrongField};
use crate::follow::{Hindrance, move_order};
use crate::use_cases::seen::{Seen, seen};

/// Somebody wishes a step while whoever decides it cannot be asked: the wish is kept, and told to them.
pub(crate) fn wish_step(
    turn: &mut Turn<'_>,
    shops: &ShopDirectory,
    wish: WishStep,
) -> Result<OrderingReply, Failure<OrderingRefusal>> {
    let Seen { subject, .. } = seen(turn, shops, wish.order, None)?;
    if !may_wish(turn.actor().kind(), wish.step) {
        return Err(Failure::Refused(OrderingRefusal::NotTheirs(wish.step)));
    }
    let command = OrderCommand::WishStep { step: wish.step };
    move_order(turn, shops, &subject, wish.order, command).map_err(in_words)?;
    Ok(OrderingReply::Noted)
}

/// The customer approves; whoever works there does the rest. Nobody in particular, under open identity,
/// does all of it, as at the deciders' own doors.
const fn may_wish(kind: ActorKind, step: WishedStep) -> bool {
    match kind {
        ActorKind::Customer => matches!(step, WishedStep::ApprovePayment),
        ActorKind::Courier => matches!(step, WishedStep::StartDelivery | WishedStep::CompleteDelivery),
        ActorKind::Staff | ActorKind::Manager => !matches!(step, WishedStep::ApprovePayment),
        ActorKind::Anonymous | ActorKind::Operator | ActorKind::System => true,
    }
}

fn in_words(hindrance: Hindrance) -> Failure<OrderingRefusal> {
    match hindrance {
        Hindrance::Rejected(Rejection::Unknown) => Failure::Refused(OrderingRefusal::UnknownOrder),
        Hindrance::Rejected(Rejection::BroughtNowhere) => {
            Failure::Refused(OrderingRefusal::Invalid(vec![WrongField {
                field: "step".to_owned(),
                expected: "no step of a delivery: the order is brought nowhere".to_owned(),
                found: None,
            }]))
        }
        Hindrance::Rejected(
            Rejection::TooEarly(state)
            | Rejection::Ended(state)
            | Rejection::TooLate(state)
            | Rejection::TooLateToReaddress(state)
            | Rejection::AddressAsked(state)
            | Rejection::Asked(state),
        ) => Failure::Refused(OrderingRefusal::ForbiddenByState(state)),
        Hindrance::NotYet(what) => Failure::Broken(journal::StoreError::Unavailable(what)),
        Hindrance::Broken(error) => Failure::Broken(error),
    }
}
