use std::fmt;

use ordering_contract::OrderState;

/// Why an order does not do what somebody wishes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rejection {
    /// There is no such order for whoever asks.
    Unknown,
    /// It cannot be cancelled any longer: it stands at this state.
    TooLate(OrderState),
    /// Its address cannot be changed any longer: it stands at this state.
    TooLateToReaddress(OrderState),
    /// Nobody brings it anywhere: it has no address to change.
    BroughtNowhere,
    /// Another change of its address waits for its answer.
    AddressAsked(OrderState),
    /// It has not come so far yet: it stands at this state.
    TooEarly(OrderState),
    /// It has ended already.
    Ended(OrderState),
    /// A wish to cancel waits for its answer: nothing closes the order before.
    Asked(OrderState),
}

impl fmt::Display for Rejection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unknown => f.write_str("there is no such order"),
            Self::TooLate(state) => {
                write!(f, "the order is {} and cannot be cancelled any longer", state.as_str())
            }
            Self::TooLateToReaddress(state) => {
                write!(f, "the order is {} and its address cannot be changed any longer", state.as_str())
            }
            Self::BroughtNowhere => f.write_str("the order is brought nowhere"),
            Self::AddressAsked(state) => {
                let state = state.as_str();
                write!(f, "the order is {state} and a change of its address waits for its answer")
            }
            Self::Asked(state) => {
                write!(f, "the order is {} and a wish to cancel it waits for its answer", state.as_str())
            }
            Self::TooEarly(state) => write!(f, "the order is {} and not so far yet", state.as_str()),
            Self::Ended(state) => write!(f, "the order is {} already", state.as_str()),
        }
    }
}

impl std::error::Error for Rejection {}
