//! `jumun stuck`: orders that stand still for longer than their shop thinks right, and why.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Result;
use catalog_contract::{CatalogEvent, ShopDirectory};
use clap::Args;
use journal::{Reader, Row, RowOrder, RowQuery};
use journal_sqlite::{SqliteReader, journal_path};
use kernel::{Clock, OrderId, Timestamp};
use tracking_domain::awaited;
use tracking_service::{Generation, shown_story};
use uuid::Uuid;

use crate::clock::SystemClock;
use crate::data_folder::DataFolder;
use crate::roles::Role;

#[derive(Debug, Args)]
pub(crate) struct StuckFlags {
    /// The data folder; the program may run or not.
    #[arg(long, value_name = "DIR", env = "JUMUN_DATA", default_value = "./jumun-data")]
    data: PathBuf,
    /// Only this shop.
    #[arg(long, value_name = "SHOP")]
    shop: Option<String>,
}

/// Rows and events read at once.
const PAGE: usize = 1_000;

pub(crate) fn run(flags: &StuckFlags) -> Result<ExitCode> {
    let data = DataFolder::existing(&flags.data)?;
    let stuck = find(&data, flags.shop.as_deref(), SystemClock::start().now())?;
    for order in &stuck {
        println!("{order}");
    }
    match stuck.len() {
        0 => println!("no order stands still"),
        1 => println!("1 order stands still"),
        count => println!("{count} orders stand still"),
    }
    Ok(if stuck.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// What of an order is still on its way somewhere.
#[derive(Default)]
struct UnderWay {
    /// Orders with a timer to come, or an event that somebody has not heard yet.
    moving: BTreeSet<OrderId>,
    /// Roles that cannot apply an event, by what it blocks.
    parked: BTreeMap<Uuid, Vec<Role>>,
}

fn find(data: &DataFolder, shop: Option<&str>, now: Timestamp) -> Result<Vec<String>> {
    let mut roles: BTreeMap<Role, SqliteReader> = BTreeMap::new();
    for role in Role::all() {
        let path = journal_path(data.path(), role.name());
        if path.is_file() {
            roles.insert(role, SqliteReader::open(&path)?);
        }
    }
    let under_way = under_way(&mut roles, now)?;
    let shops = roles.get_mut(&Role::Catalog).map(shops).transpose()?.unwrap_or_default();
    let Some(tracking) = roles.get_mut(&Role::Tracking) else { return Ok(Vec::new()) };
    let collection = Generation::live(tracking)?.collection();
    let mut stuck = Vec::new();
    let mut after = None;
    loop {
        let query = RowQuery {
            collection: collection.clone(),
            shop: shop.map(ToOwned::to_owned),
            hidden: true,
            order: RowOrder::OldestFirst,
            limit: PAGE,
            after,
            ..RowQuery::default()
        };
        let rows = tracking.rows(&query)?;
        let Some(last) = rows.last() else { return Ok(stuck) };
        after = Some((last.number, last.id));
        for row in &rows {
            stuck.extend(judge(row, &shops, &under_way, now)?);
        }
    }
}

/// Why an order stands still, where it does.
fn judge(row: &Row, shops: &ShopDirectory, under_way: &UnderWay, now: Timestamp) -> Result<Option<String>> {
    let (order, story) = (OrderId(row.id), shown_story(row)?);
    let life = story.life().and_then(|hash| shops.pinned(hash).ok());
    let view = story.view(order, &row.shop, row.number);
    let (Some(view), Some(life)) = (view, life) else { return Ok(None) };
    let place = format!("{:<10} {:>6}  {}  {:<16}", view.shop, view.number, order, view.state.as_str());
    if let Some(roles) = under_way.parked.get(&row.id) {
        let roles: Vec<_> = roles.iter().map(|role| role.name()).collect();
        return Ok(Some(format!(
            "{place} {} cannot apply an event of it: see `jumun parked`",
            roles.join(", ")
        )));
    }
    let Some((whom, bound_millis)) = awaited(life, view.state, view.payment) else { return Ok(None) };
    let stands_millis = now.millis_since(view.changed_at);
    if stands_millis <= bound_millis || under_way.moving.contains(&order) {
        return Ok(None);
    }
    let (stands, bound) = (in_words(stands_millis), in_words(bound_millis));
    Ok(Some(format!("{place} waits for {} since {stands}, bound {bound}", whom.in_words())))
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

/// The two largest units of a time, such as `1h 20m`.
fn in_words(millis: i64) -> String {
    let seconds = millis / 1_000;
    let parts =
        [(seconds / 86_400, "d"), (seconds / 3_600 % 24, "h"), (seconds / 60 % 60, "m"), (seconds % 60, "s")];
    let shown: Vec<_> = parts.iter().skip_while(|(count, _)| *count == 0).take(2).collect();
    let shown: Vec<_> = shown
        .into_iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, unit)| format!("{count}{unit}"))
        .collect();
    if shown.is_empty() { "0s".to_owned() } else { shown.join(" ") }
}

#[cfg(test)]
mod tests {
    use super::in_words;

    #[test]
    fn a_time_is_told_in_its_two_largest_units() {
        let told = [0, 59_999, 60_000, 4_830_000, 3_600_000, 90_061_000].map(in_words);
        assert_eq!(told, ["0s", "59s", "1m", "1h 20m", "1h", "1d 1h"]);
    }
}
