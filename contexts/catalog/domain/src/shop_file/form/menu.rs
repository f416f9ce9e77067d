use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;

use super::{AmountForm, TextForm};

/// Something the shop sells.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ItemForm {
    /// Its key in the shop: letters, digits, hyphens and underscores, 64 at most.
    pub key: String,
    /// Its name.
    pub name: TextForm,
    /// The key of the group it is shown in.
    pub category: Option<String>,
    /// What one costs without options.
    pub price: AmountForm,
    /// The keys of the options that are asked with it, in this order.
    #[serde(default)]
    pub options: Vec<String>,
    /// What one uses of the stock: `{ cup = 1 }`.
    #[serde(default)]
    #[schemars(extend("additionalProperties" = { "type": "integer", "minimum": 1, "maximum": 1000 }))]
    pub uses: BTreeMap<String, u32>,
    /// Whether it cannot be had on the first day.
    #[serde(default)]
    pub sold_out: bool,
}

/// A question asked with an item: size, milk.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct OptionForm {
    /// Its name.
    pub name: TextForm,
    /// Whether one choice must be made; the first is taken when none is named.
    #[serde(default)]
    pub required: bool,
    /// The choices, the usual one first.
    pub choices: Vec<ChoiceForm>,
}

/// One answer to an option.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ChoiceForm {
    /// Its key in the option.
    pub key: String,
    /// Its name.
    pub name: TextForm,
    /// What it adds to the price; may be less than nothing; nothing when left out.
    pub price_difference: Option<AmountForm>,
    /// What it uses of the stock, besides the item's own.
    #[serde(default)]
    #[schemars(extend("additionalProperties" = { "type": "integer", "minimum": 1, "maximum": 1000 }))]
    pub uses: BTreeMap<String, u32>,
}
