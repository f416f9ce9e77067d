use catalog_domain::{draw_life, mermaid_life, shop_line, show_shop};

use crate::{BAKERY, CAFE, DINER, KIOSK, PARCELS, PIZZA, file};

#[test]
fn the_life_of_each_shop_is_drawn() {
    let shops = [
        ("cafe", CAFE),
        ("kiosk", KIOSK),
        ("bakery", BAKERY),
        ("diner", DINER),
        ("pizza", PIZZA),
        ("parcels", PARCELS),
    ];
    for (name, text) in shops {
        insta::assert_snapshot!(format!("{name}_life"), draw_life(&file(text).life));
        insta::assert_snapshot!(format!("{name}_mermaid"), mermaid_life(&file(text).life));
    }
}

#[test]
fn each_shop_is_shown_with_its_menu_and_prices() {
    for (name, text) in [("cafe", CAFE), ("bakery", BAKERY), ("pizza", PIZZA)] {
        insta::assert_snapshot!(format!("{name}_shown"), show_shop(&file(text)));
    }
}

#[test]
fn a_shop_is_listed_in_one_line() {
    assert_eq!(shop_line(&file(CAFE)), "cafe         주문 카페 / Jumun Cafe (12 items)");
}
