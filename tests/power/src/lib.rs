//! Power loss and damage, replayed on the real SQLite code.
