use std::fmt;

/// The roles in a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Role {
    Catalog,
    Ordering,
    Payment,
    Inventory,
    Kitchen,
    Delivery,
    Tracking,
    Notification,
}

impl Role {
    pub(crate) const ALL: [Self; 8] = [
        Self::Catalog,
        Self::Ordering,
        Self::Payment,
        Self::Inventory,
        Self::Kitchen,
        Self::Delivery,
        Self::Tracking,
        Self::Notification,
    ];

    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Catalog => "catalog",
            Self::Ordering => "ordering",
            Self::Payment => "payment",
            Self::Inventory => "inventory",
            Self::Kitchen => "kitchen",
            Self::Delivery => "delivery",
            Self::Tracking => "tracking",
            Self::Notification => "notification",
        }
    }

    pub(crate) fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.name() == name)
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
