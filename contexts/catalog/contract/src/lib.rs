//! What catalog promises: ids, events, read shapes.
