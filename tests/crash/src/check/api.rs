use std::collections::BTreeMap;

use anyhow::Result;
use kernel::OrderId;
use serde::Deserialize;

use crate::memory::Memory;
use crate::shops::SHOPS;
use crate::wire::Wire;
use crate::wish::Acknowledged;

#[derive(Deserialize)]
struct Page {
    items: Vec<Shown>,
    #[serde(default)]
    next: Option<String>,
}

#[derive(Deserialize)]
struct Shown {
    #[serde(flatten)]
    order: Acknowledged,
    #[serde(default)]
    customer: String,
}

/// Every acknowledged order is in its shop's list, once, as it was acknowledged, and nothing else.
///
/// # Errors
/// When the program does not answer.
pub async fn api(wire: &Wire, memory: &Memory) -> Result<Vec<String>> {
    let mut shown: BTreeMap<OrderId, Shown> = BTreeMap::new();
    let mut violations = Vec::new();
    for shop in SHOPS {
        let mut cursor = String::new();
        loop {
            let page: Page = wire.read(&format!("/v1/shops/{}/orders?limit=200{cursor}", shop.key)).await?;
            for order in page.items {
                let id = order.order.id;
                if shown.insert(id, order).is_some() {
                    violations.push(format!("the order {id} is listed twice"));
                }
            }
            match page.next {
                Some(next) => cursor = format!("&cursor={next}"),
                None => break,
            }
        }
    }
    for (key, _, said) in memory.standing() {
        match shown.remove(&said.id) {
            Some(Shown { order, customer }) if order == said && customer == *key => {}
            Some(Shown { order, customer }) => {
                violations.push(format!("{key} was told {said:?}, {customer} is shown {order:?}"));
            }
            None => {
                violations.push(format!("the order {} of {key} was acknowledged and is not listed", said.id))
            }
        }
    }
    for (id, order) in shown {
        violations.push(format!("the order {id} of {} is listed, and nobody was told", order.customer));
    }
    Ok(violations)
}
