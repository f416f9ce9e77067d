use kernel::{OrderId, Subject};
use ordering_contract::OrderCancelRequestedV1;
use runtime::{PolicyFailure, Turn};

use crate::shops::Shops;
use crate::use_cases::answer_cancel;

/// Whenever somebody wishes to cancel, the delivery answers, where there is one, whether it comes in time.
pub(super) fn answer(
    shops: &Shops,
    turn: &mut Turn<'_>,
    order: OrderId,
    subject: &Subject,
    requested: &OrderCancelRequestedV1,
) -> Result<(), PolicyFailure> {
    answer_cancel(turn, shops, order, subject, requested.reason)
}
