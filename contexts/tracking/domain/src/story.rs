use delivery_contract::{DeliveryEvent, DeliveryState};
use kernel::planted::{self, Bug};
use kernel::{CustomerId, DecodeError, Money, OrderId, Recorded, Timestamp};
use kitchen_contract::{KitchenEvent, TicketState};
use ordering_contract::{CancelReason, OrderEvent, OrderState};
use payment_contract::{PaymentEvent, PaymentState};
use serde::{Deserialize, Serialize};
use tracking_contract::{StoryLine, StoryView};

/// Whose events: the streams that a story has a part for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Source {
    /// The order's own milestones.
    Ordering,
    /// Its money.
    Payment,
    /// Its reservation.
    Inventory,
    /// Its ticket.
    Kitchen,
    /// Its way to the customer.
    Delivery,
}

impl Source {
    /// The source of a role's name.
    #[must_use]
    pub fn of_role(role: &str) -> Option<Self> {
        match role {
            "ordering" => Some(Self::Ordering),
            "payment" => Some(Self::Payment),
            "inventory" => Some(Self::Inventory),
            "kitchen" => Some(Self::Kitchen),
            "delivery" => Some(Self::Delivery),
            _ => None,
        }
    }

    /// The role's name.
    #[must_use]
    pub const fn role(self) -> &'static str {
        match self {
            Self::Ordering => "ordering",
            Self::Payment => "payment",
            Self::Inventory => "inventory",
            Self::Kitchen => "kitchen",
            Self::Delivery => "delivery",
        }
    }
}

/// The story of one order so far.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Story {
    order: Option<OrderPart>,
    payment: Option<PaymentPart>,
    /// Events of the reservation so far.
    #[serde(default)]
    inventory: u64,
    ticket: Option<TicketPart>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    delivery: Option<DeliveryPart>,
    changed_at: Timestamp,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct OrderPart {
    version: u64,
    state: OrderState,
    life: catalog_contract::LifeHash,
    cancel_requested: bool,
    cancel_reason: Option<CancelReason>,
    call_number: u32,
    customer: Option<CustomerId>,
    lines: Vec<StoryLine>,
    total: Money,
    placed_at: Timestamp,
    abandoned: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct PaymentPart {
    version: u64,
    state: PaymentState,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct TicketPart {
    version: u64,
    state: TicketState,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct DeliveryPart {
    version: u64,
    state: DeliveryState,
    has_courier: bool,
}

impl Story {
    /// Folds one event in. Whether the story went on; one that was folded before changes nothing.
    ///
    /// # Errors
    /// When the event cannot be read.
    pub fn apply(&mut self, source: Source, event: &Recorded) -> Result<bool, DecodeError> {
        if event.version <= self.version_of(source) {
            return Ok(false);
        }
        let version = event.version;
        match source {
            Source::Ordering => match order_state_of(event.name()) {
                Some(state) => self.move_order(version, state),
                None => self.follow_order(version, &event.decode()?),
            },
            Source::Payment => match payment_state_of(event.name()) {
                Some(state) => self.payment = Some(PaymentPart { version, state }),
                None => self.follow_payment(version, &event.decode()?),
            },
            Source::Inventory => self.inventory = version,
            Source::Kitchen => match ticket_state_of(event.name()) {
                Some(state) => self.move_ticket(version, state),
                None => self.follow_ticket(version, &event.decode()?),
            },
            Source::Delivery => match delivery_state_of(event.name()) {
                Some(state) => self.move_delivery(version, state),
                None => self.follow_delivery(version, &event.decode()?),
            },
        }
        self.changed_at = self.changed_at.max(event.at);
        Ok(true)
    }

    /// Whether the order itself has been heard of; before, there is nothing to show.
    #[must_use]
    pub const fn is_known(&self) -> bool {
        self.order.is_some()
    }

    /// The life that the order is pinned to.
    #[must_use]
    pub fn life(&self) -> Option<&catalog_contract::LifeHash> {
        self.order.as_ref().map(|order| &order.life)
    }

    /// Whether it is not decided yet, where `answers_when_paid` says that its shop answers only then;
    /// and whether it never stood.
    #[must_use]
    pub fn is_hidden(&self, answers_when_paid: bool) -> bool {
        self.order.as_ref().is_none_or(|order| match order.state {
            OrderState::Placed => answers_when_paid || order.abandoned,
            OrderState::Refused => true,
            _ => false,
        })
    }

    /// How many events it has.
    #[must_use]
    pub fn version(&self) -> u64 {
        [Source::Ordering, Source::Payment, Source::Inventory, Source::Kitchen, Source::Delivery]
            .into_iter()
            .map(|source| self.version_of(source))
            .sum()
    }

    /// How many events of one source it has.
    #[must_use]
    pub fn version_of(&self, source: Source) -> u64 {
        match source {
            Source::Ordering => self.order.as_ref().map_or(0, |order| order.version),
            Source::Payment => self.payment.as_ref().map_or(0, |payment| payment.version),
            Source::Inventory => self.inventory,
            Source::Kitchen => self.ticket.as_ref().map_or(0, |ticket| ticket.version),
            Source::Delivery => self.delivery.as_ref().map_or(0, |delivery| delivery.version),
        }
    }

    /// As it is shown; `None` before the order itself has been heard of.
    #[must_use]
    pub fn view(&self, id: OrderId, shop: &kernel::ShopKey, number: u64) -> Option<StoryView> {
        let order = self.order.as_ref()?;
        Some(StoryView {
            order: id,
            shop: shop.clone(),
            number,
            call_number: order.call_number,
            state: order.state,
            cancel_requested: order.cancel_requested,
            cancel_reason: order.cancel_reason,
            customer: order.customer.clone(),
            lines: order.lines.clone(),
            total: order.total,
            payment: self.payment.as_ref().map(|payment| payment.state),
            ticket: self.ticket.as_ref().map(|ticket| ticket.state),
            delivery: self.delivery.as_ref().map(|delivery| delivery.state),
            placed_at: order.placed_at,
            changed_at: self.changed_at,
            version: self.version(),
        })
    }

    fn follow_order(&mut self, version: u64, event: &OrderEvent) {
        if let OrderEvent::Placed(placed) = event {
            let lines = placed.lines.iter().map(|line| StoryLine {
                item: line.item.clone(),
                name: line.name.clone(),
                quantity: line.quantity,
            });
            self.order = Some(OrderPart {
                version,
                state: OrderState::Placed,
                life: placed.life.clone(),
                cancel_requested: false,
                cancel_reason: None,
                call_number: placed.call_number,
                customer: placed.customer.clone(),
                lines: lines.collect(),
                total: placed.total,
                placed_at: placed.placed_at,
                abandoned: false,
            });
            return;
        }
        let Some(order) = &mut self.order else { return };
        order.version = version;
        match event {
            OrderEvent::CancelRequested(_) => order.cancel_requested = true,
            OrderEvent::CancelDenied(_) => order.cancel_requested = false,
            OrderEvent::PaymentAbandoned(_) => order.abandoned = true,
            OrderEvent::Cancelled(cancelled) => {
                order.cancel_requested = false;
                order.cancel_reason = Some(cancelled.reason);
                order.state = OrderState::Cancelled;
            }
            _ => {}
        }
    }

    fn move_order(&mut self, version: u64, state: OrderState) {
        let Some(order) = &mut self.order else { return };
        order.version = version;
        order.state = state;
        order.cancel_requested &= state != OrderState::Completed;
    }

    fn follow_payment(&mut self, version: u64, event: &PaymentEvent) {
        let captured = self.payment.as_ref().is_some_and(|payment| {
            matches!(
                payment.state,
                PaymentState::Approved | PaymentState::Refunding | PaymentState::PartlyRefunded
            )
        });
        let state = match event {
            PaymentEvent::VoidRequested(_) if captured => PaymentState::Refunding,
            PaymentEvent::VoidRequested(_) => PaymentState::Voiding,
            PaymentEvent::Refunded(refunded) if refunded.whole => PaymentState::Refunded,
            // Another part went back; what the provider will not give is still to go.
            PaymentEvent::Refunded(refunded)
                if refunded.by_hand.is_none()
                    && self
                        .payment
                        .as_ref()
                        .is_some_and(|payment| payment.state == PaymentState::RefundImpossible) =>
            {
                PaymentState::RefundImpossible
            }
            PaymentEvent::Refunded(_) => PaymentState::PartlyRefunded,
            // A wish that waits for a second person moves nothing.
            PaymentEvent::RefundProposed(_) | PaymentEvent::RefundWithdrawn(_) => {
                self.payment.as_ref().map_or(PaymentState::Approved, |payment| payment.state)
            }
            _ => return,
        };
        self.payment = Some(PaymentPart { version, state });
    }

    fn follow_ticket(&mut self, version: u64, event: &KitchenEvent) {
        if let KitchenEvent::CancelDenied(_) = event {
            // Too late to be cancelled: the ticket stays where it is.
            let state = self.ticket.as_ref().map_or(TicketState::Open, |ticket| ticket.state);
            self.move_ticket(version, state);
        }
    }

    /// What the name alone does not say: who has it, whether it sets out again.
    fn follow_delivery(&mut self, version: u64, event: &DeliveryEvent) {
        let Some(DeliveryPart { state: before, has_courier, .. }) = self.delivery else { return };
        let has_courier = has_courier || matches!(event, DeliveryEvent::Assigned(_));
        let state = match event {
            DeliveryEvent::Assigned(_) if before == DeliveryState::Requested => DeliveryState::Assigned,
            DeliveryEvent::Retried(_) if has_courier => DeliveryState::Assigned,
            DeliveryEvent::Retried(_) => DeliveryState::Requested,
            _ => before,
        };
        self.delivery = Some(DeliveryPart { version, state, has_courier });
    }

    fn move_delivery(&mut self, version: u64, state: DeliveryState) {
        let has_courier = self.delivery.as_ref().is_some_and(|delivery| delivery.has_courier);
        self.delivery = Some(DeliveryPart { version, state, has_courier });
    }

    fn move_ticket(&mut self, version: u64, state: TicketState) {
        self.ticket = Some(TicketPart { version, state });
        if planted::is(Bug::B15)
            && let Some(order) = &mut self.order
        {
            order.state = order.state.max(told_by_ticket(state));
        }
    }
}

/// Planted bug B15: the highest status that anybody has told, by arrival.
const fn told_by_ticket(state: TicketState) -> OrderState {
    match state {
        TicketState::Open => OrderState::Confirmed,
        TicketState::Accepted => OrderState::Accepted,
        TicketState::Started => OrderState::Started,
        TicketState::Finished => OrderState::Prepared,
        TicketState::HandedOver => OrderState::Completed,
        TicketState::Rejected | TicketState::Released => OrderState::Cancelled,
    }
}

/// Whether an event of an order belongs to its story. The facts of a stock item, a deposit or the books
/// with the provider are stories of their own: an order's are told by its reservation and its payment.
#[must_use]
pub fn belongs_to_a_story(event_type: &str) -> bool {
    !["units-", "deposit-", "discrepancy-"].iter().any(|other| event_type.starts_with(other))
}

/// The state of an order after an event that says it by its name alone: its payload is left unread.
fn order_state_of(name: &str) -> Option<OrderState> {
    Some(match name {
        "order-paid" => OrderState::Paid,
        "order-confirmed" => OrderState::Confirmed,
        "order-accepted" => OrderState::Accepted,
        "order-started" => OrderState::Started,
        "order-prepared" => OrderState::Prepared,
        "order-delivery-started" => OrderState::DeliveryStarted,
        "order-delivered" => OrderState::Delivered,
        "order-completed" => OrderState::Completed,
        "order-refused" => OrderState::Refused,
        "order-refunded" => OrderState::Refunded,
        _ => return None,
    })
}

/// The state of a payment, likewise.
fn payment_state_of(name: &str) -> Option<PaymentState> {
    Some(match name {
        "payment-awaited" | "payment-attempt-declined" => PaymentState::WaitingForApproval,
        "payment-requested" => PaymentState::Requested,
        "payment-outcome-unknown" => PaymentState::Unknown,
        "payment-approved" => PaymentState::Approved,
        "payment-declined" => PaymentState::Declined,
        "payment-voided" => PaymentState::Voided,
        "refund-requested" => PaymentState::Refunding,
        "refund-impossible" => PaymentState::RefundImpossible,
        _ => return None,
    })
}

/// The state of a delivery, likewise.
fn delivery_state_of(name: &str) -> Option<DeliveryState> {
    Some(match name {
        "delivery-requested" => DeliveryState::Requested,
        "delivery-started" => DeliveryState::Started,
        "delivery-failed" => DeliveryState::Failed,
        "delivery-completed" => DeliveryState::Completed,
        "delivery-returned" => DeliveryState::Returned,
        "delivery-released" => DeliveryState::Released,
        _ => return None,
    })
}

/// The state of a ticket, likewise.
fn ticket_state_of(name: &str) -> Option<TicketState> {
    Some(match name {
        "ticket-opened" => TicketState::Open,
        "ticket-accepted" => TicketState::Accepted,
        "ticket-rejected" => TicketState::Rejected,
        "preparation-started" => TicketState::Started,
        "preparation-finished" => TicketState::Finished,
        "ticket-handed-over" => TicketState::HandedOver,
        "ticket-released" => TicketState::Released,
        _ => return None,
    })
}
