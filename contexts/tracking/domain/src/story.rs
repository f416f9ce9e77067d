use std::fmt;

use delivery_contract::{DeliveryEvent, DeliveryState};
use kernel::planted::{self, Bug};
use kernel::{CustomerId, DecodeError, Money, OrderId, Recorded, Timestamp};
use kitchen_contract::{KitchenEvent, TicketState};
use ordering_contract::{CancelReason, OrderContact, OrderEvent, OrderPlacedV1, OrderState, RefusalReason};
use payment_contract::{PaidWith, PaymentEvent, PaymentState};
use serde::{Deserialize, Serialize, Serializer};
use tracking_contract::{Captured, GivenBack, Milestone, StoryLine, StoryView};

use crate::Source;

/// The story of one order so far.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Story {
    pub(crate) order: Option<OrderPart>,
    pub(crate) payment: Option<PaymentPart>,
    /// Events of the reservation so far.
    #[serde(default, skip_serializing_if = "is_default")]
    pub(crate) inventory: u64,
    ticket: Option<TicketPart>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) delivery: Option<DeliveryPart>,
    pub(crate) changed_at: Timestamp,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct OrderPart {
    pub(crate) version: u64,
    pub(crate) state: OrderState,
    pub(crate) life: catalog_contract::LifeHash,
    #[serde(default, skip_serializing_if = "is_default")]
    pub(crate) cancel_requested: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) cancel_reason: Option<CancelReason>,
    pub(crate) call_number: u32,
    pub(crate) customer: Option<CustomerId>,
    pub(crate) lines: Vec<StoryLine>,
    pub(crate) total: Money,
    pub(crate) placed_at: Timestamp,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) wanted_at: Option<Timestamp>,
    /// When it goes to whoever makes it, where it is for later.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) due_at: Option<Timestamp>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) promised_at: Option<Timestamp>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    table: Option<String>,
    #[serde(default, skip_serializing_if = "is_default")]
    pub(crate) abandoned: bool,
    /// Why it never stood.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) refusal_reason: Option<RefusalReason>,
    /// What was said about its end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) said: Option<String>,
    /// The states that it came to since it was placed.
    #[serde(default, serialize_with = "write_milestones")]
    pub(crate) milestones: Vec<Milestone>,
    /// Where it is brought to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    address: Option<Address>,
    /// What else the customer said of themselves.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    contact: Option<Contact>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct PaymentPart {
    pub(crate) version: u64,
    pub(crate) state: PaymentState,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) captured: Option<Captured>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) refunds: Vec<GivenBack>,
    /// Refunds that wait for a second person.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) proposals: Vec<u32>,
    /// Refunds that are wished and not back yet.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    open: Vec<u32>,
    /// Those of them that the provider will not give.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) impossible: Vec<u32>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct TicketPart {
    version: u64,
    state: TicketState,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct DeliveryPart {
    pub(crate) version: u64,
    pub(crate) state: DeliveryState,
    /// When it last went on.
    #[serde(default)]
    pub(crate) at: Timestamp,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) courier: Option<String>,
}

/// Personal: kept beside the story, printed nowhere.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
struct Address(String);

impl fmt::Debug for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[personal]")
    }
}

/// Personal too; the address stands apart, since it may change.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
struct Contact(OrderContact);

impl fmt::Debug for Contact {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[personal]")
    }
}

impl Contact {
    fn of(placed: &OrderPlacedV1) -> Option<Self> {
        let contact = OrderContact { address: None, ..placed.personal.reveal()?.clone() };
        (contact != OrderContact::default()).then_some(Self(contact))
    }
}

fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

/// Each as an array, without the names of its fields: read as they are with them.
fn write_milestones<S: Serializer>(milestones: &[Milestone], to: S) -> Result<S::Ok, S::Error> {
    to.collect_seq(milestones.iter().map(|milestone| (milestone.state, milestone.at)))
}

impl OrderPart {
    fn placed(version: u64, placed: OrderPlacedV1) -> Self {
        let contact = Contact::of(&placed);
        let lines = placed.lines.into_iter().map(|line| StoryLine {
            item: line.item,
            name: line.name,
            quantity: line.quantity,
            options: line.options,
            unit_price: Some(line.unit_price),
        });
        Self {
            version,
            state: OrderState::Placed,
            life: placed.life,
            cancel_requested: false,
            cancel_reason: None,
            call_number: placed.call_number,
            customer: placed.customer,
            lines: lines.collect(),
            total: placed.total,
            placed_at: placed.placed_at,
            wanted_at: placed.later.map(|time| time.wanted_at),
            due_at: placed.later.map(|time| time.due_at),
            promised_at: placed.promised_at,
            table: placed.table,
            abandoned: false,
            refusal_reason: None,
            said: None,
            milestones: Vec::new(),
            address: placed.personal.reveal().and_then(|contact| contact.address.clone()).map(Address),
            contact,
        }
    }

    fn reach(&mut self, state: OrderState, at: Timestamp) {
        self.state = state;
        self.milestones.push(Milestone { state, at });
    }
}

impl PaymentPart {
    const fn new(state: PaymentState) -> Self {
        Self {
            version: 0,
            state,
            captured: None,
            refunds: Vec::new(),
            proposals: Vec::new(),
            open: Vec::new(),
            impossible: Vec::new(),
        }
    }

    /// Where it stands once nothing is to go back but what is open.
    fn of_open(&self, otherwise: PaymentState) -> PaymentState {
        if self.open.is_empty() {
            otherwise
        } else if self.open.iter().all(|step| self.impossible.contains(step)) {
            PaymentState::RefundImpossible
        } else {
            PaymentState::Refunding
        }
    }

    fn follow_refund(&mut self, event: &PaymentEvent, at: Timestamp) {
        match event {
            PaymentEvent::RefundRequested(wish) => {
                self.proposals.retain(|proposal| Some(*proposal) != wish.proposal);
                self.open.push(wish.step);
            }
            PaymentEvent::RefundImpossible(refund) => self.impossible.push(refund.step),
            PaymentEvent::Refunded(refunded) => {
                self.open.retain(|step| *step != refunded.step);
                self.impossible.retain(|step| *step != refunded.step);
                self.refunds.push(GivenBack { step: refunded.step, amount: refunded.amount, at });
            }
            _ => return,
        }
        self.state = match event {
            PaymentEvent::Refunded(refunded) if refunded.whole => PaymentState::Refunded,
            PaymentEvent::Refunded(_) => self.of_open(PaymentState::PartlyRefunded),
            _ => self.of_open(self.state),
        };
    }
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
                Some(state) => self.move_order(version, state, event.at),
                None => self.follow_order(version, event.decode()?, event.at),
            },
            Source::Payment => match payment_state_of(event.name()) {
                Some(state) => self.move_payment(version, state),
                None => self.follow_payment(version, event.decode()?, event.at),
            },
            Source::Inventory => self.inventory = version,
            Source::Kitchen => match ticket_state_of(event.name()) {
                Some(state) => self.move_ticket(version, state),
                None => self.follow_ticket(version, &event.decode()?),
            },
            Source::Delivery => match delivery_state_of(event.name()) {
                Some(state) => self.move_delivery(version, state, event.at),
                None => self.follow_delivery(version, event.decode()?, event.at),
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

    /// Whether the order has come to a state since it was placed.
    #[must_use]
    pub fn has_reached(&self, state: OrderState) -> bool {
        self.order.as_ref().is_some_and(|order| order.milestones.iter().any(|reached| reached.state == state))
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
        let contact = order.contact.as_ref().map(|contact| &contact.0);
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
            captured: self.payment.as_ref().and_then(|payment| payment.captured.clone()),
            refunds: self.payment.as_ref().map(|payment| payment.refunds.clone()).unwrap_or_default(),
            ticket: self.ticket.as_ref().map(|ticket| ticket.state),
            delivery: self.delivery.as_ref().map(|delivery| delivery.state),
            wanted_at: order.wanted_at,
            table: order.table.clone(),
            address: self.address().map(ToOwned::to_owned),
            name: contact.and_then(|contact| contact.name.clone()),
            phone: contact.and_then(|contact| contact.phone.clone()),
            note: contact.and_then(|contact| contact.note.clone()),
            labels: contact.map(|contact| contact.labels.clone()).unwrap_or_default(),
            promised_at: order.promised_at,
            placed_at: order.placed_at,
            milestones: order.milestones.clone(),
            changed_at: self.changed_at,
            version: self.version(),
        })
    }

    /// Where it is brought to: for those who work there.
    #[must_use]
    pub fn address(&self) -> Option<&str> {
        self.order.as_ref()?.address.as_ref().map(|address| address.0.as_str())
    }

    /// Who brings it.
    #[must_use]
    pub fn courier(&self) -> Option<&str> {
        self.delivery.as_ref()?.courier.as_deref()
    }

    /// Since when it is in its state.
    #[must_use]
    pub fn since(&self) -> Timestamp {
        let order = self.order.as_ref();
        order.map(|order| order.milestones.last().map_or(order.placed_at, |last| last.at)).unwrap_or_default()
    }

    fn follow_order(&mut self, version: u64, event: OrderEvent, at: Timestamp) {
        let event = match event {
            OrderEvent::Placed(placed) => return self.order = Some(OrderPart::placed(version, placed)),
            other => other,
        };
        let Some(order) = &mut self.order else { return };
        order.version = version;
        match event {
            OrderEvent::CancelRequested(_) => order.cancel_requested = true,
            OrderEvent::CancelDenied(_) => order.cancel_requested = false,
            OrderEvent::PaymentAbandoned(_) => order.abandoned = true,
            OrderEvent::AddressChanged(changed) => {
                order.address = changed.personal.reveal().map(|to| Address(to.address.clone()));
            }
            OrderEvent::Refused(refused) => {
                order.refusal_reason = Some(refused.reason);
                order.said = refused.detail;
                order.reach(OrderState::Refused, at);
            }
            OrderEvent::Cancelled(cancelled) => {
                order.cancel_requested = false;
                order.cancel_reason = Some(cancelled.reason);
                order.said = cancelled.text;
                order.reach(OrderState::Cancelled, at);
            }
            _ => {}
        }
    }

    fn move_order(&mut self, version: u64, state: OrderState, at: Timestamp) {
        let Some(order) = &mut self.order else { return };
        order.version = version;
        order.reach(state, at);
        order.cancel_requested &= state != OrderState::Completed;
    }

    fn move_payment(&mut self, version: u64, state: PaymentState) {
        let payment = self.payment.get_or_insert_with(|| PaymentPart::new(state));
        (payment.version, payment.state) = (version, state);
    }

    fn follow_payment(&mut self, version: u64, event: PaymentEvent, at: Timestamp) {
        let before = self.payment.as_ref().map(|payment| payment.state);
        let captured = matches!(
            before,
            Some(PaymentState::Approved | PaymentState::Refunding | PaymentState::PartlyRefunded)
        );
        let state = match &event {
            PaymentEvent::Approved(_) => PaymentState::Approved,
            PaymentEvent::VoidRequested(_) if captured => PaymentState::Refunding,
            PaymentEvent::VoidRequested(_) => PaymentState::Voiding,
            // What goes back is told below; a wish that waits for a second person moves nothing.
            PaymentEvent::RefundRequested(_)
            | PaymentEvent::RefundImpossible(_)
            | PaymentEvent::Refunded(_)
            | PaymentEvent::RefundProposed(_)
            | PaymentEvent::RefundWithdrawn(_) => before.unwrap_or(PaymentState::Approved),
            _ => return,
        };
        self.move_payment(version, state);
        let Some(payment) = &mut self.payment else { return };
        match event {
            PaymentEvent::Approved(approved) => {
                payment.captured = Some(Captured {
                    at,
                    amount: approved.amount,
                    with: PaidWith::of(&approved.postings),
                    approval_code: approved.approval_code,
                });
            }
            PaymentEvent::RefundProposed(wish) => payment.proposals.push(wish.proposal),
            PaymentEvent::RefundWithdrawn(wish) => {
                payment.proposals.retain(|proposal| *proposal != wish.proposal);
            }
            other => payment.follow_refund(&other, at),
        }
    }

    fn follow_ticket(&mut self, version: u64, event: &KitchenEvent) {
        if let KitchenEvent::CancelDenied(_) = event {
            // Too late to be cancelled: the ticket stays where it is.
            let state = self.ticket.as_ref().map_or(TicketState::Open, |ticket| ticket.state);
            self.move_ticket(version, state);
        }
    }

    /// What the name alone does not say: who has it, whether it sets out again.
    fn follow_delivery(&mut self, version: u64, event: DeliveryEvent, at: Timestamp) {
        let Some(delivery) = &mut self.delivery else { return };
        let state = match event {
            DeliveryEvent::Assigned(assigned) => {
                delivery.courier = Some(assigned.courier);
                match delivery.state {
                    DeliveryState::Requested => DeliveryState::Assigned,
                    before => before,
                }
            }
            DeliveryEvent::Retried(_) if delivery.courier.is_some() => DeliveryState::Assigned,
            DeliveryEvent::Retried(_) => DeliveryState::Requested,
            _ => delivery.state,
        };
        self.move_delivery(version, state, at);
    }

    fn move_delivery(&mut self, version: u64, state: DeliveryState, at: Timestamp) {
        let courier = self.delivery.take().and_then(|delivery| delivery.courier);
        self.delivery = Some(DeliveryPart { version, state, at, courier });
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
    !["units-", "deposit-", "discrepancy-", "day-"].iter().any(|other| event_type.starts_with(other))
}

/// The state of an order after an event that says it by its name alone: its payload is left unread.
fn order_state_of(name: &str) -> Option<OrderState> {
    Some(match name {
        "order-paid" => OrderState::Paid,
        "order-scheduled" => OrderState::Scheduled,
        "order-confirmed" => OrderState::Confirmed,
        "order-accepted" => OrderState::Accepted,
        "order-started" => OrderState::Started,
        "order-prepared" => OrderState::Prepared,
        "order-delivery-started" => OrderState::DeliveryStarted,
        "order-delivered" => OrderState::Delivered,
        "order-completed" => OrderState::Completed,
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
        "payment-declined" => PaymentState::Declined,
        "payment-voided" => PaymentState::Voided,
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
