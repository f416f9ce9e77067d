//! What operators rely on, told of the real program and its real stores: that an order can be
//! followed in the traces, that no secret leaves through logs or metrics, that one broken event stops
//! one order, that views and backups are made while orders come in, and that a full disk loses nothing.
//!
//! A test of `tests/it/` opens a [`journeys::House`], does what an operator does through the command
//! line ([`jumun`]), and looks at the stores beside the program ([`store`]). To add a subject: a file in
//! `tests/it/`. A shop that completes orders by itself is [`stall`].

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod load;
mod program;
mod stores;

pub use load::{Load, load};
pub use program::{Ran, jumun, program};
pub use stores::{orders_in_state, settled, store};

use std::path::Path;

/// The path of the shop that completes every order by itself.
#[must_use]
pub fn stall() -> String {
    stall_file().display().to_string()
}

/// The same as a path.
#[must_use]
pub fn stall_file() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("shops").join("stall.toml")
}
