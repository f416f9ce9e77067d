//! What ordering decides: the promise to the customer.
//!
//! ```text
//!                       reserved?   paid?
//!  (nothing) --place--> Waiting ----------> Standing: confirmed > accepted > started > prepared > completed
//!                        |   |                 |
//!        declined, short |   | nobody waits    | released by the kitchen, rejected, expired
//!                        v   v                 v
//!                  Refused <- Abandoned     Cancelled --money back--> Refunded
//! ```
//!
//! An order for later is *Scheduled* between Waiting and Standing: it has all that it needs, and nobody
//! has it before it is due; until then it is cancelled on the spot.
//!
//! Invariants: an order stands only when all that its shop asks for (stock, money) is there; it
//! ends once; a cancelled order that had money is refunded; *abandoned* waits for payment's word
//! and never guesses.
//!
//! Authority sits where the fact is: payment says whether money moved, inventory what is held, the
//! kitchen whether making has begun, delivery whether it is on its way. `Note*` commands follow their facts and are never refused;
//! what comes too late or twice changes nothing.
//!
//! When an order will be there is promised by what was measured: see [`pace`].
//!
//! To add a rule: `decide` in `order.rs` and its test in `tests/rules/`. To add a milestone: its event in
//! `ordering-contract` first, then `evolve`, `decide`, and the state that it leads to.

mod address;
mod command;
mod order;
pub mod pace;
mod rejection;
mod step_wish;

pub use command::{AddressWish, OrderCommand, Placement, Wish};
pub use order::Order;
pub use pace::{Pace, Progress};
pub use rejection::Rejection;
pub use step_wish::StepWishes;
