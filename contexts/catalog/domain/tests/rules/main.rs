//! What the catalog decides, one subject per file.
#![expect(clippy::unwrap_used, reason = "tests may panic")]

mod differences;
mod documents;
mod drawings;
mod lives;
mod menu;
mod pauses;
mod schema;
mod shop;
mod shop_files;
mod stock;
mod words;

use catalog_contract::{CatalogEvent, MenuItem};
use catalog_domain::{Shop, ShopCommand, ShopFile, ShopRejection};
use kernel::Aggregate;

const CAFE: &str = include_str!("../../../../../shops/cafe.toml");
const KIOSK: &str = include_str!("../../../../../shops/kiosk.toml");
const PIZZA: &str = include_str!("../../../../../shops/pizza.toml");
const PARCELS: &str = include_str!("../../../../../tests/journeys/shops/parcels.toml");
const BAKERY: &str = include_str!("../../../../../tests/journeys/shops/bakery.toml");
const DINER: &str = include_str!("../../../../../tests/journeys/shops/diner.toml");

fn file(text: &str) -> ShopFile {
    ShopFile::read("shop.toml", text).unwrap()
}

fn item(file: &ShopFile, key: &str) -> MenuItem {
    file.menu.iter().find(|item| item.key == key).unwrap().clone()
}

fn define(file: &ShopFile) -> ShopCommand {
    ShopCommand::Define { hash: file.hash.clone(), life: Box::new(file.life.clone()) }
}

fn speak(file: &ShopFile) -> ShopCommand {
    ShopCommand::SetWords { vocabulary: file.vocabulary.clone() }
}

fn define_item(item: MenuItem) -> ShopCommand {
    ShopCommand::DefineItem { item }
}

fn sold_out(item: &str, sold_out: bool) -> ShopCommand {
    ShopCommand::SetSoldOut { item: item.to_owned(), sold_out }
}

/// The shop after these wishes, each of which must be granted.
fn given(commands: impl IntoIterator<Item = ShopCommand>) -> Shop {
    commands.into_iter().fold(Shop::default(), |shop, command| {
        let events = shop.decide(command).unwrap();
        events.iter().fold(shop, Shop::evolve)
    })
}

fn when(shop: &Shop, command: ShopCommand) -> Result<Vec<CatalogEvent>, ShopRejection> {
    shop.decide(command)
}
