//! Kills the real program under load and counts what is left.
