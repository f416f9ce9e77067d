use schemars::JsonSchema;
use serde::Deserialize;

use super::DurationForm;

/// How orders may be placed for a later time.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct LaterSection {
    /// How many days ahead at most, 1 to 90; 7 when left out.
    #[schemars(range(min = 1, max = 90))]
    pub days_ahead_max: Option<u32>,
    /// How soon at the earliest, 1s to 168h; `30m` when left out.
    pub notice: Option<DurationForm>,
    /// How long before its time an order goes to whoever makes it, 1s to 168h and no longer than
    /// `notice`; as long as `notice` when left out.
    pub lead: Option<DurationForm>,
    /// Until when on the day before orders are taken, such as `18:00`: all of them go to whoever makes them
    /// then. Instead of `notice` and `lead`.
    #[schemars(extend("x-expected" = "a time of the day such as \"18:00\""))]
    pub order_by: Option<String>,
    /// How many of the days on which the shop opens `order_by` lies before the one that the order is
    /// wanted on, 0 (the same day) to 7; 1 when left out.
    #[schemars(range(min = 0, max = 7))]
    pub days_before: Option<u32>,
    /// Whether every order is for later; `false` when left out.
    pub only: Option<bool>,
}
