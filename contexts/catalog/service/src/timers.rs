//! What the catalog does when time passes: a pause ends.

use catalog_contract::{Pause, shop_id};
use catalog_domain::{Shop, ShopCommand};
use journal::Timer;
use kernel::{ShopKey, Subject};
use runtime::{PolicyFailure, Turn};

use crate::views;

const END_PAUSE: &str = "end-pause";

/// Sets the end of a pause in place of that of a pause before it.
pub(crate) fn follow_pause(turn: &mut Turn<'_>, shop: &ShopKey, pause: Option<&Pause>) {
    let key = format!("{END_PAUSE}/{shop}");
    match pause.and_then(|pause| pause.until) {
        Some(at) => turn.set_timer(Timer {
            key,
            kind: END_PAUSE.into(),
            at,
            order: None,
            attempt: 1,
            payload: shop.as_str().as_bytes().to_vec(),
        }),
        None => turn.cancel_timer(key),
    }
}

pub(crate) fn fire(turn: &mut Turn<'_>, timer: &Timer) -> Result<(), PolicyFailure> {
    if timer.kind != END_PAUSE {
        return Err(PolicyFailure::Poison(format!("the catalog knows no timer {}", timer.kind)));
    }
    let shop = ShopKey::from(String::from_utf8_lossy(&timer.payload).into_owned());
    let end = ShopCommand::EndPause { now: turn.now() };
    let ended = turn.execute::<Shop>(shop_id(&shop), &Subject::shop(shop.clone()), end)?;
    if !ended.events.is_empty() {
        views::keep_shop(turn, &shop)?;
    }
    Ok(())
}
