use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Bound;
use std::sync::Arc;

use kernel::ShopKey;
use uuid::Uuid;

use crate::{Entry, Row, RowOrder, RowQuery, RowWrite};

/// Where a row stands in a list.
type Place = (u64, Uuid);

/// The lines of a log by whose they are and their sequence.
type Log = BTreeMap<(Uuid, u64), Vec<u8>>;

/// Own lists and logs.
#[derive(Clone, Default)]
pub(super) struct Lists {
    rows: BTreeMap<Cow<'static, str>, List>,
    logs: BTreeMap<Cow<'static, str>, Log>,
}

#[derive(Clone, Default)]
struct List {
    rows: BTreeMap<Uuid, Arc<Row>>,
    places: BTreeSet<Place>,
    places_of_shop: BTreeMap<ShopKey, BTreeSet<Place>>,
}

impl Lists {
    pub(super) fn write(&mut self, write: RowWrite) {
        match write {
            RowWrite::Put(row) => self.rows.entry(row.collection.clone()).or_default().put(row),
            RowWrite::Delete { collection, id } => {
                if let Some(list) = self.rows.get_mut(&collection) {
                    list.delete(id);
                }
            }
            RowWrite::Clear { collection } => {
                self.rows.remove(&collection);
                self.logs.remove(&collection);
            }
        }
    }

    pub(super) fn append(&mut self, entry: Entry) {
        self.logs.entry(entry.collection).or_default().insert((entry.id, entry.sequence), entry.body);
    }

    pub(super) fn row(&self, collection: &str, id: Uuid) -> Option<&Row> {
        self.rows.get(collection)?.rows.get(&id).map(AsRef::as_ref)
    }

    pub(super) fn row_by_number(&self, collection: &str, shop: &str, number: u64) -> Option<&Row> {
        let list = self.rows.get(collection)?;
        let places = list.places_of_shop.get(&ShopKey::from(shop))?;
        let (_, id) = places.range((number, Uuid::nil())..=(number, Uuid::max())).next()?;
        list.rows.get(id).map(AsRef::as_ref)
    }

    pub(super) fn page(&self, query: &RowQuery) -> Vec<Row> {
        let skipped = usize::try_from(query.skip).unwrap_or(usize::MAX);
        self.found(query, query.after).skip(skipped).take(query.limit).cloned().collect()
    }

    pub(super) fn count(&self, query: &RowQuery) -> u64 {
        self.found(query, None).count() as u64
    }

    pub(super) fn entries(&self, collection: &str, id: Uuid, after: u64, limit: usize) -> Vec<Entry> {
        let Some((collection, log)) = self.logs.get_key_value(collection) else {
            return Vec::new();
        };
        let range = (Bound::Excluded((id, after)), Bound::Included((id, u64::MAX)));
        if after == u64::MAX {
            return Vec::new();
        }
        log.range(range)
            .take(limit)
            .map(|((id, sequence), body)| Entry {
                collection: collection.clone(),
                id: *id,
                sequence: *sequence,
                body: body.clone(),
            })
            .collect()
    }

    fn found<'a>(&'a self, query: &'a RowQuery, after: Option<Place>) -> impl Iterator<Item = &'a Row> {
        let list = self.rows.get(query.collection.as_str());
        let places = list.and_then(|list| match &query.shop {
            Some(shop) => list.places_of_shop.get(&ShopKey::from(shop.as_str())),
            None => Some(&list.places),
        });
        places
            .into_iter()
            .flat_map(move |places| ordered(places, query.order, after))
            .filter_map(move |(_, id)| list.and_then(|list| list.rows.get(id)).map(AsRef::as_ref))
            .filter(|row| fits(row, query))
    }
}

impl List {
    fn put(&mut self, row: Arc<Row>) {
        let place = (row.number, row.id);
        match self.rows.get_mut(&row.id) {
            Some(old) if (old.number, &old.shop) == (row.number, &row.shop) => *old = row,
            _ => {
                self.delete(row.id);
                self.places.insert(place);
                self.places_of_shop.entry(row.shop.clone()).or_default().insert(place);
                self.rows.insert(row.id, row);
            }
        }
    }

    fn delete(&mut self, id: Uuid) {
        let Some(row) = self.rows.remove(&id) else {
            return;
        };
        let place = (row.number, row.id);
        self.places.remove(&place);
        if let Some(places) = self.places_of_shop.get_mut(&row.shop) {
            places.remove(&place);
        }
    }
}

/// The places behind `after`, in the order's direction.
fn ordered<'a>(
    places: &'a BTreeSet<Place>,
    order: RowOrder,
    after: Option<Place>,
) -> Box<dyn Iterator<Item = &'a Place> + 'a> {
    let after = after.map_or(Bound::Unbounded, Bound::Excluded);
    match order {
        RowOrder::OldestFirst => Box::new(places.range((after, Bound::Unbounded))),
        RowOrder::NewestFirst => Box::new(places.range((Bound::Unbounded, after)).rev()),
    }
}

fn fits(row: &Row, query: &RowQuery) -> bool {
    (query.hidden || !row.hidden)
        && query.customer.as_ref().is_none_or(|customer| row.customer.as_ref() == Some(customer))
        && query.state.as_ref().is_none_or(|state| row.state == *state)
        && query.search.as_ref().is_none_or(|text| row.search.contains(text.as_str()))
        && query.number.is_none_or(|number| row.number == number)
        && query.from.is_none_or(|from| row.at >= from)
        && query.until.is_none_or(|until| row.at < until)
}
