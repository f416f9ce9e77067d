//! What tracking knows: how an order's story is folded from its neighbours' events.
//!
//! A [`Story`] has one part per context, each folded by that context's own stream, so that the
//! order in which streams arrive makes no difference: a rebuilt story equals the live one. The
//! state that is shown comes from ordering's stream alone; the others add detail.
//!
//! [`awaited`] says for whom an order waits in a state, and for how long before somebody should look.
//!
//! To follow a new event: an arm in `story.rs`, its words in `words.rs`.

mod awaited;
mod story;
mod words;

pub use awaited::{Awaited, awaited};
pub use story::{Source, Story, belongs_to_a_story};
pub use words::describe;
