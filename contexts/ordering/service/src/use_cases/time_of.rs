use catalog_contract::{Opening, OpeningState, ShopDirectory, ShopLife, spoken_time};
use kernel::Timestamp;
use ordering_contract::LaterTime;

use crate::command::{NotOpen, OrderingRefusal, WrongField};

const DAY_MILLIS: i64 = 24 * 3_600_000;

/// For when an order is, in a shop that takes orders for that time; nothing where it is for now.
pub(crate) fn time_of(
    shops: &ShopDirectory,
    life: &ShopLife,
    wanted_at: Option<&str>,
    now: Timestamp,
) -> Result<Option<LaterTime>, OrderingRefusal> {
    let wanted_at = match (wanted_at, &life.later) {
        (Some(text), _) => Some(wished_time(life, text, now)?),
        (None, Some(rule)) if rule.only => {
            return Err(wrong("a time, RFC 3339: this shop takes orders for later only".to_owned(), None));
        }
        (None, _) => None,
    };
    let opening = Opening::of(life, shops.pause(&life.key), wanted_at.unwrap_or(now));
    if opening.state != OpeningState::Open {
        let time_zone = life.time_zone.clone();
        return Err(OrderingRefusal::NotOpen(Box::new(NotOpen { opening, wanted_at, now, time_zone })));
    }
    let (Some(wanted_at), Some(rule)) = (wanted_at, &life.later) else { return Ok(None) };
    let due_at = rule.due_at(life, wanted_at);
    if rule.cut_off.is_some() {
        return Ok(Some(LaterTime { wanted_at, due_at }));
    }
    // Nobody is there to make it before the shop opens.
    let due_at = opening.since.map_or(due_at, |since| since.max(due_at)).max(now);
    Ok(Some(LaterTime { wanted_at, due_at }))
}

/// A time that the shop takes orders for.
fn wished_time(life: &ShopLife, text: &str, now: Timestamp) -> Result<Timestamp, OrderingRefusal> {
    let wrong = |expected: String| wrong(expected, Some(text));
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
    let taken_until = rule.due_at(life, wanted_at);
    if rule.cut_off.is_some() && taken_until <= now {
        let (until, zone) = (spoken_time(&life.time_zone, taken_until), &life.time_zone);
        return Err(wrong(format!("a later day: orders for this one were taken until {until} ({zone})")));
    }
    Ok(wanted_at)
}

fn wrong(expected: String, found: Option<&str>) -> OrderingRefusal {
    let (field, found) = ("wanted_at".to_owned(), found.map(str::to_owned));
    OrderingRefusal::Invalid(vec![WrongField { field, expected, found }])
}
