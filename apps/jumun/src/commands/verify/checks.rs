//! What must be true of stores, sources and the saga.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context, Result};
use catalog_contract::Stage;
use journal::{Reader, SourceState, check_sources};
use journal_sqlite::Cut;
use ordering_contract::CancelReason;
use ordering_domain::Order;

use super::Finding;
use super::facts::{DeliveryFacts, Facts, Held};

/// Every row, event, chain and batch is what was written.
pub(super) fn stores(cut: &mut Cut) -> Result<Finding> {
    let mut broken = Vec::new();
    let mut examined = 0;
    for reader in cut.readers() {
        let role = reader.role().to_owned();
        let damages = reader.audit().with_context(|| format!("{role} cannot be read"))?;
        broken.extend(damages.into_iter().map(|damage| format!("{role}: {damage}")));
        examined += usize::try_from(reader.head()?).unwrap_or(usize::MAX);
    }
    Ok(Finding {
        invariants: "I8 I31 I32",
        promise: "every event is there, in its place, as it was written",
        examined,
        broken,
    })
}

/// Nobody has followed a journal that is not there, or beyond its end.
pub(super) fn sources(states: &[SourceState]) -> Finding {
    Finding {
        invariants: "I9 I10",
        promise: "every role has followed its neighbours' journals, none beyond its end",
        examined: states.iter().map(|state| state.positions.len()).sum(),
        broken: check_sources(states),
    }
}

pub(super) fn saga(facts: &Facts) -> Vec<Finding> {
    vec![
        transitions(facts),
        one_order_per_key(facts),
        same_order_everywhere(facts),
        cancel_or_start(facts),
        address_or_start(facts),
        nothing_left_behind(facts),
        nothing_stuck(facts),
    ]
}

fn transitions(facts: &Facts) -> Finding {
    let mut broken = Vec::new();
    for (order, of) in &facts.orders {
        broken.extend(of.out_of_order.iter().map(|what| format!("order {order}: {what}")));
        if of.confirmations > 1 {
            broken.push(format!("order {order} was confirmed {} times", of.confirmations));
        }
    }
    for (order, of) in &facts.tickets {
        broken.extend(of.out_of_order.iter().map(|what| format!("ticket {order}: {what}")));
    }
    for (order, of) in &facts.deliveries {
        broken.extend(of.out_of_order.iter().map(|what| format!("delivery {order}: {what}")));
    }
    let examined = facts.orders.len() + facts.tickets.len() + facts.deliveries.len();
    Finding { invariants: "I17", promise: "only allowed steps, and nothing after an end", examined, broken }
}

fn one_order_per_key(facts: &Facts) -> Finding {
    let mut standing = BTreeMap::new();
    let mut broken = Vec::new();
    for (order, of) in &facts.orders {
        let Some(placed) = of.state.placed() else { continue };
        let (Some(key), false) = (placed.client_key, matches!(of.state, Order::Refused { .. })) else {
            continue;
        };
        if let Some(other) = standing.insert(key.scope, order) {
            broken.push(format!("orders {other} and {order} stand under one idempotency key"));
        }
    }
    Finding {
        invariants: "I7",
        promise: "one idempotency key, one standing order",
        examined: standing.len(),
        broken,
    }
}

fn same_order_everywhere(facts: &Facts) -> Finding {
    let mut broken = Vec::new();
    for (order, ticket) in &facts.tickets {
        match facts.orders.get(order) {
            Some(of) if of.number == ticket.number && of.shop == ticket.shop && of.confirmations == 1 => {
                if ticket.opened != 1 {
                    broken.push(format!("order {order} has {} tickets", ticket.opened));
                }
            }
            _ => broken.push(format!("ticket {order} is of no confirmed order")),
        }
    }
    for (order, delivery) in &facts.deliveries {
        let brought = |of: &super::facts::OrderFacts| of.state.placed().is_some_and(|placed| placed.delivers);
        match facts.orders.get(order) {
            Some(of) if of.number == delivery.number && of.shop == delivery.shop && brought(of) => {
                if delivery.requested != 1 {
                    broken.push(format!("order {order} has {} deliveries", delivery.requested));
                }
            }
            _ => broken.push(format!("delivery {order} is of no order that is to be brought")),
        }
    }
    for order in facts.paid_for.iter().chain(facts.reservations.keys()) {
        if !facts.orders.contains_key(order) {
            broken.push(format!("order {order} has money or stock but was never placed"));
        }
    }
    let examined =
        facts.tickets.len() + facts.deliveries.len() + facts.paid_for.len() + facts.reservations.len();
    Finding {
        invariants: "I16",
        promise: "tickets, deliveries, payments and reservations are of the order they name",
        examined,
        broken,
    }
}

fn cancel_or_start(facts: &Facts) -> Finding {
    let wished = |reason| matches!(reason, CancelReason::ByCustomer | CancelReason::ByStaff);
    let broken: Vec<_> = facts
        .orders
        .iter()
        .filter(|(_, of)| of.cancelled.is_some_and(|(reason, _)| wished(reason)))
        .filter(|(order, _)| facts.tickets.get(order).is_some_and(|ticket| ticket.started && ticket.live))
        // What was made and let go on its way was let go by whoever brought it.
        .filter(|(order, _)| !facts.deliveries.get(order).is_some_and(DeliveryFacts::is_gone))
        .map(|(order, _)| format!("order {order} was cancelled although its making had begun"))
        .collect();
    let examined = facts.orders.values().filter(|of| of.cancelled.is_some()).count();
    Finding { invariants: "I21", promise: "of a cancel and a start, one wins", examined, broken }
}

/// Where an order was brought is where ordering last said that it would be.
fn address_or_start(facts: &Facts) -> Finding {
    let set_out = || facts.deliveries.iter().filter(|(_, delivery)| delivery.state.attempts() > 0);
    let broken: Vec<_> = set_out()
        .filter(|(order, _)| facts.at_rest(order))
        .filter_map(|(order, delivery)| Some((order, delivery, facts.orders.get(order)?)))
        .filter(|(_, delivery, of)| of.state.address() != delivery.address.as_deref())
        .map(|(order, ..)| format!("order {order} set out for another address than it was promised"))
        .collect();
    Finding {
        invariants: "I21",
        promise: "of a change of the address and a start, one wins",
        examined: set_out().count(),
        broken,
    }
}

fn nothing_left_behind(facts: &Facts) -> Finding {
    let mut broken = Vec::new();
    let mut examined = 0;
    for (order, of) in &facts.orders {
        let gone = matches!(of.state, Order::Cancelled { .. } | Order::Refused { .. });
        if !gone || !facts.at_rest(order) {
            continue;
        }
        examined += 1;
        let delivery = facts.deliveries.get(order);
        if delivery.is_some_and(|delivery| !delivery.is_gone()) {
            broken.push(format!("order {order} is gone, its delivery is not"));
        }
        if delivery.is_none() && facts.tickets.get(order).is_some_and(|ticket| ticket.live) {
            broken.push(format!("order {order} is gone, its ticket is not"));
        }
        if facts.reservations.get(order) == Some(&Held::Reserved) {
            broken.push(format!("order {order} is gone, its stock is still held"));
        }
        if facts.money.held(*order) > 0 {
            broken.push(format!("order {order} is gone, money of a deposit is still held for it"));
        }
    }
    Finding {
        invariants: "I22",
        promise: "a cancelled order leaves no ticket, no delivery, no held stock and no held money",
        examined,
        broken,
    }
}

/// At rest an order waits for a person, or has ended.
fn nothing_stuck(facts: &Facts) -> Finding {
    let mut broken = Vec::new();
    let waiting_for_people: BTreeSet<Stage> = [
        Stage::Confirmed,
        Stage::Accepted,
        Stage::Started,
        Stage::Prepared,
        Stage::DeliveryStarted,
        Stage::Delivered,
    ]
    .into();
    for (order, of) in facts.orders.iter().filter(|(order, _)| facts.at_rest(order)) {
        match &of.state {
            Order::Waiting { .. } => {
                broken.push(format!("order {order} waits, and nothing is under way for it"))
            }
            Order::Scheduled { .. } => {
                broken.push(format!("order {order} is for later, and nothing will make it due"));
            }
            Order::Abandoned { .. } => {
                broken.push(format!("order {order} was abandoned, and nothing was heard of its money"))
            }
            Order::Standing { wish: Some(_), .. } => {
                broken.push(format!("order {order}: a cancel waits, and nothing is under way for it"));
            }
            Order::Standing { address_wish: Some(_), .. } => {
                broken.push(format!(
                    "order {order}: a change of its address waits, and nothing is under way for it"
                ));
            }
            Order::Standing { stage, .. }
                if *stage != Stage::Completed && !waiting_for_people.contains(stage) =>
            {
                broken.push(format!("order {order} stands at {stage:?}, and nothing is under way for it"));
            }
            Order::Standing { stage, .. }
                if *stage < Stage::Completed && !facts.tickets.contains_key(order) =>
            {
                broken.push(format!("order {order} is confirmed and has no ticket"));
            }
            Order::Standing { placed, stage, .. }
                if placed.delivers && *stage >= Stage::Prepared && !facts.deliveries.contains_key(order) =>
            {
                broken.push(format!("order {order} is prepared and has no delivery"));
            }
            _ => {}
        }
    }
    Finding { invariants: "I24", promise: "no order waits for nothing", examined: facts.orders.len(), broken }
}
