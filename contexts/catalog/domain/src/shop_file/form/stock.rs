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
    /// Whether an item that runs out closes itself on the menu; `false` when left out, and `true`
    /// is not supported yet.
    pub closes_menu: Option<bool>,
}
