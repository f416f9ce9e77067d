//! The reference store: in memory, and the model that other stores are held against.
/// The reference store.
pub struct MemoryJournal;
