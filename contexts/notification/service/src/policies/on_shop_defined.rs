use kernel::Recorded;
use runtime::{PolicyFailure, Turn};

use crate::shops::Shops;

/// Whenever the catalog defines a shop, its life is remembered.
pub(super) fn hear(shops: &Shops, event: &Recorded, turn: &mut Turn<'_>) -> Result<(), PolicyFailure> {
    Ok(shops.hear(event, turn)?)
}
