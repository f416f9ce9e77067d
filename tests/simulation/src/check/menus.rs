use catalog_contract::{StockClosing, StockMode};
use inventory_contract::stock_item_id;
use kernel::ShopKey;

use super::Checker;

/// Menus that follow their stock: I35.
impl Checker {
    /// What stock closes of a menu is what cannot be made, and nothing else; what runs low was told.
    pub(super) fn menus_at_rest(&mut self) {
        let mut broken = Vec::new();
        let lives = self.shops.shops().filter(|life| life.stock.mode == StockMode::Reserve);
        for life in lives {
            let follows = life.stock.closes_the_menu();
            for item in self.shops.menu(&life.key) {
                let expected =
                    StockClosing::of(item, |stock| follows.then(|| self.available(&life.key, stock)));
                if item.closing() != expected {
                    broken.push(format!(
                        "{} of {} is closed as {:?}, its stock asks for {expected:?}",
                        item.key,
                        life.key,
                        item.closing()
                    ));
                }
            }
            for (stock, low) in &life.stock.low {
                let Some(item) = self.items.get(&stock_item_id(&life.key, stock)) else { continue };
                let is_low = item.is_kept() && self.available(&life.key, stock) <= *low;
                if item.low != is_low {
                    broken.push(format!("{stock} of {}: low is {low}, it is {item:?}", life.key));
                }
            }
        }
        for what in broken {
            self.violation("I35", None, what);
        }
    }

    fn available(&self, shop: &ShopKey, stock: &str) -> u64 {
        let item = self.items.get(&stock_item_id(shop, stock));
        item.map_or(0, |item| u64::try_from(item.available).unwrap_or(0))
    }
}
