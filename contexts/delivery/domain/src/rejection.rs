use std::fmt;

use delivery_contract::DeliveryState;

/// Why delivery says no.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DeliveryRejection {
    /// There is no delivery of this order (yet).
    NoDelivery,
    /// It may set out only with a courier, and has none.
    NoCourier,
    /// The delivery's state does not allow the step.
    OutOfTurn {
        /// The step.
        step: &'static str,
        /// Where the delivery stands.
        state: DeliveryState,
        /// The steps that it allows.
        allowed: &'static [&'static str],
    },
    /// The delivery is past the step: it cannot be taken any more.
    TooLate {
        /// The step.
        step: &'static str,
        /// Where the delivery stands.
        state: DeliveryState,
        /// The steps that it allows.
        allowed: &'static [&'static str],
    },
}

impl fmt::Display for DeliveryRejection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoDelivery => f.write_str("there is no delivery of this order"),
            Self::NoCourier => f.write_str("a delivery of this shop starts with a courier; expected assign"),
            Self::OutOfTurn { step, state, allowed } => {
                write!(f, "cannot {step} a delivery that is {}; {}", state.as_str(), Allowed(allowed))
            }
            Self::TooLate { step, state, allowed } => {
                write!(f, "too late to {step} a delivery that is {}; {}", state.as_str(), Allowed(allowed))
            }
        }
    }
}

impl std::error::Error for DeliveryRejection {}

struct Allowed(&'static [&'static str]);

impl fmt::Display for Allowed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            [] => f.write_str("it does not move any more"),
            steps => write!(f, "expected {}", steps.join(" or ")),
        }
    }
}
