use std::collections::BTreeMap;

use anyhow::Result;
use kernel::{Money, OrderId};
use ordering_contract::OrderState;
use serde::Deserialize;

use super::acknowledgements::Ack;
use super::tally::Tally;
use super::target::Target;
use super::wishes::Wishes;

const PAGE: usize = 200;

/// What does not fit between what was acknowledged and what is there.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Findings {
    /// Acknowledged, and not there.
    pub(crate) lost: Vec<String>,
    /// There more than once, or acknowledged as two orders.
    pub(crate) doubled: Vec<String>,
    /// There otherwise than it was acknowledged.
    pub(crate) wrong: Vec<String>,
}

/// An order as the program shows it in the end.
#[derive(Debug, Clone, Deserialize)]
struct Shown {
    id: OrderId,
    number: u64,
    state: OrderState,
    #[serde(default)]
    customer: Option<String>,
    total: Money,
}

#[derive(Deserialize)]
struct Page {
    items: Vec<Shown>,
    #[serde(default)]
    next: Option<String>,
}

/// The number of the shop's newest order; 0 where there is none.
pub(crate) async fn newest_number(target: &Target) -> Result<u64> {
    let page: Page = target.read(&format!("/v1/shops/{}/orders?limit=1", target.shop)).await?;
    Ok(page.items.first().map_or(0, |order| order.number))
}

/// Reads every order of this run back and holds it against what was acknowledged.
pub(crate) async fn reconcile(
    target: &Target,
    wishes: &Wishes,
    before: u64,
    tally: &Tally,
    acks: &[Ack],
) -> Result<Findings> {
    let mut shown: BTreeMap<u64, Vec<Shown>> = BTreeMap::new();
    let mut connection = target.connection();
    let mut cursor = String::new();
    loop {
        let path = format!("/v1/shops/{}/orders?limit={PAGE}{cursor}", target.shop);
        let page: Page = connection.read(&path).await?;
        let is_past = page.items.last().is_none_or(|order| order.number <= before);
        for order in page.items {
            let wish = order.customer.as_deref().and_then(|customer| wishes.number_of(customer));
            if let Some(wish) = wish {
                shown.entry(wish).or_default().push(order);
            }
        }
        match page.next {
            Some(next) if !is_past => cursor = format!("&cursor={next}"),
            _ => break,
        }
    }
    Ok(judge(&shown, tally, acks))
}

fn judge(shown: &BTreeMap<u64, Vec<Shown>>, tally: &Tally, acks: &[Ack]) -> Findings {
    let mut findings = Findings::default();
    let mut acknowledged: BTreeMap<u64, OrderId> = BTreeMap::new();
    for ack in acks {
        if acknowledged.insert(ack.wish, ack.order).is_some_and(|other| other != ack.order) {
            findings.doubled.push(format!("order {} was acknowledged as two", ack.wish));
        }
        match shown.get(&ack.wish).and_then(|orders| orders.iter().find(|order| order.id == ack.order)) {
            None => findings.lost.push(format!("order {} ({}) is not there", ack.wish, ack.order)),
            Some(order) if order.total != ack.total => findings.wrong.push(format!(
                "order {} ({}) costs {}, acknowledged were {}",
                ack.wish, ack.order, order.total, ack.total
            )),
            Some(_) => {}
        }
    }
    for (wish, orders) in shown.iter().filter(|(_, orders)| orders.len() > 1) {
        findings.doubled.push(format!("order {wish} is there {} times", orders.len()));
    }
    for wish in tally.refused.iter().filter(|wish| shown.contains_key(wish)) {
        findings.wrong.push(format!("order {wish} was refused and is there"));
    }
    let is_cancelled = |order: &Shown| matches!(order.state, OrderState::Cancelled | OrderState::Refunded);
    for wish in &tally.cancelled {
        if shown.get(wish).is_some_and(|orders| !orders.iter().all(is_cancelled)) {
            findings.wrong.push(format!("order {wish} was cancelled and stands"));
        }
    }
    findings
}

#[cfg(test)]
mod tests {
    use kernel::Currency;
    use uuid::Uuid;

    use super::*;

    fn order(id: u128, amount: i64, state: OrderState) -> Shown {
        let total = Money::new(amount, Currency::KRW);
        Shown { id: OrderId(Uuid::from_u128(id)), number: 1, state, customer: None, total }
    }

    fn ack(wish: u64, id: u128) -> Ack {
        Ack { wish, order: OrderId(Uuid::from_u128(id)), total: Money::new(100, Currency::KRW) }
    }

    #[test]
    fn what_was_acknowledged_and_is_there_once_is_well() {
        let shown = [(0, vec![order(1, 100, OrderState::Completed)])].into();
        assert_eq!(judge(&shown, &Tally::new(), &[ack(0, 1)]), Findings::default());
    }

    #[test]
    fn an_acknowledged_order_that_is_not_there_is_lost() {
        assert_eq!(judge(&BTreeMap::new(), &Tally::new(), &[ack(0, 1)]).lost.len(), 1);
    }

    #[test]
    fn two_orders_of_one_key_are_doubled() {
        let orders = vec![order(1, 100, OrderState::Placed), order(2, 100, OrderState::Placed)];
        let shown = [(0, orders)].into();
        assert_eq!(judge(&shown, &Tally::new(), &[ack(0, 1)]).doubled.len(), 1);
        assert_eq!(judge(&shown, &Tally::new(), &[ack(0, 1), ack(0, 2)]).doubled.len(), 2);
    }

    #[test]
    fn another_amount_a_refused_order_and_a_cancel_undone_are_wrong() {
        let shown = [(0, vec![order(1, 99, OrderState::Placed)])].into();
        assert_eq!(judge(&shown, &Tally::new(), &[ack(0, 1)]).wrong.len(), 1);
        let refused = Tally { refused: vec![0], ..Tally::new() };
        assert_eq!(judge(&shown, &refused, &[]).wrong.len(), 1);
        let cancelled = Tally { cancelled: vec![0], ..Tally::new() };
        assert_eq!(judge(&shown, &cancelled, &[]).wrong.len(), 1);
    }
}
