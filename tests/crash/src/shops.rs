//! The shops that are open: between them every way in which an order needs its neighbours.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

/// A shop as people know it.
#[derive(Debug, PartialEq, Eq)]
pub struct Shop {
    /// Its key.
    pub key: &'static str,
    /// What is ordered there.
    pub items: &'static [&'static str],
    /// The stock that it keeps.
    pub stock: &'static [&'static str],
    /// How it takes money.
    pub pays: Pays,
    /// Who works there.
    pub has_staff: bool,
    /// How orders reach their customers.
    pub brings: Brings,
    /// How many of a hundred orders go there.
    pub share: u32,
}

/// How a shop takes money.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pays {
    /// Not at all.
    Nothing,
    /// When somebody orders.
    AtOrder,
    /// When somebody orders, from what they have paid in before.
    FromDeposit,
    /// When the customer approves it.
    ByCustomer,
}

/// How orders reach their customers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Brings {
    /// They are fetched.
    Nothing,
    /// They set out by themselves, and somebody says when they are there.
    ByItself,
    /// Somebody sets out with them.
    ByHand,
    /// A courier is named, who sets out with them.
    WithCourier,
}

impl Shop {
    /// Whether the program asks the provider, which may be told what to answer.
    #[must_use]
    pub const fn asks_provider(&self) -> bool {
        matches!(self.pays, Pays::AtOrder | Pays::ByCustomer)
    }

    /// Whether orders are brought.
    #[must_use]
    pub fn delivers(&self) -> bool {
        self.brings != Brings::Nothing
    }
}

/// The shops.
pub const SHOPS: &[Shop] = &[
    Shop {
        key: "bench",
        items: &["1", "2"],
        stock: &[],
        pays: Pays::AtOrder,
        has_staff: false,
        brings: Brings::Nothing,
        share: 25,
    },
    Shop {
        key: "cafe",
        items: &["1", "5", "7", "10"],
        stock: &[],
        pays: Pays::AtOrder,
        has_staff: true,
        brings: Brings::Nothing,
        share: 20,
    },
    Shop {
        key: "kiosk",
        items: &["americano", "mocha", "icetea"],
        stock: &["cup"],
        pays: Pays::Nothing,
        has_staff: false,
        brings: Brings::Nothing,
        share: 10,
    },
    Shop {
        key: "market",
        items: &["4", "7", "10"],
        stock: &[],
        pays: Pays::FromDeposit,
        has_staff: false,
        brings: Brings::ByItself,
        share: 10,
    },
    Shop {
        key: "appliance",
        items: &["2", "6", "7"],
        stock: &[],
        pays: Pays::ByCustomer,
        has_staff: true,
        brings: Brings::ByItself,
        share: 10,
    },
    Shop {
        key: "pizza",
        items: &["pepperoniPizza"],
        stock: &[],
        pays: Pays::AtOrder,
        has_staff: true,
        brings: Brings::ByHand,
        share: 10,
    },
    Shop {
        key: "courier",
        items: &["one", "two"],
        stock: &[],
        pays: Pays::AtOrder,
        has_staff: true,
        brings: Brings::WithCourier,
        share: 5,
    },
    Shop {
        key: "bakery",
        items: &["bread", "bun-box"],
        stock: &["loaf", "bun"],
        pays: Pays::AtOrder,
        has_staff: true,
        brings: Brings::Nothing,
        share: 8,
    },
    Shop {
        key: "diner",
        items: &["kimbap", "ramyeon"],
        stock: &[],
        pays: Pays::AtOrder,
        has_staff: true,
        brings: Brings::Nothing,
        share: 2,
    },
];

/// Shops that are no part of the program: their files.
const FILES: &[(&str, &str)] = &[
    ("bench.toml", include_str!("../../../bench/shops/bench.toml")),
    ("bakery.toml", include_str!("../../journeys/shops/bakery.toml")),
    ("diner.toml", include_str!("../../journeys/shops/diner.toml")),
    ("courier.toml", include_str!("../../simulation/shops/courier.toml")),
];
const BUILT_IN: &[&str] = &["cafe", "kiosk", "market", "appliance", "pizza"];

/// Writes the shop files into a folder; what `serve` is told to open.
///
/// # Errors
/// When the folder cannot be written.
pub fn lay_out(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut opened: Vec<PathBuf> = BUILT_IN.iter().map(PathBuf::from).collect();
    for (name, text) in FILES {
        let path = folder.join(name);
        std::fs::write(&path, text).with_context(|| format!("{} cannot be written", path.display()))?;
        opened.push(path);
    }
    Ok(opened)
}

/// The shop of a key.
#[must_use]
pub fn shop(key: &str) -> Option<&'static Shop> {
    SHOPS.iter().find(|shop| shop.key == key)
}

/// The shop that a number from 0 to 99 draws.
#[must_use]
pub fn drawn(number: u32) -> &'static Shop {
    let mut below = 0;
    for shop in SHOPS {
        below += shop.share;
        if number < below {
            return shop;
        }
    }
    &SHOPS[0]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hundred_orders_go_somewhere() {
        assert_eq!(SHOPS.iter().map(|shop| shop.share).sum::<u32>(), 100);
        for shop in SHOPS {
            let drawn_here = (0..100).filter(|number| drawn(*number) == shop).count();
            assert_eq!(drawn_here, shop.share as usize, "{}", shop.key);
        }
    }
}
