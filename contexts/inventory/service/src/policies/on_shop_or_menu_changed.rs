use kernel::Recorded;
use runtime::{PolicyFailure, Turn};

use crate::shops::Shops;
use crate::watching::watch_again;

/// Whenever the catalog defines a shop or changes what its menu uses, that is remembered, and said
/// what is to be said of the counts that it is about.
pub(super) fn hear(shops: &Shops, event: &Recorded, turn: &mut Turn<'_>) -> Result<(), PolicyFailure> {
    let concerned = shops.hear(event, turn)?;
    watch_again(turn, shops, &event.subject.shop, &concerned)?;
    Ok(())
}
