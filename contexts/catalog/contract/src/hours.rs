use std::collections::BTreeMap;
use std::fmt;

use jiff::ToSpan;
use jiff::civil::Date;
use jiff::tz::{TimeZone, TimeZoneDatabase};
use kernel::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// When a shop is open, in its own time zone. A weekday that is not named is a day off.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct OpeningHours {
    /// The ranges of each weekday, in order, none over another.
    #[schema(value_type = BTreeMap<String, Vec<String>>)]
    pub week: BTreeMap<Weekday, Vec<TimeRange>>,
    /// Days on which it is otherwise, such as `2026-12-25`.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    #[schema(value_type = BTreeMap<String, Vec<String>>)]
    pub dates: BTreeMap<String, Vec<TimeRange>>,
}

/// A day of the week.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema, JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum Weekday {
    /// The first.
    Monday,
    /// The second.
    Tuesday,
    /// The third.
    Wednesday,
    /// The fourth.
    Thursday,
    /// The fifth.
    Friday,
    /// The sixth.
    Saturday,
    /// The last.
    Sunday,
}

impl Weekday {
    /// Every weekday, Monday first.
    pub const ALL: [Self; 7] = [
        Self::Monday,
        Self::Tuesday,
        Self::Wednesday,
        Self::Thursday,
        Self::Friday,
        Self::Saturday,
        Self::Sunday,
    ];

    /// The word as it is written.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Monday => "monday",
            Self::Tuesday => "tuesday",
            Self::Wednesday => "wednesday",
            Self::Thursday => "thursday",
            Self::Friday => "friday",
            Self::Saturday => "saturday",
            Self::Sunday => "sunday",
        }
    }

    /// The weekday of a date.
    #[must_use]
    pub fn of(date: Date) -> Self {
        let days = date.weekday().to_monday_zero_offset().unsigned_abs();
        Self::ALL[usize::from(days) % 7]
    }
}

const DAY_MINUTES: u16 = 24 * 60;

/// From when until when, as in `09:00-18:00`; over midnight where it ends before it begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct TimeRange {
    from_minute: u16,
    /// Beyond a day's end where it goes over midnight.
    until_minute: u16,
}

impl TimeRange {
    /// A whole day.
    pub const WHOLE_DAY: Self = Self { from_minute: 0, until_minute: DAY_MINUTES };

    /// Reads `09:00-18:00`; `None` where it is anything else. A range that ends where it begins is none:
    /// a whole day is `00:00-24:00`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (from, until) = text.split_once('-')?;
        let (from, until) = (minute(from)?, minute(until)?);
        if from == DAY_MINUTES || from == until {
            return None;
        }
        let until = if until < from { until + DAY_MINUTES } else { until };
        Some(Self { from_minute: from, until_minute: until })
    }

    /// Whether another range of the same day begins before this one has ended.
    #[must_use]
    pub const fn runs_into(self, later: Self) -> bool {
        later.from_minute < self.until_minute
    }

    fn on(self, date: Date, zone: &TimeZone) -> Option<OpenSpan> {
        let (from, until) = (self.from_minute, self.until_minute);
        Some(OpenSpan { from: moment(date, from, zone)?, until: moment(date, until, zone)? })
    }
}

/// So many minutes after a date began.
fn moment(date: Date, minute: u16, zone: &TimeZone) -> Option<Timestamp> {
    let date = date.checked_add(i64::from(minute / DAY_MINUTES).days()).ok()?;
    let minute = minute % DAY_MINUTES;
    let (hour, minute) = (i8::try_from(minute / 60).ok()?, i8::try_from(minute % 60).ok()?);
    let at = date.at(hour, minute, 0, 0).to_zoned(zone.clone()).ok()?;
    Some(Timestamp::from_millis(at.timestamp().as_millisecond()))
}

/// A time of the day, as in `18:00`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct DayTime {
    minute: u16,
}

impl DayTime {
    /// Reads `18:00`; `24:00` is the end of the day.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        minute(text).map(|minute| Self { minute })
    }
}

impl fmt::Display for DayTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02}:{:02}", self.minute / 60, self.minute % 60)
    }
}

impl TryFrom<String> for DayTime {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        Self::parse(&text).ok_or_else(|| format!("`{text}` is no time of the day such as 18:00"))
    }
}

impl From<DayTime> for String {
    fn from(time: DayTime) -> Self {
        time.to_string()
    }
}

/// Until when the orders of a day are taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CutOff {
    /// The time of the day, such as `18:00`.
    #[schema(value_type = String)]
    pub time: DayTime,
    /// Of which day: so many days before the one that the order is wanted on. Days on which the shop does
    /// not open do not count.
    pub days_before: u32,
}

impl CutOff {
    /// Until when an order is taken that is wanted at a time; that time itself where it comes first.
    #[must_use]
    pub fn of(self, hours: Option<&OpeningHours>, time_zone: &str, wanted_at: Timestamp) -> Timestamp {
        let zone = zone_of(time_zone);
        let mut date = local_date(&zone, wanted_at);
        let opens_on = |date: Date| hours.is_none_or(|hours| !hours.on(date).is_empty());
        for _ in 0..self.days_before {
            let earlier = (1..AHEAD_DAYS_MAX).map_while(|days| date.checked_sub(days.days()).ok());
            date = earlier.into_iter().find(|date| opens_on(*date)).unwrap_or(date);
        }
        moment(date, self.time.minute, &zone).map_or(wanted_at, |until| until.min(wanted_at))
    }
}

/// Two digits, a colon, two digits; `24:00` ends a day.
fn minute(text: &str) -> Option<u16> {
    let (hour, minute) = text.trim().split_once(':')?;
    let two_digits = |part: &str| {
        let fits = part.len() == 2 && part.bytes().all(|byte| byte.is_ascii_digit());
        fits.then(|| part.parse::<u16>().ok()).flatten()
    };
    let (hour, minute) = (two_digits(hour)?, two_digits(minute)?);
    let whole = hour * 60 + minute;
    (minute < 60 && whole <= DAY_MINUTES).then_some(whole)
}

impl fmt::Display for TimeRange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let until =
            if self.until_minute > DAY_MINUTES { self.until_minute % DAY_MINUTES } else { self.until_minute };
        let (from, until) = ((self.from_minute / 60, self.from_minute % 60), (until / 60, until % 60));
        write!(f, "{:02}:{:02}-{:02}:{:02}", from.0, from.1, until.0, until.1)
    }
}

impl TryFrom<String> for TimeRange {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        Self::parse(&text).ok_or_else(|| format!("`{text}` is no range of time such as 09:00-18:00"))
    }
}

impl From<TimeRange> for String {
    fn from(range: TimeRange) -> Self {
        range.to_string()
    }
}

/// A time without a break in which a shop is open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OpenSpan {
    /// From then on.
    pub from: Timestamp,
    /// Until then.
    pub until: Timestamp,
}

/// How far ahead an opening is looked for: a year and a day off.
const AHEAD_DAYS_MAX: i64 = 367;
/// Whoever is open for longer than that without a break does not close.
const OPEN_MILLIS_MAX: i64 = 8 * 24 * 3_600_000;

impl OpeningHours {
    /// The ranges that begin on a date.
    #[must_use]
    pub fn on(&self, date: Date) -> &[TimeRange] {
        let other = self.dates.get(&date.to_string());
        other.or_else(|| self.week.get(&Weekday::of(date))).map_or(&[], Vec::as_slice)
    }

    /// The span that is open at a moment, or else the next one; `None` where there is none for a year.
    #[must_use]
    pub fn open_span(&self, time_zone: &str, at: Timestamp) -> Option<OpenSpan> {
        let zone = zone_of(time_zone);
        let today = local_date(&zone, at);
        let mut open: Option<OpenSpan> = None;
        for days in -1..AHEAD_DAYS_MAX {
            let date = today.checked_add(days.days()).ok()?;
            for span in self.on(date).iter().filter_map(|range| range.on(date, &zone)) {
                match &mut open {
                    Some(open) if span.from <= open.until => open.until = open.until.max(span.until),
                    Some(found) if found.until > at => return open,
                    _ => open = Some(span),
                }
            }
            if open.is_some_and(|open| open.until.millis_since(at) > OPEN_MILLIS_MAX) {
                break;
            }
        }
        open.filter(|open| open.until > at)
    }
}

impl OpenSpan {
    /// When it ends; `None` where that is too far off to be an end.
    #[must_use]
    pub const fn ends(self, at: Timestamp) -> Option<Timestamp> {
        if self.until.millis_since(at) > OPEN_MILLIS_MAX { None } else { Some(self.until) }
    }
}

/// A time zone by its name; UTC where nobody knows it.
fn zone_of(name: &str) -> TimeZone {
    // The zones in the program itself: the same on every machine, and no file is read.
    TimeZoneDatabase::bundled().get(name).unwrap_or(TimeZone::UTC)
}

fn local_date(zone: &TimeZone, at: Timestamp) -> Date {
    let at = jiff::Timestamp::from_millisecond(at.millis()).unwrap_or_default();
    at.to_zoned(zone.clone()).date()
}

/// The date of a moment in a time zone.
#[must_use]
pub(crate) fn date_in(time_zone: &str, at: Timestamp) -> Date {
    local_date(&zone_of(time_zone), at)
}

/// A moment as people of a time zone write it: `2026-11-29 09:00`.
#[must_use]
pub fn spoken_time(time_zone: &str, at: Timestamp) -> String {
    let at = jiff::Timestamp::from_millisecond(at.millis()).unwrap_or_default();
    let local = at.to_zoned(zone_of(time_zone)).datetime();
    let (date, time) = (local.date(), local.time());
    format!("{date} {:02}:{:02}", time.hour(), time.minute())
}
