use std::collections::BTreeMap;

use catalog_contract::StockMode;
use schemars::JsonSchema;
use serde::Deserialize;

/// Whether and how stock is held.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct StockSection {
    /// How. The other keys belong to a shop that reserves.
    pub mode: StockMode,
    /// The names of what is counted: `cup`.
    pub items: Option<Vec<String>>,
    /// Whether an item of the menu closes itself where what it uses runs out, and opens again with
    /// the stock; `false` when left out.
    pub closes_menu: Option<bool>,
    /// At how many left staff are told that an item runs low: `{ cup = 10 }`.
    pub low: Option<BTreeMap<String, u64>>,
}
