//! The sections of a shop file as they are written: the one truth of its keys and words.
//!
//! What a field is called, which words it knows and whether it may be left out is read from these
//! structs, by the checker and by the published JSON schema alike.

mod delivery;
mod hours;
mod later;
mod life;
mod menu;
mod messages;
mod payment;
mod promise;
mod shop;
mod stock;
mod values;
mod vocabulary;

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;

pub(crate) use delivery::{AddressForm, CourierForm, DeliverySection, ReturnedForm};
pub(crate) use hours::HoursSection;
pub(crate) use later::LaterSection;
pub(crate) use life::{BoundsSection, CancelSection, CompletesForm, CompletesWhen, Finishes, LifeSection};
pub(crate) use menu::{ChoiceForm, ItemForm, OptionForm};
pub(crate) use messages::{MessageTextForm, MessagesSection};
pub(crate) use payment::{BreakerForm, PaymentSection, PaymentSource};
pub(crate) use promise::PromiseSection;
pub(crate) use shop::{ShopSection, TaxSection};
pub(crate) use stock::StockSection;
pub(crate) use values::{AmountForm, DurationForm, TextForm};
pub(crate) use vocabulary::{CollectionForm, CommandForm, FieldForm, SearchForm};

/// What the life of an order is in one shop, and what the shop sells.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(title = "Jumun shop file")]
pub(crate) struct ShopForm {
    /// Who the shop is.
    pub shop: ShopSection,
    /// The taxes that prices include; receipts say none when left out.
    pub tax: Option<TaxSection>,
    /// When and how money moves.
    pub payment: PaymentSection,
    /// Whether and how stock is held.
    pub stock: StockSection,
    /// Who does what, and when an order is complete.
    pub life: LifeSection,
    /// How orders are brought, where a courier brings them.
    pub delivery: Option<DeliverySection>,
    /// Who may cancel until when.
    pub cancel: CancelSection,
    /// How long an order may wait before somebody should look.
    #[serde(default)]
    pub bounds: BoundsSection,
    /// When the shop is open; always when left out.
    pub hours: Option<HoursSection>,
    /// How orders may be placed for a later time; not at all when left out.
    pub later: Option<LaterSection>,
    /// What is promised of the time that an order takes; nothing when left out.
    pub promise: Option<PromiseSection>,
    /// What customers are told; nothing when left out.
    pub messages: Option<MessagesSection>,
    /// The groups that the menu is shown in, by key.
    #[serde(default)]
    pub categories: BTreeMap<String, TextForm>,
    /// The questions that may be asked with an item, by key; items name the ones they ask.
    #[serde(default)]
    pub options: BTreeMap<String, OptionForm>,
    /// The words of the shop's own API, by collection; it speaks the canonical API only when left out.
    #[serde(default)]
    pub vocabulary: BTreeMap<String, CollectionForm>,
    /// What the shop sells, in the order in which it is shown.
    pub menu: Vec<ItemForm>,
}
