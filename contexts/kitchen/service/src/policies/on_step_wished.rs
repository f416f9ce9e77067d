use edge::etag::IfMatch;
use kernel::OrderId;
use ordering_contract::WishedStep;
use runtime::{Failure, PolicyFailure, Turn};

use crate::command::{KitchenCommand, Step};
use crate::shops::Shops;
use crate::use_cases::take_step;
use crate::views::TICKETS;

/// Whenever staff wished a step while the kitchen could not be asked, it is taken now; one that the
/// ticket's state forbids by now falls.
pub(super) fn take(
    shops: &Shops,
    turn: &mut Turn<'_>,
    order: OrderId,
    step: WishedStep,
) -> Result<(), PolicyFailure> {
    let Some(step) = own(step) else { return Ok(()) };
    let Some(row) = turn.row(TICKETS, order.0)? else { return Ok(()) };
    let command = KitchenCommand { shop: row.shop, order, step, if_match: IfMatch::default(), key: None };
    match take_step(turn, shops, command) {
        Ok(_) | Err(Failure::Refused(_)) => Ok(()),
        Err(Failure::Broken(error)) => Err(PolicyFailure::Broken(error)),
    }
}

const fn own(step: WishedStep) -> Option<Step> {
    match step {
        WishedStep::Accept => Some(Step::Accept),
        WishedStep::Start => Some(Step::Start),
        WishedStep::Complete => Some(Step::Complete),
        WishedStep::HandOver => Some(Step::HandOver),
        WishedStep::ApprovePayment | WishedStep::StartDelivery | WishedStep::CompleteDelivery => None,
    }
}
