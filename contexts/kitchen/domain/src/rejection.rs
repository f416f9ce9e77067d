use std::fmt;

use kitchen_contract::TicketState;

/// Why the kitchen says no.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TicketRejection {
    /// There is no ticket of this order (yet).
    NoTicket,
    /// The ticket's state does not allow the step.
    OutOfTurn {
        /// The step.
        step: &'static str,
        /// Where the ticket stands.
        state: TicketState,
        /// The steps that it allows.
        allowed: &'static [&'static str],
    },
    /// The ticket is past the step: it cannot be taken any more.
    TooLate {
        /// The step.
        step: &'static str,
        /// Where the ticket stands.
        state: TicketState,
        /// The steps that it allows.
        allowed: &'static [&'static str],
    },
    /// The shop's orders are not handed over at the counter: a courier takes them.
    BroughtByCourier,
}

impl fmt::Display for TicketRejection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoTicket => f.write_str("there is no ticket of this order"),
            Self::OutOfTurn { step, state, allowed } => {
                write!(f, "cannot {step} a ticket that is {}; {}", state.as_str(), Allowed(allowed))
            }
            Self::TooLate { step, state, allowed } => {
                write!(f, "too late to {step} a ticket that is {}; {}", state.as_str(), Allowed(allowed))
            }
            Self::BroughtByCourier => {
                f.write_str("orders of this shop are handed to a courier, not over the counter")
            }
        }
    }
}

impl std::error::Error for TicketRejection {}

struct Allowed(&'static [&'static str]);

impl fmt::Display for Allowed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            [] => f.write_str("it does not move any more"),
            steps => write!(f, "expected {}", steps.join(" or ")),
        }
    }
}
