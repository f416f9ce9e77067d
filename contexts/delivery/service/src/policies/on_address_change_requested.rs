use kernel::{OrderId, Subject};
use ordering_contract::OrderAddressChangeRequestedV1;
use runtime::{PolicyFailure, Turn};

use crate::use_cases::answer_address_change;

/// Whenever somebody wishes an order brought elsewhere, its delivery answers whether it has set out.
pub(super) fn answer(
    turn: &mut Turn<'_>,
    order: OrderId,
    subject: &Subject,
    requested: OrderAddressChangeRequestedV1,
) -> Result<(), PolicyFailure> {
    answer_address_change(turn, order, subject, requested.personal)
}
