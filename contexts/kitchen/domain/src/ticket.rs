use catalog_contract::{Accept, Handover, LifeHash, Prepare, Stage};
use kernel::Aggregate;
use kitchen_contract::{
    KitchenEvent, PreparationFinishedV1, PreparationStartedV1, TicketAcceptedV1, TicketCancelDeniedV1,
    TicketHandedOverV1, TicketOpenedV1, TicketRejectedV1, TicketReleasedV1, TicketState,
};

use crate::{Routine, TicketRejection};

/// What there is to make for one order. Its stream has the order's id.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Ticket {
    /// The order is not confirmed, as far as the kitchen has heard.
    #[default]
    Expected,
    /// The order is confirmed.
    There {
        /// The life that the order is pinned to.
        life: LifeHash,
        /// Where the ticket stands.
        state: TicketState,
    },
}

/// What may be wished of a ticket.
#[derive(Debug, Clone)]
pub enum TicketCommand {
    /// The order is confirmed: it may be made.
    Open {
        /// What to make, and under which life.
        ticket: TicketOpenedV1,
        /// What goes by itself.
        routine: Routine,
    },
    /// Take it on.
    Accept {
        /// What goes by itself.
        routine: Routine,
    },
    /// Do not take it on.
    Reject {
        /// Why.
        reason: String,
    },
    /// Begin to make it.
    Start {
        /// What goes by itself.
        routine: Routine,
    },
    /// It is made.
    Complete,
    /// The customer takes it.
    HandOver {
        /// What goes by itself.
        routine: Routine,
    },
    /// Somebody wishes to cancel: answered by a fact, whichever it is.
    Release {
        /// The stage before which they may, by the shop's life.
        before: Stage,
        /// How it reaches the customer.
        handover: Handover,
    },
}

impl Aggregate for Ticket {
    const KIND: &'static str = "ticket";
    type Command = TicketCommand;
    type Event = KitchenEvent;
    type Rejection = TicketRejection;

    fn evolve(self, event: &KitchenEvent) -> Self {
        match event {
            KitchenEvent::Opened(opened) => {
                Self::There { life: opened.life.clone(), state: TicketState::Open }
            }
            KitchenEvent::Accepted(_) => self.moved_to(TicketState::Accepted),
            KitchenEvent::Rejected(_) => self.moved_to(TicketState::Rejected),
            KitchenEvent::Started(_) => self.moved_to(TicketState::Started),
            KitchenEvent::Finished(_) => self.moved_to(TicketState::Finished),
            KitchenEvent::HandedOver(_) => self.moved_to(TicketState::HandedOver),
            KitchenEvent::Released(_) => self.moved_to(TicketState::Released),
            KitchenEvent::CancelDenied(_) => self,
        }
    }

    fn decide(&self, command: TicketCommand) -> Result<Vec<KitchenEvent>, TicketRejection> {
        let state = self.state();
        match command {
            TicketCommand::Open { ticket, routine } if state.is_none() => Ok(opened(ticket, routine)),
            TicketCommand::Open { .. } => Ok(vec![]),
            TicketCommand::Accept { routine } => accept(there(state)?, routine),
            TicketCommand::Reject { reason } => reject(there(state)?, reason),
            TicketCommand::Start { routine } => start(there(state)?, routine),
            TicketCommand::Complete => complete(there(state)?),
            TicketCommand::HandOver { routine } => hand_over(there(state)?, routine),
            TicketCommand::Release { before, handover } => Ok(release(there(state)?, before, handover)),
        }
    }
}

/// No cancel after making has started: a ticket is released only while it has not reached the
/// stage that the shop's life names for whoever asks (`cancel.customer_before`,
/// `cancel.staff_before`; *started* where the shop names none).
fn may_be_released(state: TicketState, before: Stage) -> bool {
    reached(state) < before
}

fn release(state: TicketState, before: Stage, handover: Handover) -> Vec<KitchenEvent> {
    match state {
        // Made, and no longer here: delivery has it, or is about to, and answers.
        TicketState::Finished if handover == Handover::Delivery => vec![],
        // It will not be made anyway, and ordering has been told.
        TicketState::Rejected | TicketState::Released => vec![],
        _ if may_be_released(state, before) => vec![KitchenEvent::Released(TicketReleasedV1 {})],
        // Told each time it is asked: whoever asks again waits for an answer again.
        _ => vec![KitchenEvent::CancelDenied(TicketCancelDeniedV1 {})],
    }
}

fn accept(state: TicketState, routine: Routine) -> Result<Vec<KitchenEvent>, TicketRejection> {
    match state {
        TicketState::Open => Ok(accepted(routine)),
        TicketState::Accepted | TicketState::Started | TicketState::Finished | TicketState::HandedOver => {
            Ok(vec![])
        }
        TicketState::Rejected | TicketState::Released => Err(too_late("accept", state)),
    }
}

fn reject(state: TicketState, reason: String) -> Result<Vec<KitchenEvent>, TicketRejection> {
    match state {
        TicketState::Open => Ok(vec![KitchenEvent::Rejected(TicketRejectedV1 { reason })]),
        TicketState::Rejected => Ok(vec![]),
        _ => Err(too_late("reject", state)),
    }
}

fn start(state: TicketState, routine: Routine) -> Result<Vec<KitchenEvent>, TicketRejection> {
    match state {
        TicketState::Accepted => Ok(started(routine)),
        TicketState::Started | TicketState::Finished | TicketState::HandedOver => Ok(vec![]),
        TicketState::Open => Err(out_of_turn("start", state)),
        TicketState::Rejected | TicketState::Released => Err(too_late("start", state)),
    }
}

fn complete(state: TicketState) -> Result<Vec<KitchenEvent>, TicketRejection> {
    match state {
        TicketState::Started => Ok(vec![KitchenEvent::Finished(PreparationFinishedV1 {})]),
        TicketState::Finished | TicketState::HandedOver => Ok(vec![]),
        TicketState::Open | TicketState::Accepted => Err(out_of_turn("complete", state)),
        TicketState::Rejected | TicketState::Released => Err(too_late("complete", state)),
    }
}

fn hand_over(state: TicketState, routine: Routine) -> Result<Vec<KitchenEvent>, TicketRejection> {
    match state {
        TicketState::Finished if routine.handover == Handover::Delivery => {
            Err(TicketRejection::BroughtByCourier)
        }
        TicketState::Finished => Ok(vec![KitchenEvent::HandedOver(TicketHandedOverV1 {})]),
        TicketState::HandedOver => Ok(vec![]),
        TicketState::Open | TicketState::Accepted | TicketState::Started => {
            Err(out_of_turn("hand over", state))
        }
        TicketState::Rejected | TicketState::Released => Err(too_late("hand over", state)),
    }
}

/// There to be made, and taken on where the shop takes orders on by itself.
fn opened(ticket: TicketOpenedV1, routine: Routine) -> Vec<KitchenEvent> {
    let mut events = vec![KitchenEvent::Opened(ticket)];
    if routine.accept == Accept::Auto {
        events.extend(accepted(routine));
    }
    events
}

/// Taken on, and made where making goes by itself.
fn accepted(routine: Routine) -> Vec<KitchenEvent> {
    let mut events = vec![KitchenEvent::Accepted(TicketAcceptedV1 {})];
    match routine.prepare {
        Prepare::Staff => {}
        Prepare::None => events.push(KitchenEvent::Finished(PreparationFinishedV1 {})),
        Prepare::Auto => events.extend([
            KitchenEvent::Started(PreparationStartedV1 {}),
            KitchenEvent::Finished(PreparationFinishedV1 {}),
        ]),
    }
    events
}

/// Begun, and made where nobody says when making ends.
fn started(routine: Routine) -> Vec<KitchenEvent> {
    let mut events = vec![KitchenEvent::Started(PreparationStartedV1 {})];
    if routine.finishes_at_start {
        events.push(KitchenEvent::Finished(PreparationFinishedV1 {}));
    }
    events
}

/// The milestone that the ticket's own facts have reached.
const fn reached(state: TicketState) -> Stage {
    match state {
        TicketState::Open => Stage::Confirmed,
        TicketState::Accepted => Stage::Accepted,
        TicketState::Started => Stage::Started,
        TicketState::Finished => Stage::Prepared,
        // Nothing comes behind them: what the customer has, or never gets, is not cancelled.
        TicketState::HandedOver | TicketState::Rejected | TicketState::Released => Stage::Completed,
    }
}

/// The steps that staff may take from here.
const fn allowed(state: TicketState) -> &'static [&'static str] {
    match state {
        TicketState::Open => &["accept", "reject"],
        TicketState::Accepted => &["start"],
        TicketState::Started => &["complete"],
        TicketState::Finished => &["hand over"],
        TicketState::HandedOver | TicketState::Rejected | TicketState::Released => &[],
    }
}

fn there(state: Option<TicketState>) -> Result<TicketState, TicketRejection> {
    state.ok_or(TicketRejection::NoTicket)
}

const fn too_late(step: &'static str, state: TicketState) -> TicketRejection {
    TicketRejection::TooLate { step, state, allowed: allowed(state) }
}

const fn out_of_turn(step: &'static str, state: TicketState) -> TicketRejection {
    TicketRejection::OutOfTurn { step, state, allowed: allowed(state) }
}

impl Ticket {
    /// Where it stands, once it is there.
    #[must_use]
    pub const fn state(&self) -> Option<TicketState> {
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

    fn moved_to(self, state: TicketState) -> Self {
        match self {
            Self::Expected => Self::Expected,
            Self::There { life, .. } => Self::There { life, state },
        }
    }
}
