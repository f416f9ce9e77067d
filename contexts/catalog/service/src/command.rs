use std::fmt;

use catalog_contract::{MenuItem, OpeningView, Pause};
use catalog_domain::{ShopFile, ShopRejection};
use edge::etag::IfMatch;
use kernel::ShopKey;

/// A wish about a shop or its menu.
#[derive(Debug, Clone)]
pub enum CatalogCommand {
    /// The shop of this file is open. A known shop gets the file's life, but keeps its menu.
    ImportShop(Box<ShopFile>),
    /// The menu is as this file has it; the shop must be known.
    ImportMenu {
        /// The file.
        file: Box<ShopFile>,
        /// Whether to make it so, or only to say how they differ.
        apply: bool,
    },
    /// This is on the menu, as it is.
    DefineItem {
        /// The shop.
        shop: ShopKey,
        /// The item; the sold-out switch of a known one stays as it is.
        item: Box<MenuItem>,
    },
    /// This is no longer on the menu.
    RemoveItem {
        /// The shop.
        shop: ShopKey,
        /// The item's key.
        item: String,
    },
    /// This cannot be had, or can again.
    SetSoldOut {
        /// The shop.
        shop: ShopKey,
        /// The item's key.
        item: String,
        /// Whether it cannot be had.
        sold_out: bool,
        /// Go on only if the item is still the one that was read.
        if_match: Option<IfMatch>,
    },
    /// Staff stop new orders for a while, or take them again.
    SetOpening {
        /// The shop.
        shop: ShopKey,
        /// What is stopped, and until when; nothing: it takes orders again.
        pause: Option<Pause>,
    },
}

/// What is answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CatalogReply {
    /// What an import did.
    Imported(Imported),
    /// The item as it stands now.
    Item {
        /// The item.
        item: Box<MenuItem>,
        /// Its version.
        version: u64,
    },
    /// The item is not on the menu.
    Removed,
    /// Whether the shop takes orders now.
    Opening(Box<OpeningView>),
}

/// What an import did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Imported {
    /// The shop was not known: it is open now, with this many items.
    Opened {
        /// How many items it sells.
        items: usize,
    },
    /// The shop was known.
    Known {
        /// What was changed, one line each.
        applied: Vec<String>,
        /// How the menu of the file differs still, one line each.
        differs: Vec<String>,
    },
}

/// The business says no.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CatalogRefusal {
    /// The shop or its menu says no.
    Shop(ShopRejection),
    /// The item is no longer the one that was read.
    Changed {
        /// Its version now.
        version: u64,
    },
}

impl From<ShopRejection> for CatalogRefusal {
    fn from(rejection: ShopRejection) -> Self {
        Self::Shop(rejection)
    }
}

impl fmt::Display for CatalogRefusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Shop(rejection) => rejection.fmt(f),
            Self::Changed { version } => {
                write!(f, "the item has changed since it was read, it is at version {version} now")
            }
        }
    }
}

impl std::error::Error for CatalogRefusal {}
