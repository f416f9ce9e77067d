use std::collections::BTreeSet;

use catalog_contract::{StockMode, StockRule};

use super::values::check_key;
use crate::shop_file::form::StockSection;
use crate::shop_file::report::{Report, item_path};

pub(super) fn rule(stock: &StockSection, report: &mut Report<'_>) -> StockRule {
    match stock.mode {
        StockMode::None => refuse_keys_of_stock(stock, report),
        StockMode::Reserve => check_items(stock, report),
    }
    if stock.mode == StockMode::Reserve && stock.closes_menu == Some(true) {
        report
            .refuse("stock.closes_menu", "`true` is not supported yet; expected false")
            .hint("staff say what is sold out; an order that finds nothing left is refused or cancelled");
    }
    StockRule { mode: stock.mode, closes_menu: stock.closes_menu.unwrap_or(false) }
}

fn refuse_keys_of_stock(stock: &StockSection, report: &mut Report<'_>) {
    let written = [("items", stock.items.is_some()), ("closes_menu", stock.closes_menu.is_some())];
    for (key, _) in written.into_iter().filter(|(_, written)| *written) {
        report
            .refuse_key(&format!("stock.{key}"), "never comes into play: this shop holds no stock")
            .hint("leave it out, or let `stock.mode` be \"reserve\"");
    }
}

fn check_items(stock: &StockSection, report: &mut Report<'_>) {
    let items = stock.items.as_deref().unwrap_or_default();
    if items.is_empty() {
        report.refuse_key("stock.items", "missing; expected the names of what is counted, such as [\"cup\"]");
    }
    let mut seen = BTreeSet::new();
    for (index, item) in items.iter().enumerate() {
        let path = item_path("stock.items", index);
        check_key(item, &path, report);
        if !seen.insert(item) {
            report.refuse(&path, format!("`{item}` is named twice; expected each stock item once"));
        }
    }
}
