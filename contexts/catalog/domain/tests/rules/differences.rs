use catalog_domain::{OpenShop, ShopCommand, difference};

use crate::{CAFE, define, define_item, file, given, sold_out, speak};

fn cafe() -> OpenShop {
    let file = file(CAFE);
    let items = file.menu.iter().cloned().map(define_item);
    given([define(&file), speak(&file)].into_iter().chain(items)).open().unwrap().clone()
}

#[test]
fn a_file_that_was_imported_differs_in_nothing() {
    assert_eq!(difference(&file(CAFE), &cafe()), Vec::<String>::new());
}

#[test]
fn the_sold_out_switch_is_no_difference() {
    let file = file(CAFE);
    let items = file.menu.iter().cloned().map(define_item);
    let shop = given([define(&file), speak(&file)].into_iter().chain(items).chain([sold_out("1", true)]));
    assert_eq!(difference(&file, shop.open().unwrap()), Vec::<String>::new());
}

#[test]
fn each_difference_is_one_line() {
    let changed = CAFE
        .replace("timeout = \"1s\"", "timeout = \"2s\"")
        .replace("price = 4500", "price = 4600")
        .replace("Salt bread", "Salt roll")
        .replace("key = \"12\"", "key = \"13\"");
    assert_eq!(
        difference(&file(&changed), &cafe()),
        [
            "payment.timeout_millis: 1000 -> 2000",
            "menu.13: new, New York cheesecake at 6500 KRW",
            "menu.1.price.amount: 4500 -> 4600",
            "menu.11.name.en: \"Salt bread\" -> \"Salt roll\"",
            "menu.12: not in the file",
        ]
    );
}

#[test]
fn an_item_that_a_command_removed_is_new_in_the_file() {
    let file = file(CAFE);
    let items = file.menu.iter().cloned().map(define_item);
    let removed = ShopCommand::RemoveItem { item: "5".to_owned() };
    let shop = given([define(&file), speak(&file)].into_iter().chain(items).chain([removed]));
    assert_eq!(difference(&file, shop.open().unwrap()), ["menu.5: new, Espresso at 4000 KRW"]);
}

#[test]
fn a_word_that_is_another_is_a_difference() {
    let changed = CAFE.replace("paid = \"Paid\", accepted", "paid = \"Payed\", accepted");
    let lines = difference(&file(&changed), &cafe());
    assert!(
        lines.iter().all(|line| line.starts_with("vocabulary.") && line.ends_with("\"Paid\" -> \"Payed\"")),
        "{lines:?}"
    );
    assert!(!lines.is_empty());
}
