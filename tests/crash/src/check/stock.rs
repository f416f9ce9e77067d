use super::facts::Facts;
use crate::memory::Memory;

/// Every unit that came in is somewhere, once; what was acknowledged came in once; nothing is held
/// for an order that is done.
pub(super) fn check(facts: &Facts, memory: &Memory) -> Vec<String> {
    let mut violations = Vec::new();
    for ((shop, item), quantity) in &memory.received {
        let received = facts.items.get(&((*shop).to_owned(), (*item).to_owned())).map_or(0, |item| item.received);
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
            violations.push(format!("{units} units are held for {order}, which is {:?}", of.map(|of| of.state)));
        }
    }
    violations
}
