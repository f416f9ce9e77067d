use std::path::Path;
use std::sync::Arc;

use anyhow::{Context, Result};
use journal::{Reader, Row, RowOrder, RowQuery};
use journal_sqlite::{SqliteReader, journal_path};
use kernel::Recorded;

const PAGE: usize = 2_000;

/// Every role that keeps a journal.
pub(super) const ROLES: [&str; 8] =
    ["catalog", "ordering", "payment", "inventory", "kitchen", "delivery", "notification", "tracking"];

/// The journals of a data folder.
pub(super) struct Stores(Vec<(&'static str, SqliteReader)>);

impl Stores {
    pub(super) fn open(data: &Path) -> Result<Self> {
        let open = |role| {
            let path = journal_path(data, role);
            let reader =
                SqliteReader::open(&path).with_context(|| format!("{} cannot be read", path.display()))?;
            Ok((role, reader))
        };
        ROLES.into_iter().map(open).collect::<Result<_>>().map(Self)
    }

    pub(super) fn each(&mut self) -> impl Iterator<Item = (&'static str, &mut SqliteReader)> {
        self.0.iter_mut().map(|(role, reader)| (*role, reader))
    }

    pub(super) fn of(&mut self, role: &str) -> Result<&mut SqliteReader> {
        let found = self.0.iter_mut().find(|(name, _)| *name == role);
        found.map(|(_, reader)| reader).with_context(|| format!("there is no role {role}"))
    }

    /// Every event of a role, in order.
    pub(super) fn events(
        &mut self,
        role: &str,
        mut take: impl FnMut(&Arc<Recorded>) -> Result<()>,
    ) -> Result<()> {
        let reader = self.of(role)?;
        let mut after = 0;
        loop {
            let events = reader.read_after(after, PAGE)?;
            for event in &events {
                take(event).with_context(|| format!("{role} at position {}", event.position))?;
            }
            match events.last() {
                Some(last) => after = last.position,
                None => return Ok(()),
            }
        }
    }

    /// Every row of a role's list, hidden ones too.
    pub(super) fn rows(&mut self, role: &str, collection: &str) -> Result<Vec<Row>> {
        let reader = self.of(role)?;
        let mut all = Vec::new();
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
            match rows.last() {
                Some(last) => after = Some((last.number, last.id)),
                None => return Ok(all),
            }
            all.extend(rows);
        }
    }
}
