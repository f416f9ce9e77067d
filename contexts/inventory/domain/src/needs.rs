use std::collections::BTreeMap;

use catalog_contract::StockUse;
use inventory_contract::Shortage;

/// What an order needs, each stock item once, in the order of their names.
///
/// Several lines may use the same item; their quantities are summed here, wide enough that no sum
/// can overflow.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Needs(BTreeMap<String, u64>);

impl Needs {
    /// The most of one item that a single order can hold.
    pub const PER_ITEM_MAX: u64 = u32::MAX as u64;

    /// Sums the uses of an order's lines.
    #[must_use]
    pub fn of(uses: &[StockUse]) -> Self {
        let mut needs = BTreeMap::<String, u64>::new();
        for used in uses.iter().filter(|used| used.quantity > 0) {
            let sum = needs.entry(used.item.clone()).or_default();
            *sum = sum.saturating_add(u64::from(used.quantity));
        }
        Self(needs)
    }

    /// The items and how many of each.
    pub fn iter(&self) -> impl Iterator<Item = (&str, u64)> {
        self.0.iter().map(|(item, quantity)| (item.as_str(), *quantity))
    }

    /// What is short where `available` tells how many of an item can be had.
    pub fn shortages(&self, available: impl Fn(&str) -> u64) -> Vec<Shortage> {
        self.iter()
            .map(|(item, wanted)| Shortage { item: item.to_owned(), wanted, available: available(item) })
            .filter(|need| need.wanted > need.available.min(Self::PER_ITEM_MAX))
            .collect()
    }

    /// The needs as the events tell them.
    #[must_use]
    pub fn to_uses(&self) -> Vec<StockUse> {
        self.iter()
            .map(|(item, quantity)| StockUse {
                item: item.to_owned(),
                quantity: u32::try_from(quantity).unwrap_or(u32::MAX),
            })
            .collect()
    }
}
