use std::sync::Arc;

use catalog_contract::{CancelRule, Completes, PaymentTime, ShopLife, Stage, StockMode};
use kernel::{Aggregate, Personal};
use ordering_contract::{
    CancelReason, DeliveryAddress, OrderAcceptedV1, OrderAddressChangeDeniedV1, OrderAddressChangedV1,
    OrderCancelDeniedV1, OrderCancelRequestedV1, OrderCancelledV1, OrderCompletedV1, OrderConfirmedV1,
    OrderDeliveredV1, OrderDeliveryRequestedV1, OrderDeliveryStartedV1, OrderEvent, OrderNote, OrderPaidV1,
    OrderPaymentAbandonedV1, OrderPlacedV1, OrderPreparedV1, OrderRefundedV1, OrderRefusedV1,
    OrderReservedV1, OrderScheduledV1, OrderStartedV1, OrderState, RefusalReason,
};

use crate::command::{AddressWish, OrderCommand, Placement, Wish};
use crate::{Rejection, StepWishes};

/// An order: what is promised to the customer.
#[derive(Debug, Clone, Default, PartialEq)]
pub enum Order {
    /// Nobody has ordered.
    #[default]
    Nothing,
    /// Placed; stock or money is still to come.
    Waiting {
        /// What was placed.
        placed: Arc<OrderPlacedV1>,
        /// Whether inventory holds what it needs.
        reserved: bool,
        /// Steps that are wished and not taken yet.
        step_wishes: StepWishes,
    },
    /// Nobody waits for the money any longer; payment is to say what became of it.
    Abandoned {
        /// What was placed.
        placed: Arc<OrderPlacedV1>,
        /// Why: who did not answer.
        reason: RefusalReason,
    },
    /// All that it needs is there, and it is for later: nobody has it yet.
    Scheduled {
        /// What was placed.
        placed: Arc<OrderPlacedV1>,
        /// Whether it was paid.
        paid: bool,
    },
    /// Valid, and on its way to the customer.
    Standing {
        /// What was placed.
        placed: Arc<OrderPlacedV1>,
        /// How far it has come; [`Stage::Confirmed`] or later.
        stage: Stage,
        /// Whether it was paid.
        paid: bool,
        /// A cancel that waits for the answer of whoever has it (kitchen, delivery).
        wish: Option<Wish>,
        /// A change of its address that waits for delivery's answer.
        address_wish: Option<AddressWish>,
        /// Steps that are wished and not taken yet.
        step_wishes: StepWishes,
    },
    /// It never stood.
    Refused {
        /// What was placed.
        placed: Arc<OrderPlacedV1>,
        /// Why.
        reason: RefusalReason,
    },
    /// It will not be made.
    Cancelled {
        /// What was placed.
        placed: Arc<OrderPlacedV1>,
        /// Why.
        reason: CancelReason,
        /// Whether the money is back.
        refunded: bool,
    },
}

impl Aggregate for Order {
    const KIND: &'static str = "order";
    type Command = OrderCommand;
    type Event = OrderEvent;
    type Rejection = Rejection;

    fn decide(&self, command: OrderCommand) -> Result<Vec<OrderEvent>, Rejection> {
        match command {
            OrderCommand::Place(placement) => Ok(self.place(*placement)),
            OrderCommand::Cancel { wish, rule } => self.cancel(wish, &rule),
            OrderCommand::ChangeAddress { personal, client_key } => self.change_address(personal, client_key),
            OrderCommand::WishStep { step } => self.wish_step(step),
            OrderCommand::Complete => self.complete(),
            fact => Ok(self.follow(fact)),
        }
    }

    fn evolve(self, event: &OrderEvent) -> Self {
        match event {
            OrderEvent::Placed(placed) => Self::placed_now(placed),
            OrderEvent::Reserved(_) => self.with_stock(),
            OrderEvent::Paid(_) => self.with_money(),
            OrderEvent::Scheduled(_) => self.scheduled(),
            OrderEvent::Confirmed(_) => self.at(Stage::Confirmed),
            OrderEvent::Accepted(_) => self.at(Stage::Accepted),
            OrderEvent::Started(_) => self.at(Stage::Started),
            OrderEvent::Prepared(_) => self.at(Stage::Prepared),
            OrderEvent::DeliveryRequested(_) => self,
            OrderEvent::DeliveryStarted(_) => self.at(Stage::DeliveryStarted),
            OrderEvent::Delivered(_) => self.at(Stage::Delivered),
            OrderEvent::Completed(_) => self.at(Stage::Completed).with_wish(None).with_address_wish(None),
            OrderEvent::PaymentAbandoned(_) => self.abandoned(),
            OrderEvent::Refused(refused) => self.refused(refused.reason),
            OrderEvent::CancelRequested(asked) => {
                self.with_wish(Some(Wish { reason: asked.reason, text: asked.text.clone() }))
            }
            OrderEvent::CancelDenied(_) => self.with_wish(None),
            OrderEvent::Cancelled(cancelled) => self.cancelled(cancelled.reason),
            OrderEvent::Refunded(_) => self.refunded(),
            OrderEvent::AddressChangeRequested(asked) => {
                self.with_address_wish(Some(AddressWish { client_key: asked.client_key }))
            }
            OrderEvent::AddressChanged(changed) => {
                self.with_address(&changed.personal).with_address_wish(None)
            }
            OrderEvent::AddressChangeDenied(_) => self.with_address_wish(None),
            OrderEvent::StepWished(wished) => self.with_step_wished(wished.step),
        }
    }
}

/// What people wish.
impl Order {
    fn place(&self, Placement { placed, life }: Placement) -> Vec<OrderEvent> {
        if *self != Self::Nothing {
            return vec![];
        }
        let nothing_to_wait_for = placed.payment_method.is_none() && life.stock.mode == StockMode::None;
        let ready = nothing_to_wait_for.then(|| ready(&placed));
        std::iter::once(OrderEvent::Placed(placed)).chain(ready).collect()
    }

    fn cancel(&self, wish: Wish, rule: &CancelRule) -> Result<Vec<OrderEvent>, Rejection> {
        match self {
            Self::Nothing | Self::Abandoned { .. } | Self::Refused { .. } => Err(Rejection::Unknown),
            Self::Cancelled { .. } => Ok(vec![]),
            Self::Standing { wish: Some(_), .. } => Ok(vec![]),
            Self::Standing { stage, .. } if *stage >= last_stage(rule, wish.reason) => {
                Err(Rejection::TooLate(self.state()))
            }
            Self::Scheduled { paid, .. } if come_to(*paid) >= last_stage(rule, wish.reason) => {
                Err(Rejection::TooLate(self.state()))
            }
            Self::Standing { .. } => Ok(vec![OrderEvent::CancelRequested(OrderCancelRequestedV1 {
                reason: wish.reason,
                text: wish.text,
            })]),
            // Nobody has it yet who could be asked.
            Self::Waiting { .. } | Self::Scheduled { .. } => {
                Ok(vec![self.cancelled_event(wish.reason, wish.text)])
            }
        }
    }

    fn complete(&self) -> Result<Vec<OrderEvent>, Rejection> {
        match self {
            Self::Standing { stage: Stage::Completed, .. } => Ok(vec![]),
            // Delivery is asked whether it lets the order go, and answers: the two must not both win.
            Self::Standing { placed, wish: Some(_), .. } if placed.delivers => {
                Err(Rejection::Asked(self.state()))
            }
            Self::Standing { placed, stage, .. } if *stage == last_step(placed) => {
                Ok(vec![OrderEvent::Completed(OrderCompletedV1 {})])
            }
            Self::Nothing => Err(Rejection::Unknown),
            _ => Err(Rejection::Ended(self.state())),
        }
    }
}

/// What neighbours say: never refused; too late or twice, it changes nothing.
impl Order {
    fn follow(&self, fact: OrderCommand) -> Vec<OrderEvent> {
        match (self, fact) {
            (Self::Waiting { placed, reserved: false, .. }, OrderCommand::NoteReserved { .. }) => {
                let ready = placed.payment_method.is_none().then(|| ready(placed));
                std::iter::once(OrderEvent::Reserved(OrderReservedV1 {})).chain(ready).collect()
            }
            (Self::Waiting { placed, .. }, OrderCommand::NoteShort { detail, life }) => {
                vec![short(placed, detail, &life)]
            }
            (Self::Waiting { placed, .. }, OrderCommand::NotePaid { amount, approval_code }) => {
                vec![OrderEvent::Paid(OrderPaidV1 { amount, approval_code }), ready(placed)]
            }
            (Self::Scheduled { placed, .. }, OrderCommand::ComeDue) => vec![confirmed(placed)],
            (Self::Waiting { placed, .. }, OrderCommand::NoteDeclined { reason }) => {
                vec![refused(placed, RefusalReason::PaymentDeclined, Some(reason))]
            }
            (Self::Waiting { .. }, OrderCommand::NoteAwaited) => self.approval_told_again(),
            (Self::Waiting { .. }, OrderCommand::AbandonPayment) => {
                vec![OrderEvent::PaymentAbandoned(OrderPaymentAbandonedV1 {})]
            }
            (Self::Waiting { .. }, OrderCommand::Expire) => {
                vec![self.cancelled_event(CancelReason::Expired, None)]
            }
            (Self::Waiting { .. }, OrderCommand::Withdraw { reason, text }) => {
                vec![self.cancelled_event(reason, Some(text))]
            }
            (
                Self::Abandoned { placed, reason },
                OrderCommand::NoteVoided
                | OrderCommand::NoteRefunded { .. }
                | OrderCommand::NoteDeclined { .. },
            ) => vec![refused(placed, *reason, None)],
            (Self::Standing { stage, .. }, OrderCommand::NoteAccepted) if *stage < Stage::Accepted => {
                vec![OrderEvent::Accepted(OrderAcceptedV1 {})]
            }
            (Self::Standing { stage, .. }, OrderCommand::NoteStarted) if *stage < Stage::Started => {
                vec![OrderEvent::Started(OrderStartedV1 {})]
            }
            (Self::Standing { placed, stage, wish, step_wishes, .. }, OrderCommand::NotePrepared { .. })
                if *stage < Stage::Prepared && placed.delivers =>
            {
                to_be_brought(placed, wish.as_ref(), *step_wishes)
            }
            (Self::Standing { stage, .. }, OrderCommand::NotePrepared { completes })
                if *stage < Stage::Prepared =>
            {
                prepared(completes)
            }
            (Self::Standing { stage, .. }, OrderCommand::NoteDeliveryStarted)
                if *stage < Stage::DeliveryStarted =>
            {
                vec![OrderEvent::DeliveryStarted(OrderDeliveryStartedV1 {})]
            }
            (Self::Standing { stage, .. }, OrderCommand::NoteDelivered { completes })
                if *stage < Stage::Delivered =>
            {
                delivered(completes)
            }
            (Self::Standing { stage, .. }, OrderCommand::NoteReturned { reason, refund })
                if *stage < Stage::Completed =>
            {
                vec![self.returned_event(reason, refund)]
            }
            (Self::Standing { stage, .. }, OrderCommand::NoteRejected { reason })
                if *stage < Stage::Completed =>
            {
                vec![self.cancelled_event(CancelReason::RejectedByShop, Some(reason))]
            }
            (Self::Standing { wish: Some(wish), .. }, OrderCommand::NoteReleased) => {
                vec![self.cancelled_event(wish.reason, wish.text.clone())]
            }
            (Self::Standing { wish: Some(_), .. }, OrderCommand::NoteCancelDenied) => {
                vec![OrderEvent::CancelDenied(OrderCancelDeniedV1 {})]
            }
            (
                Self::Standing { address_wish: Some(wish), .. },
                OrderCommand::NoteAddressChanged { personal },
            ) => {
                vec![OrderEvent::AddressChanged(OrderAddressChangedV1 {
                    client_key: wish.client_key,
                    personal,
                })]
            }
            (Self::Standing { address_wish: Some(wish), .. }, OrderCommand::NoteAddressChangeDenied) => {
                let client_key = wish.client_key;
                vec![OrderEvent::AddressChangeDenied(OrderAddressChangeDeniedV1 { client_key })]
            }
            (Self::Cancelled { refunded: false, .. }, OrderCommand::NoteRefunded { amount }) => {
                vec![OrderEvent::Refunded(OrderRefundedV1 { amount })]
            }
            _ => vec![],
        }
    }

    /// It came back: the money goes back where the shop says so.
    fn returned_event(&self, reason: String, refund: bool) -> OrderEvent {
        match self.cancelled_event(CancelReason::DeliveryFailed, Some(reason)) {
            OrderEvent::Cancelled(cancelled) => OrderEvent::Cancelled(OrderCancelledV1 {
                calls_money_back: cancelled.calls_money_back && refund,
                ..cancelled
            }),
            other => other,
        }
    }

    /// Whatever may have been asked for is called back: payment and inventory know what is there.
    fn cancelled_event(&self, reason: CancelReason, text: Option<String>) -> OrderEvent {
        let (calls_money_back, holds_stock) = match self {
            Self::Standing { placed, paid, .. } | Self::Scheduled { placed, paid } => {
                (*paid, may_hold_stock(placed))
            }
            Self::Waiting { placed, .. } => (placed.payment_method.is_some(), may_hold_stock(placed)),
            _ => (false, false),
        };
        OrderEvent::Cancelled(OrderCancelledV1 { reason, text, calls_money_back, holds_stock })
    }
}

/// The stage from which an order is closed by time or by being handed over.
const fn last_step(placed: &OrderPlacedV1) -> Stage {
    if placed.delivers { Stage::Delivered } else { Stage::Prepared }
}

/// Made, and asks to be brought. A wish to cancel that the kitchen passed on, and steps wished of
/// delivery, are told again behind the request: delivery hears them in their place.
fn to_be_brought(placed: &OrderPlacedV1, wish: Option<&Wish>, step_wishes: StepWishes) -> Vec<OrderEvent> {
    let contact = placed.personal.reveal();
    let personal = contact.map_or_else(Personal::absent, |contact| {
        Personal::new(DeliveryAddress {
            name: contact.name.clone(),
            phone: contact.phone.clone(),
            address: contact.address.clone(),
        })
    });
    let asked = OrderEvent::DeliveryRequested(OrderDeliveryRequestedV1 {
        life: placed.life.clone(),
        call_number: placed.call_number,
        lines: placed.lines.clone(),
        wanted_at: placed.later.map(|time| time.wanted_at),
        personal,
    });
    let wished = wish.map(|wish| {
        OrderEvent::CancelRequested(OrderCancelRequestedV1 { reason: wish.reason, text: wish.text.clone() })
    });
    let made = [OrderEvent::Prepared(OrderPreparedV1 {}), asked];
    made.into_iter().chain(wished).chain(step_wishes.told_again_to_delivery()).collect()
}

fn delivered(completes: Completes) -> Vec<OrderEvent> {
    let delivered = OrderEvent::Delivered(OrderDeliveredV1 {});
    match completes {
        Completes::AtStage { .. } => vec![delivered, OrderEvent::Completed(OrderCompletedV1 {})],
        Completes::Command { .. } | Completes::After { .. } => vec![delivered],
    }
}

/// All that it needs is there: it stands now, or waits for its time.
fn ready(placed: &OrderPlacedV1) -> OrderEvent {
    match placed.later {
        Some(time) => OrderEvent::Scheduled(OrderScheduledV1 { time }),
        None => confirmed(placed),
    }
}

/// How far an order has come that waits for its time.
const fn come_to(paid: bool) -> Stage {
    if paid { Stage::Paid } else { Stage::Placed }
}

fn confirmed(placed: &OrderPlacedV1) -> OrderEvent {
    let note = placed.personal.reveal().and_then(|contact| contact.note.clone());
    OrderEvent::Confirmed(OrderConfirmedV1 {
        life: placed.life.clone(),
        call_number: placed.call_number,
        lines: placed.lines.clone(),
        wanted_at: placed.later.map(|time| time.wanted_at),
        table: placed.table.clone(),
        personal: note.map_or_else(Personal::absent, |note| Personal::new(OrderNote { note })),
    })
}

/// Whoever still waits for the money is refused; whoever was answered already has an order to lose.
fn short(placed: &OrderPlacedV1, detail: String, life: &ShopLife) -> OrderEvent {
    if life.payment.when == PaymentTime::AtOrder && placed.payment_method.is_some() {
        return OrderEvent::Refused(OrderRefusedV1 {
            reason: RefusalReason::OutOfStock,
            detail: Some(detail),
            holds_stock: false,
        });
    }
    OrderEvent::Cancelled(OrderCancelledV1 {
        reason: CancelReason::OutOfStock,
        text: Some(detail),
        calls_money_back: false,
        holds_stock: false,
    })
}

fn refused(placed: &OrderPlacedV1, reason: RefusalReason, detail: Option<String>) -> OrderEvent {
    OrderEvent::Refused(OrderRefusedV1 { reason, detail, holds_stock: may_hold_stock(placed) })
}

/// A reservation may still be under way: inventory is told to let go of it all the same.
fn may_hold_stock(placed: &OrderPlacedV1) -> bool {
    !placed.uses.is_empty()
}

/// The stage that an order must not have reached, for whoever wishes to cancel it.
const fn last_stage(rule: &CancelRule, reason: CancelReason) -> Stage {
    match reason {
        CancelReason::ByCustomer => rule.customer_before,
        _ => rule.staff_before,
    }
}

fn prepared(completes: Completes) -> Vec<OrderEvent> {
    let prepared = OrderEvent::Prepared(OrderPreparedV1 {});
    match completes {
        Completes::AtStage { stage } if stage <= Stage::Prepared => {
            vec![prepared, OrderEvent::Completed(OrderCompletedV1 {})]
        }
        _ => vec![prepared],
    }
}

/// How the state moves.
impl Order {
    fn placed_now(placed: &OrderPlacedV1) -> Self {
        let step_wishes = StepWishes::default();
        Self::Waiting { placed: Arc::new(placed.clone()), reserved: false, step_wishes }
    }

    fn standing(placed: Arc<OrderPlacedV1>, stage: Stage, paid: bool) -> Self {
        let step_wishes = StepWishes::default();
        Self::Standing { placed, stage, paid, wish: None, address_wish: None, step_wishes }
    }

    fn with_stock(self) -> Self {
        match self {
            Self::Waiting { placed, step_wishes, .. } => {
                Self::Waiting { placed, reserved: true, step_wishes }
            }
            other => other,
        }
    }

    fn with_money(self) -> Self {
        match self {
            Self::Waiting { placed, .. } => Self::standing(placed, Stage::Paid, true),
            other => other,
        }
    }

    fn scheduled(self) -> Self {
        match self {
            Self::Waiting { placed, .. } => Self::Scheduled { placed, paid: false },
            Self::Standing { placed, paid, .. } => Self::Scheduled { placed, paid },
            other => other,
        }
    }

    fn at(self, stage: Stage) -> Self {
        match self {
            Self::Waiting { placed, .. } => Self::standing(placed, stage, false),
            Self::Scheduled { placed, paid } => Self::standing(placed, stage, paid),
            Self::Standing { placed, paid, wish, address_wish, step_wishes, .. } => {
                Self::Standing { placed, stage, paid, wish, address_wish, step_wishes }
            }
            other => other,
        }
    }

    fn with_wish(self, wish: Option<Wish>) -> Self {
        match self {
            Self::Standing { placed, stage, paid, address_wish, step_wishes, .. } => {
                Self::Standing { placed, stage, paid, wish, address_wish, step_wishes }
            }
            other => other,
        }
    }

    fn abandoned(self) -> Self {
        match self {
            Self::Waiting { placed, reserved, .. } => {
                let stock_is_silent = may_hold_stock(&placed) && !reserved;
                let reason = if stock_is_silent {
                    RefusalReason::StockUnavailable
                } else {
                    RefusalReason::PaymentUnavailable
                };
                Self::Abandoned { placed, reason }
            }
            other => other,
        }
    }

    fn refused(self, reason: RefusalReason) -> Self {
        match self.placed().cloned() {
            Some(placed) => Self::Refused { placed, reason },
            None => self,
        }
    }

    fn cancelled(self, reason: CancelReason) -> Self {
        match self.placed().cloned() {
            Some(placed) => Self::Cancelled { placed, reason, refunded: false },
            None => self,
        }
    }

    fn refunded(self) -> Self {
        match self {
            Self::Cancelled { placed, reason, .. } => Self::Cancelled { placed, reason, refunded: true },
            other => other,
        }
    }
}

/// What can be asked of an order.
impl Order {
    /// What was placed, where something was.
    #[must_use]
    pub const fn placed(&self) -> Option<&Arc<OrderPlacedV1>> {
        match self {
            Self::Nothing => None,
            Self::Waiting { placed, .. }
            | Self::Abandoned { placed, .. }
            | Self::Scheduled { placed, .. }
            | Self::Standing { placed, .. }
            | Self::Refused { placed, .. }
            | Self::Cancelled { placed, .. } => Some(placed),
        }
    }

    /// Where it stands, in the one word that is shown.
    #[must_use]
    pub const fn state(&self) -> OrderState {
        match self {
            Self::Nothing | Self::Waiting { .. } | Self::Abandoned { .. } => OrderState::Placed,
            Self::Scheduled { .. } => OrderState::Scheduled,
            Self::Standing { stage, .. } => match stage {
                Stage::Placed | Stage::Paid => OrderState::Paid,
                Stage::Confirmed => OrderState::Confirmed,
                Stage::Accepted => OrderState::Accepted,
                Stage::Started => OrderState::Started,
                Stage::Prepared => OrderState::Prepared,
                Stage::DeliveryStarted => OrderState::DeliveryStarted,
                Stage::Delivered => OrderState::Delivered,
                Stage::Completed => OrderState::Completed,
            },
            Self::Refused { .. } => OrderState::Refused,
            Self::Cancelled { refunded: true, .. } => OrderState::Refunded,
            Self::Cancelled { refunded: false, .. } => OrderState::Cancelled,
        }
    }

    /// Whether nothing about it will change but a refund.
    #[must_use]
    pub const fn has_ended(&self) -> bool {
        matches!(
            self,
            Self::Refused { .. } | Self::Cancelled { .. } | Self::Standing { stage: Stage::Completed, .. }
        )
    }
}
