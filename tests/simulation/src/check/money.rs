use kernel::{ActorKind, Money, Recorded};
use payment_contract::{DEPOSIT_METHOD, PaymentEvent, PaymentState, Posting};

use super::Checker;
use super::case;

/// Money: I2, I3, I4, I5, I16, I17.
impl Checker {
    pub(super) fn payment_event(&mut self, event: &Recorded) {
        let order = event.stream_id;
        // Deposits and what reconciling found have streams of their own.
        if event.name() == "day-closed" {
            return self.day_closed(event);
        }
        if &*event.stream_kind != "payment" {
            return;
        }
        let decoded = match event.decode::<PaymentEvent>() {
            Ok(decoded) => decoded,
            Err(error) => return self.unreadable(event, &error),
        };
        let case = self.cases.entry(order).or_default();
        let (before, total) = (case.payment.state, case.placed.as_ref().map(|placed| placed.order.total));
        case.payment.version = event.version;
        let allowed = payment_may(&case.payment, &decoded);
        fold_payment(&mut case.payment, &decoded);
        let (captured, refunded) = (case.payment.captured, case.payment.refunded);
        if !allowed {
            let what = format!("{} is not allowed in state {before:?}", event.event_type);
            self.violation("I17", Some(order), what);
        }
        if total.is_none() {
            let what = format!("{} for an order that does not exist", event.event_type);
            self.violation("I2", Some(order), what);
        }
        match &decoded {
            PaymentEvent::Requested(requested) if Some(requested.amount) != total => {
                let what = format!("{} is asked for, the order costs {total:?}", requested.amount);
                self.violation("I16", Some(order), what);
            }
            PaymentEvent::RefundRequested(_) if is_of_the_shop(event.actor.kind()) => {
                self.cases.entry(order).or_default().payment.by_staff = true;
            }
            PaymentEvent::Approved(approved) => {
                self.post(event, &approved.postings);
            }
            PaymentEvent::Refunded(back) => {
                self.post(event, &back.postings);
                if refunded > captured.map_or(0, |captured| captured.amount) {
                    let what = format!("{refunded} went back, {captured:?} was captured");
                    self.violation("I4", Some(order), what);
                }
            }
            _ => {}
        }
        self.same_subject("payment", event);
    }

    /// I5: every double entry sums to nothing.
    fn post(&mut self, event: &Recorded, postings: &[Posting]) {
        self.book_of_day(event, postings);
        let order = event.stream_id;
        let sum: i64 = postings.iter().map(|posting| posting.amount.amount).sum();
        if sum != 0 || postings.len() < 2 {
            let what = format!("{} is no double entry: {postings:?}", event.event_type);
            self.violation("I5", Some(order), what);
        }
        for posting in postings {
            let account = (event.subject.shop.clone(), posting.account.clone());
            *self.accounts.entry(account).or_default() += posting.amount.amount;
        }
    }

    /// Judges what a call did at the provider: never captured twice, never more back than captured.
    pub(crate) fn provider_moved(&mut self, order: uuid::Uuid, captured: Option<Money>, refunded: i64) {
        let case = self.cases.entry(order).or_default();
        let placed = case.placed.as_ref().map(|placed| placed.order.total);
        if captured.is_some() && placed != captured {
            let what = format!("the provider captured {captured:?}, the order is {placed:?}");
            self.violation("I2", Some(order), what);
        }
        let most = captured.map_or(0, |captured| captured.amount);
        if refunded > most {
            let what = format!("the provider gave {refunded} back and captured {most}");
            self.violation("I3", Some(order), what);
        }
    }
}

const fn is_of_the_shop(kind: ActorKind) -> bool {
    matches!(kind, ActorKind::Staff | ActorKind::Manager | ActorKind::Operator)
}

/// The transitions that a payment may ever show.
fn payment_may(payment: &case::Money, event: &PaymentEvent) -> bool {
    use PaymentState as At;
    match (event, payment.state) {
        (
            PaymentEvent::RefundProposed(_) | PaymentEvent::RefundWithdrawn(_),
            Some(At::Approved | At::Refunding | At::PartlyRefunded | At::Refunded),
        ) => true,
        (PaymentEvent::Requested(_) | PaymentEvent::Awaited(_) | PaymentEvent::Voided(_), None)
        | (PaymentEvent::Requested(_) | PaymentEvent::Voided(_), Some(At::WaitingForApproval))
        | (PaymentEvent::AttemptDeclined(_), Some(At::Requested | At::Unknown)) => true,
        (PaymentEvent::Approved(_), state) => {
            payment.captured.is_none()
                && matches!(
                    state,
                    Some(At::Requested | At::Unknown | At::Voiding | At::Voided | At::Declined)
                )
        }
        (PaymentEvent::Declined(_) | PaymentEvent::VoidRequested(_), Some(At::Requested | At::Unknown))
        | (PaymentEvent::OutcomeUnknown(_), Some(At::Requested))
        | (PaymentEvent::Voided(_), Some(At::Voiding | At::Declined))
        | (PaymentEvent::RefundRequested(_), Some(At::Approved | At::Refunding | At::PartlyRefunded)) => true,
        (PaymentEvent::Refunded(back), Some(At::Refunding)) => {
            payment.refund_steps.contains_key(&back.step) && !payment.refunds_done.contains(&back.step)
        }
        _ => false,
    }
}

fn fold_payment(payment: &mut case::Money, event: &PaymentEvent) {
    let state = match event {
        PaymentEvent::Requested(requested) => {
            payment.requested = Some(requested.amount);
            payment.key = Some(requested.provider_key.clone());
            payment.by_deposit = requested.method == DEPOSIT_METHOD;
            PaymentState::Requested
        }
        PaymentEvent::Approved(approved) => {
            payment.captured = Some(approved.amount);
            PaymentState::Approved
        }
        PaymentEvent::Awaited(awaited) => {
            payment.requested = Some(awaited.amount);
            PaymentState::WaitingForApproval
        }
        PaymentEvent::AttemptDeclined(_) => PaymentState::WaitingForApproval,
        PaymentEvent::RefundProposed(_) | PaymentEvent::RefundWithdrawn(_) => return,
        PaymentEvent::RefundImpossible(_) => PaymentState::RefundImpossible,
        PaymentEvent::Declined(_) => PaymentState::Declined,
        PaymentEvent::OutcomeUnknown(_) => PaymentState::Unknown,
        PaymentEvent::VoidRequested(_) => PaymentState::Voiding,
        PaymentEvent::Voided(_) => PaymentState::Voided,
        PaymentEvent::RefundRequested(wish) => {
            payment.refund_steps.insert(wish.step, wish.amount.amount);
            PaymentState::Refunding
        }
        PaymentEvent::Refunded(back) => {
            payment.refunds_done.insert(back.step);
            payment.refunded += back.amount.amount;
            let captured = payment.captured.map_or(0, |captured| captured.amount);
            if payment.refunds_done.len() < payment.refund_steps.len() {
                PaymentState::Refunding
            } else if payment.refunded >= captured {
                PaymentState::Refunded
            } else {
                PaymentState::PartlyRefunded
            }
        }
    };
    payment.state = Some(state);
}
