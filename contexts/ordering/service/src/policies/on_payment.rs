use catalog_contract::ShopDirectory;
use kernel::Recorded;
use ordering_contract::CancelReason;
use ordering_domain::OrderCommand;
use payment_contract::PaymentEvent;
use runtime::{PolicyFailure, Turn};

use crate::follow::was_taken;
use crate::policies::{follow, order_of};

/// Whenever payment said what became of an order's money: the order stands, never stood, or has
/// its money back.
pub(crate) fn on_payment(
    turn: &mut Turn<'_>,
    shops: &ShopDirectory,
    event: &Recorded,
) -> Result<(), PolicyFailure> {
    if event.name() == "payment-requested" {
        return Ok(());
    }
    let fact = match event.decode()? {
        PaymentEvent::Approved(approved) => {
            OrderCommand::NotePaid { amount: approved.amount, approval_code: approved.approval_code }
        }
        PaymentEvent::Declined(declined) if was_taken(turn, order_of(event)?)? => {
            OrderCommand::Withdraw { reason: CancelReason::Expired, text: declined.reason }
        }
        PaymentEvent::Declined(declined) => OrderCommand::NoteDeclined { reason: declined.reason },
        PaymentEvent::Voided(_) => OrderCommand::NoteVoided,
        PaymentEvent::Refunded(refunded) if refunded.whole => {
            OrderCommand::NoteRefunded { amount: refunded.amount }
        }
        PaymentEvent::Refunded(_)
        | PaymentEvent::Requested(_)
        | PaymentEvent::OutcomeUnknown(_)
        | PaymentEvent::VoidRequested(_)
        | PaymentEvent::RefundRequested(_) => return Ok(()),
    };
    follow(turn, shops, event, fact)
}
