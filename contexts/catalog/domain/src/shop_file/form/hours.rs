use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;

/// When the shop is open, in its time zone: ranges such as `"09:00-18:00"`, over midnight where one ends
/// before it begins. A weekday that is left out is a day off.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct HoursSection {
    /// The ranges that begin on Mondays.
    pub monday: Option<Vec<String>>,
    /// The ranges that begin on Tuesdays.
    pub tuesday: Option<Vec<String>>,
    /// The ranges that begin on Wednesdays.
    pub wednesday: Option<Vec<String>>,
    /// The ranges that begin on Thursdays.
    pub thursday: Option<Vec<String>>,
    /// The ranges that begin on Fridays.
    pub friday: Option<Vec<String>>,
    /// The ranges that begin on Saturdays.
    pub saturday: Option<Vec<String>>,
    /// The ranges that begin on Sundays.
    pub sunday: Option<Vec<String>>,
    /// Days on which it is otherwise, by date: `"2026-12-25" = []` is a day off.
    #[serde(default)]
    pub dates: BTreeMap<String, Vec<String>>,
}
