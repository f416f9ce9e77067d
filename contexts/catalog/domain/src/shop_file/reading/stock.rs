use std::collections::{BTreeMap, BTreeSet};

use catalog_contract::{StockMode, StockRule};

use super::values::check_key;
use crate::shop_file::form::{ShopForm, StockSection};
use crate::shop_file::nearest::nearest;
use crate::shop_file::report::{Report, item_path, key_path};

/// The most units that may be left where an item runs low.
const LOW_MAX: u64 = 1_000_000_000;

pub(super) fn rule(form: &ShopForm, report: &mut Report<'_>) -> StockRule {
    let stock = &form.stock;
    match stock.mode {
        StockMode::None => refuse_keys_of_stock(stock, report),
        StockMode::Reserve => check_items(stock, report),
    }
    let closes_menu = stock.closes_menu.unwrap_or(false);
    if stock.mode == StockMode::Reserve && closes_menu && !uses_any(form) {
        report
            .refuse("stock.closes_menu", "never comes into play: nothing on the menu uses any stock")
            .hint("say what an item uses, such as `uses = { cup = 1 }`");
    }
    StockRule { mode: stock.mode, closes_menu, low: low(stock, report) }
}

fn refuse_keys_of_stock(stock: &StockSection, report: &mut Report<'_>) {
    let written = [
        ("items", stock.items.is_some()),
        ("closes_menu", stock.closes_menu.is_some()),
        ("low", stock.low.is_some()),
    ];
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

/// What is used or watched must be counted.
pub(super) fn check_known(item: &str, known: &[String], path: &str, report: &mut Report<'_>) {
    if !known.iter().any(|counted| counted == item) {
        let message = format!(
            "unknown stock item `{item}`; expected one of `stock.items`, which are {}",
            if known.is_empty() { "none".to_owned() } else { known.join(", ") }
        );
        report.refuse_key(path, message).meant(nearest(item, known.iter().map(String::as_str)));
    }
}

fn uses_any(form: &ShopForm) -> bool {
    let mut choices = form.options.values().flat_map(|option| &option.choices);
    form.menu.iter().any(|item| !item.uses.is_empty()) || choices.any(|choice| !choice.uses.is_empty())
}

fn low(stock: &StockSection, report: &mut Report<'_>) -> BTreeMap<String, u64> {
    if stock.mode == StockMode::None {
        return BTreeMap::new();
    }
    let low = stock.low.clone().unwrap_or_default();
    let known = stock.items.as_deref().unwrap_or_default();
    for (item, &units) in &low {
        let path = key_path("stock.low", item);
        check_known(item, known, &path, report);
        if !(1..=LOW_MAX).contains(&units) {
            report.refuse(&path, format!("out of range; expected 1 to {LOW_MAX} units"));
        }
    }
    low
}
