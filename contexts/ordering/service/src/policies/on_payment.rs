use catalog_contract::ShopDirectory;
use kernel::Recorded;
use ordering_contract::CancelReason;
use ordering_domain::{Order, OrderCommand};
use payment_contract::PaymentEvent;
use runtime::{PolicyFailure, Turn};

use crate::follow::was_taken;
use crate::policies::{follow, order_of};
use crate::timers::ask_key;

/// Whether it is neither what is under way at payment nor of its own books.
pub(super) fn hears(event: &str) -> bool {
    match event {
        "payment-requested"
        | "payment-attempt-declined"
        | "refund-proposed"
        | "refund-withdrawn"
        | "refund-impossible" => false,
        name => !["deposit-", "discrepancy-", "day-"].iter().any(|other| name.starts_with(other)),
    }
}

/// Whenever payment said what became of an order's money: the order stands, never stood, or has
/// its money back.
pub(crate) fn on_payment(
    turn: &mut Turn<'_>,
    shops: &ShopDirectory,
    event: &Recorded,
) -> Result<(), PolicyFailure> {
    // The customer is asked now: payment need not be asked again.
    if event.name() == "payment-awaited" {
        turn.finish_effect(ask_key(order_of(event)?));
        return follow(turn, shops, event, OrderCommand::NoteAwaited);
    }
    let fact = match event.decode()? {
        PaymentEvent::Approved(approved) => {
            OrderCommand::NotePaid { amount: approved.amount, approval_code: approved.approval_code }
        }
        PaymentEvent::Declined(declined) if was_taken(turn, order_of(event)?)? => {
            OrderCommand::Withdraw { reason: CancelReason::Expired, text: declined.reason }
        }
        PaymentEvent::Declined(declined) => OrderCommand::NoteDeclined { reason: declined.reason },
        // Nobody but the customer can have called it off before it was paid.
        PaymentEvent::Voided(_)
            if matches!(turn.state::<Order>(order_of(event)?.0)?, Order::Waiting { .. }) =>
        {
            let text = "the payment was called off".to_owned();
            OrderCommand::Withdraw { reason: CancelReason::ByCustomer, text }
        }
        PaymentEvent::Voided(_) => OrderCommand::NoteVoided,
        PaymentEvent::Refunded(refunded) if refunded.whole => {
            OrderCommand::NoteRefunded { amount: refunded.amount }
        }
        PaymentEvent::Refunded(_)
        | PaymentEvent::Awaited(_)
        | PaymentEvent::AttemptDeclined(_)
        | PaymentEvent::RefundProposed(_)
        | PaymentEvent::RefundWithdrawn(_)
        | PaymentEvent::RefundImpossible(_)
        | PaymentEvent::Requested(_)
        | PaymentEvent::OutcomeUnknown(_)
        | PaymentEvent::VoidRequested(_)
        | PaymentEvent::RefundRequested(_) => return Ok(()),
    };
    follow(turn, shops, event, fact)
}
