use kernel::{CustomerId, Timestamp};
use ordering_contract::OrderState;
use tracking_contract::StoryLine;

use crate::Story;

/// A story in short, where it is.
#[derive(Debug, Clone, Copy)]
pub struct Headline<'a> {
    /// The short number of the day.
    pub call_number: u32,
    /// Where it stands.
    pub state: OrderState,
    /// Whether a cancel waits for the kitchen's answer.
    pub cancel_requested: bool,
    /// Whose it is.
    pub customer: Option<&'a CustomerId>,
    /// What was ordered.
    pub lines: &'a [StoryLine],
    /// When.
    pub placed_at: Timestamp,
    /// When anything was last heard of it.
    pub changed_at: Timestamp,
    /// How many events it has.
    pub version: u64,
}

impl Story {
    /// What lists and live streams say of it; `None` before the order itself has been heard of.
    #[must_use]
    pub fn headline(&self) -> Option<Headline<'_>> {
        let order = self.order.as_ref()?;
        Some(Headline {
            call_number: order.call_number,
            state: order.state,
            cancel_requested: order.cancel_requested,
            customer: order.customer.as_ref(),
            lines: &order.lines,
            placed_at: order.placed_at,
            changed_at: self.changed_at,
            version: self.version(),
        })
    }
}
