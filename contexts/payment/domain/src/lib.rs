//! What payment decides.
