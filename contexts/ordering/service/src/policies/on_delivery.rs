use catalog_contract::ShopDirectory;
use delivery_contract::DeliveryEvent;
use kernel::Recorded;
use ordering_domain::OrderCommand;
use runtime::{PolicyFailure, Turn};

use crate::policies::{follow, on_kitchen::completes};

/// What of delivery's events moves an order; single attempts and couriers are tracking's to tell.
pub(super) const HEARD: &[&str] = &[
    "delivery-started",
    "delivery-completed",
    "delivery-returned",
    "delivery-released",
    "delivery-cancel-denied",
    "delivery-address-changed",
    "delivery-address-change-denied",
];

/// Whenever delivery said how far it is, that it could not bring an order, or who won a race with a
/// cancel or a change of the address: the order follows.
pub(crate) fn on_delivery(
    turn: &mut Turn<'_>,
    shops: &ShopDirectory,
    event: &Recorded,
) -> Result<(), PolicyFailure> {
    let fact = match event.decode()? {
        DeliveryEvent::Started(_) => OrderCommand::NoteDeliveryStarted,
        DeliveryEvent::Completed(_) => {
            OrderCommand::NoteDelivered { completes: completes(turn, shops, event)? }
        }
        DeliveryEvent::Returned(returned) => {
            OrderCommand::NoteReturned { reason: returned.reason, refund: returned.refund }
        }
        DeliveryEvent::Released(_) => OrderCommand::NoteReleased,
        DeliveryEvent::CancelDenied(_) => OrderCommand::NoteCancelDenied,
        DeliveryEvent::AddressChanged(changed) => {
            OrderCommand::NoteAddressChanged { personal: changed.personal }
        }
        DeliveryEvent::AddressChangeDenied(_) => OrderCommand::NoteAddressChangeDenied,
        DeliveryEvent::Requested(_)
        | DeliveryEvent::Assigned(_)
        | DeliveryEvent::Failed(_)
        | DeliveryEvent::Retried(_) => return Ok(()),
    };
    follow(turn, shops, event, fact)
}
