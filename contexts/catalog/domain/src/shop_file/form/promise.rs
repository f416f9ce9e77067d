use schemars::JsonSchema;
use serde::Deserialize;

use super::DurationForm;

/// How long an order takes by the shop's own word: promised as long as too little was measured.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct PromiseSection {
    /// To make it, while nothing else is to be made, 1s to 168h.
    pub prepare: DurationForm,
    /// To bring it, 1s to 720h; needed where a courier brings it, refused otherwise.
    pub deliver: Option<DurationForm>,
    /// How many orders are made at the same time, 1 to 1000; 1 when left out.
    #[schemars(range(min = 1, max = 1000))]
    pub at_once: Option<u32>,
}
