use std::collections::BTreeMap;

use kernel::OrderId;
use ordering_contract::OrderState;

use super::facts::Facts;
use crate::memory::{Cancel, Memory};

/// Every acknowledged order is there, once, as it was acknowledged; nothing is there that nobody
/// asked for; one key has one order; what was said of a cancel holds.
pub(super) fn check(facts: &Facts, memory: &Memory) -> Vec<String> {
    let mut violations = Vec::new();
    for (key, told, said) in memory.standing() {
        let id = said.id;
        match facts.orders.get(&id) {
            None => violations.push(format!("the order {id} of {key} was acknowledged and is not there")),
            Some(of) => {
                if (of.shop.as_str(), of.number, of.total, &of.customer) != (told.shop.key, said.number, said.total, key) {
                    violations.push(format!(
                        "the order {id} of {key} was acknowledged as {}/{} for {}, and is {}/{} of {} for {}",
                        told.shop.key, said.number, said.total, of.shop, of.number, of.customer, of.total
                    ));
                }
                if of.state == OrderState::Refused {
                    violations.push(format!("the order {id} of {key} was acknowledged, and never stood"));
                }
            }
        }
        if facts.shown.get(&id).is_none_or(|shown| shown.hidden) {
            violations.push(format!("the order {id} of {key} was acknowledged and is in no list"));
        }
    }
    violations.extend(one_order_per_key(facts, memory));
    violations.extend(cancels(facts, memory));
    violations
}

fn one_order_per_key(facts: &Facts, memory: &Memory) -> Vec<String> {
    let mut violations = Vec::new();
    let mut by_customer: BTreeMap<&str, Vec<OrderId>> = BTreeMap::new();
    let mut by_key = BTreeMap::new();
    for (id, of) in &facts.orders {
        let Some(told) = memory.orders.get(&of.customer) else {
            violations.push(format!("the order {id} is of {}, who never asked for it", of.customer));
            continue;
        };
        if of.state == OrderState::Refused {
            continue;
        }
        if told.order.is_none() {
            violations.push(format!("the order {id} of {} was refused, and stands", of.customer));
        }
        by_customer.entry(of.customer.as_str()).or_default().push(*id);
        if let Some(other) = of.key.and_then(|key| by_key.insert(key, *id)) {
            violations.push(format!("the orders {other} and {id} stand under one key"));
        }
    }
    for (customer, orders) in by_customer.iter().filter(|(_, orders)| orders.len() > 1) {
        violations.push(format!("the key {customer} gave {} orders: {orders:?}", orders.len()));
    }
    violations
}

fn cancels(facts: &Facts, memory: &Memory) -> Vec<String> {
    let mut violations = Vec::new();
    for (id, said) in &memory.cancels {
        let Some(of) = facts.orders.get(id) else { continue };
        if matches!((said, of.is_cancelled()), (Cancel::Done, false) | (Cancel::TooLate, true)) {
            violations.push(format!("the cancel of {id} was answered {said:?}, and the order is {:?}", of.state));
        }
    }
    violations
}
