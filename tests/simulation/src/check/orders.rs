use kernel::Recorded;
use kitchen_contract::{KitchenEvent, TicketState};
use ordering_contract::{OrderEvent, OrderPlacedV1, OrderState};

use super::Checker;
use super::case::{Case, Placed};

/// Orders and tickets: I1, I16, I17, I20, I21.
impl Checker {
    pub(super) fn order_event(&mut self, event: &Recorded) {
        let order = event.stream_id;
        let decoded = match event.decode::<OrderEvent>() {
            Ok(decoded) => decoded,
            Err(error) => return self.unreadable(event, &error),
        };
        let case = self.cases.entry(order).or_default();
        let before = case.state;
        case.version = event.version;
        let allowed = order_may(case, &decoded);
        fold_order(case, &decoded);
        if let Some(state) = case.state {
            case.states.push((event.position, state));
        }
        if !allowed {
            let what = format!("{} is not allowed in state {before:?}", event.event_type);
            self.violation("I17", Some(order), what);
        }
        match decoded {
            OrderEvent::Placed(placed) => self.placed(event, placed),
            OrderEvent::Confirmed(_) => self.confirmed(event),
            OrderEvent::Paid(paid) => {
                let total = self.case(order).placed.as_ref().map(|placed| placed.order.total);
                if total != Some(paid.amount) {
                    let what = format!("paid {}, placed for {total:?}", paid.amount);
                    self.violation("I1", Some(order), what);
                }
            }
            OrderEvent::Cancelled(_) => self.cancelled(order),
            OrderEvent::AddressChanged(_) => self.readdressed(order),
            _ => {}
        }
        self.same_subject("order", event);
    }

    fn placed(&mut self, event: &Recorded, placed: OrderPlacedV1) {
        let order = event.stream_id;
        let (shop, number) = (event.subject.shop.clone(), event.subject.order_number);
        if !self.order_numbers.insert((shop.clone(), number)) {
            let what = format!("number {number} of {shop} was given twice");
            self.violation("I31", Some(order), what);
        }
        if let Some(what) = self.log.phantom(event, &placed) {
            self.violation("I20", Some(order), what);
        }
        let life = self.shops.pinned(&placed.life).ok().cloned();
        if life.is_none() {
            let what = format!("it is pinned to life {}, which the catalog never told", placed.life);
            self.violation("I16", Some(order), what);
        }
        let sum: i64 =
            placed.lines.iter().map(|line| line.unit_price.amount * i64::from(line.quantity)).sum();
        if sum != placed.total.amount {
            let what = format!("its lines cost {sum}, its total is {}", placed.total);
            self.violation("I16", Some(order), what);
        }
        let scope = placed.client_key.map(|key| key.scope);
        self.cases.entry(order).or_default().placed =
            Some(Placed { shop, number, life, order: placed, scope });
    }

    /// I1: a valid order of a shop that takes money at order is paid; I7: one standing per key.
    fn confirmed(&mut self, event: &Recorded) {
        let order = event.stream_id;
        let case = self.case(order);
        let Some(placed) = &case.placed else {
            return;
        };
        let captured = case.payment.captured;
        let due = placed.order.later.map(|time| time.due_at);
        let (pays, total, scope) = (case.pays(), placed.order.total, placed.scope);
        if pays && captured != Some(total) {
            let what = format!("it is confirmed at {total}, captured is {captured:?}");
            self.violation("I1", Some(order), what);
        }
        if due.is_some_and(|due| event.at < due) {
            let what = format!("it is confirmed at {}, due is {due:?}", event.at);
            self.violation("I25", Some(order), what);
        }
        let twin = scope.and_then(|scope| {
            self.cases.iter().find(|(id, other)| {
                **id != order
                    && other.stood
                    && !other.has_ended_badly()
                    && other.placed.as_ref().and_then(|placed| placed.scope) == Some(scope)
            })
        });
        if let Some((twin, _)) = twin {
            let what = format!("order {twin} of the same key stands already");
            self.violation("I7", Some(order), what);
        }
    }

    /// I21: once delivery has it, an address is changed by its word.
    fn readdressed(&mut self, order: uuid::Uuid) {
        let case = self.case(order);
        if case.state == Some(OrderState::Prepared) && case.address() != case.sent_to.as_deref() {
            let what = "it has an address that its delivery does not know".to_owned();
            self.violation("I21", Some(order), what);
        }
    }

    /// I21: a cancelled order is not being made.
    fn cancelled(&mut self, order: uuid::Uuid) {
        let case = self.case(order);
        if case.may_end_late() {
            // Whoever had it let it go, before.
            let let_go =
                case.delivery_ended_badly() || !case.started || case.ticket == Some(TicketState::Released);
            if !let_go {
                let what = format!(
                    "it is cancelled while its ticket is {:?} and its delivery {:?}",
                    case.ticket, case.delivery
                );
                self.violation("I21", Some(order), what);
            }
        } else if case.delivery == Some(delivery_contract::DeliveryState::Returned) {
            // No wish: it could not be brought.
        } else if case.started {
            let what = "it is cancelled although making has begun".to_owned();
            self.violation("I21", Some(order), what);
        } else if case.ticket.is_some_and(is_being_made) {
            let what = format!("it is cancelled while its ticket is {:?}", case.ticket);
            self.violation("I21", Some(order), what);
        }
    }

    pub(super) fn ticket_event(&mut self, event: &Recorded) {
        let order = event.stream_id;
        let decoded = match event.decode::<KitchenEvent>() {
            Ok(decoded) => decoded,
            Err(error) => return self.unreadable(event, &error),
        };
        let case = self.cases.entry(order).or_default();
        let before = case.ticket;
        let after = ticket_after(before, &decoded, case.may_end_late());
        case.ticket = after.or(before);
        case.ticket_version = event.version;
        let (state, confirmed) = (case.state, case.confirmed);
        let lines = case.placed.as_ref().map(|placed| placed.order.lines.clone());
        if after.is_none() {
            let what = format!("{} is not allowed in state {before:?}", event.event_type);
            self.violation("I17", Some(order), what);
        }
        match decoded {
            KitchenEvent::Opened(opened) => {
                if !confirmed {
                    let what = format!("a ticket is opened, the order is {state:?}");
                    self.violation("I16", Some(order), what);
                }
                if lines.is_some_and(|lines| lines != opened.lines) {
                    let what = "the ticket's lines are not the order's".to_owned();
                    self.violation("I16", Some(order), what);
                }
            }
            KitchenEvent::Started(_) if is_cancelled(state) => {
                let what = format!("making begins, the order is {state:?}");
                self.violation("I21", Some(order), what);
            }
            _ => {}
        }
        self.same_subject("ticket", event);
    }

    /// I16: whatever is told of an order carries its shop and its number.
    pub(super) fn same_subject(&mut self, what: &str, event: &Recorded) {
        let Some(order) = event.subject.order.map(|order| order.0) else {
            let what = format!("the {what} {} names no order", event.stream_id);
            return self.violation("I16", None, what);
        };
        let Some(placed) = self.cases.get(&order).and_then(|case| case.placed.as_ref()) else {
            let what = format!("{} is about an order that was never placed", event.event_type);
            return self.violation("I16", Some(order), what);
        };
        if (&placed.shop, placed.number) != (&event.subject.shop, event.subject.order_number) {
            let what = format!(
                "the {what} says {}/{}, the order is {}/{}",
                event.subject.shop, event.subject.order_number, placed.shop, placed.number
            );
            self.violation("I16", Some(order), what);
        }
    }

    fn case(&self, order: uuid::Uuid) -> &Case {
        static NOTHING: std::sync::OnceLock<Case> = std::sync::OnceLock::new();
        self.cases.get(&order).unwrap_or_else(|| NOTHING.get_or_init(Case::default))
    }
}

impl Case {
    fn has_ended_badly(&self) -> bool {
        is_cancelled(self.state) || self.state == Some(OrderState::Refused)
    }
}

const fn is_cancelled(state: Option<OrderState>) -> bool {
    matches!(state, Some(OrderState::Cancelled | OrderState::Refunded))
}

const fn is_being_made(ticket: TicketState) -> bool {
    matches!(ticket, TicketState::Started | TicketState::Finished | TicketState::HandedOver)
}

/// The transitions that the life of an order may ever show.
fn order_may(case: &Case, event: &OrderEvent) -> bool {
    use OrderState as At;
    let Some(state) = case.state else {
        return matches!(event, OrderEvent::Placed(_));
    };
    let waiting = state == At::Placed && !case.abandoned;
    let on_its_way = matches!(state, At::DeliveryStarted | At::Delivered);
    let standing = on_its_way || matches!(state, At::Confirmed | At::Accepted | At::Started | At::Prepared);
    let ends_late = case.may_end_late() || case.delivery_ended_badly();
    match event {
        OrderEvent::Placed(_) => false,
        OrderEvent::Reserved(_) | OrderEvent::Paid(_) | OrderEvent::PaymentAbandoned(_) => waiting,
        OrderEvent::Scheduled(_) => case.is_for_later() && (waiting && !case.pays() || state == At::Paid),
        OrderEvent::Confirmed(_) if case.is_for_later() => state == At::Scheduled,
        OrderEvent::Confirmed(_) => waiting && !case.pays() || state == At::Paid,
        OrderEvent::Refused(_) => state == At::Placed,
        OrderEvent::Accepted(_) => state == At::Confirmed,
        OrderEvent::Started(_) => state == At::Accepted,
        OrderEvent::Prepared(_) => matches!(state, At::Accepted | At::Started),
        OrderEvent::DeliveryRequested(_) => case.delivers() && state == At::Prepared,
        OrderEvent::DeliveryStarted(_) => case.delivers() && state == At::Prepared,
        OrderEvent::Delivered(_) => state == At::DeliveryStarted,
        OrderEvent::Completed(_) => {
            if case.delivers() {
                state == At::Delivered
            } else {
                state == At::Prepared
            }
        }
        // A wish that the kitchen passed on is told once more behind the request to bring it.
        OrderEvent::CancelRequested(_) => {
            standing && (!case.cancel_wished || case.delivers() && state == At::Prepared)
        }
        OrderEvent::CancelDenied(_) => standing && case.cancel_wished,
        OrderEvent::Cancelled(_) => {
            waiting || state == At::Scheduled || standing && (!case.started || ends_late)
        }
        OrderEvent::Refunded(_) => state == At::Cancelled,
        OrderEvent::AddressChangeRequested(_) => {
            case.delivers() && state == At::Prepared && !case.address_wished
        }
        OrderEvent::AddressChanged(_) => {
            let decided_here = waiting || state == At::Scheduled || standing && state < At::Prepared;
            case.delivers() && (decided_here || state == At::Prepared && case.address_wished)
        }
        OrderEvent::AddressChangeDenied(_) => standing && case.address_wished,
        OrderEvent::StepWished(_) => waiting || standing,
    }
}

fn fold_order(case: &mut Case, event: &OrderEvent) {
    let state = match event {
        OrderEvent::Placed(placed) => {
            let contact = placed.personal.reveal();
            case.addresses.push(contact.and_then(|contact| contact.address.clone()));
            OrderState::Placed
        }
        OrderEvent::Paid(_) => OrderState::Paid,
        OrderEvent::Scheduled(_) => {
            case.stood = true;
            OrderState::Scheduled
        }
        OrderEvent::Confirmed(_) => {
            case.confirmed = true;
            case.stood = true;
            OrderState::Confirmed
        }
        OrderEvent::Accepted(_) => OrderState::Accepted,
        OrderEvent::Started(_) => {
            case.started = true;
            OrderState::Started
        }
        OrderEvent::Prepared(_) => OrderState::Prepared,
        OrderEvent::DeliveryRequested(_) => return,
        OrderEvent::DeliveryStarted(_) => OrderState::DeliveryStarted,
        OrderEvent::Delivered(_) => OrderState::Delivered,
        OrderEvent::Completed(_) => {
            case.cancel_wished = false;
            case.address_wished = false;
            OrderState::Completed
        }
        OrderEvent::Refused(_) => OrderState::Refused,
        OrderEvent::Cancelled(_) => {
            case.cancel_wished = false;
            case.address_wished = false;
            OrderState::Cancelled
        }
        OrderEvent::Refunded(_) => OrderState::Refunded,
        OrderEvent::PaymentAbandoned(_) => {
            case.abandoned = true;
            return;
        }
        OrderEvent::CancelRequested(_) => {
            case.cancel_wished = true;
            return;
        }
        OrderEvent::CancelDenied(_) => {
            case.cancel_wished = false;
            return;
        }
        OrderEvent::AddressChangeRequested(_) => {
            case.address_wished = true;
            return;
        }
        OrderEvent::AddressChanged(changed) => {
            case.address_wished = false;
            case.addresses.push(changed.personal.reveal().map(|to| to.address.clone()));
            return;
        }
        OrderEvent::AddressChangeDenied(_) => {
            case.address_wished = false;
            return;
        }
        OrderEvent::Reserved(_) | OrderEvent::StepWished(_) => return,
    };
    case.state = Some(state);
}

/// The state of a ticket after an event; `None` where the event is not allowed.
fn ticket_after(state: Option<TicketState>, event: &KitchenEvent, may_end_late: bool) -> Option<TicketState> {
    use TicketState as At;
    match (event, state) {
        (KitchenEvent::Opened(_), None) => Some(At::Open),
        (KitchenEvent::Accepted(_), Some(At::Open)) => Some(At::Accepted),
        (KitchenEvent::Rejected(_), Some(At::Open)) => Some(At::Rejected),
        (KitchenEvent::Started(_), Some(At::Accepted)) => Some(At::Started),
        (KitchenEvent::Finished(_), Some(At::Accepted | At::Started)) => Some(At::Finished),
        (KitchenEvent::HandedOver(_), Some(At::Finished)) => Some(At::HandedOver),
        (KitchenEvent::Released(_), Some(At::Open | At::Accepted)) => Some(At::Released),
        (KitchenEvent::Released(_), Some(At::Started)) if may_end_late => Some(At::Released),
        (KitchenEvent::CancelDenied(_), Some(state)) if state != At::Released => Some(state),
        _ => None,
    }
}
