//! What a journey is told in: a house that is opened from the real program, shops in it, people
//! who go there, and what they are answered.
//!
//! A journey is a test of `tests/it/`, one file per subject; its name is a sentence. It opens a
//! [`House`] of its own (a data folder and ports of its own, so journeys run beside each other),
//! says what people do ([`Customer::orders`], [`Staff::accepts`]), and waits for what becomes of it
//! by looking ([`Shop::shows`], [`eventually`]), never by sleeping. To add a verb: a method of
//! whoever does it; to add a shop that only tests have: a file in `shops/`.
//!
//! The program is the one that was built beside the tests where it is as new as its sources, and is
//! built otherwise. `JOURNEYS_PROGRAM=path` sends the journeys to another one.

#![expect(clippy::unwrap_used, reason = "a journey that cannot go on fails its test")]

mod answer;
mod basket;
mod house;
mod lexicon;
mod messenger;
mod people;
mod plain;
mod program;
mod raw;
mod sandbox_provider;
mod server;
mod shop;
mod speaker;
mod stream;
mod wait;

pub use answer::Answer;
pub use basket::Basket;
pub use house::{House, Operators, example_shop, house_shop, shop_file};
pub use lexicon::Lexicon;
pub use messenger::{Messenger, free_port};
pub use people::{Customer, Staff};
pub use plain::plain;
pub use program::{run, run_in, run_told};
pub use raw::{raw, raw_request};
pub use sandbox_provider::{SandboxProvider, everything_agrees};
pub use server::Server;
pub use shop::{Order, Shop};
pub use speaker::{Speaker, Spoken};
pub use stream::{Change, Stream};
pub use wait::{PATIENCE, eventually};
