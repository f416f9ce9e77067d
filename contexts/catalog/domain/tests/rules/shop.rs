use catalog_contract::{CatalogEvent, ShopDefinedV1};
use catalog_domain::{Shop, ShopRejection};
use kernel::{Aggregate, Currency};

use crate::{CAFE, KIOSK, define, define_item, file, given, item, sold_out, when};

#[test]
fn a_new_shop_is_defined() {
    let cafe = file(CAFE);
    let told = when(&Shop::default(), define(&cafe)).unwrap();
    let expected = ShopDefinedV1 { hash: cafe.hash.clone(), life: cafe.life.clone() };
    assert_eq!(told, [CatalogEvent::ShopDefined(expected)]);
}

#[test]
fn the_same_life_again_is_no_news() {
    let shop = given([define(&file(CAFE))]);
    assert_eq!(when(&shop, define(&file(CAFE))), Ok(vec![]));
}

#[test]
fn another_life_replaces_the_present_one_and_keeps_the_menu() {
    let (cafe, slower) = (file(CAFE), file(&CAFE.replace("or_after = \"4h\"", "or_after = \"5h\"")));
    let shop = given([define(&cafe), define_item(item(&cafe, "1")), define(&slower)]);
    let open = shop.open().unwrap();
    assert_eq!((&open.hash, open.menu.len()), (&slower.hash, 1));
}

#[test]
fn the_currency_stays_as_long_as_there_is_a_menu() {
    let cafe = file(CAFE);
    let mut yen = file(&CAFE.replace("currency = \"KRW\"", "currency = \"JPY\""));
    yen.menu.clear();
    let shop = given([define(&cafe), define_item(item(&cafe, "1"))]);
    assert_eq!(when(&shop, define(&yen)), Err(ShopRejection::CurrencyOfMenu { expected: Currency::KRW }));
    assert!(when(&given([define(&cafe)]), define(&yen)).is_ok());
}

#[test]
fn an_unknown_shop_has_no_menu() {
    let kiosk = file(KIOSK);
    for command in [define_item(item(&kiosk, "icetea")), sold_out("icetea", true)] {
        assert_eq!(when(&Shop::default(), command), Err(ShopRejection::UnknownShop));
    }
}

#[test]
fn a_shop_comes_back_equal_from_its_snapshot() {
    let kiosk = file(KIOSK);
    let shop = given([define(&kiosk), define_item(item(&kiosk, "icetea")), sold_out("icetea", true)]);
    assert_eq!(Shop::from_snapshot(&shop.to_snapshot().unwrap()), Some(shop));
    assert_eq!(Shop::default().to_snapshot(), None);
}
