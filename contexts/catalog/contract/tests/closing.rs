//! What stock closes of an item.

use catalog_contract::{MenuItem, MenuOption, OptionChoice, StockClosing, StockUse, Text};
use kernel::{Currency, Money};

const WON: Money = Money { amount: 0, currency: Currency::KRW };

fn uses(uses: &[(&str, u32)]) -> Vec<StockUse> {
    uses.iter().map(|(item, quantity)| StockUse { item: (*item).to_owned(), quantity: *quantity }).collect()
}

fn choice(key: &str, used: &[(&str, u32)]) -> OptionChoice {
    let uses = uses(used);
    OptionChoice {
        key: key.to_owned(),
        name: Text::default(),
        price_difference: WON,
        uses,
        out_of_stock: false,
    }
}

fn option(key: &str, required: bool, choices: Vec<OptionChoice>) -> MenuOption {
    MenuOption { key: key.to_owned(), name: Text::default(), required, choices }
}

/// Two of milk and a cup; large takes one of milk more, milk of another kind must be chosen.
fn latte() -> MenuItem {
    MenuItem {
        key: "latte".to_owned(),
        name: Text::default(),
        category: None,
        price: WON,
        options: vec![
            option("size", false, vec![choice("large", &[("milk", 1)])]),
            option("beans", true, vec![choice("house", &[("house", 3)]), choice("decaf", &[("decaf", 3)])]),
        ],
        uses: uses(&[("milk", 2), ("cup", 1)]),
        sold_out: false,
        out_of_stock: false,
    }
}

/// Whether the item is closed, and which choices, where so many are there.
fn closed(there: &[(&str, u64)]) -> (bool, Vec<String>) {
    let available = |stock: &str| there.iter().find(|(item, _)| *item == stock).map(|(_, count)| *count);
    let closing = StockClosing::of(&latte(), available);
    (closing.out_of_stock, closing.choices.into_iter().map(|closed| closed.choice).collect())
}

#[test]
fn nothing_is_closed_where_enough_is_there() {
    assert_eq!(closed(&[]), (false, vec![]));
    assert_eq!(closed(&[("milk", 3), ("cup", 1), ("house", 3), ("decaf", 3)]), (false, vec![]));
}

#[test]
fn an_item_is_closed_where_less_than_one_use_is_there() {
    assert_eq!(closed(&[("cup", 0)]), (true, vec![]));
    assert_eq!(closed(&[("milk", 1)]), (true, vec!["large".to_owned()]));
}

#[test]
fn a_choice_is_closed_where_the_item_leaves_too_little_for_it() {
    assert_eq!(closed(&[("milk", 2)]), (false, vec!["large".to_owned()]));
}

#[test]
fn an_item_whose_required_option_leaves_no_choice_is_closed() {
    assert_eq!(closed(&[("house", 2)]), (false, vec!["house".to_owned()]));
    assert_eq!(closed(&[("house", 2), ("decaf", 0)]), (true, vec!["house".to_owned(), "decaf".to_owned()]));
}

#[test]
fn the_largest_portion_is_that_of_the_dearest_choices() {
    let latte = latte();
    assert_eq!(["milk", "cup", "decaf", "salt"].map(|stock| latte.largest_portion(stock)), [3, 1, 3, 0]);
}
