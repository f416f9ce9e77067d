use kernel::Recorded;
use runtime::{PolicyFailure, Turn};

use crate::deposits;

/// Whenever an order is refused, cancelled or given up, what is still held for it is free again.
pub(super) fn on_order_ended(recorded: &Recorded, turn: &mut Turn<'_>) -> Result<(), PolicyFailure> {
    deposits::release(&recorded.subject, turn)?;
    Ok(())
}
