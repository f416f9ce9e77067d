//! What tracking promises: ids, events, read shapes.
