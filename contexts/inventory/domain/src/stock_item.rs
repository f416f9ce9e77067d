use std::fmt;

use inventory_contract::{
    InventoryEvent, StockAdjustedV1, StockReceivedV1, UnitsConsumedV1, UnitsReleasedV1, UnitsReservedV1,
};
use kernel::planted::{self, Bug};
use kernel::{Aggregate, OrderId};
use serde::{Deserialize, Serialize};

/// The most that one receipt or adjustment may move, in units.
pub const QUANTITY_MAX: u64 = 1_000_000_000;

/// The most that an item may ever have received, in units: what every JSON reader reads exactly.
pub const COUNT_MAX: u64 = (1 << 53) - 1;

/// One stock item of one shop. Its stream has the id [`inventory_contract::stock_item_id`].
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum StockItem {
    /// None has ever come in.
    #[default]
    Unknown,
    /// It is kept.
    Kept(Counts),
}

/// Where the units of an item are.
/// `available + reserved + consumed + spoiled = received + found`, always.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counts {
    /// Can be had.
    pub available: u64,
    /// Held for orders.
    pub reserved: u64,
    /// Used.
    pub consumed: u64,
    /// Written off.
    pub spoiled: u64,
    /// Came in.
    pub received: u64,
    /// Turned up when counting.
    pub found: u64,
}

/// What may be wished of a stock item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StockItemCommand {
    /// Units came in.
    Receive {
        /// The item's name.
        item: String,
        /// How many.
        quantity: u64,
    },
    /// Counting showed more or fewer than the book says.
    Adjust {
        /// The item's name.
        item: String,
        /// By how many.
        difference: i64,
        /// Why.
        reason: String,
    },
    /// Hold units for an order. The order's reservation asks once.
    Reserve {
        /// For whom.
        order: OrderId,
        /// How many.
        quantity: u64,
    },
    /// Held units are used. The order's reservation asks once.
    Consume {
        /// For whom they were held.
        order: OrderId,
        /// How many.
        quantity: u64,
    },
    /// Held units are free again. The order's reservation asks once.
    Release {
        /// For whom they were held.
        order: OrderId,
        /// How many.
        quantity: u64,
    },
}

/// Why a stock item says no.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StockItemRejection {
    /// No unit of it has ever come in.
    Unknown,
    /// One step moves from 1 to [`QUANTITY_MAX`] units.
    OutOfRange,
    /// More would have come in than can be counted.
    TooMany {
        /// How many more can be counted.
        room: u64,
    },
    /// Fewer are there than are to be taken away; what is held for orders stays.
    TooFew {
        /// How many can be had.
        available: u64,
        /// How many are held for orders.
        reserved: u64,
    },
    /// Fewer are held than are to be used or freed: the books contradict each other.
    HeldFewer {
        /// How many are held for orders.
        reserved: u64,
    },
}

impl Aggregate for StockItem {
    const KIND: &'static str = "stock-item";
    const HAS_SNAPSHOTS: bool = true;
    type Command = StockItemCommand;
    type Event = InventoryEvent;
    type Rejection = StockItemRejection;

    fn evolve(self, event: &InventoryEvent) -> Self {
        let counts = self.counts();
        match event {
            InventoryEvent::StockReceived(received) => Self::Kept(counts.received(received.quantity)),
            InventoryEvent::StockAdjusted(adjusted) => Self::Kept(counts.adjusted(adjusted.difference)),
            InventoryEvent::UnitsReserved(reserved) => Self::Kept(counts.reserved(reserved.quantity)),
            InventoryEvent::UnitsConsumed(consumed) => Self::Kept(counts.consumed(consumed.quantity)),
            InventoryEvent::UnitsReleased(released) => Self::Kept(counts.released(released.quantity)),
            _ => self,
        }
    }

    fn decide(&self, command: StockItemCommand) -> Result<Vec<InventoryEvent>, StockItemRejection> {
        let counts = self.counts();
        match command {
            StockItemCommand::Receive { item, quantity } => {
                counts.may_come_in(quantity)?;
                Ok(vec![InventoryEvent::StockReceived(StockReceivedV1 { item, quantity })])
            }
            StockItemCommand::Adjust { .. } if *self == Self::Unknown => Err(StockItemRejection::Unknown),
            StockItemCommand::Adjust { difference: 0, .. } => Ok(vec![]),
            StockItemCommand::Adjust { item, difference, reason } => {
                counts.may_be_adjusted(difference)?;
                Ok(vec![InventoryEvent::StockAdjusted(StockAdjustedV1 { item, difference, reason })])
            }
            StockItemCommand::Reserve { order, quantity } => {
                // The planted bug believes whoever read the quantity before.
                if !planted::is(Bug::B12) {
                    counts.may_be_taken(quantity)?;
                }
                Ok(vec![InventoryEvent::UnitsReserved(UnitsReservedV1 { order, quantity })])
            }
            StockItemCommand::Consume { order, quantity } => {
                counts.are_held(quantity)?;
                Ok(vec![InventoryEvent::UnitsConsumed(UnitsConsumedV1 { order, quantity })])
            }
            StockItemCommand::Release { order, quantity } => {
                counts.are_held(quantity)?;
                Ok(vec![InventoryEvent::UnitsReleased(UnitsReleasedV1 { order, quantity })])
            }
        }
    }

    fn to_snapshot(&self) -> Option<Vec<u8>> {
        serde_json::to_vec(self).ok()
    }

    fn from_snapshot(bytes: &[u8]) -> Option<Self> {
        serde_json::from_slice(bytes).ok()
    }
}

impl Counts {
    /// Whether every unit that came in or turned up is somewhere, once.
    #[must_use]
    pub fn are_conserved(&self) -> bool {
        let somewhere = [self.available, self.reserved, self.consumed, self.spoiled];
        let in_all = [self.received, self.found];
        let sum = |counts: &[u64]| counts.iter().map(|&count| u128::from(count)).sum::<u128>();
        sum(&somewhere) == sum(&in_all)
    }
}

/// What must be true before a fact.
impl Counts {
    fn may_come_in(&self, quantity: u64) -> Result<(), StockItemRejection> {
        in_range(quantity)?;
        let room = COUNT_MAX.saturating_sub(self.received.saturating_add(self.found));
        if quantity > room { Err(StockItemRejection::TooMany { room }) } else { Ok(()) }
    }

    fn may_be_adjusted(&self, difference: i64) -> Result<(), StockItemRejection> {
        let quantity = difference.unsigned_abs();
        if difference > 0 {
            return self.may_come_in(quantity);
        }
        in_range(quantity)?;
        self.may_be_taken(quantity)
    }

    fn may_be_taken(&self, quantity: u64) -> Result<(), StockItemRejection> {
        let Self { available, reserved, .. } = *self;
        if quantity > available { Err(StockItemRejection::TooFew { available, reserved }) } else { Ok(()) }
    }

    fn are_held(&self, quantity: u64) -> Result<(), StockItemRejection> {
        let reserved = self.reserved;
        if quantity > reserved { Err(StockItemRejection::HeldFewer { reserved }) } else { Ok(()) }
    }
}

fn in_range(quantity: u64) -> Result<(), StockItemRejection> {
    if (1..=QUANTITY_MAX).contains(&quantity) { Ok(()) } else { Err(StockItemRejection::OutOfRange) }
}

/// How a fact moves units. Stored facts are taken as they are: the arithmetic stops at its ends.
impl Counts {
    fn received(mut self, quantity: u64) -> Self {
        self.available = self.available.saturating_add(quantity);
        self.received = self.received.saturating_add(quantity);
        self
    }

    fn adjusted(mut self, difference: i64) -> Self {
        let quantity = difference.unsigned_abs();
        if difference < 0 {
            self.available = self.available.saturating_sub(quantity);
            self.spoiled = self.spoiled.saturating_add(quantity);
        } else {
            self.available = self.available.saturating_add(quantity);
            self.found = self.found.saturating_add(quantity);
        }
        self
    }

    fn reserved(mut self, quantity: u64) -> Self {
        self.available = self.available.saturating_sub(quantity);
        self.reserved = self.reserved.saturating_add(quantity);
        self
    }

    fn consumed(mut self, quantity: u64) -> Self {
        self.reserved = self.reserved.saturating_sub(quantity);
        self.consumed = self.consumed.saturating_add(quantity);
        self
    }

    fn released(mut self, quantity: u64) -> Self {
        self.reserved = self.reserved.saturating_sub(quantity);
        self.available = self.available.saturating_add(quantity);
        self
    }
}

impl StockItem {
    /// Where its units are; zeros where none has ever come in.
    #[must_use]
    pub fn counts(&self) -> Counts {
        match self {
            Self::Unknown => Counts::default(),
            Self::Kept(counts) => *counts,
        }
    }
}

impl fmt::Display for StockItemRejection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unknown => f.write_str("no unit of this item has ever come in"),
            Self::OutOfRange => write!(f, "the quantity must be from 1 to {QUANTITY_MAX}"),
            Self::TooMany { room } => write!(f, "at most {room} more can be counted"),
            Self::TooFew { available, reserved } => {
                write!(f, "only {available} can be taken away; {reserved} more are held for orders")
            }
            Self::HeldFewer { reserved } => write!(f, "only {reserved} are held for orders"),
        }
    }
}

impl std::error::Error for StockItemRejection {}
