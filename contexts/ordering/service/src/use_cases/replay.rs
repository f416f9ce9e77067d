use journal::{Reader, StoreError};
use kernel::{Aggregate, OrderId};
use ordering_contract::OrderEvent;
use ordering_domain::Order;

use crate::views::{ORDERS, render};

/// The order as it was shown at a version: what was answered first is answered again, byte for
/// byte, without being stored a second time.
///
/// # Errors
/// When the store cannot be read, or the order's stream does not begin.
pub fn replay_body(store: &mut dyn Reader, order: OrderId, version: u64) -> Result<Vec<u8>, StoreError> {
    if let Some(row) = store.row(ORDERS, order.0)?
        && row.version == version
    {
        return Ok(row.body);
    }
    let mut state = Order::default();
    let mut subject = None;
    for recorded in store.load(order.0, 0)?.into_iter().take_while(|recorded| recorded.version <= version) {
        let event: OrderEvent = recorded.decode().map_err(|error| StoreError::Damaged {
            place: format!("events at position {}", recorded.position),
            detail: error.to_string(),
        })?;
        state = state.evolve(&event);
        subject.get_or_insert(recorded.subject);
    }
    match (subject, state.placed().cloned()) {
        (Some(subject), Some(placed)) => Ok(render(order, &subject, &state, &placed, version)),
        _ => {
            Err(StoreError::Damaged { place: format!("stream {order}"), detail: "it does not begin".into() })
        }
    }
}
