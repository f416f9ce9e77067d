//! What payment promises: ids, events, read shapes.
