use std::cmp::Ordering;

use axum::response::Response;
use catalog_contract::{FieldMeaning, Milestone, RowKind};
use edge::paging::Page;
use edge::problem::{Problem, ProblemKind};
use http::StatusCode;
use notification_contract::MessageView;
use serde::Deserialize;
use serde_json::{Map, Value, json};
use tracking_contract::StoryView;

use crate::address::pairs;
use crate::answers::{document, item};
use crate::facts::{Facts, state_of};
use crate::find::{menu, stock, with_facts};
use crate::profile::PROFILE;
use crate::shown::Row;
use crate::speech::Asked;

const SIZE_DEFAULT: u64 = 20;
const SIZE_MAX: u64 = 1_000;
/// Rows that the canonical API answers at once.
const AT_ONCE: u64 = 200;
/// Rows that are sorted by something else than their number at most: they are all read for it.
const SORTED_MAX: u64 = 10_000;

/// Which page, of how many rows, in which order.
struct Wanted {
    number: u64,
    size: u64,
    /// The field that rows are sorted by, and whether the largest is first; by number without it.
    sort: Option<(String, bool)>,
    /// Whether the latest number is first.
    newest_first: bool,
}

/// A page of the collection.
pub(crate) async fn page(asked: &Asked<'_>, query: Option<&str>) -> Result<Response, Problem> {
    let wanted = Wanted::read(asked, query);
    let total = count(asked).await?;
    let first = wanted.number.saturating_mul(wanted.size);
    let (rows, total) = match (&wanted.sort, asked.collection.rows) {
        (None, RowKind::Orders | RowKind::Messages) if first >= total => (Vec::new(), total),
        (None, RowKind::Orders | RowKind::Messages) => {
            (some(asked, first, wanted.size, wanted.newest_first).await?, total)
        }
        (sort, kind) => {
            let mut rows = match kind {
                RowKind::Stock => stock(asked).await?,
                RowKind::Menu => menu(asked).await?,
                _ => all(asked, total, sort.as_ref().map_or("", |(field, _)| field)).await?,
            };
            let total = rows.len() as u64;
            match sort {
                Some((field, descending)) => sort_by(asked, &mut rows, field, *descending),
                None if wanted.newest_first => rows.reverse(),
                None => {}
            }
            let size = usize::try_from(wanted.size).unwrap_or(usize::MAX);
            (rows.into_iter().skip(usize::try_from(first).unwrap_or(usize::MAX)).take(size).collect(), total)
        }
    };
    let shown: Vec<Value> = rows.iter().map(|row| item(asked, row)).collect();
    let pages = total.div_ceil(wanted.size);
    let body = json!({
        "_embedded": { asked.name: shown },
        "_links": links(asked, &wanted, pages, query),
        "page": { "size": wanted.size, "totalElements": total, "totalPages": pages, "number": wanted.number },
    });
    Ok(document(asked.speech, StatusCode::OK, &body))
}

impl Wanted {
    /// What cannot be read is as if it had not been said.
    fn read(asked: &Asked<'_>, query: Option<&str>) -> Self {
        let mut wanted = Self { number: 0, size: SIZE_DEFAULT, sort: None, newest_first: false };
        let mut sorted = false;
        for (name, value) in pairs(query) {
            match name.as_str() {
                "page" => wanted.number = value.parse().unwrap_or(0),
                "size" => {
                    let size = value.parse::<i64>().ok().and_then(|size| u64::try_from(size).ok());
                    wanted.size = size.filter(|size| *size > 0).unwrap_or(SIZE_DEFAULT).min(SIZE_MAX);
                }
                "sort" if !sorted => {
                    let (field, direction) = value.split_once(',').unwrap_or((&value, "asc"));
                    let descending = direction.trim().eq_ignore_ascii_case("desc");
                    match asked.collection.fields.get(field.trim()).map(|words| words.is) {
                        None => continue,
                        Some(FieldMeaning::Number) if asked.collection.rows == RowKind::Orders => {
                            wanted.newest_first = descending;
                        }
                        Some(_) => wanted.sort = Some((field.trim().to_owned(), descending)),
                    }
                    sorted = true;
                }
                _ => {}
            }
        }
        wanted
    }
}

#[derive(Deserialize)]
struct Count {
    count: u64,
}

/// The state that an order must have come to for a row; nothing where every order has one.
fn reached(asked: &Asked<'_>) -> Option<&'static str> {
    let appears = asked.collection.appears_with();
    (appears != Milestone::Placed).then(|| state_of(appears)).flatten().map(|state| state.as_str())
}

/// How many rows there are. Messages are numbered from 1 without holes.
async fn count(asked: &Asked<'_>) -> Result<u64, Problem> {
    let (canonical, who) = (&asked.speech.canonical, &asked.speech.who);
    match asked.collection.rows {
        RowKind::Orders => {
            let reached = reached(asked).map(|state| format!("?reached={state}")).unwrap_or_default();
            let path = asked.path(&format!("/stories/count{reached}"));
            Ok(canonical.read::<Count>(&path, who).await?.map_or(0, |counted| counted.count))
        }
        RowKind::Messages => {
            let path = asked.path("/messages?direction=newest&limit=1");
            let page: Option<Page<MessageView>> = canonical.read(&path, who).await?;
            Ok(page.and_then(|page| page.items.into_iter().next()).map_or(0, |last| last.number))
        }
        RowKind::Stock | RowKind::Menu => Ok(0),
    }
}

/// Every row, where there are not too many to be sorted.
async fn all(asked: &Asked<'_>, total: u64, field: &str) -> Result<Vec<Row>, Problem> {
    if total > SORTED_MAX {
        let number = asked.collection.field_of(FieldMeaning::Number).unwrap_or("nothing");
        return Err(Problem::of(ProblemKind::InvalidField)
            .field("sort", format!("{number}: {total} rows are too many to be sorted by {field}")));
    }
    some(asked, 0, total, false).await
}

/// Rows behind the first so many.
async fn some(asked: &Asked<'_>, first: u64, size: u64, newest_first: bool) -> Result<Vec<Row>, Problem> {
    let mut rows = Vec::new();
    let mut skip = first;
    let end = first + size;
    while skip < end {
        let limit = AT_ONCE.min(end - skip);
        let (found, got) = if asked.collection.rows == RowKind::Messages {
            messages(asked, skip, limit, newest_first).await?
        } else {
            orders(asked, skip, limit, newest_first).await?
        };
        rows.extend(found);
        skip += limit;
        if got < limit {
            break;
        }
    }
    Ok(rows)
}

async fn orders(asked: &Asked<'_>, skip: u64, limit: u64, newest: bool) -> Result<(Vec<Row>, u64), Problem> {
    let direction = if newest { "newest" } else { "oldest" };
    let reached = reached(asked).map(|state| format!("&reached={state}")).unwrap_or_default();
    let path = asked.path(&format!("/stories?order={direction}&skip={skip}&limit={limit}{reached}"));
    let page: Option<Page<StoryView>> = asked.speech.canonical.read(&path, &asked.speech.who).await?;
    let stories = page.map(|page| page.items).unwrap_or_default();
    let got = stories.len() as u64;
    Ok((stories.into_iter().map(Facts::told).map(Box::new).map(Row::Order).collect(), got))
}

async fn messages(
    asked: &Asked<'_>,
    skip: u64,
    limit: u64,
    newest: bool,
) -> Result<(Vec<Row>, u64), Problem> {
    let direction = if newest { "newest" } else { "oldest" };
    let path = asked.path(&format!("/messages?direction={direction}&skip={skip}&limit={limit}"));
    let page: Option<Page<MessageView>> = asked.speech.canonical.read(&path, &asked.speech.who).await?;
    let messages = page.map(|page| page.items).unwrap_or_default();
    let got = messages.len() as u64;
    let mut rows = Vec::new();
    for message in messages {
        rows.extend(with_facts(asked, message).await?);
    }
    Ok((rows, got))
}

fn sort_by(asked: &Asked<'_>, rows: &mut [Row], field: &str, descending: bool) {
    let Some(words) = asked.collection.fields.get(field) else { return };
    rows.sort_by_cached_key(|row| Key(row.field(asked, field, words)));
    if descending {
        rows.reverse();
    }
}

/// A value that can be compared: nothing first, then numbers, then texts.
#[derive(PartialEq)]
struct Key(Value);

impl Eq for Key {}

impl PartialOrd for Key {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Key {
    fn cmp(&self, other: &Self) -> Ordering {
        let rank = |value: &Value| match value {
            Value::Null => 0,
            Value::Bool(_) => 1,
            Value::Number(_) => 2,
            _ => 3,
        };
        rank(&self.0).cmp(&rank(&other.0)).then_with(|| match (&self.0, &other.0) {
            (Value::Number(one), Value::Number(other)) => {
                one.as_f64().unwrap_or(0.0).total_cmp(&other.as_f64().unwrap_or(0.0))
            }
            (one, other) => one.to_string().cmp(&other.to_string()),
        })
    }
}

/// To this page and its neighbours, to the searches, to what the rows are made of.
fn links(asked: &Asked<'_>, wanted: &Wanted, pages: u64, query: Option<&str>) -> Map<String, Value> {
    let address = asked.address();
    let sort = pairs(query).into_iter().filter(|(name, _)| name == "sort");
    let sort: String = sort.map(|(_, value)| format!("&sort={}", crate::address::encode(&value))).collect();
    let page = |number: u64| json!({ "href": format!("{address}?page={number}&size={}{sort}", wanted.size) });
    let asked_plainly = query.is_none_or(str::is_empty);
    let this = if asked_plainly { json!({ "href": address }) } else { page(wanted.number) };
    let profile = json!({ "href": asked.profile() });
    let mut links = Map::from_iter([("self".to_owned(), this), (PROFILE.to_owned(), profile)]);
    if pages > 1 {
        links.insert("first".to_owned(), page(0));
        links.insert("last".to_owned(), page(pages - 1));
        if wanted.number > 0 {
            links.insert("prev".to_owned(), page(wanted.number.min(pages) - 1));
        }
        if wanted.number + 1 < pages {
            links.insert("next".to_owned(), page(wanted.number + 1));
        }
    }
    if !asked.collection.searches.is_empty() {
        links.insert("search".to_owned(), json!({ "href": format!("{address}/search") }));
    }
    links
}
