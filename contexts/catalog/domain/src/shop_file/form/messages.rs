use std::collections::BTreeMap;

use catalog_contract::{Channel, Language, Milestone};
use schemars::JsonSchema;
use serde::Deserialize;

use super::{DurationForm, TextForm};

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
    pub texts: BTreeMap<String, MessageTextForm>,
    /// How long `kakao`, `sms` or `mail` that does not answer is waited for before the next way is tried;
    /// three attempts when left out.
    pub next_after: Option<DurationForm>,
}

/// What a message says of one change.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct MessageTextForm {
    /// In Korean.
    pub ko: String,
    /// In English.
    pub en: String,
    /// The code of the template that KakaoTalk has approved these words under; needed with `kakao`.
    pub template: Option<String>,
    /// The subject where it is a mail; that of the house when left out.
    pub subject: Option<TextForm>,
}
