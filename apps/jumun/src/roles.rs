use std::fmt;

use clap::ValueEnum;

/// A part that a process can play: one bounded context each, and the door.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, ValueEnum)]
pub(crate) enum Role {
    /// The one address for all; keeps nothing, so there may be several.
    Gateway,
    /// Shops as defined, and their menus.
    Catalog,
    /// The promise to the customer.
    Ordering,
    /// Whether money moved.
    Payment,
    /// What is there, and held for whom.
    Inventory,
    /// Whether making has begun.
    Kitchen,
    /// Whether it is on its way.
    Delivery,
    /// What customers are told.
    Notification,
    /// The story of every order.
    Tracking,
}

/// Every role and what it is for: the table that `jumun roles` prints.
pub(crate) const ROLES: &[(Role, &str)] = &[
    (Role::Gateway, "the one address for all: passes on what it does not hold itself"),
    (Role::Catalog, "shops as defined, their menus"),
    (Role::Ordering, "the promise to the customer: place, cancel, milestones"),
    (Role::Payment, "whether money moved: payments, refunds, ledger"),
    (Role::Inventory, "what is there, and held for whom"),
    (Role::Kitchen, "whether making has begun: tickets"),
    (Role::Delivery, "whether it is on its way: deliveries, couriers"),
    (Role::Notification, "what customers are told: messages, webhooks"),
    (Role::Tracking, "the story of every order: timeline, search, live stream"),
];

impl Role {
    /// The name: folder, metric label, causation.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Gateway => "gateway",
            Self::Catalog => "catalog",
            Self::Ordering => "ordering",
            Self::Payment => "payment",
            Self::Inventory => "inventory",
            Self::Kitchen => "kitchen",
            Self::Delivery => "delivery",
            Self::Notification => "notification",
            Self::Tracking => "tracking",
        }
    }

    /// Every role.
    pub(crate) fn all() -> impl Iterator<Item = Self> {
        ROLES.iter().map(|(role, _)| *role)
    }

    /// The roles of contexts: each keeps a journal, and has one holder.
    pub(crate) fn contexts() -> impl Iterator<Item = Self> {
        Self::all().filter(|role| role.is_context())
    }

    /// Whether it keeps a journal.
    pub(crate) const fn is_context(self) -> bool {
        !matches!(self, Self::Gateway)
    }

    /// The role of a name.
    pub(crate) fn parse(name: &str) -> Option<Self> {
        Self::all().find(|role| role.name() == name)
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
