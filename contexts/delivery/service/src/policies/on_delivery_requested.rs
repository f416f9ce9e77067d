use delivery_contract::DeliveryRequestedV1;
use kernel::{OrderId, Subject};
use ordering_contract::OrderDeliveryRequestedV1;
use runtime::{PolicyFailure, Turn};

use crate::shops::Shops;
use crate::use_cases::request_delivery;

/// Whenever a prepared order asks to be brought, and never before, its delivery is there.
pub(super) fn request(
    shops: &Shops,
    turn: &mut Turn<'_>,
    order: OrderId,
    subject: &Subject,
    asked: OrderDeliveryRequestedV1,
) -> Result<(), PolicyFailure> {
    let life = shops.pinned(&asked.life).map_err(|unknown| PolicyFailure::NotYet(unknown.to_string()))?;
    let delivery = DeliveryRequestedV1 {
        life: asked.life,
        call_number: asked.call_number,
        lines: asked.lines,
        wanted_at: asked.wanted_at,
        personal: asked.personal,
    };
    request_delivery(turn, order, subject, &life, delivery)
}
