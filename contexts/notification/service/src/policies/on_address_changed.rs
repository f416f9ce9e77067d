use kernel::Recorded;
use notification_contract::ConversationReaddressedV1;
use notification_domain::ConversationCommand;
use ordering_contract::OrderEvent;
use runtime::{PolicyFailure, Turn};

use crate::config::NotificationConfig;
use crate::follow::converse;

/// Whenever an order is brought elsewhere, what its customer is told from then on says so.
pub(super) fn readdress(
    config: &NotificationConfig,
    turn: &mut Turn<'_>,
    event: &Recorded,
) -> Result<(), PolicyFailure> {
    let (Some(order), OrderEvent::AddressChanged(changed)) = (event.subject.order, event.decode()?) else {
        return Ok(());
    };
    let readdressed = ConversationReaddressedV1 { personal: changed.personal };
    converse(turn, config, &event.subject, order, ConversationCommand::Readdress(readdressed))?;
    Ok(())
}
