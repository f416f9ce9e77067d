use catalog_contract::{DeliveryRule, DeliveryStarts, ShopLife, Stage};

/// What of a delivery's way goes by itself: the part of a shop's life that delivery follows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Routine {
    /// Whether it sets out by itself, as soon as it may.
    pub starts_by_itself: bool,
    /// Whether it may set out only with a courier.
    pub needs_courier: bool,
    /// How often it sets out at most.
    pub attempts_max: u32,
    /// Whether the money goes back where the last attempt failed.
    pub refunds_returned: bool,
    /// The stage that ends the right to cancel, whatever the rule says: the order is complete then.
    pub complete_at: Stage,
}

impl Routine {
    /// What goes by itself in a shop; a life that delivers nothing has nothing that does.
    #[must_use]
    pub fn of(life: &ShopLife) -> Option<Self> {
        let rule: &DeliveryRule = life.delivery.as_ref()?;
        Some(Self {
            starts_by_itself: rule.starts == DeliveryStarts::Auto,
            needs_courier: rule.needs_courier,
            attempts_max: rule.attempts,
            refunds_returned: rule.refunds_returned,
            complete_at: life.complete_at(),
        })
    }
}
