use std::fmt;

/// Two or more that meet at one moment. Left to chance they would rarely meet, so runs aim at it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Race {
    /// The customer and the staff cancel one order.
    TwoCancels,
    /// Somebody cancels while staff take it on and begin.
    CancelOrStart,
    /// Somebody cancels while the payment's deadline is over.
    CancelOrDeadline,
    /// Fifty order one thing of which there are few.
    LastItems,
    /// Staff give money back while the provider captures late.
    RefundOrLateCapture,
    /// A courier is given a delivery while its order is cancelled.
    CourierOrCancel,
    /// One key comes from fifty sockets, for the first time.
    OneKey,
    /// A price changes between the quote and the order.
    PriceChange,
}

impl Race {
    /// Every race.
    pub const ALL: [Self; 8] = [
        Self::TwoCancels,
        Self::CancelOrStart,
        Self::CancelOrDeadline,
        Self::LastItems,
        Self::RefundOrLateCapture,
        Self::CourierOrCancel,
        Self::OneKey,
        Self::PriceChange,
    ];

    /// How many runs of a hundred aim at it: those that bring orders of their own are rarer.
    pub(crate) const fn percent(self) -> u64 {
        match self {
            Self::LastItems => 2,
            Self::OneKey | Self::PriceChange => 6,
            Self::TwoCancels
            | Self::CancelOrStart
            | Self::CancelOrDeadline
            | Self::RefundOrLateCapture
            | Self::CourierOrCancel => 15,
        }
    }
}

impl fmt::Display for Race {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::TwoCancels => "two cancels",
            Self::CancelOrStart => "cancel or start",
            Self::CancelOrDeadline => "cancel or payment deadline",
            Self::LastItems => "fifty for the last items",
            Self::RefundOrLateCapture => "refund or late capture",
            Self::CourierOrCancel => "courier or cancel",
            Self::OneKey => "one key from fifty sockets",
            Self::PriceChange => "price or order",
        })
    }
}
