//! From shop files to shops and menus.

use catalog_contract::{CatalogEvent, ShopDirectory};
use catalog_domain::ShopRejection;
use catalog_service::{CatalogCommand, CatalogRefusal, Imported};
use kernel::Currency;
use runtime::Failure;

use crate::house::{House, cafe, default_shop, file, spoken};

fn nothing() -> Imported {
    Imported::Known { applied: vec![], differs: vec![] }
}

#[test]
fn a_new_shop_opens_with_its_menu_in_the_order_of_the_file() {
    let mut house = House::open();

    assert_eq!(house.import(&cafe()), Imported::Opened { items: 12 });

    let order: Vec<String> = (1..=12).map(|key| key.to_string()).collect();
    assert_eq!(house.menu("cafe"), order);
    let shop = house.shop("cafe").unwrap();
    assert_eq!((shop.life, shop.version), (cafe().hash, 13));
}

#[test]
fn the_default_shops_are_the_cafe_and_the_kiosk() {
    let mut house = House::open();
    for shop in catalog_service::DEFAULT_SHOPS {
        assert_eq!(file(shop.text).life.key.as_str(), shop.name());
        house.import(&file(shop.text));
    }
    assert_eq!(house.shop("kiosk").unwrap().name.en, "Unmanned Cafe");
}

#[test]
fn the_same_file_again_changes_nothing() {
    let mut house = House::with_cafe();
    let before = house.event_types().len();

    assert_eq!(house.import(&cafe()), nothing());

    assert_eq!(house.event_types().len(), before);
}

#[test]
fn another_life_is_applied_and_both_lives_are_known_to_whoever_listens() {
    let mut house = House::with_cafe();
    let slower = file(&default_shop("cafe").replace("timeout = \"1s\"", "timeout = \"2s\""));

    let applied = vec!["payment.timeout_millis: 1000 -> 2000".to_owned()];
    assert_eq!(house.import(&slower), Imported::Known { applied, differs: vec![] });

    assert_eq!(house.shop("cafe").unwrap().life, slower.hash);
    let mut directory = ShopDirectory::default();
    house.events().iter().for_each(|event| directory.apply(event));
    assert_eq!(directory.current(&"cafe".into()).unwrap().0, &slower.hash);
    assert!(directory.pinned(&cafe().hash).is_ok());
}

#[test]
fn another_menu_is_reported_and_not_applied() {
    let mut house = House::with_cafe();
    let dearer = file(&default_shop("cafe").replace("price = 4500", "price = 4700"));

    let differs = vec!["menu.1.price.amount: 4500 -> 4700".to_owned()];
    assert_eq!(house.import(&dearer), Imported::Known { applied: vec![], differs });

    assert_eq!(house.item("1").unwrap().1.price.amount, 4500);
}

#[test]
fn a_menu_is_imported_when_somebody_says_so() {
    let mut house = House::with_cafe();
    house.set_sold_out("1", true).unwrap();
    let text =
        default_shop("cafe").replace("price = 4500", "price = 4700").replace("key = \"12\"", "key = \"13\"");

    let applied = [
        "menu.13: new, New York cheesecake at 6500 KRW",
        "menu.1.price.amount: 4500 -> 4700",
        "menu.12: not in the file",
    ];
    let applied = applied.map(str::to_owned).to_vec();
    assert_eq!(house.import_menu(&file(&text)), Imported::Known { applied, differs: vec![] });

    let (row, item) = house.item("1").unwrap();
    assert_eq!((item.price.amount, item.sold_out, row.state.as_ref()), (4700, true, "sold-out"));
    assert_eq!(house.menu("cafe").last().map(String::as_str), Some("13"));
    assert!(house.item("12").is_none());
    assert_eq!(house.import_menu(&file(&text)), nothing());
}

#[test]
fn the_menu_of_an_unknown_shop_is_not_imported() {
    let mut house = House::open();

    let answer = house.command(CatalogCommand::ImportMenu { file: Box::new(cafe()), apply: true });

    assert_eq!(answer, Err(Failure::Refused(CatalogRefusal::Shop(ShopRejection::UnknownShop))));
    assert_eq!(house.events(), Vec::<CatalogEvent>::new());
}

#[test]
fn a_life_in_another_currency_is_refused_and_nothing_of_it_is_kept() {
    let mut house = House::with_cafe();
    let yen = file(&default_shop("cafe").replace("currency = \"KRW\"", "currency = \"JPY\""));

    let answer = house.command(CatalogCommand::ImportShop(Box::new(yen)));

    let rejection = ShopRejection::CurrencyOfMenu { expected: Currency::KRW };
    assert_eq!(answer, Err(Failure::Refused(CatalogRefusal::Shop(rejection))));
    assert_eq!(house.shop("cafe").unwrap().life, cafe().hash);
}

#[test]
fn a_catalog_goes_on_after_a_restart() {
    let mut house = House::with_cafe();
    house.restart();

    assert_eq!(house.import(&cafe()), nothing());
    house.set_sold_out("2", true).unwrap();

    assert!(house.item("2").unwrap().1.sold_out);
}

#[test]
fn a_shop_of_many_switches_is_read_back_from_its_snapshot() {
    let mut house = House::with_cafe();
    for round in 0..150 {
        house.set_sold_out("1", round % 2 == 0).unwrap();
    }
    house.restart();

    assert_eq!(house.import(&cafe()), nothing());
    assert_eq!(house.shop("cafe").unwrap().version, 163);
}

#[test]
fn the_words_of_a_file_are_told_once_and_beside_the_life() {
    let mut house = House::open();
    let cafe = spoken(default_shop("cafe"));
    house.import(&cafe);
    house.import(&cafe);
    let count = |types: Vec<&str>, told: &str| types.iter().filter(|name| **name == told).count();
    assert_eq!(count(house.event_types(), "shop-words-set.v1"), 1);

    let changed = spoken(&default_shop("cafe").replace("cafeOrders", "baristaOrders"));
    let Imported::Known { applied, differs } = house.import(&changed) else { panic!("it was open") };
    assert_eq!(applied, ["vocabulary.cafeOrders: not in the file", "vocabulary.baristaOrders: new"]);
    assert_eq!(differs, Vec::<String>::new());
    assert_eq!(count(house.event_types(), "shop-words-set.v1"), 2);
    assert_eq!(count(house.event_types(), "shop-defined.v1"), 1);

    let mut shops = ShopDirectory::default();
    house.events().iter().for_each(|event| shops.apply(event));
    assert!(shops.words(&"cafe".into()).unwrap().collections.contains_key("baristaOrders"));
    assert!(shops.words(&"kiosk".into()).is_none());
}
