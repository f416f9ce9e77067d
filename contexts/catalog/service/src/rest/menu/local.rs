use catalog_contract::{MenuItem, MenuOption, MenuView, OptionChoice, StockUse, Text};
use kernel::{Money, ShopKey};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A language that customers read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(in crate::rest) enum Language {
    /// Korean.
    Ko,
    /// English.
    En,
}

impl Language {
    fn of(self, text: Text) -> String {
        match self {
            Self::Ko => text.ko,
            Self::En => text.en,
        }
    }
}

/// A menu in every language, or in the one that was asked for.
#[derive(Debug, Serialize, ToSchema)]
#[serde(untagged)]
#[expect(dead_code, reason = "names both shapes for the documentation; the bodies are sent as kept bytes")]
pub(in crate::rest) enum MenuAnswer {
    /// In every language.
    Whole(MenuView),
    /// In one.
    Local(LocalMenu),
}

/// What a shop sells, in one language.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::rest) struct LocalMenu {
    /// The shop.
    shop: ShopKey,
    /// The version of the shop and its menu: the entity tag.
    version: u64,
    /// The language of the names.
    language: Language,
    /// The items.
    items: Vec<LocalItem>,
}

/// Something a shop sells.
#[derive(Debug, Serialize, ToSchema)]
struct LocalItem {
    /// Its key in the shop.
    key: String,
    /// Its name.
    name: String,
    /// The group it is shown in.
    category: Option<String>,
    /// What one costs without options.
    price: Money,
    /// Its options.
    options: Vec<LocalOption>,
    /// What one uses of the stock.
    uses: Vec<StockUse>,
    /// Whether somebody said that it cannot be had now.
    sold_out: bool,
    /// Whether stock closes it: something that it uses ran out.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    out_of_stock: bool,
}

/// A question asked with an item.
#[derive(Debug, Serialize, ToSchema)]
struct LocalOption {
    /// Its key in the item.
    key: String,
    /// Its name.
    name: String,
    /// Whether one choice must be made; the first is taken when none is named.
    required: bool,
    /// The choices.
    choices: Vec<LocalChoice>,
}

/// One answer to an option.
#[derive(Debug, Serialize, ToSchema)]
struct LocalChoice {
    /// Its key in the option.
    key: String,
    /// Its name.
    name: String,
    /// What it adds to the price; may be less than nothing.
    price_difference: Money,
    /// What it uses of the stock, besides the item's own.
    uses: Vec<StockUse>,
    /// Whether stock closes it: something that it uses ran out.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    out_of_stock: bool,
}

impl LocalMenu {
    pub(super) fn of(menu: MenuView, language: Language) -> Self {
        let items = menu.items.into_iter().map(|item| local_item(item, language)).collect();
        Self { shop: menu.shop, version: menu.version, language, items }
    }
}

fn local_item(item: MenuItem, language: Language) -> LocalItem {
    LocalItem {
        key: item.key,
        name: language.of(item.name),
        category: item.category.map(|category| language.of(category)),
        price: item.price,
        options: item.options.into_iter().map(|option| local_option(option, language)).collect(),
        uses: item.uses,
        sold_out: item.sold_out,
        out_of_stock: item.out_of_stock,
    }
}

fn local_option(option: MenuOption, language: Language) -> LocalOption {
    LocalOption {
        key: option.key,
        name: language.of(option.name),
        required: option.required,
        choices: option.choices.into_iter().map(|choice| local_choice(choice, language)).collect(),
    }
}

fn local_choice(choice: OptionChoice, language: Language) -> LocalChoice {
    LocalChoice {
        key: choice.key,
        name: language.of(choice.name),
        price_difference: choice.price_difference,
        uses: choice.uses,
        out_of_stock: choice.out_of_stock,
    }
}
