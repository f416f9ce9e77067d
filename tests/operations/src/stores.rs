use std::path::Path;

use journal::{Reader, RowQuery};
use journal_sqlite::{SqliteReader, journal_path};
use journeys::eventually;
use ordering_service::ORDERS;

/// A role's store, read beside the program.
///
/// # Panics
/// When there is none.
#[must_use]
pub fn store(data: &Path, role: &str) -> SqliteReader {
    SqliteReader::open(&journal_path(data, role)).unwrap()
}

/// How many orders ordering has in a state.
///
/// # Panics
/// When its store cannot be read.
#[must_use]
pub fn orders_in_state(data: &Path, state: &str) -> u64 {
    let query = RowQuery {
        collection: ORDERS.to_owned(),
        state: Some(state.to_owned()),
        hidden: true,
        ..RowQuery::default()
    };
    store(data, "ordering").count_rows(&query).unwrap()
}

/// Waits until so many orders are completed and tracking has heard of everything.
///
/// # Panics
/// When it does not come about.
pub async fn settled(data: &Path, orders: u64) {
    let behind = || {
        let applied = store(data, "tracking").positions().unwrap();
        let sources = applied.iter().filter(|(_, at)| at.position > 0);
        sources.map(|(source, at)| store(data, source).head().unwrap() - at.position).sum::<u64>()
    };
    let look = async || (orders_in_state(data, "completed"), behind());
    let _seen = eventually("everything is done", look, |seen| *seen == (orders, 0)).await;
}
