//! A business day of a shop: open until it is closed, once and for good.

use std::fmt;

use jiff::civil::Date;
use kernel::{Aggregate, Timestamp};
use payment_contract::{DayClosedV1, DayEvent};

/// What became of a day. Money moves on it whatever it is; a closed day is over.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum BusinessDay {
    /// Nobody has closed it.
    #[default]
    Open,
    /// It is closed, as the shop's closing of this number.
    Closed {
        /// Its number.
        number: u64,
    },
}

/// A wish.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DayCommand {
    /// Closes the day with these sums, at this time.
    Close {
        /// The closing.
        closing: DayClosedV1,
        /// When.
        at: Timestamp,
    },
}

/// The business says no.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DayRejection {
    /// It is closed already.
    ClosedAlready {
        /// As which closing.
        number: u64,
    },
    /// Money may still move on it.
    NotOver {
        /// The day.
        day: Date,
    },
}

impl fmt::Display for DayRejection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::ClosedAlready { number } => write!(f, "the day is closed already, as number {number}"),
            Self::NotOver { day } => write!(f, "{day} is not over yet in the shop's time zone"),
        }
    }
}

impl std::error::Error for DayRejection {}

impl Aggregate for BusinessDay {
    const KIND: &'static str = "business-day";
    type Command = DayCommand;
    type Event = DayEvent;
    type Rejection = DayRejection;

    fn decide(&self, command: DayCommand) -> Result<Vec<DayEvent>, DayRejection> {
        let DayCommand::Close { closing, at } = command;
        match self {
            Self::Closed { number } => Err(DayRejection::ClosedAlready { number: *number }),
            Self::Open if at < closing.until => Err(DayRejection::NotOver { day: closing.day }),
            Self::Open => Ok(vec![DayEvent::Closed(closing)]),
        }
    }

    fn evolve(self, event: &DayEvent) -> Self {
        let DayEvent::Closed(closed) = event;
        Self::Closed { number: closed.number }
    }
}
