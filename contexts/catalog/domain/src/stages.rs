use catalog_contract::{Handover, PaymentTime, Prepare, ShopLife, Stage};

/// What decides which stages the orders of a shop go through.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Path {
    pub payment: PaymentTime,
    pub prepare: Prepare,
    pub handover: Handover,
}

impl Path {
    /// The stages, in order.
    pub(crate) fn stages(self) -> Vec<Stage> {
        const ALL: [Stage; 9] = [
            Stage::Placed,
            Stage::Paid,
            Stage::Confirmed,
            Stage::Accepted,
            Stage::Started,
            Stage::Prepared,
            Stage::DeliveryStarted,
            Stage::Delivered,
            Stage::Completed,
        ];
        ALL.into_iter()
            .filter(|stage| match stage {
                Stage::Paid => self.payment != PaymentTime::None,
                Stage::Started => self.prepare != Prepare::None,
                Stage::DeliveryStarted | Stage::Delivered => self.handover == Handover::Delivery,
                _ => true,
            })
            .collect()
    }
}

/// The stages that the orders of a shop go through, in order.
#[must_use]
pub fn stages_of(life: &ShopLife) -> Vec<Stage> {
    Path { payment: life.payment.when, prepare: life.prepare.by, handover: life.handover }.stages()
}

/// A stage as it is written.
pub(crate) const fn stage_word(stage: Stage) -> &'static str {
    match stage {
        Stage::Placed => "placed",
        Stage::Paid => "paid",
        Stage::Confirmed => "confirmed",
        Stage::Accepted => "accepted",
        Stage::Started => "started",
        Stage::Prepared => "prepared",
        Stage::DeliveryStarted => "delivery-started",
        Stage::Delivered => "delivered",
        Stage::Completed => "completed",
    }
}
