use catalog_contract::{LifeHash, Stage};
use delivery_contract::{
    DeliveryAddressChangeDeniedV1, DeliveryAddressChangedV1, DeliveryAssignedV1, DeliveryCancelDeniedV1,
    DeliveryCompletedV1, DeliveryEvent, DeliveryFailedV1, DeliveryReleasedV1, DeliveryRequestedV1,
    DeliveryRetriedV1, DeliveryReturnedV1, DeliveryStartedV1, DeliveryState,
};
use kernel::{Aggregate, Personal};
use ordering_contract::OrderAddress;

use crate::{DeliveryRejection, Routine};

/// The way of one order to its customer. Its stream has the order's id.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Delivery {
    /// Nothing to bring, as far as delivery has heard.
    #[default]
    Expected,
    /// The order is made and wants to be brought.
    There {
        /// The life that the order is pinned to.
        life: LifeHash,
        /// Where the delivery stands.
        state: DeliveryState,
        /// Whether a courier has it.
        has_courier: bool,
        /// How often it set out.
        attempts: u32,
    },
}

/// What may be wished of a delivery.
#[derive(Debug, Clone)]
pub enum DeliveryCommand {
    /// The order is made: it may be brought.
    Request {
        /// What to bring, where to, and under which life.
        delivery: DeliveryRequestedV1,
        /// What goes by itself.
        routine: Routine,
    },
    /// Give it to a courier, or to another one.
    Assign {
        /// Who.
        courier: String,
        /// What goes by itself.
        routine: Routine,
    },
    /// Set out.
    Start {
        /// What goes by itself.
        routine: Routine,
    },
    /// The customer has it.
    Complete,
    /// It was on its way for so long that it counts as delivered; nothing where it is not that way.
    CountAsDelivered {
        /// The attempt that was under way when the time began.
        attempt: u32,
    },
    /// It did not get there.
    Fail {
        /// Why.
        reason: String,
        /// What goes by itself.
        routine: Routine,
    },
    /// Try again what failed; nothing where it did not.
    Retry {
        /// What goes by itself.
        routine: Routine,
    },
    /// Somebody wishes to cancel: answered by a fact, whichever it is, once there is a delivery.
    Release {
        /// The stage before which they may, by the shop's life.
        before: Stage,
        /// What goes by itself.
        routine: Routine,
    },
    /// Somebody wishes it brought elsewhere: answered by a fact, whichever it is, once there is a delivery.
    ChangeAddress {
        /// Where to.
        personal: Personal<OrderAddress>,
    },
}

impl Aggregate for Delivery {
    const KIND: &'static str = "delivery";
    type Command = DeliveryCommand;
    type Event = DeliveryEvent;
    type Rejection = DeliveryRejection;

    fn evolve(self, event: &DeliveryEvent) -> Self {
        match event {
            DeliveryEvent::Requested(requested) => Self::There {
                life: requested.life.clone(),
                state: DeliveryState::Requested,
                has_courier: false,
                attempts: 0,
            },
            DeliveryEvent::Assigned(_) => self.with_courier(),
            DeliveryEvent::Started(started) => self.on_its_way(started.attempt),
            DeliveryEvent::Completed(_) => self.moved_to(DeliveryState::Completed),
            DeliveryEvent::Failed(_) => self.moved_to(DeliveryState::Failed),
            DeliveryEvent::Retried(_) => self.tried_again(),
            DeliveryEvent::Returned(_) => self.moved_to(DeliveryState::Returned),
            DeliveryEvent::Released(_) => self.moved_to(DeliveryState::Released),
            DeliveryEvent::CancelDenied(_)
            | DeliveryEvent::AddressChanged(_)
            | DeliveryEvent::AddressChangeDenied(_) => self,
        }
    }

    fn decide(&self, command: DeliveryCommand) -> Result<Vec<DeliveryEvent>, DeliveryRejection> {
        match command {
            DeliveryCommand::Request { delivery, routine } => Ok(self.request(delivery, routine)),
            DeliveryCommand::Assign { courier, routine } => self.assign(courier, routine),
            DeliveryCommand::Start { routine } => self.start(routine),
            DeliveryCommand::Complete => self.complete(),
            DeliveryCommand::CountAsDelivered { attempt } => Ok(self.count_as_delivered(attempt)),
            DeliveryCommand::Fail { reason, routine } => self.fail(reason, routine),
            DeliveryCommand::Retry { routine } => Ok(self.retry(routine)),
            DeliveryCommand::Release { before, routine } => Ok(self.release(before.min(routine.complete_at))),
            DeliveryCommand::ChangeAddress { personal } => Ok(self.change_address(personal)),
        }
    }
}

/// What staff, couriers and time do.
impl Delivery {
    fn request(&self, delivery: DeliveryRequestedV1, routine: Routine) -> Vec<DeliveryEvent> {
        if *self != Self::Expected {
            return vec![];
        }
        let sets_out = routine.starts_by_itself && !routine.needs_courier;
        let started = sets_out.then(|| started(1));
        std::iter::once(DeliveryEvent::Requested(delivery)).chain(started).collect()
    }

    fn assign(&self, courier: String, routine: Routine) -> Result<Vec<DeliveryEvent>, DeliveryRejection> {
        let state = self.there()?;
        match state {
            DeliveryState::Requested | DeliveryState::Assigned | DeliveryState::Failed => {
                let assigned = DeliveryEvent::Assigned(DeliveryAssignedV1 { courier });
                // What has failed sets out when its time has come.
                let sets_out = routine.starts_by_itself && state != DeliveryState::Failed;
                let started = sets_out.then(|| started(self.attempts() + 1));
                Ok(std::iter::once(assigned).chain(started).collect())
            }
            _ => Err(too_late("assign", state)),
        }
    }

    fn start(&self, routine: Routine) -> Result<Vec<DeliveryEvent>, DeliveryRejection> {
        let state = self.there()?;
        match state {
            DeliveryState::Requested if routine.needs_courier => Err(DeliveryRejection::NoCourier),
            DeliveryState::Requested | DeliveryState::Assigned => Ok(vec![started(self.attempts() + 1)]),
            DeliveryState::Started | DeliveryState::Completed => Ok(vec![]),
            DeliveryState::Failed => Err(out_of_turn("start", state)),
            DeliveryState::Returned | DeliveryState::Released => Err(too_late("start", state)),
        }
    }

    fn complete(&self) -> Result<Vec<DeliveryEvent>, DeliveryRejection> {
        let state = self.there()?;
        match state {
            DeliveryState::Started => {
                Ok(vec![DeliveryEvent::Completed(DeliveryCompletedV1 { by_itself: false })])
            }
            DeliveryState::Completed => Ok(vec![]),
            DeliveryState::Requested | DeliveryState::Assigned | DeliveryState::Failed => {
                Err(out_of_turn("complete", state))
            }
            DeliveryState::Returned | DeliveryState::Released => Err(too_late("complete", state)),
        }
    }

    fn count_as_delivered(&self, attempt: u32) -> Vec<DeliveryEvent> {
        match self.state() {
            Some(DeliveryState::Started) if self.attempts() == attempt => {
                vec![DeliveryEvent::Completed(DeliveryCompletedV1 { by_itself: true })]
            }
            _ => vec![],
        }
    }

    fn fail(&self, reason: String, routine: Routine) -> Result<Vec<DeliveryEvent>, DeliveryRejection> {
        let state = self.there()?;
        match state {
            DeliveryState::Started => Ok(self.failed(reason, routine)),
            DeliveryState::Failed | DeliveryState::Returned => Ok(vec![]),
            DeliveryState::Requested | DeliveryState::Assigned => Err(out_of_turn("fail", state)),
            DeliveryState::Completed | DeliveryState::Released => Err(too_late("fail", state)),
        }
    }

    fn failed(&self, reason: String, routine: Routine) -> Vec<DeliveryEvent> {
        let attempt = self.attempts();
        let failed = DeliveryEvent::Failed(DeliveryFailedV1 { reason: reason.clone(), attempt });
        let refund = routine.refunds_returned;
        let returned = (attempt >= routine.attempts_max)
            .then_some(DeliveryEvent::Returned(DeliveryReturnedV1 { reason, refund }));
        std::iter::once(failed).chain(returned).collect()
    }

    fn retry(&self, routine: Routine) -> Vec<DeliveryEvent> {
        if self.state() != Some(DeliveryState::Failed) {
            return vec![];
        }
        let may_set_out = self.has_courier() || !routine.needs_courier;
        let started = (routine.starts_by_itself && may_set_out).then(|| started(self.attempts() + 1));
        std::iter::once(DeliveryEvent::Retried(DeliveryRetriedV1 {})).chain(started).collect()
    }

    /// A wish that comes before the delivery is the kitchen's to answer.
    fn release(&self, before: Stage) -> Vec<DeliveryEvent> {
        match self.state() {
            // It is not brought anyway, and ordering has been told.
            None | Some(DeliveryState::Returned | DeliveryState::Released) => vec![],
            Some(_) if self.may_be_released(before) => vec![DeliveryEvent::Released(DeliveryReleasedV1 {})],
            // Told each time it is asked: whoever asks again waits for an answer again.
            Some(_) => vec![DeliveryEvent::CancelDenied(DeliveryCancelDeniedV1 {})],
        }
    }

    /// The address stays from the first time it sets out: start and change meet here, one after the
    /// other, and exactly one of them wins. A wish that comes before the delivery is ordering's to decide.
    fn change_address(&self, personal: Personal<OrderAddress>) -> Vec<DeliveryEvent> {
        match self.state() {
            // It is not brought anyway, and ordering has been told.
            None | Some(DeliveryState::Returned | DeliveryState::Released) => vec![],
            Some(_) if self.attempts() == 0 => {
                vec![DeliveryEvent::AddressChanged(DeliveryAddressChangedV1 { personal })]
            }
            Some(_) => vec![DeliveryEvent::AddressChangeDenied(DeliveryAddressChangeDeniedV1 {})],
        }
    }

    /// A delivery is released only while the order has not reached the stage that the shop's life
    /// names for whoever asks. What is on its way turns round where that stage is a later one; what
    /// the customer has is fetched back.
    fn may_be_released(&self, before: Stage) -> bool {
        self.reached() < before
    }
}

fn started(attempt: u32) -> DeliveryEvent {
    DeliveryEvent::Started(DeliveryStartedV1 { attempt })
}

/// The steps that staff and couriers may take from here.
const fn allowed(state: DeliveryState) -> &'static [&'static str] {
    match state {
        DeliveryState::Requested => &["assign", "start"],
        DeliveryState::Assigned => &["start", "assign"],
        DeliveryState::Started => &["complete", "fail"],
        DeliveryState::Failed => &["assign"],
        DeliveryState::Completed | DeliveryState::Returned | DeliveryState::Released => &[],
    }
}

const fn too_late(step: &'static str, state: DeliveryState) -> DeliveryRejection {
    DeliveryRejection::TooLate { step, state, allowed: allowed(state) }
}

const fn out_of_turn(step: &'static str, state: DeliveryState) -> DeliveryRejection {
    DeliveryRejection::OutOfTurn { step, state, allowed: allowed(state) }
}

/// What can be asked of a delivery.
impl Delivery {
    /// Where it stands, once it is there.
    #[must_use]
    pub const fn state(&self) -> Option<DeliveryState> {
        match self {
            Self::Expected => None,
            Self::There { state, .. } => Some(*state),
        }
    }

    /// The life that its order is pinned to, once it is there.
    #[must_use]
    pub const fn life(&self) -> Option<&LifeHash> {
        match self {
            Self::Expected => None,
            Self::There { life, .. } => Some(life),
        }
    }

    /// How often it set out.
    #[must_use]
    pub const fn attempts(&self) -> u32 {
        match self {
            Self::Expected => 0,
            Self::There { attempts, .. } => *attempts,
        }
    }

    const fn has_courier(&self) -> bool {
        matches!(self, Self::There { has_courier: true, .. })
    }

    fn there(&self) -> Result<DeliveryState, DeliveryRejection> {
        self.state().ok_or(DeliveryRejection::NoDelivery)
    }

    /// The milestone that the delivery's own facts have reached: an order that set out once has set
    /// out, whatever became of the attempt.
    const fn reached(&self) -> Stage {
        match (self.state(), self.attempts()) {
            (None | Some(DeliveryState::Requested | DeliveryState::Assigned), 0) => Stage::Prepared,
            (Some(DeliveryState::Completed), _) => Stage::Delivered,
            (Some(DeliveryState::Returned | DeliveryState::Released), _) => Stage::Completed,
            _ => Stage::DeliveryStarted,
        }
    }
}

/// How the state moves.
impl Delivery {
    fn moved_to(self, to: DeliveryState) -> Self {
        match self {
            Self::Expected => Self::Expected,
            Self::There { life, has_courier, attempts, .. } => {
                Self::There { life, state: to, has_courier, attempts }
            }
        }
    }

    fn with_courier(self) -> Self {
        match self {
            Self::Expected => Self::Expected,
            Self::There { life, state, attempts, .. } => {
                let state = if state == DeliveryState::Requested { DeliveryState::Assigned } else { state };
                Self::There { life, state, has_courier: true, attempts }
            }
        }
    }

    fn on_its_way(self, attempt: u32) -> Self {
        match self.moved_to(DeliveryState::Started) {
            Self::Expected => Self::Expected,
            Self::There { life, state, has_courier, .. } => {
                Self::There { life, state, has_courier, attempts: attempt }
            }
        }
    }

    fn tried_again(self) -> Self {
        let to = if self.has_courier() { DeliveryState::Assigned } else { DeliveryState::Requested };
        self.moved_to(to)
    }
}
