//! What kitchen decides.
