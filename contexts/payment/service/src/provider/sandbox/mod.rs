//! A provider to try things out with. It keeps its own book, as a real one would, so that our book
//! and theirs can be compared; the token that one pays with chooses what happens.
//!
//! [`SandboxBook`] is the pure machine, [`Sandbox`] keeps it in a file and answers as a provider,
//! [`compare`] finds where two books differ. To add a token: a line in `token.rs`.

mod adapter;
mod book;
mod comparison;
mod desk;
mod line;
mod ours;
mod shelf;
mod token;

pub(crate) use adapter::read_lines;
pub use adapter::{BOOK_FILE, CallbackLine, Sandbox, SandboxError};
pub(crate) use book::approval_code;
pub use book::{Handled, SandboxBook};
pub use comparison::{Difference, compare};
pub use desk::{CallingOut, LineMode, SandboxDesk};
pub use line::BookLine;
pub use ours::{OurBook, OurCharge};
pub use token::{Behaviour, CallingBack, TOKENS};
