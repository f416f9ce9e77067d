use kernel::{ShopKey, Timestamp};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::hours::date_in;
use crate::{OpenSpan, ShopLife, ShopView, TimeRange, Weekday};

/// Staff have stopped new orders for a while.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Pause {
    /// What it stops.
    pub kind: PauseKind,
    /// When it ends by itself; without, when staff end it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Timestamp>,
}

/// What a pause stops.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum PauseKind {
    /// Nobody is there.
    Closed,
    /// Too much is going on.
    Busy,
}

impl Pause {
    /// Whether it holds at a moment; whether it has been ended early is not asked.
    #[must_use]
    pub fn holds(&self, at: Timestamp) -> bool {
        self.until.is_none_or(|until| at < until)
    }
}

/// Whether a shop takes orders.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum OpeningState {
    /// It does.
    Open,
    /// It does not just now, for too much is going on.
    Busy,
    /// It does not: these are not its hours, or staff closed it.
    Closed,
}

/// Whether a shop takes orders at a moment, and until when that stays so.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Opening {
    /// Whether it does.
    pub state: OpeningState,
    /// Until when, as far as anybody knows: the end of the pause or of the hours, the next opening.
    pub until: Option<Timestamp>,
    /// Since when it is open without a break, by its hours alone.
    pub since: Option<Timestamp>,
}

impl Opening {
    /// Of a shop with this life and this pause, at a moment.
    #[must_use]
    pub fn of(life: &ShopLife, pause: Option<&Pause>, at: Timestamp) -> Self {
        Self::by(life.hours.as_ref().map(|hours| (hours, life.time_zone.as_str())), pause, at)
    }

    fn by(hours: Option<(&crate::OpeningHours, &str)>, pause: Option<&Pause>, at: Timestamp) -> Self {
        let span = |at| match hours {
            Some((hours, time_zone)) => hours.open_span(time_zone, at),
            None => Some(OpenSpan {
                from: Timestamp::from_millis(i64::MIN),
                until: Timestamp::from_millis(i64::MAX),
            }),
        };
        let pause = pause.filter(|pause| pause.holds(at));
        let now = span(at).filter(|span| span.from <= at);
        let since = now.map(|span| span.from);
        let busy = pause.is_some_and(|pause| pause.kind == PauseKind::Busy);
        match (now, pause) {
            (Some(span), None) => Self { state: OpeningState::Open, until: span.ends(at), since },
            (Some(_), Some(pause)) if busy => Self { state: OpeningState::Busy, until: pause.until, since },
            (_, pause) => {
                // Where staff have to open it by hand nobody knows when.
                let from = pause.map_or(Some(at), |pause| pause.until);
                let opens = from.and_then(|from| span(from).map(|span| span.from.max(from)));
                Self { state: OpeningState::Closed, until: opens, since: None }
            }
        }
    }
}

/// Whether a shop takes orders now, and its hours.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct OpeningView {
    /// The shop.
    pub shop: ShopKey,
    /// Whether it takes orders.
    pub state: OpeningState,
    /// Until when it stays so, milliseconds since 1970; missing where nobody knows, or where it never
    /// closes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Timestamp>,
    /// When it takes orders again, where it does not now and that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub opens_at: Option<Timestamp>,
    /// What staff have stopped, and until when.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pause: Option<Pause>,
    /// The time zone of the hours.
    pub time_zone: String,
    /// The hours of the next seven days, today first.
    pub week: Vec<OpeningDay>,
}

/// The hours of one day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct OpeningDay {
    /// The date.
    #[schema(value_type = String)]
    pub date: String,
    /// Its weekday.
    pub weekday: Weekday,
    /// The ranges that begin on it, such as `09:00-18:00`; over midnight where one ends before it begins.
    #[schema(value_type = Vec<String>)]
    pub open: Vec<TimeRange>,
}

impl OpeningView {
    /// Of a shop at a moment.
    #[must_use]
    pub fn of(shop: &ShopView, at: Timestamp) -> Self {
        let hours = shop.hours.as_ref().map(|hours| (hours, shop.time_zone.as_str()));
        let pause = shop.pause.filter(|pause| pause.holds(at));
        let opening = Opening::by(hours, pause.as_ref(), at);
        // A shop that is busy until it closes takes orders when it opens again.
        let opens_at = match opening.state {
            OpeningState::Open => None,
            OpeningState::Closed => opening.until,
            OpeningState::Busy => opening.until.and_then(|until| match Opening::by(hours, None, until) {
                Opening { state: OpeningState::Open, .. } => Some(until),
                closed => closed.until,
            }),
        };
        let today = date_in(&shop.time_zone, at);
        let week = today.series(jiff::Span::new().days(1)).take(7).map(|date| OpeningDay {
            date: date.to_string(),
            weekday: Weekday::of(date),
            open: hours.map_or_else(|| vec![TimeRange::WHOLE_DAY], |(hours, _)| hours.on(date).to_vec()),
        });
        Self {
            shop: shop.key.clone(),
            state: opening.state,
            until: opening.until,
            opens_at,
            pause,
            time_zone: shop.time_zone.clone(),
            week: week.collect(),
        }
    }
}
