use delivery_contract::{DeliveryEvent, DeliveryRequestedV1, DeliveryState, DeliveryView};
use delivery_domain::Delivery;
use journal::{Row, StoreError};
use kernel::{OrderId, Subject};
use runtime::{Executed, Turn};
use serde::{Deserialize, Serialize};

/// The list's name.
pub const DELIVERIES: &str = "deliveries";

/// Puts the row of a delivery that was requested in this turn.
pub(crate) fn put_requested(
    turn: &mut Turn<'_>,
    order: OrderId,
    subject: &Subject,
    requested: &DeliveryRequestedV1,
    version: u64,
) -> Result<(), StoreError> {
    let (state, attempts) = standing(turn, order)?;
    let to = requested.personal.reveal().cloned().unwrap_or_default();
    let delivery = DeliveryView {
        order,
        shop: subject.shop.clone(),
        number: subject.order_number,
        call_number: requested.call_number,
        state,
        lines: requested.lines.clone(),
        wanted_at: requested.wanted_at,
        name: to.name,
        phone: to.phone,
        address: to.address,
        courier: None,
        attempts,
        fail_reason: None,
        requested_at: turn.now(),
        version,
    };
    turn.put_row(row_of(&delivery));
    Ok(())
}

/// Moves the row of a delivery to where it stands after what it decided in this turn.
pub(crate) fn move_delivery(
    turn: &mut Turn<'_>,
    row: &Row,
    decided: &Executed<DeliveryEvent>,
) -> Result<DeliveryView, StoreError> {
    let mut delivery = read_delivery(row)?;
    if decided.events.is_empty() {
        return Ok(delivery);
    }
    (delivery.state, delivery.attempts) = standing(turn, delivery.order)?;
    delivery.version = decided.version;
    for event in &decided.events {
        match event {
            DeliveryEvent::Assigned(assigned) => delivery.courier = Some(assigned.courier.clone()),
            DeliveryEvent::Failed(failed) => delivery.fail_reason = Some(failed.reason.clone()),
            DeliveryEvent::AddressChanged(changed) => {
                delivery.address = changed.personal.reveal().map(|to| to.address.clone());
            }
            _ => {}
        }
    }
    turn.put_row(row_of(&delivery));
    Ok(delivery)
}

/// The delivery as it is shown.
pub(crate) fn read_delivery(row: &Row) -> Result<DeliveryView, StoreError> {
    serde_json::from_slice(&row.body).map_err(|error| StoreError::Damaged {
        place: format!("{DELIVERIES} row {}", row.id),
        detail: error.to_string(),
    })
}

/// The bytes that are shown.
pub(crate) fn to_json(delivery: &DeliveryView) -> Vec<u8> {
    // Texts and numbers: writing them cannot fail.
    serde_json::to_vec(delivery).unwrap_or_default()
}

fn standing(turn: &mut Turn<'_>, order: OrderId) -> Result<(DeliveryState, u32), StoreError> {
    let delivery = turn.state::<Delivery>(order.0)?;
    // Only deliveries that are there have a row; a state is never missing here.
    Ok((delivery.state().unwrap_or(DeliveryState::Requested), delivery.attempts()))
}

fn row_of(delivery: &DeliveryView) -> Row {
    let items: Vec<&str> = delivery.lines.iter().map(|line| line.name.as_str()).collect();
    Row {
        collection: DELIVERIES.into(),
        id: delivery.order.0,
        shop: delivery.shop.clone(),
        number: delivery.number,
        customer: None,
        state: delivery.state.as_str().into(),
        at: delivery.requested_at,
        search: format!("{} {}", delivery.call_number, items.join(" ")),
        version: delivery.version,
        hidden: false,
        body: to_json(delivery),
    }
}

/// Where a delivery was to go at a version; it changes until it first sets out.
pub(crate) fn address_at(
    turn: &mut Turn<'_>,
    order: OrderId,
    version: u64,
) -> Result<Option<String>, StoreError> {
    let told = turn.store().load(order.0, 0)?;
    let mut address = None;
    for event in told.into_iter().take_while(|event| event.version <= version) {
        match event.decode() {
            Ok(DeliveryEvent::Requested(asked)) => {
                address = asked.personal.reveal().and_then(|to| to.address.clone());
            }
            Ok(DeliveryEvent::AddressChanged(changed)) => {
                address = changed.personal.reveal().map(|to| to.address.clone());
            }
            _ => {}
        }
    }
    Ok(address)
}

/// What of a delivery moves with its steps. The rest stays as it was requested, but for the address:
/// see [`address_at`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Moving {
    state: DeliveryState,
    attempts: u32,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    courier: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    fail_reason: Option<String>,
}

impl Moving {
    pub(crate) fn of(delivery: &DeliveryView) -> Self {
        Self {
            state: delivery.state,
            attempts: delivery.attempts,
            courier: delivery.courier.clone(),
            fail_reason: delivery.fail_reason.clone(),
        }
    }

    pub(crate) fn to_json(&self) -> Vec<u8> {
        serde_json::to_vec(self).unwrap_or_default()
    }

    pub(crate) fn from_json(bytes: &[u8]) -> Option<Self> {
        serde_json::from_slice(bytes).ok()
    }

    /// The delivery as it stood at that version.
    pub(crate) fn put_into(self, delivery: DeliveryView, version: u64) -> DeliveryView {
        let Self { state, attempts, courier, fail_reason } = self;
        DeliveryView { state, attempts, courier, fail_reason, version, ..delivery }
    }
}
