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
    /// Whether it takes money.
    pub takes_money: bool,
    /// Whether its staff move orders on.
    pub has_staff: bool,
    /// How many of a hundred orders go there.
    pub share: u32,
}

/// The shops.
pub const SHOPS: &[Shop] = &[
    Shop { key: "bench", items: &["1", "2"], stock: &[], takes_money: true, has_staff: false, share: 35 },
    Shop {
        key: "cafe",
        items: &["1", "5", "7", "10"],
        stock: &[],
        takes_money: true,
        has_staff: true,
        share: 30,
    },
    Shop {
        key: "kiosk",
        items: &["americano", "mocha", "icetea"],
        stock: &["cup"],
        takes_money: false,
        has_staff: false,
        share: 15,
    },
    Shop {
        key: "bakery",
        items: &["bread", "bun-box"],
        stock: &["loaf", "bun"],
        takes_money: true,
        has_staff: true,
        share: 15,
    },
    Shop {
        key: "diner",
        items: &["kimbap", "ramyeon"],
        stock: &[],
        takes_money: true,
        has_staff: true,
        share: 5,
    },
];

/// Shops that are no part of the program: their files.
const FILES: &[(&str, &str)] = &[
    ("bench.toml", include_str!("../../../bench/shops/bench.toml")),
    ("bakery.toml", include_str!("../../journeys/shops/bakery.toml")),
    ("diner.toml", include_str!("../../journeys/shops/diner.toml")),
];
const BUILT_IN: &[&str] = &["cafe", "kiosk"];

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
