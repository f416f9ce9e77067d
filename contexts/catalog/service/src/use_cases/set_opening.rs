use catalog_contract::Pause;
use catalog_domain::ShopCommand;
use kernel::ShopKey;
use runtime::{Failure, Turn};

use super::wish;
use crate::command::{CatalogRefusal, CatalogReply};
use crate::{timers, views};

/// Stops new orders for a while, or takes them again; the end of a pause is a timer.
pub(super) fn set_opening(
    turn: &mut Turn<'_>,
    shop: &ShopKey,
    pause: Option<Pause>,
) -> Result<CatalogReply, Failure<CatalogRefusal>> {
    let now = turn.now();
    let command = pause.map_or(ShopCommand::Reopen, |pause| ShopCommand::Pause { pause, now });
    if wish(turn, shop, command)? {
        timers::follow_pause(turn, shop, pause.as_ref());
        views::keep_shop(turn, shop)?;
    }
    views::opening_reply(turn, shop)
}
