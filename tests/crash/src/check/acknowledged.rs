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
                if (of.shop.as_str(), of.number, of.total, &of.customer)
                    != (told.shop.key, said.number, said.total, key)
                {
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
            violations
                .push(format!("the cancel of {id} was answered {said:?}, and the order is {:?}", of.state));
        }
    }
    violations
}

#[cfg(test)]
mod tests {
    use kernel::{Currency, Money};
    use uuid::Uuid;

    use super::super::facts::{Order, Shown};
    use super::*;
    use crate::memory::Told;
    use crate::shops::SHOPS;
    use crate::wire::Answer;
    use crate::wish::Acknowledged;

    const TOTAL: Money = Money::new(4_500, Currency::KRW);

    fn id(number: u64) -> OrderId {
        OrderId(Uuid::from_u128(u128::from(number)))
    }

    fn remembered(key: &str, number: u64) -> Memory {
        let order = Acknowledged { id: id(number), number, total: TOTAL };
        let answer = Answer { status: 201, body: Vec::new() };
        let told = Told { shop: &SHOPS[0], order: Some(order), answer };
        Memory { orders: [(key.to_owned(), told)].into(), ..Memory::default() }
    }

    fn there(facts: &mut Facts, customer: &str, number: u64, state: OrderState) {
        let order = Order {
            shop: SHOPS[0].key.to_owned(),
            number,
            customer: customer.to_owned(),
            key: Some([u8::try_from(number).unwrap_or(0); 16]),
            total: TOTAL,
            takes_money: true,
            state,
            cancel_wished: false,
        };
        facts.orders.insert(id(number), order);
        facts.shown.insert(id(number), Shown { state: state.as_str().to_owned(), hidden: false });
    }

    #[test]
    fn what_was_acknowledged_and_is_there_is_well() {
        let mut facts = Facts::default();
        there(&mut facts, "a", 1, OrderState::Completed);
        assert_eq!(check(&facts, &remembered("a", 1)), Vec::<String>::new());
    }

    #[test]
    fn an_acknowledged_order_that_is_not_there_is_found() {
        let found = check(&Facts::default(), &remembered("a", 1));
        assert!(found[0].contains("is not there"), "{found:?}");
    }

    #[test]
    fn an_acknowledged_order_that_costs_otherwise_or_is_hidden_or_never_stood_is_found() {
        let changes: [fn(&mut Facts); 3] = [
            |facts| facts.orders.values_mut().for_each(|of| of.total = Money::new(1, Currency::KRW)),
            |facts| facts.shown.values_mut().for_each(|shown| shown.hidden = true),
            |facts| facts.orders.values_mut().for_each(|of| of.state = OrderState::Refused),
        ];
        for change in changes {
            let mut facts = Facts::default();
            there(&mut facts, "a", 1, OrderState::Completed);
            change(&mut facts);
            assert_eq!(check(&facts, &remembered("a", 1)).len(), 1);
        }
    }

    #[test]
    fn a_second_order_of_a_key_and_one_that_nobody_asked_for_are_found() {
        let mut facts = Facts::default();
        there(&mut facts, "a", 1, OrderState::Completed);
        there(&mut facts, "a", 2, OrderState::Completed);
        there(&mut facts, "b", 3, OrderState::Completed);
        let found = check(&facts, &remembered("a", 1)).join("\n");
        assert!(found.contains("gave 2 orders") && found.contains("who never asked"), "{found}");
    }

    #[test]
    fn a_cancel_that_was_done_and_an_order_that_stands_are_found() {
        let mut facts = Facts::default();
        there(&mut facts, "a", 1, OrderState::Completed);
        let memory = Memory { cancels: [(id(1), Cancel::Done)].into(), ..remembered("a", 1) };
        assert_eq!(check(&facts, &memory).len(), 1);
    }
}
