//! What ordering decides.
