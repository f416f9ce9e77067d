use catalog_contract::{CatalogEvent, FieldMeaning, Milestone, RowKind, ShopWordsSetV1, Vocabulary, Wish};
use catalog_domain::{ShopCommand, ShopRejection};

use crate::{BAKERY, CAFE, KIOSK, PIZZA, define, file, given, speak, when};

#[test]
fn the_words_of_a_file_become_the_shop_s() {
    let cafe = file(CAFE);
    let set = ShopWordsSetV1 { shop: "cafe".into(), vocabulary: cafe.vocabulary.clone() };
    assert_eq!(when(&given([define(&cafe)]), speak(&cafe)), Ok(vec![CatalogEvent::ShopWordsSet(set)]));
}

#[test]
fn words_that_are_the_shop_s_already_are_no_news() {
    let cafe = file(CAFE);
    assert_eq!(when(&given([define(&cafe), speak(&cafe)]), speak(&cafe)), Ok(vec![]));
    let bakery = file(BAKERY);
    assert_eq!(bakery.vocabulary, Vocabulary::default());
    assert_eq!(when(&given([define(&bakery)]), speak(&bakery)), Ok(vec![]));
}

#[test]
fn a_shop_that_nobody_knows_has_no_words() {
    let words = ShopCommand::SetWords { vocabulary: Vocabulary::default() };
    assert_eq!(when(&given([]), words), Err(ShopRejection::UnknownShop));
}

#[test]
fn words_are_no_part_of_the_life_that_orders_are_pinned_to() {
    let changed = CAFE.replace("\"MakeStarted\"", "\"Making\"").replace("cafeOrders", "baristaOrders");
    let (before, after) = (file(CAFE), file(&changed));
    assert_ne!(before.vocabulary, after.vocabulary);
    assert_eq!((before.hash, before.life), (after.hash, after.life));
}

#[test]
fn a_row_is_there_from_the_first_change_that_it_has_a_word_for() {
    let (cafe, kiosk, pizza) = (file(CAFE).vocabulary, file(KIOSK).vocabulary, file(PIZZA).vocabulary);
    assert_eq!(cafe.collections["orders"].appears_with(), Milestone::Placed);
    assert_eq!(cafe.collections["cafeOrders"].appears_with(), Milestone::Paid);
    assert_eq!(kiosk.collections["beverages"].appears_with(), Milestone::Prepared);
    assert_eq!(pizza.collections["orderDeliveries"].appears_with(), Milestone::Paid);
}

#[test]
fn meanings_and_wishes_are_listed_whole() {
    let meanings: std::collections::BTreeSet<_> = FieldMeaning::ALL.into_iter().collect();
    assert_eq!(meanings.len(), FieldMeaning::ALL.len());
    for rows in [RowKind::Orders, RowKind::Messages, RowKind::Stock, RowKind::Menu] {
        assert!(meanings.iter().any(|meaning| meaning.fits(rows)), "{rows:?}");
    }
    let milestones: std::collections::BTreeSet<_> = Wish::ALL.into_iter().map(Wish::milestone).collect();
    assert_eq!(milestones.len(), Wish::ALL.len(), "each wish leads to a milestone of its own");
}
