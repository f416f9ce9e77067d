use std::path::Path;

use anyhow::{Context, Result};
use payment_service::provider::sandbox::{BOOK_FILE, SandboxBook, compare};

use ordering_contract::OrderState;

use super::facts::Facts;
use crate::memory::Memory;

/// Our book is sound, it is the provider's, and no order keeps money that is not due.
pub(super) fn check(data: &Path, facts: &Facts, memory: &Memory) -> Result<Vec<String>> {
    let mut violations: Vec<_> = facts.money.findings().iter().map(ToString::to_string).collect();
    let book = SandboxBook::load(&data.join("payment").join(BOOK_FILE)).context("the provider's book")?;
    violations.extend(compare(&facts.our_book, &book).iter().map(ToString::to_string));
    for (id, of) in &facts.orders {
        let money = facts.money.order(*id);
        let kept = money.captured - money.refunded;
        // What stands at *placed* waits for its customer's approval.
        let is_due = of.takes_money && !of.is_gone() && of.state != OrderState::Placed;
        let due = if is_due { of.total.amount } else { 0 };
        if kept != due {
            violations
                .push(format!("{id} is {:?}: {kept} of its {} is kept, {due} is due", of.state, of.total));
        }
    }
    violations.extend(paid_in(facts, memory));
    Ok(violations)
}

/// What customers were told to have paid in was paid in, once.
fn paid_in(facts: &Facts, memory: &Memory) -> Vec<String> {
    let told = memory.topped_up.iter().map(|((shop, customer), amount)| {
        let paid_in = facts.topped_up.get(&((*shop).to_owned(), customer.clone())).copied().unwrap_or(0);
        (shop, customer, amount, paid_in)
    });
    told.filter(|(_, _, amount, paid_in)| *amount != paid_in)
        .map(|(shop, customer, amount, paid_in)| {
            format!("{customer} was told to have paid in {amount} at {shop}, and it is {paid_in}")
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn money_that_was_paid_in_twice_or_is_lost_is_found() {
        let memory = Memory { topped_up: [(("market", "a".to_owned()), 500)].into(), ..Memory::default() };
        let stored = |amount| Facts {
            topped_up: [(("market".to_owned(), "a".to_owned()), amount)].into(),
            ..Facts::default()
        };
        assert_eq!(paid_in(&stored(500), &memory), Vec::<String>::new());
        assert_eq!(paid_in(&stored(1_000), &memory).len(), 1);
        assert_eq!(paid_in(&Facts::default(), &memory).len(), 1);
    }
}
