use edge::etag::IfMatch;
use kernel::OrderId;
use ordering_contract::WishedStep;
use runtime::{Failure, PolicyFailure, Turn};

use crate::command::{DeliveryStep, Step};
use crate::shops::Shops;
use crate::use_cases::take_step;
use crate::views::DELIVERIES;

/// Whenever a step was wished while delivery could not be asked, it is taken now; one that the
/// delivery's state forbids by now falls. Where it is not asked for yet, the wish is told again behind
/// the request.
pub(super) fn take(
    shops: &Shops,
    turn: &mut Turn<'_>,
    order: OrderId,
    step: WishedStep,
) -> Result<(), PolicyFailure> {
    let step = match step {
        WishedStep::StartDelivery => Step::Start,
        WishedStep::CompleteDelivery => Step::Complete,
        _ => return Ok(()),
    };
    let Some(row) = turn.row(DELIVERIES, order.0)? else { return Ok(()) };
    let command = DeliveryStep { shop: row.shop, order, step, if_match: IfMatch::default(), key: None };
    match take_step(turn, shops, command) {
        Ok(_) | Err(Failure::Refused(_)) => Ok(()),
        Err(Failure::Broken(error)) => Err(PolicyFailure::Broken(error)),
    }
}
