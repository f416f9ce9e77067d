use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::Deserialize;

/// A text in the languages that customers read.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct TextForm {
    /// Korean.
    pub ko: String,
    /// English.
    pub en: String,
}

/// An amount of the shop's currency: a number where the currency has no smaller unit, otherwise a
/// text with all its digits.
#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
pub(crate) enum AmountForm {
    /// `4500`
    Whole(i64),
    /// `"4.50"`, `"4.50 EUR"`
    Written(String),
}

impl JsonSchema for AmountForm {
    fn schema_name() -> Cow<'static, str> {
        "Amount".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "description": "An amount of the shop's currency: a whole number where the currency has \
                no smaller unit (4500 won), otherwise a text with all its digits (\"4.50\"). \
                A text may name the currency: \"4.50 EUR\".",
            "type": ["integer", "string"],
            "x-expected": "an amount such as 4500 or \"4.50\"",
        })
    }
}

/// A length of time as people write it.
#[derive(Debug, Clone, Deserialize)]
#[serde(transparent)]
pub(crate) struct DurationForm(pub String);

impl JsonSchema for DurationForm {
    fn schema_name() -> Cow<'static, str> {
        "Duration".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "description": "A length of time: \"500ms\", \"1s\", \"15m\", \"4h\", \"1h 30m\".",
            "type": "string",
            "x-expected": "a length of time such as \"500ms\", \"1s\", \"15m\" or \"4h\"",
        })
    }
}
