//! What must be true of views: each row is the fold of its events.

use std::collections::BTreeMap;

use anyhow::Result;
use catalog_contract::ShopDirectory;
use journal::{Reader, RowOrder, RowQuery, SourceState};
use journal_sqlite::{Cut, SqliteReader};
use kernel::{Aggregate, OrderId, ShopKey};
use ordering_contract::{OrderEvent, OrderView};
use ordering_domain::Order;
use tracking_domain::{Census, Enlisted, Source, Story, belongs_to_a_story};
use tracking_service::{Generation, all_censuses, shown_story};
use uuid::Uuid;

use super::facts::for_each;
use super::{Finding, days};
use crate::roles::Role;

const PAGE: usize = 1_000;

pub(super) fn check(cut: &mut Cut, sources: &[SourceState], shops: &ShopDirectory) -> Result<Vec<Finding>> {
    let heard = heard(sources);
    let folded = folded(cut, &heard)?;
    Ok(vec![own_list(cut, shops)?, days::check(cut, &heard, &folded)?, stories(cut, folded)?])
}

/// Ordering's own list is written with its events, but for orders that nobody sees yet.
fn own_list(cut: &mut Cut, shops: &ShopDirectory) -> Result<Finding> {
    let mut broken = Vec::new();
    let mut examined = 0;
    for reader in cut.readers().iter_mut().filter(|reader| reader.role() == Role::Ordering.name()) {
        let mut folded: BTreeMap<Uuid, (Order, u64)> = BTreeMap::new();
        for_each(reader, |event| {
            let (state, version) = folded.entry(event.stream_id).or_default();
            *state = std::mem::take(state).evolve(&event.decode::<OrderEvent>()?);
            *version = event.version;
            Ok(())
        })?;
        examined = folded.len();
        for_each_row(reader, ordering_service::ORDERS, |row| {
            let shown = serde_json::from_slice::<OrderView>(&row.body).map(|view| (view.state, view.version));
            match (folded.remove(&row.id), shown) {
                (Some((state, version)), Ok(shown)) if shown == (state.state(), version) => {}
                _ => broken.push(format!("the row of order {} is not what its events say", row.id)),
            }
        })?;
        folded.retain(|_, (state, _)| !needs_no_row(state, shops));
        broken.extend(folded.keys().map(|order| format!("order {order} has no row")));
    }
    Ok(Finding {
        invariants: "I8 I13",
        promise: "the list of orders is what their events say",
        examined,
        broken,
    })
}

fn needs_no_row(order: &Order, shops: &ShopDirectory) -> bool {
    let life = order.placed().and_then(|placed| shops.pinned(&placed.life).ok());
    life.is_some_and(|life| ordering_service::has_no_row(order, life))
}

/// How far tracking has heard each role.
fn heard(sources: &[SourceState]) -> BTreeMap<String, u64> {
    sources
        .iter()
        .filter(|state| state.role == Role::Tracking.name())
        .flat_map(|state| state.positions.iter().map(|(role, at)| (role.clone(), at.position)))
        .collect()
}

/// Every story as tracking has heard it, with its shop.
fn folded(cut: &mut Cut, heard: &BTreeMap<String, u64>) -> Result<BTreeMap<OrderId, (Story, ShopKey)>> {
    let mut folded: BTreeMap<OrderId, (Story, ShopKey)> = BTreeMap::new();
    for reader in cut.readers() {
        let Some(source) = Source::of_role(reader.role()) else { continue };
        let until = heard.get(source.role()).copied().unwrap_or(0);
        for_each(reader, |event| {
            let (Some(order), true) = (event.subject.order, event.position <= until) else { return Ok(()) };
            if belongs_to_a_story(&event.event_type) {
                let shop = || (Story::default(), event.subject.shop.clone());
                folded.entry(order).or_insert_with(shop).0.apply(source, event)?;
            }
            Ok(())
        })?;
    }
    Ok(folded)
}

/// Every story is the fold of what tracking has heard of it.
fn stories(cut: &mut Cut, mut folded: BTreeMap<OrderId, (Story, ShopKey)>) -> Result<Finding> {
    let (mut broken, examined) = (Vec::new(), folded.len());
    for reader in cut.readers().iter_mut().filter(|reader| reader.role() == Role::Tracking.name()) {
        let live = Generation::live(reader)?;
        let mut counted: BTreeMap<ShopKey, Census> = BTreeMap::new();
        for_each_row(reader, &live.collection(), |row| {
            match (folded.remove(&OrderId(row.id)), shown_story(&row)) {
                (Some((story, shop)), Ok(shown)) if story == shown => {
                    Enlisted::default().enlist(&shown, row.hidden, counted.entry(shop).or_default());
                }
                _ => broken.push(format!("the story of order {} is not what its events say", row.id)),
            }
        })?;
        broken.extend(folded.keys().map(|order| format!("order {order} has no story")));
        let mut kept = all_censuses(reader, live)?;
        for censuses in [&mut kept, &mut counted] {
            censuses.retain(|_, census| *census != Census::default());
        }
        if broken.is_empty() && kept != counted {
            broken.push("the census of some shop is not that of its stories".to_owned());
        }
    }
    Ok(Finding { invariants: "I12 I13", promise: "every story is what tracking has heard", examined, broken })
}

fn for_each_row(
    reader: &mut SqliteReader,
    collection: &str,
    mut take: impl FnMut(journal::Row),
) -> Result<()> {
    let mut after = None;
    loop {
        let query = RowQuery {
            collection: collection.to_owned(),
            hidden: true,
            order: RowOrder::OldestFirst,
            limit: PAGE,
            after,
            ..RowQuery::default()
        };
        let rows = reader.rows(&query)?;
        let Some(last) = rows.last() else { return Ok(()) };
        after = Some((last.number, last.id));
        rows.into_iter().for_each(&mut take);
    }
}
