use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard};

use journal::{Reader, Row, RowOrder, RowQuery, StoreError};
use kernel::{Published, Recorded};
use uuid::Uuid;

use crate::Turn;

const PAGE_ROWS: usize = 500;

/// What a service has heard from a neighbour and must know again after a restart: folded in memory,
/// each event kept as a row.
///
/// Clones share one memory: the writer folds, the routes look.
#[derive(Debug, Default)]
pub struct Heard<F>(Arc<RwLock<F>>);

impl<F> Clone for Heard<F> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<F: Default> Heard<F> {
    /// Folds an event in, and keeps it in a list of rows. Of several under one name the last one is
    /// kept, behind all others.
    pub fn keep(
        &self,
        collection: &'static str,
        name: &str,
        event: &Recorded,
        turn: &mut Turn<'_>,
        fold: impl FnOnce(&mut F),
    ) {
        turn.put_row(Row {
            collection: collection.into(),
            id: id_of(name),
            shop: event.subject.shop.clone(),
            number: event.position,
            customer: None,
            state: event.event_type.to_string().into(),
            at: event.at,
            search: String::new(),
            version: event.version,
            hidden: true,
            body: event.data.clone(),
        });
        fold(&mut self.0.write().unwrap_or_else(PoisonError::into_inner));
    }

    /// Folds an event in that ends what was kept under a name.
    pub fn forget(
        &self,
        collection: &'static str,
        name: &str,
        turn: &mut Turn<'_>,
        fold: impl FnOnce(&mut F),
    ) {
        turn.delete_row(collection, id_of(name));
        fold(&mut self.0.write().unwrap_or_else(PoisonError::into_inner));
    }

    /// Reads everything back that was kept, each event lifted to its present version.
    ///
    /// # Errors
    /// When the store cannot be read, or holds what cannot be understood.
    pub fn reload<E: Published>(
        &self,
        collection: &str,
        store: &mut dyn Reader,
        fold: impl Fn(&mut F, &E),
    ) -> Result<(), StoreError> {
        let mut heard = F::default();
        let mut query = RowQuery {
            collection: collection.to_owned(),
            hidden: true,
            order: RowOrder::OldestFirst,
            limit: PAGE_ROWS,
            ..RowQuery::default()
        };
        loop {
            let rows = store.rows(&query)?;
            for row in &rows {
                fold(&mut heard, &decode(row)?);
            }
            match rows.last() {
                Some(last) if rows.len() == PAGE_ROWS => query.after = Some((last.number, last.id)),
                _ => break,
            }
        }
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = heard;
        Ok(())
    }

    /// What is known now.
    pub fn now(&self) -> RwLockReadGuard<'_, F> {
        self.0.read().unwrap_or_else(PoisonError::into_inner)
    }
}

fn id_of(name: &str) -> Uuid {
    Uuid::new_v5(&Uuid::NAMESPACE_OID, name.as_bytes())
}

fn decode<E: Published>(row: &Row) -> Result<E, StoreError> {
    E::decode(&row.state, &row.body, None).map_err(|error| StoreError::Damaged {
        place: format!("{} row {}", row.collection, row.id),
        detail: error.to_string(),
    })
}
