use std::collections::{BTreeMap, BTreeSet};

use kernel::{Hash, Timestamp};

use crate::{IdempotencyRecord, IdempotencyWrite};

/// What became of clients' keys.
#[derive(Clone, Default)]
pub(super) struct Records {
    by_scope: BTreeMap<Hash, IdempotencyRecord>,
    by_time: BTreeSet<(Timestamp, Hash)>,
}

impl Records {
    pub(super) fn get(&self, scope: &Hash) -> Option<&IdempotencyRecord> {
        self.by_scope.get(scope)
    }

    pub(super) fn write(&mut self, write: IdempotencyWrite) {
        match write {
            IdempotencyWrite::Put(record) => self.put(record),
            IdempotencyWrite::Remove { scope } => self.remove(&scope),
            IdempotencyWrite::Forget { before } => self.forget(before),
        }
    }

    fn put(&mut self, record: IdempotencyRecord) {
        self.remove(&record.scope);
        self.by_time.insert((record.at, record.scope));
        self.by_scope.insert(record.scope, record);
    }

    fn remove(&mut self, scope: &Hash) {
        if let Some(record) = self.by_scope.remove(scope) {
            self.by_time.remove(&(record.at, record.scope));
        }
    }

    fn forget(&mut self, before: Timestamp) {
        let kept = self.by_time.split_off(&(before, Hash::default()));
        for (_, scope) in std::mem::replace(&mut self.by_time, kept) {
            self.by_scope.remove(&scope);
        }
    }
}
