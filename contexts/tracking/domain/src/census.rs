use std::collections::BTreeMap;

use ordering_contract::OrderState;
use serde::{Deserialize, Serialize};

use crate::story::Story;

/// How many orders of a shop stand, and how many of all came to each state: what lists with numbered
/// pages say of their length, without counting.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Census {
    standing: i64,
    reached: BTreeMap<OrderState, u64>,
}

impl Census {
    /// How many orders there are to list; those that came to a state, where one is named.
    #[must_use]
    pub fn count(&self, reached: Option<OrderState>) -> u64 {
        match reached {
            None | Some(OrderState::Placed) => u64::try_from(self.standing).unwrap_or(0),
            Some(state) => self.reached.get(&state).copied().unwrap_or(0),
        }
    }

    /// Adds what another part of the same census holds.
    pub fn merge(&mut self, other: &Self) {
        self.standing += other.standing;
        for (state, count) in &other.reached {
            *self.reached.entry(*state).or_default() += count;
        }
    }
}

/// What of a story is in its shop's census already.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Enlisted {
    stands: bool,
    milestones: usize,
}

impl Enlisted {
    /// What of a story was enlisted when it was written.
    #[must_use]
    pub fn of(story: &Story, hidden: bool) -> Self {
        let milestones = story.order.as_ref().map_or(0, |order| order.milestones.len());
        Self { stands: story.is_known() && !hidden, milestones }
    }

    /// Adds what is new of a story, and nothing twice; one that is hidden again is taken out again.
    pub fn enlist(&mut self, story: &Story, hidden: bool, census: &mut Census) {
        let Some(order) = &story.order else { return };
        let stands = !hidden;
        if stands != std::mem::replace(&mut self.stands, stands) {
            census.standing += if stands { 1 } else { -1 };
        }
        for (index, milestone) in order.milestones.iter().enumerate().skip(self.milestones) {
            let came_before = order.milestones[..index].iter().any(|before| before.state == milestone.state);
            if !came_before {
                *census.reached.entry(milestone.state).or_default() += 1;
            }
        }
        self.milestones = order.milestones.len();
    }
}
