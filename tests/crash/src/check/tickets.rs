use super::facts::{Facts, Order};
use crate::memory::Memory;
use crate::shops::{Shop, shop};
use crate::wish::{Leg, Step};

/// Every acknowledged step was taken; what was begun, or is at the door where that is the shop's last
/// word, was not cancelled.
pub(super) fn check(facts: &Facts, memory: &Memory) -> Vec<String> {
    let mut violations = Vec::new();
    for (order, step) in &memory.steps {
        if facts.tickets.get(order).is_none_or(|steps| !steps.contains(step)) {
            violations.push(format!("{step:?} of {order} was acknowledged and is not there"));
        }
    }
    for (order, steps) in &facts.tickets {
        let state = facts.orders.get(order);
        let may_turn_round = state.and_then(|of| shop(&of.shop)).is_some_and(Shop::delivers);
        if steps.contains(&Step::Start) && !may_turn_round && state.is_none_or(Order::is_gone) {
            violations.push(format!("{order} was begun, and the order is gone"));
        }
    }
    for (order, leg) in &memory.legs {
        if facts.deliveries.get(order).is_none_or(|legs| !legs.contains(leg)) {
            violations.push(format!("{leg:?} of {order} was acknowledged and is not there"));
        }
    }
    for (order, legs) in &facts.deliveries {
        if legs.contains(&Leg::Complete) && facts.orders.get(order).is_none_or(Order::is_gone) {
            violations.push(format!("{order} was brought, and the order is gone"));
        }
    }
    violations
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_step_that_was_acknowledged_and_is_not_there_is_found() {
        let order = kernel::OrderId(uuid::Uuid::from_u128(1));
        let memory = Memory { steps: vec![(order, Step::Accept)], ..Memory::default() };
        assert_eq!(check(&Facts::default(), &memory).len(), 1);
        let facts = Facts { tickets: [(order, [Step::Accept].into())].into(), ..Facts::default() };
        assert_eq!(check(&facts, &memory), Vec::<String>::new());
    }

    #[test]
    fn a_leg_that_was_acknowledged_and_is_not_there_is_found() {
        let order = kernel::OrderId(uuid::Uuid::from_u128(1));
        let memory = Memory { legs: vec![(order, Leg::Fail)], ..Memory::default() };
        assert_eq!(check(&Facts::default(), &memory).len(), 1);
        let facts = Facts { deliveries: [(order, [Leg::Fail].into())].into(), ..Facts::default() };
        assert_eq!(check(&facts, &memory), Vec::<String>::new());
    }

    #[test]
    fn a_delivery_of_an_order_that_is_gone_is_found() {
        let order = kernel::OrderId(uuid::Uuid::from_u128(1));
        let facts = Facts { deliveries: [(order, [Leg::Complete].into())].into(), ..Facts::default() };
        assert_eq!(check(&facts, &Memory::default()).len(), 1);
    }
}
