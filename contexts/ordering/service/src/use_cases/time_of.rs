use catalog_contract::{Opening, OpeningState, ShopDirectory, ShopLife};
use kernel::Timestamp;
use ordering_contract::LaterTime;

use crate::command::{NewOrder, NotOpen, OrderingRefusal, WrongField};

const DAY_MILLIS: i64 = 24 * 3_600_000;

/// For when an order is, in a shop that takes orders for that time; nothing where it is for now.
pub(crate) fn time_of(
    shops: &ShopDirectory,
    life: &ShopLife,
    wish: &NewOrder,
    now: Timestamp,
) -> Result<Option<LaterTime>, OrderingRefusal> {
    let wanted_at = wish.wanted_at.as_deref().map(|text| wanted_at(life, text, now)).transpose()?;
    let opening = Opening::of(life, shops.pause(&life.key), wanted_at.unwrap_or(now));
    if opening.state != OpeningState::Open {
        let time_zone = life.time_zone.clone();
        return Err(OrderingRefusal::NotOpen(Box::new(NotOpen { opening, wanted_at, now, time_zone })));
    }
    let (Some(wanted_at), Some(rule)) = (wanted_at, &life.later) else { return Ok(None) };
    let lead = wanted_at.plus_millis(-rule.lead_millis);
    // Nobody is there to make it before the shop opens.
    let due_at = opening.since.map_or(lead, |since| since.max(lead)).max(now);
    Ok(Some(LaterTime { wanted_at, due_at }))
}

/// A time that the shop takes orders for.
fn wanted_at(life: &ShopLife, text: &str, now: Timestamp) -> Result<Timestamp, OrderingRefusal> {
    let wrong = |expected: String| {
        let (field, found) = ("wanted_at".to_owned(), Some(text.to_owned()));
        OrderingRefusal::Invalid(vec![WrongField { field, expected, found }])
    };
    let Some(rule) = &life.later else {
        return Err(wrong("nothing: this shop takes orders for now only".to_owned()));
    };
    let wanted_at = Timestamp::parse(text)
        .ok_or_else(|| wrong("an RFC 3339 time such as 2026-11-29T18:30:00+09:00".to_owned()))?;
    let first = now.plus_millis(rule.notice_millis);
    let last = now.plus_millis(i64::from(rule.days_ahead_max) * DAY_MILLIS);
    if wanted_at < first || wanted_at > last {
        return Err(wrong(format!("a time from {first} to {last}")));
    }
    Ok(wanted_at)
}
