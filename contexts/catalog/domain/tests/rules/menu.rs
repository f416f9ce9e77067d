use catalog_contract::{CatalogEvent, MenuItem, MenuItemRemovedV1, MenuItemSoldOutSetV1, StockUse};
use catalog_domain::{Shop, ShopCommand, ShopRejection};
use kernel::{Currency, Money};

use crate::{CAFE, KIOSK, define, define_item, file, given, item, sold_out, when};

fn cafe() -> (Shop, MenuItem) {
    let file = file(CAFE);
    let latte = item(&file, "2");
    (given([define(&file), define_item(latte.clone())]), latte)
}

fn remove(item: &str) -> ShopCommand {
    ShopCommand::RemoveItem { item: item.to_owned() }
}

fn refused(change: impl FnOnce(&mut MenuItem)) -> ShopRejection {
    let (shop, mut latte) = cafe();
    change(&mut latte);
    when(&shop, define_item(latte)).unwrap_err()
}

#[test]
fn an_item_is_put_on_the_menu() {
    let (shop, latte) = cafe();
    assert_eq!(shop.open().unwrap().menu["2"], latte);
}

#[test]
fn the_same_item_again_is_no_news() {
    let (shop, latte) = cafe();
    assert_eq!(when(&shop, define_item(latte)), Ok(vec![]));
}

#[test]
fn an_item_with_another_price_is_defined_anew() {
    let (shop, latte) = cafe();
    let dearer = MenuItem { price: Money::new(5200, Currency::KRW), ..latte };
    assert_eq!(when(&shop, define_item(dearer)).unwrap().len(), 1);
}

#[test]
fn a_new_definition_keeps_the_sold_out_switch() {
    let (file, (_, latte)) = (file(CAFE), cafe());
    let shop = given([define(&file), define_item(latte.clone()), sold_out("2", true), define_item(latte)]);
    assert!(shop.open().unwrap().menu["2"].sold_out);
}

#[test]
fn an_item_is_taken_off_the_menu() {
    let (shop, _) = cafe();
    let removed = MenuItemRemovedV1 { shop: "cafe".into(), item: "2".to_owned() };
    assert_eq!(when(&shop, remove("2")), Ok(vec![CatalogEvent::MenuItemRemoved(removed)]));
}

#[test]
fn taking_off_what_is_not_there_is_no_news() {
    assert_eq!(when(&cafe().0, remove("77")), Ok(vec![]));
}

#[test]
fn an_item_is_sold_out_and_can_be_had_again() {
    let (shop, _) = cafe();
    let set = MenuItemSoldOutSetV1 { shop: "cafe".into(), item: "2".to_owned(), sold_out: true };
    assert_eq!(when(&shop, sold_out("2", true)), Ok(vec![CatalogEvent::MenuItemSoldOutSet(set)]));
    assert_eq!(when(&shop, sold_out("2", false)), Ok(vec![]));
}

#[test]
fn an_unknown_item_cannot_be_sold_out() {
    assert_eq!(when(&cafe().0, sold_out("77", true)), Err(ShopRejection::UnknownItem("77".to_owned())));
}

#[test]
fn a_price_in_another_currency_is_refused() {
    let euro = Currency::parse("EUR").unwrap();
    let expected = ShopRejection::ForeignCurrency { expected: Currency::KRW };
    assert_eq!(refused(|item| item.price.currency = euro), expected);
    assert_eq!(refused(|item| item.options[0].choices[0].price_difference.currency = euro), expected);
}

#[test]
fn a_price_below_nothing_is_refused() {
    assert_eq!(refused(|item| item.price.amount = -1), ShopRejection::LessThanNothing);
    let gift = |item: &mut MenuItem| item.options[0].choices[1].price_difference.amount = -5_001;
    assert_eq!(refused(gift), ShopRejection::LessThanNothing);
}

#[test]
fn a_key_that_is_there_twice_is_refused() {
    let twice = refused(|item| item.options.push(item.options[0].clone()));
    assert_eq!(twice, ShopRejection::RepeatedKey("temperature".to_owned()));
    let twice = refused(|item| item.options[0].choices[1].key = "hot".to_owned());
    assert_eq!(twice, ShopRejection::RepeatedKey("hot".to_owned()));
}

#[test]
fn an_option_without_choices_is_refused() {
    let nothing = refused(|item| item.options[0].choices.clear());
    assert_eq!(nothing, ShopRejection::NothingToChoose("temperature".to_owned()));
}

#[test]
fn stock_is_used_only_where_the_shop_holds_stock() {
    let cup = vec![StockUse { item: "cup".to_owned(), quantity: 1 }];
    assert_eq!(refused(|item| item.uses = cup.clone()), ShopRejection::NoStockHere);
    assert_eq!(refused(|item| item.options[0].choices[0].uses = cup), ShopRejection::NoStockHere);
    let kiosk = file(KIOSK);
    assert!(when(&given([define(&kiosk)]), define_item(item(&kiosk, "icetea"))).is_ok());
}
