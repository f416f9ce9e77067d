//! The rules of payment, as given / when / then.
#![expect(clippy::unwrap_used, reason = "tests may panic")]

mod approval;
mod day;
mod deposit;
mod dialogue;
mod impossible;
mod money;
mod outcome;
mod refund;
mod request;
mod second_person;
mod void;
