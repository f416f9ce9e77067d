//! The words of a shop's own HTTP API: what it calls its collections, fields and states. Data, and
//! bounded: closed sets of rows, meanings, milestones and wishes; no expressions.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::Milestone;

/// The words of a shop; empty where it speaks the canonical API only.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(transparent)]
pub struct Vocabulary {
    /// Its collections, by name.
    pub collections: BTreeMap<String, Collection>,
}

/// A collection of rows, in the shop's words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Collection {
    /// What one row is called.
    pub singular: String,
    /// Other names that answer exactly as this one.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub aliases: Vec<String>,
    /// What its rows are made of.
    pub rows: RowKind,
    /// Whether a POST makes a row: places an order, receives stock.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub takes: bool,
    /// The milestone with which a row is there, where no word says so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub appears: Option<Milestone>,
    /// The fields of a row, by name.
    pub fields: BTreeMap<String, FieldWords>,
    /// Which word a row shows from which milestone on.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    #[schema(value_type = BTreeMap<String, String>)]
    pub shows: BTreeMap<Milestone, String>,
    /// What may be wished of a row.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub commands: Vec<CommandWords>,
    /// How rows are looked up, by the search's name.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub searches: BTreeMap<String, SearchWords>,
}

impl Collection {
    /// The milestone with which a row is there; messages are there one by one.
    #[must_use]
    pub fn appears_with(&self) -> Milestone {
        let shown = self.shows.keys().copied().find(|milestone| milestone.makes_appear());
        self.appears.or(shown).unwrap_or(Milestone::Placed)
    }

    /// The name of the field that means this.
    #[must_use]
    pub fn field_of(&self, meaning: FieldMeaning) -> Option<&str> {
        self.fields.iter().find(|(_, field)| field.is == meaning).map(|(name, _)| name.as_str())
    }
}

impl Milestone {
    /// Whether it makes a row appear: an end shows on rows that are there already.
    #[must_use]
    pub const fn makes_appear(self) -> bool {
        !matches!(self, Self::Cancelled | Self::Refunded | Self::DeliveryCancelled | Self::CancelDenied)
    }
}

/// What rows are made of.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema, JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum RowKind {
    /// One row per order, under the order's number.
    Orders,
    /// One row per message that a customer was told, never changed.
    Messages,
    /// One row per stock item.
    Stock,
    /// One row per item of the menu.
    Menu,
}

/// What a field means.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema, JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum FieldMeaning {
    /// The order's number.
    Number,
    /// Who ordered.
    Customer,
    /// The key of the menu's item.
    Item,
    /// The item's name: as the client says it, else the menu's.
    ItemName,
    /// How many.
    Quantity,
    /// What one costs.
    UnitPrice,
    /// What all cost.
    Total,
    /// A name to call out.
    Name,
    /// A phone number.
    Phone,
    /// Where to bring it.
    Address,
    /// The note to whoever makes it.
    Note,
    /// Kept with the order as the client says it, and nothing more.
    Kept,
    /// The provider's approval code.
    ApprovalCode,
    /// The word that the row shows.
    Word,
    /// The word that another collection showed at that milestone.
    WordOf,
    /// Every word so far, with its time.
    Changes,
    /// When the order was placed.
    PlacedAt,
    /// When its money was there.
    PaidAt,
    /// When the row's word last changed.
    ChangedAt,
    /// When the change was that a message tells of.
    ToldAt,
    /// What a message says.
    Text,
    /// The way that a message took.
    Channel,
    /// The name of a stock item.
    StockItem,
    /// How many can be had.
    Available,
    /// What an item of the menu costs.
    Price,
    /// Whether an item of the menu cannot be had.
    SoldOut,
}

impl FieldMeaning {
    /// Every meaning.
    pub const ALL: [Self; 26] = [
        Self::Number,
        Self::Customer,
        Self::Item,
        Self::ItemName,
        Self::Quantity,
        Self::UnitPrice,
        Self::Total,
        Self::Name,
        Self::Phone,
        Self::Address,
        Self::Note,
        Self::Kept,
        Self::ApprovalCode,
        Self::Word,
        Self::WordOf,
        Self::Changes,
        Self::PlacedAt,
        Self::PaidAt,
        Self::ChangedAt,
        Self::ToldAt,
        Self::Text,
        Self::Channel,
        Self::StockItem,
        Self::Available,
        Self::Price,
        Self::SoldOut,
    ];

    /// Whether rows of a kind can say it.
    #[must_use]
    pub const fn fits(self, rows: RowKind) -> bool {
        match rows {
            RowKind::Orders => !matches!(
                self,
                Self::WordOf
                    | Self::ToldAt
                    | Self::Text
                    | Self::Channel
                    | Self::StockItem
                    | Self::Available
                    | Self::Price
                    | Self::SoldOut
            ),
            RowKind::Messages => !matches!(
                self,
                Self::Changes
                    | Self::ChangedAt
                    | Self::StockItem
                    | Self::Available
                    | Self::Price
                    | Self::SoldOut
            ),
            RowKind::Stock => matches!(self, Self::StockItem | Self::Available),
            RowKind::Menu => matches!(self, Self::Item | Self::ItemName | Self::Price | Self::SoldOut),
        }
    }

    /// Whether a client says it when a row is made.
    #[must_use]
    pub const fn is_said(self, rows: RowKind) -> bool {
        match rows {
            RowKind::Orders => matches!(
                self,
                Self::Customer
                    | Self::Item
                    | Self::ItemName
                    | Self::Quantity
                    | Self::UnitPrice
                    | Self::Total
                    | Self::Name
                    | Self::Phone
                    | Self::Address
                    | Self::Note
                    | Self::Kept
                    | Self::Word
            ),
            RowKind::Stock => true,
            RowKind::Messages | RowKind::Menu => false,
        }
    }

    /// Whether it is a time.
    #[must_use]
    pub const fn is_time(self) -> bool {
        matches!(self, Self::PlacedAt | Self::PaidAt | Self::ChangedAt | Self::ToldAt)
    }

    /// Whether it is a number whatever the file says.
    #[must_use]
    pub const fn is_number(self) -> bool {
        matches!(
            self,
            Self::Number | Self::Quantity | Self::UnitPrice | Self::Total | Self::Available | Self::Price
        )
    }
}

/// A field of a row.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct FieldWords {
    /// What it means.
    pub is: FieldMeaning,
    /// How it is written.
    #[serde(rename = "type", default, skip_serializing_if = "FieldType::is_text")]
    pub kind: FieldType,
    /// Other names that are understood.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub aliases: Vec<String>,
    /// Whether a row is made only with it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub required: bool,
    /// How a time is written.
    #[serde(default, skip_serializing_if = "DateFormat::is_iso")]
    pub format: DateFormat,
    /// Of `word-of`: the other collection.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub of: Option<String>,
    /// Of `channel`: what it is called here, by the channel's own name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub called: Option<String>,
}

/// How a field is written.
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
pub enum FieldType {
    /// As a text.
    #[default]
    Text,
    /// As a number.
    Number,
}

impl FieldType {
    const fn is_text(&self) -> bool {
        matches!(self, Self::Text)
    }
}

/// How a time is written.
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
pub enum DateFormat {
    /// `2026-11-28T09:00:00.000+00:00`
    #[default]
    Iso,
    /// `2026-11-28 18:00:00`, by the shop's clock
    Spaced,
    /// `20261128180000`, by the shop's clock
    Compact,
    /// Milliseconds since 1970.
    Millis,
}

impl DateFormat {
    const fn is_iso(&self) -> bool {
        matches!(self, Self::Iso)
    }
}

/// A command: how it is said, what it wishes, who says it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CommandWords {
    /// How it is said.
    #[serde(flatten)]
    pub said: CommandForm,
    /// What it wishes.
    pub does: Wish,
    /// Who says it, where the client does not say who acts.
    pub by: Doer,
}

/// How a command is said.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum CommandForm {
    /// The row's word is changed to this one, by PATCH or PUT.
    Word(String),
    /// PUT to this name below the row.
    Put(String),
    /// DELETE of the row.
    Delete(bool),
}

/// What a command wishes of an order.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema, JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum Wish {
    /// It is not to be made.
    Cancel,
    /// The customer pays.
    ApprovePayment,
    /// The shop takes it on.
    Accept,
    /// Making begins.
    Start,
    /// It is made.
    Finish,
    /// The customer gets it.
    HandOver,
    /// It sets out.
    StartDelivery,
    /// It is there.
    CompleteDelivery,
}

impl Wish {
    /// Every wish.
    pub const ALL: [Self; 8] = [
        Self::Cancel,
        Self::ApprovePayment,
        Self::Accept,
        Self::Start,
        Self::Finish,
        Self::HandOver,
        Self::StartDelivery,
        Self::CompleteDelivery,
    ];

    /// The milestone that an order comes to by it.
    #[must_use]
    pub const fn milestone(self) -> Milestone {
        match self {
            Self::Cancel => Milestone::Cancelled,
            Self::ApprovePayment => Milestone::Paid,
            Self::Accept => Milestone::Accepted,
            Self::Start => Milestone::Started,
            Self::Finish => Milestone::Prepared,
            Self::HandOver => Milestone::Completed,
            Self::StartDelivery => Milestone::DeliveryStarted,
            Self::CompleteDelivery => Milestone::Delivered,
        }
    }
}

/// In which part somebody says a command.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema, JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum Doer {
    /// The customer whose order it is.
    Customer,
    /// Somebody who works in the shop.
    Staff,
    /// Whoever brings it.
    Courier,
}

/// How rows are looked up.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SearchWords {
    /// The field that is compared.
    pub field: String,
    /// What the parameter is called; as the field, where nobody says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parameter: Option<String>,
}

impl SearchWords {
    /// What the parameter is called.
    #[must_use]
    pub fn parameter(&self) -> &str {
        self.parameter.as_deref().unwrap_or(&self.field)
    }
}
