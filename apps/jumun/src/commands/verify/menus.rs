//! What must be true of menus and stock together.

use catalog_contract::{ShopLife, StockClosing, StockMode};
use inventory_contract::stock_item_id;
use kernel::ShopKey;

use super::Finding;
use super::facts::Facts;

/// At rest a menu that follows its stock is closed by it exactly as far as something is short, and staff
/// were told of exactly what runs low.
pub(super) fn check(facts: &Facts) -> Finding {
    let mut broken = Vec::new();
    let mut examined = 0;
    let lives = facts.shops.shops().filter(|life| facts.caught_up && life.stock.mode == StockMode::Reserve);
    for life in lives {
        let follows = life.stock.closes_the_menu();
        for item in facts.shops.menu(&life.key) {
            examined += 1;
            let available = |stock: &str| follows.then(|| available(facts, &life.key, stock));
            let expected = StockClosing::of(item, available);
            if item.closing() != expected {
                broken.push(format!(
                    "{} of {} is closed as {:?}, its stock asks for {expected:?}",
                    item.key,
                    life.key,
                    item.closing()
                ));
            }
        }
        examined += life.stock.low.len();
        broken.extend(wrongly_low(facts, life));
    }
    Finding {
        invariants: "I35",
        promise: "stock closes of a menu what cannot be made, and nothing else; what runs low is told",
        examined,
        broken,
    }
}

fn available(facts: &Facts, shop: &ShopKey, stock: &str) -> u64 {
    facts.items.get(&stock_item_id(shop, stock)).map_or(0, |item| item.counts().available)
}

fn wrongly_low(facts: &Facts, life: &ShopLife) -> Vec<String> {
    let watched = life.stock.low.iter().filter_map(|(stock, low)| {
        let item = facts.items.get(&stock_item_id(&life.key, stock))?;
        let is_low = item.is_kept() && item.counts().available <= *low;
        let told = if item.is_low() { "is told to run low" } else { "is not told to run low" };
        (item.is_low() != is_low).then(|| {
            format!("{stock} of {} {told}, {} are there, low is {low}", life.key, item.counts().available)
        })
    });
    watched.collect()
}
