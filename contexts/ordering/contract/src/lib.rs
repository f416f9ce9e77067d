//! What ordering promises: ids, events, read shapes.
