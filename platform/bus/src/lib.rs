//! Subscriptions: how a service hears its neighbours' journals.
//!
//! A journal's event table *is* the topic: there is no second log and no relay in one program. A
//! subscriber reads a neighbour's journal behind its own position through a [`Feed`], and is woken
//! by a [`Bell`]. The position is stored with the effect, by the subscriber, in its own journal.
//!
//! [`LocalFeed`] reads recent events from the neighbour's memory ([`Tail`]) and everything else from
//! its store; the store alone is the truth. To add a bus: implement [`Feed`].

mod bell;
mod feed;
mod tail;

pub use bell::Bell;
pub use feed::{Feed, LocalFeed};
pub use tail::Tail;
