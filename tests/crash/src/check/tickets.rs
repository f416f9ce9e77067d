use super::facts::Facts;
use crate::memory::Memory;
use crate::wish::Step;

/// Every acknowledged step was taken; what was begun was not cancelled.
pub(super) fn check(facts: &Facts, memory: &Memory) -> Vec<String> {
    let mut violations = Vec::new();
    for (order, step) in &memory.steps {
        if facts.tickets.get(order).is_none_or(|steps| !steps.contains(step)) {
            violations.push(format!("{step:?} of {order} was acknowledged and is not there"));
        }
    }
    for (order, steps) in &facts.tickets {
        let state = facts.orders.get(order);
        if steps.contains(&Step::Start) && state.is_none_or(super::facts::Order::is_gone) {
            violations.push(format!("{order} was begun, and the order is gone"));
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
}
