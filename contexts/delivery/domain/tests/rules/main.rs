//! The rules of a delivery: given what happened, when somebody wishes, then what is decided.
#![expect(clippy::unwrap_used, reason = "tests may panic")]

mod address;
mod cancel;
mod failing;
mod steps;
mod whole_table;

use catalog_contract::Stage;
use delivery_contract::{
    DeliveryAssignedV1, DeliveryCancelDeniedV1, DeliveryCompletedV1, DeliveryEvent, DeliveryFailedV1,
    DeliveryReleasedV1, DeliveryRequestedV1, DeliveryRetriedV1, DeliveryReturnedV1, DeliveryStartedV1,
};
use delivery_domain::{Delivery, DeliveryCommand, Routine};
use kernel::{Aggregate, Personal};

/// By hand, with a courier, two attempts, complete when delivered.
pub(crate) const BY_HAND: Routine = Routine {
    starts_by_itself: false,
    needs_courier: true,
    attempts_max: 2,
    refunds_returned: true,
    complete_at: Stage::Delivered,
};

/// By itself, nobody named, three attempts, complete a while after it was delivered.
pub(crate) const BY_ITSELF: Routine = Routine {
    starts_by_itself: true,
    needs_courier: false,
    attempts_max: 3,
    refunds_returned: false,
    complete_at: Stage::Completed,
};

pub(crate) fn given(facts: &[DeliveryEvent]) -> Delivery {
    facts.iter().fold(Delivery::default(), Delivery::evolve)
}

pub(crate) fn request(routine: Routine) -> DeliveryCommand {
    DeliveryCommand::Request { delivery: asked(), routine }
}

pub(crate) fn assign(routine: Routine) -> DeliveryCommand {
    DeliveryCommand::Assign { courier: "lee".to_owned(), routine }
}

pub(crate) fn fail(routine: Routine) -> DeliveryCommand {
    DeliveryCommand::Fail { reason: "nobody at home".to_owned(), routine }
}

pub(crate) fn asked() -> DeliveryRequestedV1 {
    DeliveryRequestedV1 {
        life: "a life".into(),
        call_number: 7,
        lines: Vec::new(),
        wanted_at: None,
        personal: Personal::absent(),
    }
}

pub(crate) fn requested() -> DeliveryEvent {
    DeliveryEvent::Requested(asked())
}

pub(crate) fn assigned() -> DeliveryEvent {
    DeliveryEvent::Assigned(DeliveryAssignedV1 { courier: "lee".to_owned() })
}

pub(crate) fn started(attempt: u32) -> DeliveryEvent {
    DeliveryEvent::Started(DeliveryStartedV1 { attempt })
}

pub(crate) fn completed() -> DeliveryEvent {
    DeliveryEvent::Completed(DeliveryCompletedV1 { by_itself: false })
}

pub(crate) fn failed(attempt: u32) -> DeliveryEvent {
    DeliveryEvent::Failed(DeliveryFailedV1 { reason: "nobody at home".to_owned(), attempt })
}

pub(crate) fn retried() -> DeliveryEvent {
    DeliveryEvent::Retried(DeliveryRetriedV1 {})
}

pub(crate) fn returned(refund: bool) -> DeliveryEvent {
    DeliveryEvent::Returned(DeliveryReturnedV1 { reason: "nobody at home".to_owned(), refund })
}

pub(crate) fn released() -> DeliveryEvent {
    DeliveryEvent::Released(DeliveryReleasedV1 {})
}

pub(crate) fn denied() -> DeliveryEvent {
    DeliveryEvent::CancelDenied(DeliveryCancelDeniedV1 {})
}
