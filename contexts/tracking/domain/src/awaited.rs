use catalog_contract::{Accept, Handover, PaymentTime, Prepare, ShopLife, WhenUnavailable};
use ordering_contract::OrderState;
use payment_contract::PaymentState;

/// Who has to do something before an order goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Awaited {
    /// The payment side.
    Payment,
    /// The customer.
    Customer,
    /// Whoever works in the shop.
    Staff,
    /// Whoever brings it.
    Courier,
    /// Jumun itself: the step takes no person.
    Machine,
}

impl Awaited {
    /// In words, as in "waits for".
    #[must_use]
    pub const fn in_words(self) -> &'static str {
        match self {
            Self::Payment => "the payment side",
            Self::Customer => "the customer",
            Self::Staff => "the shop's staff",
            Self::Courier => "the courier",
            Self::Machine => "a step that takes no person",
        }
    }
}

/// How long a step that takes no person may take, milliseconds: far beyond what it does.
pub(crate) const MACHINE_MILLIS: i64 = 60_000;

/// For whom an order of a shop waits in a state, and for how long at most, in milliseconds, before
/// somebody should look; `None` where its life is over.
#[must_use]
pub fn awaited(life: &ShopLife, state: OrderState, payment: Option<PaymentState>) -> Option<(Awaited, i64)> {
    let bounds = &life.bounds;
    Some(match state {
        OrderState::Placed => for_money(life),
        OrderState::Confirmed if life.accept == Accept::Staff => (Awaited::Staff, bounds.accept_millis),
        OrderState::Accepted if life.prepare.by == Prepare::Staff => (Awaited::Staff, bounds.start_millis),
        OrderState::Started if life.prepare.by == Prepare::Staff && !life.prepare.finishes_at_start => {
            (Awaited::Staff, bounds.prepare_millis)
        }
        OrderState::Prepared if life.handover == Handover::Pickup => (Awaited::Staff, bounds.handover_millis),
        OrderState::Prepared | OrderState::DeliveryStarted if life.handover == Handover::Delivery => {
            (Awaited::Courier, bounds.handover_millis)
        }
        OrderState::Cancelled if !owes_money(payment) => return None,
        OrderState::Completed | OrderState::Refunded | OrderState::Refused => return None,
        _ => (Awaited::Machine, MACHINE_MILLIS),
    })
}

fn for_money(life: &ShopLife) -> (Awaited, i64) {
    let payment = &life.payment;
    match payment.when {
        PaymentTime::None => (Awaited::Machine, MACHINE_MILLIS),
        PaymentTime::ByCustomer => (Awaited::Customer, payment.expires_after_millis),
        PaymentTime::AtOrder if payment.unavailable == WhenUnavailable::Defer => {
            (Awaited::Payment, payment.expires_after_millis)
        }
        PaymentTime::AtOrder => (Awaited::Payment, payment.timeout_millis.max(MACHINE_MILLIS)),
    }
}

/// Whether money of a cancelled order is still with the shop, or nobody knows.
const fn owes_money(payment: Option<PaymentState>) -> bool {
    matches!(
        payment,
        Some(
            PaymentState::Approved
                | PaymentState::Unknown
                | PaymentState::Voiding
                | PaymentState::Refunding
                | PaymentState::PartlyRefunded
        )
    )
}
