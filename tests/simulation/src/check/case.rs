use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use catalog_contract::{PaymentTime, ShopLife, Stage};
use delivery_contract::DeliveryState;
use kernel::{Hash, ShopKey};
use kitchen_contract::TicketState;
use ordering_contract::{OrderPlacedV1, OrderState};
use payment_contract::PaymentState;

use crate::saga::SagaStep;

/// What is known of one order: the checker's own fold over every context's events.
#[derive(Default)]
pub(crate) struct Case {
    pub(crate) placed: Option<Placed>,
    pub(crate) state: Option<OrderState>,
    /// Each state with the position in ordering's journal that reached it.
    pub(crate) states: Vec<(u64, OrderState)>,
    pub(crate) version: u64,
    pub(crate) confirmed: bool,
    /// Whether it ever stood: confirmed, or scheduled for later.
    pub(crate) stood: bool,
    pub(crate) abandoned: bool,
    pub(crate) cancel_wished: bool,
    pub(crate) started: bool,
    pub(crate) payment: Money,
    pub(crate) ticket: Option<TicketState>,
    pub(crate) ticket_version: u64,
    pub(crate) delivery: Option<DeliveryState>,
    pub(crate) has_courier: bool,
    /// Every address that ordering has said it will be brought to; the last one counts.
    pub(crate) addresses: Vec<Option<String>>,
    pub(crate) address_wished: bool,
    /// Where its delivery is to go, and whether it has ever set out for there.
    pub(crate) sent_to: Option<String>,
    pub(crate) set_out: bool,
    pub(crate) delivery_version: u64,
    pub(crate) reservation: Option<Reservation>,
    pub(crate) reservation_version: u64,
    pub(crate) last_step: Option<SagaStep>,
}

/// What was placed.
pub(crate) struct Placed {
    pub(crate) shop: ShopKey,
    pub(crate) number: u64,
    pub(crate) life: Option<Arc<ShopLife>>,
    pub(crate) order: OrderPlacedV1,
    pub(crate) scope: Option<Hash>,
}

/// An order's money, by payment's events, in minor units.
#[derive(Default)]
pub(crate) struct Money {
    pub(crate) state: Option<PaymentState>,
    pub(crate) version: u64,
    pub(crate) key: Option<String>,
    pub(crate) requested: Option<kernel::Money>,
    pub(crate) captured: Option<kernel::Money>,
    pub(crate) refund_steps: BTreeMap<u32, i64>,
    pub(crate) refunds_done: BTreeSet<u32>,
    pub(crate) refunded: i64,
    /// Whether a deposit pays, and no provider.
    pub(crate) by_deposit: bool,
    /// Whether staff gave some of it back.
    pub(crate) by_staff: bool,
}

/// An order's reservation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reservation {
    Held,
    Short,
    Consumed,
    Released,
}

impl Case {
    /// Whether the order's shop takes money.
    pub(crate) fn pays(&self) -> bool {
        self.life().is_some_and(|life| life.payment.when != PaymentTime::None)
    }

    /// Whether it waits for its money at a shop that shows nobody such orders.
    pub(crate) fn waits_unseen(&self) -> bool {
        self.state == Some(OrderState::Placed)
            && self.life().is_some_and(|life| life.payment.answers_when_paid())
            && self.placed.as_ref().is_some_and(|placed| placed.order.payment_method.is_some())
    }

    /// Whether a courier brings it.
    pub(crate) fn delivers(&self) -> bool {
        self.placed.as_ref().is_some_and(|placed| placed.order.delivers)
    }

    /// Whether it is for a later time.
    pub(crate) fn is_for_later(&self) -> bool {
        self.placed.as_ref().is_some_and(|placed| placed.order.later.is_some())
    }

    /// Where ordering says that it is brought to.
    pub(crate) fn address(&self) -> Option<&str> {
        self.addresses.last().and_then(Option::as_deref)
    }

    /// Whether its shop lets somebody cancel what is being made, or is on its way.
    pub(crate) fn may_end_late(&self) -> bool {
        self.life()
            .is_some_and(|life| life.cancel.customer_before.max(life.cancel.staff_before) > Stage::Started)
    }

    /// Whether its way has ended without its customer.
    pub(crate) fn delivery_ended_badly(&self) -> bool {
        matches!(self.delivery, Some(DeliveryState::Released | DeliveryState::Returned))
    }

    pub(crate) fn life(&self) -> Option<&Arc<ShopLife>> {
        self.placed.as_ref().and_then(|placed| placed.life.as_ref())
    }

    /// Whether nothing about the order is left to happen.
    pub(crate) fn is_settled(&self) -> bool {
        let money_is_back =
            self.payment.captured.is_none_or(|captured| self.payment.refunded >= captured.amount);
        match self.state {
            None => self.placed.is_none(),
            Some(OrderState::Completed) => !self.cancel_wished && self.payment_is_settled(),
            Some(OrderState::Refunded) => true,
            Some(OrderState::Cancelled | OrderState::Refused) => money_is_back && self.payment_is_settled(),
            Some(_) => false,
        }
    }

    fn payment_is_settled(&self) -> bool {
        !matches!(
            self.payment.state,
            Some(
                PaymentState::Requested
                    | PaymentState::Unknown
                    | PaymentState::Voiding
                    | PaymentState::Refunding
            )
        )
    }
}
