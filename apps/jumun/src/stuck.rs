//! Orders that stand in their state for longer than their shop's bounds allow, with nothing on its way
//! for them; and orders whose events cannot be applied.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use anyhow::Result;
use catalog_contract::{CatalogEvent, ShopDirectory};
use journal::{Reader, Row, RowOrder, RowQuery};
use journal_sqlite::{SqliteReader, journal_path};
use kernel::{OrderId, ShopKey, Timestamp};
use ordering_contract::OrderState;
use payment_contract::{PaymentState, PaymentView};
use payment_service::PAYMENTS;
use tracking_domain::{awaited, length_in_words};
use tracking_service::{Generation, shown_story};
use uuid::Uuid;

use crate::data_folder::DataFolder;
use crate::roles::Role;

/// Rows and events read at once.
const PAGE: usize = 1_000;

/// What of an order is still on its way somewhere.
#[derive(Default)]
struct UnderWay {
    /// Orders with a timer to come, or an event that somebody has not heard yet.
    moving: BTreeSet<OrderId>,
    /// Roles that cannot apply an event, by what it blocks.
    parked: BTreeMap<Uuid, Vec<Role>>,
}

/// An order that stands still.
#[derive(Debug)]
pub(crate) struct StuckOrder {
    pub(crate) shop: ShopKey,
    number: u64,
    order: OrderId,
    state: &'static str,
    why: String,
}

impl fmt::Display for StuckOrder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { shop, number, order, state, why } = self;
        write!(f, "{shop:<10} {number:>6}  {order}  {state:<16} {why}")
    }
}

/// The states in which an order waits for something; a cancelled one, for its money.
const WAITING: [OrderState; 10] = [
    OrderState::Placed,
    OrderState::Paid,
    OrderState::Scheduled,
    OrderState::Confirmed,
    OrderState::Accepted,
    OrderState::Started,
    OrderState::Prepared,
    OrderState::DeliveryStarted,
    OrderState::Delivered,
    OrderState::Cancelled,
];

/// Finds the orders that stand still, in all shops or one.
pub(crate) fn find_stuck(data: &DataFolder, shop: Option<&str>, now: Timestamp) -> Result<Vec<StuckOrder>> {
    let mut roles: BTreeMap<Role, SqliteReader> = BTreeMap::new();
    for role in Role::contexts() {
        let path = journal_path(data.path(), role.name());
        if path.is_file() {
            roles.insert(role, SqliteReader::open(&path)?);
        }
    }
    let under_way = under_way(&mut roles, now)?;
    let mut stuck = match roles.get_mut(&Role::Payment) {
        Some(payment) => refunds_impossible(payment, shop)?,
        None => Vec::new(),
    };
    let shops = roles.get_mut(&Role::Catalog).map(shops).transpose()?.unwrap_or_default();
    let Some(tracking) = roles.get_mut(&Role::Tracking) else { return Ok(stuck) };
    let collection = Generation::live(tracking)?.collection();
    for life in shops.shops().filter(|life| shop.is_none_or(|shop| life.key.as_str() == shop)) {
        for state in WAITING {
            let query = RowQuery {
                collection: collection.clone(),
                shop: Some(life.key.to_string()),
                state: Some(state.as_str().to_owned()),
                hidden: true,
                order: RowOrder::OldestFirst,
                limit: PAGE,
                ..RowQuery::default()
            };
            for_each_row(tracking, &query, |row| {
                stuck.extend(judge(row, &shops, &under_way, now)?);
                Ok(())
            })?;
        }
    }
    Ok(stuck)
}

/// Money that should go back and that the provider will not give: whatever became of the order.
fn refunds_impossible(payment: &mut SqliteReader, shop: Option<&str>) -> Result<Vec<StuckOrder>> {
    let state = PaymentState::RefundImpossible.as_str();
    let query = RowQuery {
        collection: PAYMENTS.to_owned(),
        shop: shop.map(str::to_owned),
        state: Some(state.to_owned()),
        hidden: true,
        order: RowOrder::OldestFirst,
        limit: PAGE,
        ..RowQuery::default()
    };
    let mut found = Vec::new();
    for_each_row(payment, &query, |row| {
        let view: PaymentView = serde_json::from_slice(&row.body)?;
        let refunds = view.refunds.iter();
        for (refund, reason) in refunds.filter_map(|refund| Some((refund, refund.impossible.as_ref()?))) {
            found.push(StuckOrder {
                shop: view.shop.clone(),
                number: view.number,
                order: view.order,
                state,
                why: format!(
                    "{} must go back by hand, then settle refund {}: the provider says: {reason}",
                    refund.amount, refund.step
                ),
            });
        }
        Ok(())
    })?;
    Ok(found)
}

fn for_each_row(
    reader: &mut SqliteReader,
    query: &RowQuery,
    mut take: impl FnMut(&Row) -> Result<()>,
) -> Result<()> {
    let mut after = None;
    loop {
        let rows = reader.rows(&RowQuery { after, ..query.clone() })?;
        let Some(last) = rows.last() else { return Ok(()) };
        after = Some((last.number, last.id));
        rows.iter().try_for_each(&mut take)?;
    }
}

/// Why an order stands still, where it does.
fn judge(
    row: &Row,
    shops: &ShopDirectory,
    under_way: &UnderWay,
    now: Timestamp,
) -> Result<Option<StuckOrder>> {
    let (order, story) = (OrderId(row.id), shown_story(row)?);
    let life = story.life().and_then(|hash| shops.pinned(hash).ok());
    let view = story.view(order, &row.shop, row.number);
    let (Some(view), Some(life)) = (view, life) else { return Ok(None) };
    let because = |why: String| StuckOrder {
        shop: view.shop.clone(),
        number: view.number,
        order,
        state: view.state.as_str(),
        why,
    };
    if let Some(roles) = under_way.parked.get(&row.id) {
        let roles: Vec<_> = roles.iter().map(|role| role.name()).collect();
        let why = format!("{} cannot apply an event of it: see `jumun parked`", roles.join(", "));
        return Ok(Some(because(why)));
    }
    let Some((whom, bound_millis)) = awaited(life, view.state, view.payment) else { return Ok(None) };
    let stands_millis = now.millis_since(view.changed_at);
    if stands_millis <= bound_millis || under_way.moving.contains(&order) {
        return Ok(None);
    }
    let (stands, bound) = (length_in_words(stands_millis).en, length_in_words(bound_millis).en);
    Ok(Some(because(format!("waits for {} since {stands}, bound {bound}", whom.in_words()))))
}

fn shops(catalog: &mut SqliteReader) -> Result<ShopDirectory> {
    let mut shops = ShopDirectory::default();
    let mut after = 0;
    loop {
        let events = catalog.read_after(after, PAGE)?;
        let Some(last) = events.last() else { return Ok(shops) };
        after = last.position;
        for event in &events {
            shops.apply(&event.decode::<CatalogEvent>()?);
        }
    }
}

fn under_way(roles: &mut BTreeMap<Role, SqliteReader>, now: Timestamp) -> Result<UnderWay> {
    let mut found = UnderWay::default();
    // How far the slowest role has heard each journal.
    let mut heard: BTreeMap<String, u64> = BTreeMap::new();
    for (role, reader) in roles.iter_mut() {
        let timers = reader.timers()?;
        found.moving.extend(timers.iter().filter(|timer| timer.at > now).filter_map(|timer| timer.order));
        for parked in reader.parked()? {
            let roles = found.parked.entry(parked.blocks).or_default();
            if !roles.contains(role) {
                roles.push(*role);
            }
        }
        for (source, at) in reader.positions()? {
            let slowest = heard.entry(source).or_insert(at.position);
            *slowest = at.position.min(*slowest);
        }
    }
    for (role, reader) in roles.iter_mut() {
        let Some(mut after) = heard.get(role.name()).copied() else { continue };
        loop {
            let events = reader.read_after(after, PAGE)?;
            let Some(last) = events.last() else { break };
            after = last.position;
            found.moving.extend(events.iter().filter_map(|event| event.subject.order));
        }
    }
    Ok(found)
}
