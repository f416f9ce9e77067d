use std::collections::BTreeMap;
use std::fmt;

use catalog_contract::StockUse;
use inventory_contract::{InventoryEvent, StockConsumedV1, StockReleasedV1, StockReservedV1, StockShortV1};
use kernel::Aggregate;

use crate::Needs;

/// What is held for one order. Its stream has the order's id.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Reservation {
    /// The order has not been heard of.
    #[default]
    Nothing,
    /// All that the order needs is held.
    Held {
        /// What.
        uses: Vec<StockUse>,
    },
    /// Something was short; nothing is held.
    Short,
    /// What was held is used.
    Consumed,
    /// Nothing is held, and nothing will be.
    Released,
}

/// What may be wished of a reservation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ReservationCommand {
    /// Hold all that the order needs, or nothing.
    Reserve {
        /// What it needs.
        needs: Needs,
        /// How many of each can be had; an item that is not named has none.
        available: BTreeMap<String, u64>,
    },
    /// Making has begun: what is held is used.
    Consume,
    /// The order will not be made: what is held is free again.
    Release,
}

/// Why a reservation says no.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReservationRejection {
    /// An order is made for which nothing is held: its events contradict each other.
    NothingHeld {
        /// Where the reservation stands.
        state: &'static str,
    },
}

impl Aggregate for Reservation {
    const KIND: &'static str = "reservation";
    type Command = ReservationCommand;
    type Event = InventoryEvent;
    type Rejection = ReservationRejection;

    fn evolve(self, event: &InventoryEvent) -> Self {
        match event {
            InventoryEvent::StockReserved(reserved) => Self::Held { uses: reserved.uses.clone() },
            InventoryEvent::StockShort(_) => Self::Short,
            InventoryEvent::StockConsumed(_) => Self::Consumed,
            InventoryEvent::StockReleased(_) => Self::Released,
            _ => self,
        }
    }

    fn decide(&self, command: ReservationCommand) -> Result<Vec<InventoryEvent>, ReservationRejection> {
        match (command, self) {
            (ReservationCommand::Reserve { needs, available }, Self::Nothing) => {
                Ok(vec![reserve(&needs, &available)])
            }
            // Answered before; or let go before it was heard of, and then it holds nothing.
            (ReservationCommand::Reserve { .. }, _) => Ok(vec![]),

            (ReservationCommand::Consume, Self::Held { .. }) => {
                Ok(vec![InventoryEvent::StockConsumed(StockConsumedV1 {})])
            }
            (ReservationCommand::Consume, Self::Consumed) => Ok(vec![]),
            (ReservationCommand::Consume, state) => {
                Err(ReservationRejection::NothingHeld { state: state.as_str() })
            }

            // From nothing, too: a late `Reserve` then finds it released.
            (ReservationCommand::Release, Self::Held { .. } | Self::Nothing) => {
                Ok(vec![InventoryEvent::StockReleased(StockReleasedV1 {})])
            }
            // What is used is used: an order cancelled after that gives nothing back.
            (ReservationCommand::Release, Self::Short | Self::Consumed | Self::Released) => Ok(vec![]),
        }
    }
}

/// All lines or none.
fn reserve(needs: &Needs, available: &BTreeMap<String, u64>) -> InventoryEvent {
    let shortages = needs.shortages(|item| available.get(item).copied().unwrap_or(0));
    if shortages.is_empty() {
        InventoryEvent::StockReserved(StockReservedV1 { uses: needs.to_uses() })
    } else {
        InventoryEvent::StockShort(StockShortV1 { shortages })
    }
}

impl Reservation {
    /// What is held now.
    #[must_use]
    pub fn held(&self) -> &[StockUse] {
        match self {
            Self::Held { uses } => uses,
            _ => &[],
        }
    }

    /// The state in a word.
    #[must_use]
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Nothing => "nothing",
            Self::Held { .. } => "held",
            Self::Short => "short",
            Self::Consumed => "consumed",
            Self::Released => "released",
        }
    }
}

impl fmt::Display for ReservationRejection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NothingHeld { state } => {
                write!(f, "the order is being made, but its reservation is {state}; expected held")
            }
        }
    }
}

impl std::error::Error for ReservationRejection {}
