//! Messages name what was ordered in their own language.

use catalog_contract::{CatalogEvent, Language, MenuItem, MenuItemDefinedV1, Text};
use kernel::{Currency, Money};

use crate::house::{CAFE, House, life, placed};

/// The first item of the menu, as the lines of the test orders name it.
fn on_menu(ko: &str, en: &str) -> CatalogEvent {
    let item = MenuItem {
        key: "1".to_owned(),
        name: Text { ko: ko.to_owned(), en: en.to_owned() },
        category: None,
        price: Money::new(4_500, Currency::KRW),
        options: vec![],
        uses: vec![],
        sold_out: false,
        out_of_stock: false,
    };
    CatalogEvent::MenuItemDefined(MenuItemDefinedV1 { shop: CAFE.into(), item })
}

/// The cafe tells in this language.
fn telling_in(language: Language) -> House {
    let mut house = House::empty();
    let mut cafe = life(CAFE, true);
    if let Some(rule) = &mut cafe.messages {
        rule.language = language;
    }
    house.define(&cafe);
    house
}

fn told_of_placing(house: &mut House) -> String {
    house.tell(CAFE, 1, &placed(CAFE, false));
    house.hear();
    house.messages()[0].text.clone()
}

#[test]
fn a_message_in_english_names_the_items_in_english() {
    let mut house = telling_in(Language::En);
    house.catalog_says(CAFE, &on_menu("아메리카노", "Americano"));
    house.hear();
    let text = told_of_placing(&mut house);
    assert!(text.contains("Americano 2") && !text.contains("아메리카노"), "{text}");
}

#[test]
fn a_message_in_korean_names_them_in_korean() {
    let mut house = telling_in(Language::Ko);
    house.catalog_says(CAFE, &on_menu("아메리카노", "Americano"));
    house.hear();
    let text = told_of_placing(&mut house);
    assert!(text.contains("아메리카노 2"), "{text}");
}

#[test]
fn a_restart_knows_the_names() {
    let mut house = telling_in(Language::En);
    house.catalog_says(CAFE, &on_menu("아메리카노", "Americano"));
    house.hear();
    house.restart();
    assert!(told_of_placing(&mut house).contains("Americano 2"));
}

#[test]
fn what_the_menu_does_not_know_under_that_name_is_named_as_it_was_ordered() {
    let mut house = telling_in(Language::En);
    house.catalog_says(CAFE, &on_menu("라떼", "Latte"));
    house.hear();
    assert!(told_of_placing(&mut house).contains("아메리카노 2"));
}
