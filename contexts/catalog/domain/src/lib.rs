//! What catalog decides.
