//! The shops of a run: the real ones, and some that have what those have not (money with nobody at
//! work, money and stock, orders that may be paid later, couriers, a menu that follows its stock).

use std::sync::OnceLock;

use catalog_domain::ShopFile;
use catalog_service::DEFAULT_SHOPS;

/// Menus are cut to this many items: few items, much contention.
const ITEMS_MAX: usize = 3;

/// A shop, and the same shop under a life that differs: orders stay pinned to theirs.
pub(crate) struct Shop {
    pub(crate) file: ShopFile,
    pub(crate) revised: ShopFile,
}

/// Every shop; read once per program.
pub(crate) fn shops() -> &'static [Shop] {
    static SHOPS: OnceLock<Vec<Shop>> = OnceLock::new();
    SHOPS.get_or_init(|| {
        let own = [
            ("shops/bench.toml", include_str!("../shops/bench.toml")),
            ("shops/bakery.toml", include_str!("../shops/bakery.toml")),
            ("shops/bar.toml", include_str!("../shops/bar.toml")),
            ("shops/canteen.toml", include_str!("../shops/canteen.toml")),
            ("shops/courier.toml", include_str!("../shops/courier.toml")),
            ("shops/parcel.toml", include_str!("../shops/parcel.toml")),
            ("shops/counter.toml", include_str!("../../journeys/shops/counter.toml")),
        ];
        let default = DEFAULT_SHOPS.iter().map(|shop| (shop.file, shop.text));
        default.chain(own).map(|(file, text)| read(file, text)).collect()
    })
}

fn read(file: &str, text: &str) -> Shop {
    let revision = text
        .replace("customer_before = \"started\"", "customer_before = \"accepted\"")
        // A menu that followed its stock does so no longer, and staff are told of other counts.
        .replace("closes_menu = true\nlow = { bowl = 4, noodle = 6 }", "low = { bowl = 8, broth = 2 }")
        .replace("customer_before = \"delivered\"", "customer_before = \"prepared\"")
        .replace("customer_before = \"completed\"", "customer_before = \"delivered\"");
    Shop { file: cut(file, text), revised: cut(file, &revision) }
}

fn cut(file: &str, text: &str) -> ShopFile {
    match ShopFile::read(file, text) {
        Ok(mut shop) => {
            shop.menu.truncate(ITEMS_MAX);
            shop
        }
        Err(mistakes) => unreachable!("{file} is in the project: {mistakes:?}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_shop_is_read_and_its_revision_is_another_life() {
        for shop in shops() {
            assert!(!shop.file.menu.is_empty());
            assert_ne!(shop.file.hash, shop.revised.hash);
        }
    }
}
