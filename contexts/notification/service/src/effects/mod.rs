//! What notification does in the world, from committed intents: one kind per file, listed here.
//!
//! An intent and its lease are committed together; after the commit the message is carried outside
//! the writer, and what came of it comes back as a command. Texts stay in the journal: a lease holds
//! only the name of the message, and whoever carries it reads the rest.

mod letter;
mod replay;
mod runner;
mod send;

pub use letter::{Letter, Target};
pub use replay::{ReplayOutcome, ReplayWork};
pub use runner::ChannelRunner;
pub(crate) use send::SEND;
pub use send::{SendOutcome, SendWork};
