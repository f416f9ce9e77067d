use std::fmt;

use inventory_contract::{
    InventoryEvent, StockAdjustedV1, StockBackV1, StockLowEndedV1, StockLowV1, StockRanOutV1,
    StockReceivedV1, UnitsConsumedV1, UnitsReleasedV1, UnitsReservedV1,
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
pub struct StockItem {
    /// Where its units are; `None` where none has ever come in.
    kept: Option<Counts>,
    /// Whether it was told that it runs low.
    low: bool,
    /// How many there are, as it was told last, where that is too few for the menu.
    ran_out_at: Option<u64>,
}

/// What a shop wants to be told of an item: which counts are too few.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Watch {
    /// At how many left it runs low, where that is told.
    pub low: Option<u64>,
    /// The most that one item of the menu needs of it, where the menu follows the stock; else 0.
    pub portion: u64,
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
    /// Say what is to be said of the count, as it is now.
    Watch {
        /// The item's name.
        item: String,
        /// Which counts are too few.
        watch: Watch,
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
            InventoryEvent::StockReceived(received) => self.with(counts.received(received.quantity)),
            InventoryEvent::StockAdjusted(adjusted) => self.with(counts.adjusted(adjusted.difference)),
            InventoryEvent::UnitsReserved(reserved) => self.with(counts.reserved(reserved.quantity)),
            InventoryEvent::UnitsConsumed(consumed) => self.with(counts.consumed(consumed.quantity)),
            InventoryEvent::UnitsReleased(released) => self.with(counts.released(released.quantity)),
            InventoryEvent::StockLow(_) => Self { low: true, ..self },
            InventoryEvent::StockLowEnded(_) => Self { low: false, ..self },
            InventoryEvent::StockRanOut(ran_out) => Self { ran_out_at: Some(ran_out.available), ..self },
            InventoryEvent::StockBack(_) => Self { ran_out_at: None, ..self },
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
            StockItemCommand::Adjust { .. } if !self.is_kept() => Err(StockItemRejection::Unknown),
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
            StockItemCommand::Watch { item, watch } => Ok(self.watch(&item, watch)),
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
        self.kept.unwrap_or_default()
    }

    /// Whether any unit of it has ever come in.
    #[must_use]
    pub const fn is_kept(&self) -> bool {
        self.kept.is_some()
    }

    /// Whether it runs low.
    #[must_use]
    pub const fn is_low(&self) -> bool {
        self.low
    }

    const fn with(self, counts: Counts) -> Self {
        Self { kept: Some(counts), ..self }
    }

    /// What is to be said that was not said yet. What never came in does not run low: it was never
    /// above; but the menu needs it all the same.
    fn watch(&self, item: &str, watch: Watch) -> Vec<InventoryEvent> {
        let item = || item.to_owned();
        let Counts { available, .. } = self.counts();
        let low = watch.low.filter(|low| self.is_kept() && available <= *low);
        let of_low = match (self.low, low) {
            (false, Some(low)) => Some(InventoryEvent::StockLow(StockLowV1 { item: item(), available, low })),
            (true, None) => Some(InventoryEvent::StockLowEnded(StockLowEndedV1 { item: item(), available })),
            _ => None,
        };
        let ran_out_at = (available < watch.portion).then_some(available);
        let of_menu = (ran_out_at != self.ran_out_at).then(|| match ran_out_at {
            Some(available) => InventoryEvent::StockRanOut(StockRanOutV1 { item: item(), available }),
            None => InventoryEvent::StockBack(StockBackV1 { item: item() }),
        });
        of_low.into_iter().chain(of_menu).collect()
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
