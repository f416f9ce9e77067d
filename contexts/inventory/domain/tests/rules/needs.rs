use inventory_domain::Needs;

use crate::used;

#[test]
fn an_item_that_several_lines_use_is_summed() {
    let needs = Needs::of(&[used("cup", 2), used("milk", 1), used("cup", 3)]);

    assert_eq!(needs.to_uses(), vec![used("cup", 5), used("milk", 1)]);
}

#[test]
fn a_line_that_uses_none_of_an_item_needs_none_of_it() {
    let needs = Needs::of(&[used("cup", 0)]);

    assert_eq!(needs, Needs::default());
}

#[test]
fn no_number_of_lines_can_overflow_the_sum() {
    let lines = vec![used("cup", u32::MAX); 3];

    let wanted: Vec<u64> = Needs::of(&lines).iter().map(|(_, quantity)| quantity).collect();

    assert_eq!(wanted, vec![3 * u64::from(u32::MAX)]);
}

#[test]
fn more_than_one_order_can_hold_is_short_however_much_is_there() {
    let needs = Needs::of(&[used("cup", u32::MAX), used("cup", 1)]);

    let shortages = needs.shortages(|_| u64::MAX);

    assert_eq!(shortages[0].wanted, Needs::PER_ITEM_MAX + 1);
}

#[test]
fn every_item_that_is_short_is_named_and_only_those() {
    let needs = Needs::of(&[used("cup", 2), used("milk", 2), used("straw", 2)]);

    let shortages = needs.shortages(|item| if item == "milk" { 2 } else { 1 });

    let items: Vec<&str> = shortages.iter().map(|short| short.item.as_str()).collect();
    assert_eq!(items, ["cup", "straw"]);
}
