//! What kitchen promises: ids, events, read shapes.
