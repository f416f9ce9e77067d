use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::Text;

/// What customers are told of their orders, and how.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct MessageRule {
    /// The changes that are told.
    pub tell: Vec<Milestone>,
    /// The ways a message takes: the first, and the next where one fails. Never empty.
    pub channels: Vec<Channel>,
    /// The language that customers read.
    pub language: Language,
    /// The shop's own words, per change; the others are told in the words of the house.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    #[schema(value_type = BTreeMap<String, Text>)]
    pub texts: BTreeMap<Milestone, Text>,
    /// The codes of the templates that KakaoTalk has approved these words under, per change.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    #[schema(value_type = BTreeMap<String, String>)]
    pub templates: BTreeMap<Milestone, String>,
    /// The subjects of mails, per change; the others have that of the house.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    #[schema(value_type = BTreeMap<String, Text>)]
    pub subjects: BTreeMap<Milestone, Text>,
    /// How long a channel that somebody sets up and that does not answer is waited for before the next one
    /// is tried; three attempts where it is left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next_after_millis: Option<i64>,
}

/// A change of an order that a customer may be told: one closed set for every shop.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema, JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum Milestone {
    /// The order was taken.
    Placed,
    /// The money is there.
    Paid,
    /// It stands, for later.
    Scheduled,
    /// It is valid.
    Confirmed,
    /// It is taken on.
    Accepted,
    /// Making has begun.
    Started,
    /// It is made.
    Prepared,
    /// It is on its way.
    DeliveryStarted,
    /// It was on its way, and turns round: the order was cancelled.
    DeliveryCancelled,
    /// The customer has it.
    Delivered,
    /// It is done.
    Completed,
    /// It was too late to cancel.
    CancelDenied,
    /// It will not be made.
    Cancelled,
    /// The money is back.
    Refunded,
}

impl Milestone {
    /// Every milestone, in the order in which they come.
    pub const ALL: [Self; 14] = [
        Self::Placed,
        Self::Paid,
        Self::Scheduled,
        Self::Confirmed,
        Self::Accepted,
        Self::Started,
        Self::Prepared,
        Self::DeliveryStarted,
        Self::DeliveryCancelled,
        Self::Delivered,
        Self::Completed,
        Self::CancelDenied,
        Self::Cancelled,
        Self::Refunded,
    ];

    /// The word as it is written.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Placed => "placed",
            Self::Paid => "paid",
            Self::Scheduled => "scheduled",
            Self::Confirmed => "confirmed",
            Self::Accepted => "accepted",
            Self::Started => "started",
            Self::Prepared => "prepared",
            Self::DeliveryStarted => "delivery-started",
            Self::DeliveryCancelled => "delivery-cancelled",
            Self::Delivered => "delivered",
            Self::Completed => "completed",
            Self::CancelDenied => "cancel-denied",
            Self::Cancelled => "cancelled",
            Self::Refunded => "refunded",
        }
    }

    /// The milestone of a word.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|milestone| milestone.as_str() == word)
    }
}

/// A way that a message takes to its customer.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema, JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum Channel {
    /// A line in the program's log that says that there is a message, never what it says.
    Log,
    /// A line of JSON in the file of messages in the data folder.
    File,
    /// A signed call to every webhook that the shop has registered.
    Webhook,
    /// A KakaoTalk message (AlimTalk) to the customer's phone number, through a relay.
    Kakao,
    /// A text message to the customer's phone number, through a relay.
    Sms,
    /// A mail to the customer's address.
    Mail,
}

impl Channel {
    /// Every channel.
    pub const ALL: [Self; 6] = [Self::Log, Self::File, Self::Webhook, Self::Kakao, Self::Sms, Self::Mail];

    /// Whether whoever runs the program sets it up, with an address and a key of somebody else's.
    #[must_use]
    pub const fn is_set_up(self) -> bool {
        matches!(self, Self::Kakao | Self::Sms | Self::Mail)
    }

    /// The word as it is written.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Log => "log",
            Self::File => "file",
            Self::Webhook => "webhook",
            Self::Kakao => "kakao",
            Self::Sms => "sms",
            Self::Mail => "mail",
        }
    }
}

/// A language that customers read.
#[derive(
    Debug,
    Clone,
    Copy,
    Default,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Serialize,
    Deserialize,
    ToSchema,
    JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum Language {
    /// Korean.
    #[default]
    Ko,
    /// English.
    En,
}

impl Language {
    /// The word as it is written.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Ko => "ko",
            Self::En => "en",
        }
    }

    /// The text in this language.
    #[must_use]
    pub fn of(self, text: &Text) -> &str {
        match self {
            Self::Ko => &text.ko,
            Self::En => &text.en,
        }
    }
}

/// What a text of a message may hold between braces, as in `{number}`.
pub const PLACEHOLDERS: [&str; 13] = [
    "shop",
    "number",
    "call_number",
    "items",
    "total",
    "amount",
    "reason",
    "name",
    "phone",
    "address",
    "wanted_at",
    "table",
    "promised",
];

/// A piece of a message's text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TextPiece<'a> {
    /// Written as it is.
    Words(&'a str),
    /// What stands between two braces.
    Placeholder(&'a str),
}

/// Cuts a text into words and placeholders; `None` where a brace is left open or closes nothing.
#[must_use]
pub fn text_pieces(text: &str) -> Option<Vec<TextPiece<'_>>> {
    let mut pieces = Vec::new();
    let mut rest = text;
    while let Some(open) = rest.find(['{', '}']) {
        let (words, behind) = rest.split_at(open);
        let (name, after) = behind.strip_prefix('{')?.split_once('}')?;
        if name.contains('{') {
            return None;
        }
        if !words.is_empty() {
            pieces.push(TextPiece::Words(words));
        }
        pieces.push(TextPiece::Placeholder(name));
        rest = after;
    }
    if !rest.is_empty() {
        pieces.push(TextPiece::Words(rest));
    }
    Some(pieces)
}
