//! What tracking knows: how an order's story is folded from its neighbours' events.
//!
//! A [`Story`] has one part per context, each folded by that context's own stream, so that the
//! order in which streams arrive makes no difference: a rebuilt story equals the live one. The
//! state that is shown comes from ordering's stream alone; the others add detail.
//!
//! [`awaited`] says for whom an order waits in a state, and for how long before somebody should look.
//!
//! [`why`] says in words why an order is in its state. A [`DayTally`] sums up what a shop did on a day;
//! [`Counted`] says which facts of a story are in it already. A [`Census`] says how many orders of a shop
//! there are to list, [`Enlisted`] which stories are in it.
//!
//! To follow a new event: an arm in `story.rs`, its words in `words.rs`.

mod awaited;
mod census;
mod day;
mod headline;
mod receipt;
mod source;
mod story;
mod why;
mod why_words;
mod words;

pub use awaited::{Awaited, awaited};
pub use census::{Census, Enlisted};
pub use day::{Counted, DayTally, closed, closing_of};
pub use headline::Headline;
pub use receipt::{included_vat, receipt};
pub use source::Source;
pub use story::{Story, belongs_to_a_story};
pub use why::{Circumstances, length_in_words, why};
pub use why_words::{cancel_word, refusal_word};
pub use words::describe;
