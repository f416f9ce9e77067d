//! Planted bugs: the grade of the harnesses.
//!
//! Each can be switched on in test builds only (feature `planted`, which no shipped graph has;
//! `tests/tidy` proves it). A harness that does not catch its bugs is worth nothing.

/// A bug that a harness must catch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(missing_docs, reason = "the texts stand beside them in `Bug::what`")]
pub enum Bug {
    B1,
    B2,
    B3,
    B4,
    B5,
    B6,
    B7,
    B8,
    B9,
    B10,
    B11,
    B12,
    B13,
    B14,
    B15,
    B16,
    B17,
    B18,
    B19,
    B20,
    B21,
    B22,
    B23,
    B24,
}

impl Bug {
    /// Every bug that can be planted.
    pub const ALL: &'static [Self] = &[
        Self::B1,
        Self::B2,
        Self::B3,
        Self::B4,
        Self::B5,
        Self::B6,
        Self::B7,
        Self::B8,
        Self::B9,
        Self::B10,
        Self::B11,
        Self::B12,
        Self::B13,
        Self::B14,
        Self::B15,
        Self::B16,
        Self::B17,
        Self::B18,
        Self::B19,
        Self::B20,
        Self::B21,
        Self::B22,
        Self::B23,
        Self::B24,
    ];

    /// What is wrong when it is planted.
    #[must_use]
    pub const fn what(self) -> &'static str {
        match self {
            Self::B1 => "answers before the commit",
            Self::B2 => "commits without waiting for the disk (synchronous=NORMAL)",
            Self::B3 => "writes the event row in another transaction than its effect",
            Self::B4 => "saves the subscription position before the effect",
            Self::B5 => "saves the subscription position in another transaction",
            Self::B6 => "forgets that an event was applied already",
            Self::B7 => "takes (order, event type) for the identity of an event",
            Self::B8 => "refunds without an idempotency key at the provider",
            Self::B9 => "lets a reader skip a position that becomes visible late",
            Self::B10 => "forgets the compensation of one branch",
            Self::B11 => "judges a cancel by a state read outside the transaction",
            Self::B12 => "reads the stock, subtracts and writes it back",
            Self::B13 => "lets timers follow the wall clock backwards",
            Self::B14 => "loses timers at a restart",
            Self::B15 => "lets the view keep the highest status, not the latest",
            Self::B16 => "acknowledges and drops an event it cannot apply",
            Self::B17 => "loses a wake-up of the bell",
            Self::B18 => "takes a payment timeout for a decline",
            Self::B19 => "accepts an unpaid order where payment cannot be reached",
            Self::B20 => "does not scope idempotency keys to their subject",
            Self::B21 => "stores the answer before the effect",
            Self::B22 => "lets the write-ahead log grow without bound",
            Self::B23 => "forgets on one route whose the order is",
            Self::B24 => "migrates statement by statement, and cannot go on after a kill",
        }
    }

    /// Reads `B8`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|bug| format!("{bug:?}") == text)
    }
}

#[cfg(feature = "planted")]
static PLANTED: std::sync::atomic::AtomicU32 = std::sync::atomic::AtomicU32::new(u32::MAX);

/// Switches one bug on (and the one before off); `None` switches off.
#[cfg(feature = "planted")]
pub fn plant(bug: Option<Bug>) {
    PLANTED.store(bug.map_or(u32::MAX, |bug| bug as u32), std::sync::atomic::Ordering::SeqCst);
}

/// Whether a bug is switched on; always false in what ships.
#[cfg(feature = "planted")]
#[must_use]
pub fn is(bug: Bug) -> bool {
    PLANTED.load(std::sync::atomic::Ordering::SeqCst) == bug as u32
}

/// Whether a bug is switched on; always false in what ships.
#[cfg(not(feature = "planted"))]
#[must_use]
#[inline]
pub const fn is(_bug: Bug) -> bool {
    false
}
