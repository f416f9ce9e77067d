use catalog_contract::{Accept, Handover, Prepare, ShopLife};

/// What of a ticket's way goes by itself: the part of a shop's life that the kitchen follows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Routine {
    /// Who takes an order on.
    pub accept: Accept,
    /// Who makes it.
    pub prepare: Prepare,
    /// Whether it counts as made as soon as it is started.
    pub finishes_at_start: bool,
    /// How it reaches the customer.
    pub handover: Handover,
}

impl From<&ShopLife> for Routine {
    fn from(life: &ShopLife) -> Self {
        Self {
            accept: life.accept,
            prepare: life.prepare.by,
            finishes_at_start: life.prepare.finishes_at_start,
            handover: life.handover,
        }
    }
}
