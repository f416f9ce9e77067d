//! What inventory promises: ids, events, read shapes.
