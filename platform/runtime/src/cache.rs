use std::any::Any;

use journal::Generations;
use kernel::Hash;
use uuid::Uuid;

/// An aggregate as the writer knows it.
pub(crate) struct Cached {
    pub(crate) version: u64,
    pub(crate) last_hash: Hash,
    pub(crate) snapshot_version: u64,
    pub(crate) state: Box<dyn Any + Send>,
}

/// Aggregates the writer has touched.
pub(crate) type Cache = Generations<Uuid, Cached>;
