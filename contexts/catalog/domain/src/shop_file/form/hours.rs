use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;

/// How a day's ranges are written.
const RANGES: &str = "a list of ranges such as [\"09:00-18:00\"]";

/// When the shop is open, in its time zone: ranges such as `"09:00-18:00"`, over midnight where one ends
/// before it begins. A weekday that is left out is a day off.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct HoursSection {
    /// The ranges that begin on Mondays.
    #[schemars(extend("x-expected" = RANGES))]
    pub monday: Option<Vec<String>>,
    /// The ranges that begin on Tuesdays.
    #[schemars(extend("x-expected" = RANGES))]
    pub tuesday: Option<Vec<String>>,
    /// The ranges that begin on Wednesdays.
    #[schemars(extend("x-expected" = RANGES))]
    pub wednesday: Option<Vec<String>>,
    /// The ranges that begin on Thursdays.
    #[schemars(extend("x-expected" = RANGES))]
    pub thursday: Option<Vec<String>>,
    /// The ranges that begin on Fridays.
    #[schemars(extend("x-expected" = RANGES))]
    pub friday: Option<Vec<String>>,
    /// The ranges that begin on Saturdays.
    #[schemars(extend("x-expected" = RANGES))]
    pub saturday: Option<Vec<String>>,
    /// The ranges that begin on Sundays.
    #[schemars(extend("x-expected" = RANGES))]
    pub sunday: Option<Vec<String>>,
    /// Days on which it is otherwise, by date: `"2026-12-25" = []` is a day off.
    #[serde(default)]
    pub dates: BTreeMap<String, Vec<String>>,
}
