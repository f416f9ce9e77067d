use std::collections::BTreeMap;
use std::path::Path;

use anyhow::Result;
use journal::Reader;
use kernel::Timestamp;
use ordering_contract::OrderState;

use super::facts::Facts;
use super::stores::Stores;
use crate::shops::{self, Pays};

/// A timer further away than that waits by the shop's own rule, for hours or days.
const WAITS_LONG_MILLIS: i64 = 120_000;
/// Calls into the world wait for nothing but the world.
const CALLS: &str = "effect:";

/// What is still under way: events that a role has not heard, timers and effects of orders.
///
/// # Errors
/// When the stores cannot be read.
pub fn moving(data: &Path) -> Result<Vec<String>> {
    let mut stores = Stores::open(data)?;
    let now = now();
    let mut heads = BTreeMap::new();
    for (role, reader) in stores.each() {
        heads.insert(role.to_owned(), reader.head()?);
    }
    let mut moving = Vec::new();
    for (role, reader) in stores.each() {
        for (source, at) in reader.positions()? {
            if heads.get(&source).is_some_and(|head| *head != at.position) {
                moving.push(format!("{role} has heard {source} up to {}", at.position));
            }
        }
        for timer in reader.timers()? {
            let is_far = timer.at > now.plus_millis(WAITS_LONG_MILLIS) && !timer.kind.starts_with(CALLS);
            if timer.order.is_some() && !is_far {
                moving.push(format!("{role} has the timer {}", timer.key));
            }
        }
    }
    Ok(moving)
}

/// At rest every order has ended or waits for staff, every list shows it so, and nothing is parked.
pub(super) fn check(stores: &mut Stores, facts: &Facts) -> Result<Vec<String>> {
    let mut violations = Vec::new();
    for (role, reader) in stores.each() {
        let parked = reader.parked()?;
        violations.extend(
            parked.first().map(|event| format!("{role} has parked {} events: {event:?}", parked.len())),
        );
        violations.extend(reader.audit()?.iter().map(|damage| format!("{role}: {damage}")));
    }
    for (id, of) in &facts.orders {
        let shop = shops::shop(&of.shop);
        let has_staff = shop.is_some_and(|shop| shop.has_staff || shop.delivers());
        let is_to_be_approved = shop.is_some_and(|shop| shop.pays == Pays::ByCustomer);
        let waits_well = match of.state {
            OrderState::Completed | OrderState::Refused | OrderState::Refunded => true,
            OrderState::Cancelled => facts.money.order(*id).captured == 0,
            OrderState::Confirmed
            | OrderState::Accepted
            | OrderState::Started
            | OrderState::Prepared
            | OrderState::DeliveryStarted
            | OrderState::Delivered => has_staff,
            OrderState::Placed => is_to_be_approved,
            OrderState::Paid | OrderState::Scheduled => false,
        };
        if !waits_well || of.cancel_wished {
            let wish = if of.cancel_wished { ", with a cancel that nobody decided" } else { "" };
            violations.push(format!("the order {id} at {} stands at {:?} for good{wish}", of.shop, of.state));
        }
        let shown = facts.shown.get(id).map(|shown| shown.state.as_str());
        if shown != Some(of.state.as_str()) {
            violations.push(format!("the order {id} is {:?} and is shown as {shown:?}", of.state));
        }
    }
    Ok(violations)
}

#[expect(clippy::disallowed_methods, reason = "a harness that looks at timers of the real program")]
fn now() -> Timestamp {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
    Timestamp::from_millis(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
}
