//! What is told of a count, and what is not told twice.

use inventory_contract::{InventoryEvent, StockBackV1, StockLowEndedV1, StockLowV1, StockRanOutV1};
use inventory_domain::{StockItem, StockItemCommand, Watch};
use kernel::Aggregate;

use crate::{given, received, units_released, units_reserved};

/// Low at 10, and the menu needs 2 at once.
const WATCH: Watch = Watch { low: Some(10), portion: 2 };

fn watched(item: &StockItem, watch: Watch) -> Vec<InventoryEvent> {
    item.decide(StockItemCommand::Watch { item: "cup".to_owned(), watch }).unwrap()
}

fn low(available: u64) -> InventoryEvent {
    InventoryEvent::StockLow(StockLowV1 { item: "cup".to_owned(), available, low: 10 })
}

fn low_ended(available: u64) -> InventoryEvent {
    InventoryEvent::StockLowEnded(StockLowEndedV1 { item: "cup".to_owned(), available })
}

fn ran_out(available: u64) -> InventoryEvent {
    InventoryEvent::StockRanOut(StockRanOutV1 { item: "cup".to_owned(), available })
}

fn back() -> InventoryEvent {
    InventoryEvent::StockBack(StockBackV1 { item: "cup".to_owned() })
}

#[test]
fn nothing_is_told_of_what_is_there_in_plenty() {
    assert_eq!(watched(&given(&[received(11)]), WATCH), vec![]);
    assert_eq!(watched(&given(&[received(1)]), Watch::default()), vec![]);
}

#[test]
fn that_an_item_runs_low_is_told_once_and_again_after_it_was_above() {
    let falls = [received(11), units_reserved(1)];
    assert_eq!(watched(&given(&falls), WATCH), vec![low(10)]);
    let told = [falls.as_slice(), &[low(10)]].concat();
    assert_eq!(watched(&given(&told), WATCH), vec![]);
    let falls_further = [told.as_slice(), &[units_reserved(3)]].concat();
    assert_eq!(watched(&given(&falls_further), WATCH), vec![]);
    let above = [told.as_slice(), &[received(20)]].concat();
    assert_eq!(watched(&given(&above), WATCH), vec![low_ended(30)]);
    let armed = [above.as_slice(), &[low_ended(30), units_reserved(25)]].concat();
    assert_eq!(watched(&given(&armed), WATCH), vec![low(5)]);
}

#[test]
fn a_shop_that_wants_to_be_told_of_fewer_is_told_that_it_is_no_longer_low() {
    let item = given::<StockItem>(&[received(8), low(8)]);
    assert_eq!(watched(&item, Watch { low: Some(5), portion: 0 }), vec![low_ended(8)]);
    assert_eq!(watched(&item, Watch::default()), vec![low_ended(8)]);
}

#[test]
fn that_too_few_are_there_for_the_menu_is_told_with_each_count_below() {
    let one = [received(11), units_reserved(10), low(1)];
    assert_eq!(watched(&given(&one), WATCH), vec![ran_out(1)]);
    let none = [one.as_slice(), &[ran_out(1), units_reserved(1)]].concat();
    assert_eq!(watched(&given(&none), WATCH), vec![ran_out(0)]);
    let freed = [none.as_slice(), &[ran_out(0), units_released(11)]].concat();
    assert_eq!(watched(&given(&freed), WATCH), vec![low_ended(11), back()]);
}

#[test]
fn what_never_came_in_is_too_few_for_the_menu_and_not_low() {
    let unknown = given::<StockItem>(&[]);
    assert_eq!(watched(&unknown, WATCH), vec![ran_out(0)]);
    let told = given::<StockItem>(&[ran_out(0)]);
    assert_eq!(watched(&told, WATCH), vec![]);
    assert!(!told.is_kept());
    let counted =
        StockItemCommand::Adjust { item: "cup".to_owned(), difference: 1, reason: "found".to_owned() };
    assert!(told.decide(counted).is_err(), "no unit of it has ever come in");
}

#[test]
fn a_menu_that_no_longer_follows_the_stock_is_told_that_all_is_there() {
    let item = given::<StockItem>(&[ran_out(0)]);
    assert_eq!(watched(&item, Watch { low: None, portion: 0 }), vec![back()]);
}

#[test]
fn a_snapshot_remembers_what_was_told() {
    let item = given::<StockItem>(&[received(1), low(1), ran_out(1)]);
    let read = StockItem::from_snapshot(&item.to_snapshot().unwrap()).unwrap();
    assert_eq!(read, item);
    assert_eq!(watched(&read, WATCH), vec![]);
}
