//! What must hold of an item wherever it comes from: the file or a command.

use std::collections::BTreeSet;

use catalog_contract::MenuItem;

/// The price with the cheapest choice of every option, in minor units: no line may cost less.
pub(crate) fn lowest_price(item: &MenuItem) -> i64 {
    let cheapest = |option: &catalog_contract::MenuOption| {
        let differences = option.choices.iter().map(|choice| choice.price_difference.amount);
        let least = differences.min().unwrap_or(0);
        if option.required { least } else { least.min(0) }
    };
    item.options.iter().map(cheapest).fold(item.price.amount, i64::saturating_add)
}

/// What a new definition of an item does not change: whether it was sold out by hand, and what stock
/// closes of it.
pub(crate) fn keep_switches(item: &mut MenuItem, present: Option<&MenuItem>) {
    item.sold_out = present.map_or(item.sold_out, |present| present.sold_out);
    item.close(&present.map(MenuItem::closing).unwrap_or_default());
}

/// A key that is there twice: of an option in the item, or of a choice in an option.
pub(crate) fn repeated_key(item: &MenuItem) -> Option<&str> {
    let choices =
        item.options.iter().map(|option| option.choices.iter().map(|choice| choice.key.as_str()).collect());
    let options = item.options.iter().map(|option| option.key.as_str()).collect();
    choices.chain([options]).find_map(|keys: Vec<&str>| {
        let mut seen = BTreeSet::new();
        keys.into_iter().find(|key| !seen.insert(*key))
    })
}
