use std::collections::BTreeMap;

use catalog_contract::{DateFormat, Doer, FieldMeaning, FieldType, Milestone, RowKind, Wish};
use schemars::JsonSchema;
use serde::Deserialize;

/// A collection of the shop's own API, in its words.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CollectionForm {
    /// What one row is called.
    pub singular: String,
    /// Other names that answer exactly as this one.
    #[serde(default)]
    pub aliases: Vec<String>,
    /// What its rows are made of.
    pub rows: RowKind,
    /// Whether a POST makes a row.
    #[serde(default)]
    pub takes: bool,
    /// The change with which a row is there, where no word says so.
    pub appears: Option<Milestone>,
    /// The fields of a row, by name.
    pub fields: BTreeMap<String, FieldForm>,
    /// Which word a row shows, by the change from which on it does.
    #[serde(default)]
    pub shows: BTreeMap<String, String>,
    /// What may be wished of a row.
    #[serde(default)]
    pub commands: Vec<CommandForm>,
    /// How rows are looked up, by the search's name.
    #[serde(default)]
    pub searches: BTreeMap<String, SearchForm>,
}

/// A field of a row.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct FieldForm {
    /// What it means.
    pub is: FieldMeaning,
    /// How it is written; as a text when left out.
    #[serde(rename = "type")]
    pub kind: Option<FieldType>,
    /// Other names that are understood.
    #[serde(default)]
    pub aliases: Vec<String>,
    /// Whether a row is made only with it.
    #[serde(default)]
    pub required: bool,
    /// How a time is written; `iso` when left out.
    pub format: Option<DateFormat>,
    /// With `word-of`: the other collection.
    pub of: Option<String>,
    /// With `channel`: what the way is called here.
    pub called: Option<String>,
}

/// A command: said as a `word`, as a `put` to a name below the row, or as a `delete` of the row.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CommandForm {
    /// The row's word is changed to this one.
    pub word: Option<String>,
    /// PUT to this name below the row.
    pub put: Option<String>,
    /// DELETE of the row.
    pub delete: Option<bool>,
    /// What it wishes.
    pub does: Wish,
    /// Who says it, where the client does not say who acts.
    pub by: Doer,
}

/// How rows are looked up.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SearchForm {
    /// The field that is compared.
    pub field: String,
    /// What the parameter is called; as the field when left out.
    pub parameter: Option<String>,
}
