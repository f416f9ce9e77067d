use catalog_contract::{Accept, Handover, LifeHash, Prepare, Stage};
use kernel::{Aggregate, Personal};
use kitchen_contract::{
    KitchenEvent, PreparationFinishedV1, PreparationStartedV1, TicketAcceptedV1,
    TicketCancelDeniedV1, TicketHandedOverV1, TicketOpenedV1, TicketRejectedV1, TicketReleasedV1,
    TicketState,
};
use ordering_contract::{OrderLine, OrderNote};

use crate::{Routine, TicketRejection};

/// What there is to make for one order. Its stream has the order's id.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Ticket {
    /// The order is not confirmed, as far as the kitchen has heard.
    #[default]
    Expected,
    /// There to be taken on.
    Open,
    /// Taken on.
    Accepted,
    /// Being made.
    Started,
    /// Made.
    Finished,
    /// The customer has it.
    HandedOver,
    /// Not taken on.
    Rejected,
    /// Cancelled in time.
    Released,
}

/// What may be wished of a ticket.
#[derive(Debug, Clone)]
pub enum TicketCommand {
    /// The order is confirmed: it may be made.
    Open {
        /// The life that the order is pinned to.
        life: LifeHash,
        /// The short number of the day.
        call_number: u32,
        /// What to make.
        lines: Vec<OrderLine>,
        /// The note to whoever makes it.
        note: Personal<OrderNote>,
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
    },
}

impl Aggregate for Ticket {
    const KIND: &'static str = "ticket";
    type Command = TicketCommand;
    type Event = KitchenEvent;
    type Rejection = TicketRejection;

    fn evolve(self, event: &KitchenEvent) -> Self {
        match event {
            KitchenEvent::Opened(_) => Self::Open,
            KitchenEvent::Accepted(_) => Self::Accepted,
            KitchenEvent::Rejected(_) => Self::Rejected,
            KitchenEvent::Started(_) => Self::Started,
            KitchenEvent::Finished(_) => Self::Finished,
            KitchenEvent::HandedOver(_) => Self::HandedOver,
            KitchenEvent::Released(_) => Self::Released,
            KitchenEvent::CancelDenied(_) => self,
        }
    }

    fn decide(&self, command: TicketCommand) -> Result<Vec<KitchenEvent>, TicketRejection> {
        match command {
            TicketCommand::Open {
                life,
                call_number,
                lines,
                note,
                routine,
            } => {
                let opened = TicketOpenedV1 {
                    life,
                    call_number,
                    lines,
                    personal: note,
                };
                Ok(self.open(opened, routine))
            }
            TicketCommand::Accept { routine } => self.accept(routine),
            TicketCommand::Reject { reason } => self.reject(reason),
            TicketCommand::Start { routine } => self.start(routine),
            TicketCommand::Complete => self.complete(),
            TicketCommand::HandOver { routine } => self.hand_over(routine),
            TicketCommand::Release { before } => self.release(before),
        }
    }
}

impl Ticket {
    /// No cancel after making has started: a ticket is released only while it has not reached the
    /// stage that the shop's life names for whoever asks (`cancel.customer_before`,
    /// `cancel.staff_before`; *started* where the shop names none).
    fn may_be_released(self, before: Stage) -> bool {
        self.reached().is_some_and(|reached| reached < before)
    }

    fn open(self, opened: TicketOpenedV1, routine: Routine) -> Vec<KitchenEvent> {
        if self != Self::Expected {
            return vec![];
        }
        let mut events = vec![KitchenEvent::Opened(opened)];
        if routine.accept == Accept::Auto {
            events.extend(accepted(routine));
        }
        events
    }

    fn accept(self, routine: Routine) -> Result<Vec<KitchenEvent>, TicketRejection> {
        match self {
            Self::Open => Ok(accepted(routine)),
            Self::Accepted | Self::Started | Self::Finished | Self::HandedOver => Ok(vec![]),
            Self::Expected | Self::Rejected | Self::Released => Err(self.refuse("accept")),
        }
    }

    fn reject(self, reason: String) -> Result<Vec<KitchenEvent>, TicketRejection> {
        match self {
            Self::Open => Ok(vec![KitchenEvent::Rejected(TicketRejectedV1 { reason })]),
            Self::Rejected => Ok(vec![]),
            _ => Err(self.refuse("reject")),
        }
    }

    fn start(self, routine: Routine) -> Result<Vec<KitchenEvent>, TicketRejection> {
        match self {
            Self::Accepted => Ok(started(routine)),
            Self::Started | Self::Finished | Self::HandedOver => Ok(vec![]),
            Self::Expected | Self::Open | Self::Rejected | Self::Released => {
                Err(self.refuse("start"))
            }
        }
    }

    fn complete(self) -> Result<Vec<KitchenEvent>, TicketRejection> {
        match self {
            Self::Started => Ok(vec![KitchenEvent::Finished(PreparationFinishedV1 {})]),
            Self::Finished | Self::HandedOver => Ok(vec![]),
            _ => Err(self.refuse("complete")),
        }
    }

    fn hand_over(self, routine: Routine) -> Result<Vec<KitchenEvent>, TicketRejection> {
        match self {
            Self::Finished if routine.handover == Handover::Delivery => {
                Err(TicketRejection::BroughtByCourier)
            }
            Self::Finished => Ok(vec![KitchenEvent::HandedOver(TicketHandedOverV1 {})]),
            Self::HandedOver => Ok(vec![]),
            _ => Err(self.refuse("hand over")),
        }
    }

    fn release(self, before: Stage) -> Result<Vec<KitchenEvent>, TicketRejection> {
        match self {
            // Ordering asks about confirmed orders only: its events contradict each other.
            Self::Expected => Err(TicketRejection::NoTicket),
            // It will not be made anyway, and ordering has been told.
            Self::Rejected | Self::Released => Ok(vec![]),
            _ if self.may_be_released(before) => {
                Ok(vec![KitchenEvent::Released(TicketReleasedV1 {})])
            }
            // Told each time it is asked: whoever asks again waits for an answer again.
            _ => Ok(vec![KitchenEvent::CancelDenied(TicketCancelDeniedV1 {})]),
        }
    }

    /// The milestone that the ticket's own facts have reached, while it is alive.
    const fn reached(self) -> Option<Stage> {
        match self {
            Self::Expected | Self::Rejected | Self::Released => None,
            Self::Open => Some(Stage::Confirmed),
            Self::Accepted => Some(Stage::Accepted),
            Self::Started => Some(Stage::Started),
            Self::Finished => Some(Stage::Prepared),
            // Nothing comes behind it: what the customer has is not cancelled.
            Self::HandedOver => Some(Stage::Completed),
        }
    }

    /// Where it stands, once it is there.
    #[must_use]
    pub const fn state(self) -> Option<TicketState> {
        match self {
            Self::Expected => None,
            Self::Open => Some(TicketState::Open),
            Self::Accepted => Some(TicketState::Accepted),
            Self::Started => Some(TicketState::Started),
            Self::Finished => Some(TicketState::Finished),
            Self::HandedOver => Some(TicketState::HandedOver),
            Self::Rejected => Some(TicketState::Rejected),
            Self::Released => Some(TicketState::Released),
        }
    }

    const fn allowed(self) -> &'static [&'static str] {
        match self {
            Self::Open => &["accept", "reject"],
            Self::Accepted => &["start"],
            Self::Started => &["complete"],
            Self::Finished => &["hand over"],
            Self::Expected | Self::HandedOver | Self::Rejected | Self::Released => &[],
        }
    }

    fn refuse(self, step: &'static str) -> TicketRejection {
        let allowed = self.allowed();
        match self.state() {
            None => TicketRejection::NoTicket,
            Some(state @ (TicketState::Rejected | TicketState::Released)) => {
                TicketRejection::TooLate {
                    step,
                    state,
                    allowed,
                }
            }
            Some(state) if step == "reject" => TicketRejection::TooLate {
                step,
                state,
                allowed,
            },
            Some(state) => TicketRejection::OutOfTurn {
                step,
                state,
                allowed,
            },
        }
    }
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
