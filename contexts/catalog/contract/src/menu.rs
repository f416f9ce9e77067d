use kernel::Money;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::Text;

/// Something a shop sells.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct MenuItem {
    /// Its key in the shop: `americano`, `1`.
    pub key: String,
    /// Its name.
    pub name: Text,
    /// The group it is shown in.
    pub category: Option<Text>,
    /// What one costs without options.
    pub price: Money,
    /// Its options.
    #[serde(default)]
    pub options: Vec<MenuOption>,
    /// What one uses of the stock.
    #[serde(default)]
    pub uses: Vec<StockUse>,
    /// Whether somebody said that it cannot be had now.
    #[serde(default)]
    pub sold_out: bool,
    /// Whether stock closes it: something that it uses ran out.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub out_of_stock: bool,
}

/// A question asked with an item: size, milk.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct MenuOption {
    /// Its key in the item.
    pub key: String,
    /// Its name.
    pub name: Text,
    /// Whether one choice must be made; the first is taken when none is named.
    #[serde(default)]
    pub required: bool,
    /// The choices.
    pub choices: Vec<OptionChoice>,
}

/// One answer to an option.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct OptionChoice {
    /// Its key in the option.
    pub key: String,
    /// Its name.
    pub name: Text,
    /// What it adds to the price; may be less than nothing.
    pub price_difference: Money,
    /// What it uses of the stock, besides the item's own.
    #[serde(default)]
    pub uses: Vec<StockUse>,
    /// Whether stock closes it: something that it uses ran out.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub out_of_stock: bool,
}

/// What one unit uses of a stock item.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct StockUse {
    /// The stock item's name: `cup`.
    pub item: String,
    /// How many.
    pub quantity: u32,
}
