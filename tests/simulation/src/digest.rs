//! The hash of a run's end: the same seed gives the same (I29).

use journal::{MemoryJournal, Reader, RowOrder, RowQuery};
use payment_service::provider::sandbox::SandboxBook;

use crate::coverage::Coverage;

/// The lists whose rows count.
const LISTS: [&str; 9] =
    ["orders", "payments", "deposits", "deposit-holds", "tickets", "stock", "ledger", "shops", "stories.1"];

/// The hash of every store, the provider's book and what was counted.
pub(crate) fn digest(stores: &mut [MemoryJournal], book: &SandboxBook, coverage: &Coverage) -> String {
    let mut hasher = blake3::Hasher::new();
    for store in stores {
        hasher.update(of_store(store).as_bytes());
    }
    hasher.update(format!("{book:?}{coverage:?}").as_bytes());
    hasher.finalize().to_hex()[..16].to_owned()
}

/// The hash of what a store holds.
pub(crate) fn of_store(store: &mut MemoryJournal) -> blake3::Hash {
    let mut hasher = blake3::Hasher::new();
    let events = store.read_after(0, usize::MAX).unwrap_or_default();
    for event in &events {
        hasher.update(&event.hash);
        hasher.update(&event.position.to_le_bytes());
        hasher.update(&event.at.millis().to_le_bytes());
    }
    let timers = store.timers().unwrap_or_default();
    let positions = store.positions().unwrap_or_default();
    let parked = store.parked().unwrap_or_default();
    hasher.update(format!("{timers:?}{positions:?}{parked:?}").as_bytes());
    for list in LISTS {
        let query = RowQuery {
            collection: list.to_owned(),
            hidden: true,
            order: RowOrder::OldestFirst,
            limit: usize::MAX >> 1,
            ..RowQuery::default()
        };
        for row in store.rows(&query).unwrap_or_default() {
            hasher.update(row.id.as_bytes());
            hasher.update(&row.body);
        }
    }
    hasher.finalize()
}
