//! Steps that are wished while whoever decides them cannot be asked.
//!
//! Ordering decides none of them: it keeps the wish, and tells it again once there is something that
//! the step can be taken with - a payment that awaits its approval, a delivery.

use catalog_contract::Stage;
use ordering_contract::{OrderEvent, OrderStepWishedV1, WishedStep};

use crate::{Order, Rejection};

/// The steps that are wished of an order and not taken yet.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct StepWishes(u8);

/// Told again behind the request to bring the order, in the order in which they can be taken.
const OF_DELIVERY: [WishedStep; 2] = [WishedStep::StartDelivery, WishedStep::CompleteDelivery];

impl StepWishes {
    /// Whether a step is wished.
    #[must_use]
    pub const fn has(self, step: WishedStep) -> bool {
        self.0 & Self::bit(step) != 0
    }

    /// With one more.
    #[must_use]
    pub const fn with(self, step: WishedStep) -> Self {
        Self(self.0 | Self::bit(step))
    }

    /// What delivery has not been able to hear before it was asked to bring the order.
    pub(crate) fn told_again_to_delivery(self) -> impl Iterator<Item = OrderEvent> {
        OF_DELIVERY.into_iter().filter(move |step| self.has(*step)).map(wished)
    }

    const fn bit(step: WishedStep) -> u8 {
        1 << step as u8
    }
}

impl Order {
    /// Keeps a wish; twice is once, and what has been reached is not wished.
    pub(crate) fn wish_step(&self, step: WishedStep) -> Result<Vec<OrderEvent>, Rejection> {
        let is_of_delivery = OF_DELIVERY.contains(&step);
        match (self, reached_by(step)) {
            (Self::Nothing | Self::Abandoned { .. } | Self::Refused { .. }, _) => Err(Rejection::Unknown),
            (Self::Cancelled { .. }, _) => Err(Rejection::Ended(self.state())),
            (
                Self::Standing { placed, .. } | Self::Waiting { placed, .. } | Self::Scheduled { placed, .. },
                _,
            ) if is_of_delivery && !placed.delivers => Err(Rejection::BroughtNowhere),
            (Self::Waiting { step_wishes, .. }, Stage::Paid) if !step_wishes.has(step) => {
                Ok(vec![wished(step)])
            }
            (Self::Waiting { .. }, Stage::Paid) => Ok(vec![]),
            (Self::Waiting { .. } | Self::Scheduled { .. }, _) => Err(Rejection::TooEarly(self.state())),
            (Self::Standing { stage, .. }, there) if *stage >= there => Ok(vec![]),
            (Self::Standing { step_wishes, .. }, _) if step_wishes.has(step) => Ok(vec![]),
            (Self::Standing { .. }, _) => Ok(vec![wished(step)]),
        }
    }

    /// The payment awaits its approval, and the customer has approved it before.
    pub(crate) fn approval_told_again(&self) -> Vec<OrderEvent> {
        match self {
            Self::Waiting { step_wishes, .. } if step_wishes.has(WishedStep::ApprovePayment) => {
                vec![wished(WishedStep::ApprovePayment)]
            }
            _ => vec![],
        }
    }

    pub(crate) fn with_step_wished(self, step: WishedStep) -> Self {
        match self {
            Self::Waiting { placed, reserved, step_wishes } => {
                Self::Waiting { placed, reserved, step_wishes: step_wishes.with(step) }
            }
            Self::Standing { placed, stage, paid, wish, address_wish, step_wishes } => {
                let step_wishes = step_wishes.with(step);
                Self::Standing { placed, stage, paid, wish, address_wish, step_wishes }
            }
            other => other,
        }
    }
}

/// The stage that an order has come to once a step is taken.
const fn reached_by(step: WishedStep) -> Stage {
    match step {
        WishedStep::ApprovePayment => Stage::Paid,
        WishedStep::Accept => Stage::Accepted,
        WishedStep::Start => Stage::Started,
        WishedStep::Complete => Stage::Prepared,
        WishedStep::HandOver => Stage::Completed,
        WishedStep::StartDelivery => Stage::DeliveryStarted,
        WishedStep::CompleteDelivery => Stage::Delivered,
    }
}

fn wished(step: WishedStep) -> OrderEvent {
    OrderEvent::StepWished(OrderStepWishedV1 { step })
}
