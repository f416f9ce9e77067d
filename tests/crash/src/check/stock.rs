use super::facts::Facts;
use crate::memory::Memory;

/// Every unit that came in is somewhere, once; what was acknowledged came in once; nothing is held
/// for an order that is done.
pub(super) fn check(facts: &Facts, memory: &Memory) -> Vec<String> {
    let mut violations = Vec::new();
    for ((shop, item), quantity) in &memory.received {
        let received =
            facts.items.get(&((*shop).to_owned(), (*item).to_owned())).map_or(0, |item| item.received);
        if received != *quantity {
            violations.push(format!("{quantity} of {item} at {shop} were acknowledged, {received} came in"));
        }
    }
    for ((shop, name), item) in &facts.items {
        let sum = item.available + item.reserved + item.consumed;
        if item.was_negative || u64::try_from(sum) != Ok(item.received) {
            violations.push(format!("{name} at {shop} does not add up: {item:?}"));
        }
        let shown = facts.shelves.iter().find(|view| view.shop.as_str() == shop && view.item == *name);
        let shown = shown.map(|view| [view.available, view.reserved, view.consumed].map(i128::from));
        if shown != Some([item.available, item.reserved, item.consumed].map(i128::from)) {
            violations.push(format!("{name} at {shop} is {item:?} and is shown as {shown:?}"));
        }
    }
    for (order, units) in facts.held.iter().filter(|(_, units)| **units != 0) {
        let of = facts.orders.get(order);
        if *units < 0 || of.is_none_or(super::facts::Order::is_gone) {
            violations
                .push(format!("{units} units are held for {order}, which is {:?}", of.map(|of| of.state)));
        }
    }
    violations
}

#[cfg(test)]
mod tests {
    use inventory_contract::StockItemView;
    use kernel::{ShopKey, Timestamp};

    use super::super::facts::Item;
    use super::*;

    fn facts(item: Item) -> Facts {
        let shown = |units: i64| u64::try_from(units).unwrap_or(0);
        let view = StockItemView {
            shop: ShopKey::from("bakery"),
            number: 1,
            item: "loaf".to_owned(),
            available: shown(item.available),
            reserved: shown(item.reserved),
            consumed: shown(item.consumed),
            low: false,
            changed_at: Timestamp::default(),
            version: 1,
        };
        let name = ("bakery".to_owned(), "loaf".to_owned());
        Facts { items: [(name, item)].into(), shelves: vec![view], ..Facts::default() }
    }

    fn received(quantity: u64) -> Memory {
        Memory { received: [(("bakery", "loaf"), quantity)].into(), ..Memory::default() }
    }

    #[test]
    fn units_that_are_all_somewhere_are_well() {
        let item = Item { received: 5, available: 2, reserved: 1, consumed: 2, was_negative: false };
        assert_eq!(check(&facts(item), &received(5)), Vec::<String>::new());
    }

    #[test]
    fn a_receipt_that_came_in_twice_and_a_unit_that_is_nowhere_are_found() {
        let twice = Item { received: 10, available: 10, ..Item::default() };
        assert_eq!(check(&facts(twice), &received(5)).len(), 1);
        let leaked = Item { received: 5, available: 4, ..Item::default() };
        assert_eq!(check(&facts(leaked), &received(5)).len(), 1);
    }

    #[test]
    fn units_that_are_held_for_nobody_are_found() {
        let item = Item { received: 5, available: 4, reserved: 1, ..Item::default() };
        let order = kernel::OrderId(uuid::Uuid::from_u128(1));
        let facts = Facts { held: [(order, 1)].into(), ..facts(item) };
        assert_eq!(check(&facts, &received(5)).len(), 1);
    }
}
