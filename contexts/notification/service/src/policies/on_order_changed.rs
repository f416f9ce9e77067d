use kernel::Money;
use notification_domain::{Change, Conversation};
use ordering_contract::{CancelReason, OrderEvent};
use runtime::{PolicyFailure, Turn};

use super::Heard;
use crate::use_cases;

/// Whenever an order has changed whose shop tells of it, the customer is owed a message.
pub(super) fn tell(heard: &Heard<'_>, turn: &mut Turn<'_>) -> Result<(), PolicyFailure> {
    let Some(opened) = turn.state::<Conversation>(heard.order.0)?.opened().cloned() else {
        return Ok(());
    };
    let pinned = heard.shops.pinned(&opened.life);
    let life = pinned.map_err(|unknown| PolicyFailure::NotYet(unknown.to_string()))?;
    let said = (heard.source == ordering_contract::ROLE).then(|| heard.event.decode()).transpose()?;
    let (amount, reason) = details(said.as_ref());
    let change = Change {
        milestone: heard.milestone,
        source: heard.source,
        version: heard.event.version,
        at: heard.event.at,
        amount,
        reason,
    };
    use_cases::tell(turn, heard.config, &heard.event.subject, heard.order, &life, heard.closed(), change)?;
    Ok(())
}

/// The money that a change is about, and why it came to it.
fn details(said: Option<&OrderEvent>) -> (Option<Money>, Option<String>) {
    match said {
        Some(OrderEvent::Paid(paid)) => (Some(paid.amount), None),
        Some(OrderEvent::Refunded(refunded)) => (Some(refunded.amount), None),
        Some(OrderEvent::Cancelled(cancelled)) => {
            let written_by_staff =
                matches!(cancelled.reason, CancelReason::RejectedByShop | CancelReason::ByStaff);
            let in_their_words = cancelled.text.clone().filter(|_| written_by_staff);
            (None, Some(in_their_words.unwrap_or_else(|| word_of(cancelled.reason))))
        }
        _ => (None, None),
    }
}

/// Ordering's word for it, which the texts translate.
fn word_of(reason: CancelReason) -> String {
    serde_json::to_value(reason).ok().and_then(|word| word.as_str().map(str::to_owned)).unwrap_or_default()
}
