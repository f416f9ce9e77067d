//! How long an answer may take, by what is asked.
//!
//! The time counts until the head of the answer, so a stream goes on for as long as its reader stays.
//! Beyond it the wait is given up with 503 `took-too-long` and `Retry-After`; what was taken on goes on,
//! and whoever repeats a command with its key is told what became of it.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::Request;
use edge::layers::TimeoutRule;
use http::Method;

/// The bounds, in milliseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Timeouts {
    /// Of what only reads.
    pub reads_millis: u32,
    /// Of what changes something and is decided here.
    pub commands_millis: u32,
    /// Of what waits for somebody outside before it is answered, as an order waits for its payment.
    pub orders_millis: u32,
}

impl Default for Timeouts {
    /// Orders have longer than a shop may let payment take (60 s): its own bound is the one that speaks.
    fn default() -> Self {
        Self { reads_millis: 30_000, commands_millis: 30_000, orders_millis: 65_000 }
    }
}

impl Timeouts {
    /// The rule for the edge's layer; `is_order` says which requests wait for somebody outside.
    #[must_use]
    pub fn rule(self, is_order: fn(&Request) -> bool) -> TimeoutRule {
        Arc::new(move |request| {
            let millis = match *request.method() {
                Method::GET | Method::HEAD | Method::OPTIONS => self.reads_millis,
                _ if is_order(request) => self.orders_millis,
                _ => self.commands_millis,
            };
            Some(Duration::from_millis(u64::from(millis)))
        })
    }

    /// The shortest of them.
    #[must_use]
    pub fn shortest_millis(self) -> u32 {
        self.reads_millis.min(self.commands_millis).min(self.orders_millis)
    }
}
