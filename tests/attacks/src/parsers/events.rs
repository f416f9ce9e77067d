use catalog_contract::CatalogEvent;
use delivery_contract::DeliveryEvent;
use inventory_contract::InventoryEvent;
use kernel::Published;
use kitchen_contract::KitchenEvent;
use notification_contract::NotificationEvent;
use ordering_contract::OrderEvent;
use payment_contract::PaymentEvent;

/// Reads bytes as a stored event: its name on the first line, then its data, then perhaps its personal part.
/// One that can be read is written so that it can be read again, the same.
pub(super) fn events(bytes: &[u8]) {
    let mut parts = bytes.splitn(3, |byte| *byte == b'\n');
    let name = String::from_utf8_lossy(parts.next().unwrap_or_default()).into_owned();
    let data = parts.next().unwrap_or_default();
    let personal = parts.next();
    one::<CatalogEvent>(&name, data, personal);
    one::<DeliveryEvent>(&name, data, personal);
    one::<InventoryEvent>(&name, data, personal);
    one::<KitchenEvent>(&name, data, personal);
    one::<NotificationEvent>(&name, data, personal);
    one::<OrderEvent>(&name, data, personal);
    one::<PaymentEvent>(&name, data, personal);
}

fn one<E: Published>(name: &str, data: &[u8], personal: Option<&[u8]>) {
    let Ok(event) = E::decode(name, data, personal) else { return };
    let stored = event.encode();
    let again = E::decode(event.event_type(), &stored.data, stored.personal.as_deref());
    let again = again.unwrap_or_else(|error| panic!("{name} cannot be read again: {error}"));
    assert_eq!(again.encode().data, stored.data, "{name}");
}
