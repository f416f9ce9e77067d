use std::path::Path;

use anyhow::{Context, Result};
use payment_service::provider::sandbox::{BOOK_FILE, SandboxBook, compare};

use super::facts::Facts;

/// Our book is sound, it is the provider's, and no order keeps money that is not due.
pub(super) fn check(data: &Path, facts: &Facts) -> Result<Vec<String>> {
    let mut violations: Vec<_> = facts.money.findings().iter().map(ToString::to_string).collect();
    let book = SandboxBook::load(&data.join("payment").join(BOOK_FILE)).context("the provider's book")?;
    violations.extend(compare(&facts.our_book, &book).iter().map(ToString::to_string));
    for (id, of) in &facts.orders {
        let money = facts.money.order(*id);
        let kept = money.captured - money.refunded;
        let due = if of.is_gone() || !of.takes_money { 0 } else { of.total.amount };
        if kept != due {
            violations
                .push(format!("{id} is {:?}: {kept} of its {} is kept, {due} is due", of.state, of.total));
        }
    }
    Ok(violations)
}
