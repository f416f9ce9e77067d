/// Whose events: the streams that a story has a part for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Source {
    /// The order's own milestones.
    Ordering,
    /// Its money.
    Payment,
    /// Its reservation.
    Inventory,
    /// Its ticket.
    Kitchen,
    /// Its way to the customer.
    Delivery,
}

impl Source {
    /// The source of a role's name.
    #[must_use]
    pub fn of_role(role: &str) -> Option<Self> {
        match role {
            "ordering" => Some(Self::Ordering),
            "payment" => Some(Self::Payment),
            "inventory" => Some(Self::Inventory),
            "kitchen" => Some(Self::Kitchen),
            "delivery" => Some(Self::Delivery),
            _ => None,
        }
    }

    /// The role's name.
    #[must_use]
    pub const fn role(self) -> &'static str {
        match self {
            Self::Ordering => "ordering",
            Self::Payment => "payment",
            Self::Inventory => "inventory",
            Self::Kitchen => "kitchen",
            Self::Delivery => "delivery",
        }
    }
}
