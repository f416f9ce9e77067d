//! What must be true of money and stock.

use anyhow::{Context, Result};
use journal::Reader;
use journal_sqlite::Cut;
use kernel::OrderId;
use ordering_contract::CancelReason;
use ordering_domain::Order;
use payment_service::provider::sandbox::{BOOK_FILE, SandboxBook, compare};

use super::Finding;
use super::facts::{Facts, OrderFacts};
use crate::data_folder::DataFolder;
use crate::provider_note;
use crate::roles::Role;

pub(super) fn check(data: &DataFolder, cut: &mut Cut, facts: &Facts) -> Result<Vec<Finding>> {
    let mut findings = vec![paid_orders(facts), payments_of_orders(facts), refunds(facts), stock(facts)];
    findings.push(ledger(cut, facts)?);
    findings.push(provider(data, facts)?);
    Ok(findings)
}

fn stands(of: &OrderFacts) -> bool {
    of.confirmations > 0
}

fn paid_orders(facts: &Facts) -> Finding {
    let mut broken = Vec::new();
    let mut examined = 0;
    for (order, of) in facts.orders.iter().filter(|(_, of)| stands(of)) {
        let Some(placed) = of.state.placed().filter(|placed| placed.payment_method.is_some()) else {
            continue;
        };
        examined += 1;
        let money = facts.money.order(*order);
        if money.captures != 1 || money.captured != placed.total.amount {
            broken.push(format!(
                "order {order} of {} stands, {} was captured in {} captures",
                placed.total, money.captured, money.captures
            ));
        }
    }
    Finding {
        invariants: "I1",
        promise: "every order that stands and asks for money was paid, once and in full",
        examined,
        broken,
    }
}

fn payments_of_orders(facts: &Facts) -> Finding {
    let mut broken = Vec::new();
    let mut examined = 0;
    for (order, money) in facts.money.orders() {
        examined += 1;
        let Some(of) = facts.orders.get(&order) else {
            if money.captured > 0 {
                broken.push(format!("money was captured for order {order}, which was never placed"));
            }
            continue;
        };
        // What the provider will not give back waits for the shop: `jumun stuck` names it.
        let kept = money.captured - money.refunded - facts.money.impossible(order);
        if kept > 0 && facts.at_rest(&order) && must_have_its_money_back(of) {
            broken.push(format!("order {order} does not stand, and {kept} of its money is still here"));
        }
    }
    broken.extend(facts.money.findings().iter().map(ToString::to_string));
    Finding {
        invariants: "I2 I3 I4",
        promise: "no money without an order, none captured twice, none given back beyond what was captured",
        examined,
        broken,
    }
}

/// A shop may keep the money of what its courier could not bring.
const fn must_have_its_money_back(of: &OrderFacts) -> bool {
    match (&of.state, of.cancelled) {
        (Order::Cancelled { .. }, Some((CancelReason::DeliveryFailed, calls_money_back))) => calls_money_back,
        (state, _) => matches!(state, Order::Refused { .. } | Order::Cancelled { .. }),
    }
}

fn refunds(facts: &Facts) -> Finding {
    let cancelled = facts.orders.iter().filter(|(_, of)| of.cancelled.is_some_and(|(_, money)| money));
    let mut broken = Vec::new();
    let mut examined = 0;
    for (order, of) in cancelled {
        examined += 1;
        if of.refunds > 1 {
            broken.push(format!("order {order} was refunded {} times", of.refunds));
        }
        let captured = facts.money.order(*order).captured > 0;
        let is_impossible = facts.money.impossible(*order) > 0;
        if captured && !is_impossible && of.refunds == 0 && facts.at_rest(order) {
            broken
                .push(format!("order {order} was cancelled and paid, and never says that its money is back"));
        }
    }
    Finding { invariants: "I3", promise: "a cancelled paid order is refunded exactly once", examined, broken }
}

fn stock(facts: &Facts) -> Finding {
    let broken = facts
        .items
        .iter()
        .filter(|(_, item)| !item.counts().are_conserved())
        .map(|(id, item)| format!("stock item {id}: {:?}", item.counts()))
        .collect();
    Finding {
        invariants: "I15",
        promise: "every unit of stock is somewhere, once",
        examined: facts.items.len(),
        broken,
    }
}

fn ledger(cut: &mut Cut, facts: &Facts) -> Result<Finding> {
    let mut broken = Vec::new();
    for reader in cut.readers().iter_mut().filter(|reader| reader.role() == Role::Payment.name()) {
        let reader: &mut dyn Reader = reader;
        broken.extend(facts.money.compare_ledger(reader)?.iter().map(ToString::to_string));
    }
    let examined = facts.money.orders().count();
    Ok(Finding {
        invariants: "I5",
        promise: "the ledger sums to nothing, and its accounts to their postings",
        examined,
        broken,
    })
}

/// The sandbox is outside: its book may be ahead of ours by what is under way. The book of a provider over
/// HTTP is not here to be read.
fn provider(data: &DataFolder, facts: &Facts) -> Result<Finding> {
    let path = data.role(Role::Payment).join(BOOK_FILE);
    let mut broken = Vec::new();
    let mut examined = 0;
    if path.is_file() && provider_note::is_sandbox(data) {
        let book = SandboxBook::load(&path).context("the provider's book cannot be read")?;
        examined = book.captures();
        let under_way = |text: &str| facts.under_way.iter().any(|OrderId(id)| text.contains(&id.to_string()));
        if facts.caught_up {
            let differences =
                compare(&facts.our_book, &book).into_iter().map(|difference| difference.to_string());
            broken.extend(differences.filter(|text| facts.under_way.is_empty() || !under_way(text)));
        }
    }
    Ok(Finding { invariants: "I6", promise: "the provider's book and ours agree", examined, broken })
}
