use std::collections::BTreeMap;

use catalog_contract::{Channel, Language, Milestone};
use schemars::JsonSchema;
use serde::Deserialize;

use super::TextForm;

/// What customers are told of their orders, and how; nothing where the section is left out.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct MessagesSection {
    /// The changes that are told.
    pub tell: Vec<Milestone>,
    /// The ways a message takes: the first, and the next where one fails.
    pub channels: Vec<Channel>,
    /// The language that customers read; `ko` when left out.
    #[serde(default)]
    pub language: Language,
    /// The shop's own words, by the change that they tell of; the words of the house when left out.
    #[serde(default)]
    pub texts: BTreeMap<String, TextForm>,
}
