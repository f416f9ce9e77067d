//! The own lists: shops, and the items on their menus in the order of the menu.

mod menu_item;
mod shop;

pub(crate) use menu_item::{drop_item, item_reply, item_version, keep_item};
pub(crate) use shop::{keep_shop, opening_reply};

/// The list of shops: bodies are [`catalog_contract::ShopView`].
pub const SHOPS: &str = "shops";

/// The list of menu items: bodies are [`catalog_contract::MenuItem`], numbers their places on the
/// menu.
pub const MENU_ITEMS: &str = "menu-items";

/// Everything shown is JSON of plain texts and numbers: writing it cannot fail.
pub(crate) fn to_json(shown: &impl serde::Serialize) -> Vec<u8> {
    serde_json::to_vec(shown).unwrap_or_default()
}
