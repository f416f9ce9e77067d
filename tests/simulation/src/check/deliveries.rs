use delivery_contract::{DeliveryEvent, DeliveryState};
use kernel::Recorded;
use ordering_contract::OrderState;

use super::Checker;
use super::case::Case;

/// Deliveries: I16, I17, I21.
impl Checker {
    pub(super) fn delivery_event(&mut self, event: &Recorded) {
        let order = event.stream_id;
        let decoded = match event.decode::<DeliveryEvent>() {
            Ok(decoded) => decoded,
            Err(error) => return self.unreadable(event, &error),
        };
        let case = self.cases.entry(order).or_default();
        let before = case.delivery;
        let after = delivery_after(case, &decoded);
        case.delivery = after.or(before);
        case.has_courier |= matches!(decoded, DeliveryEvent::Assigned(_));
        case.set_out |= matches!(decoded, DeliveryEvent::Started(_));
        match &decoded {
            DeliveryEvent::Requested(asked) => {
                case.sent_to = asked.personal.reveal().and_then(|to| to.address.clone());
            }
            DeliveryEvent::AddressChanged(changed) => {
                case.sent_to = changed.personal.reveal().map(|to| to.address.clone());
            }
            _ => {}
        }
        case.delivery_version = event.version;
        let (state, delivers) = (case.state, case.delivers());
        let lines = case.placed.as_ref().map(|placed| placed.order.lines.clone());
        if after.is_none() {
            let what = format!("{} is not allowed in state {before:?}", event.event_type);
            self.violation("I17", Some(order), what);
        }
        match decoded {
            DeliveryEvent::Requested(requested) => {
                if !delivers || state.is_none_or(|state| state < OrderState::Prepared) {
                    let what = format!("a delivery is requested, the order is {state:?}");
                    self.violation("I16", Some(order), what);
                }
                if lines.is_some_and(|lines| lines != requested.lines) {
                    let what = "the delivery's lines are not the order's".to_owned();
                    self.violation("I16", Some(order), what);
                }
            }
            DeliveryEvent::Started(_) | DeliveryEvent::Completed(_)
                if matches!(state, Some(OrderState::Cancelled | OrderState::Refunded)) =>
            {
                let what = format!("{}, the order is {state:?}", event.event_type);
                self.violation("I21", Some(order), what);
            }
            _ => {}
        }
        self.same_subject("delivery", event);
    }
}

/// The state of a delivery after an event; `None` where the event is not allowed.
fn delivery_after(case: &Case, event: &DeliveryEvent) -> Option<DeliveryState> {
    use DeliveryState as At;
    match (event, case.delivery) {
        (DeliveryEvent::Requested(_), None) => Some(At::Requested),
        (DeliveryEvent::Assigned(_), Some(At::Requested | At::Assigned)) => Some(At::Assigned),
        (DeliveryEvent::Assigned(_), Some(At::Failed)) => Some(At::Failed),
        (DeliveryEvent::Started(_), Some(At::Requested | At::Assigned)) => Some(At::Started),
        (DeliveryEvent::Completed(_), Some(At::Started)) => Some(At::Completed),
        (DeliveryEvent::Failed(_), Some(At::Started)) => Some(At::Failed),
        (DeliveryEvent::Retried(_), Some(At::Failed)) if case.has_courier => Some(At::Assigned),
        (DeliveryEvent::Retried(_), Some(At::Failed)) => Some(At::Requested),
        (DeliveryEvent::Returned(_), Some(At::Failed)) => Some(At::Returned),
        (DeliveryEvent::Released(_), Some(state)) if state != At::Returned && state != At::Released => {
            Some(At::Released)
        }
        // I21: the address stays from the first time it sets out.
        (DeliveryEvent::AddressChanged(_), Some(state @ (At::Requested | At::Assigned))) if !case.set_out => {
            Some(state)
        }
        (DeliveryEvent::AddressChangeDenied(_), Some(state))
            if case.set_out && !matches!(state, At::Returned | At::Released) =>
        {
            Some(state)
        }
        (DeliveryEvent::CancelDenied(_), Some(state)) if state != At::Released => Some(state),
        _ => None,
    }
}
