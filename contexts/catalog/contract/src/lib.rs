//! What the catalog promises: shops as defined, their menus, and the events that tell of both.
//!
//! A shop's *life* ([`ShopLife`]) is versioned by its content hash ([`LifeHash`]): an order is
//! pinned to the life it began with. The menu is not pinned; it changes by events of its own.
//! Every context keeps the shops it has heard of in a [`ShopDirectory`], folded from these events.
//! What a line costs and uses is [`price_line`], what stock closes of an item [`StockClosing`].
//!
//! To add a rule to the life of an order: a field in `life.rs` with its default, the check and the
//! spelling in `catalog-domain`, a line in `docs/shop-files.md`.

mod closing;
mod days;
mod directory;
mod events;
mod hours;
mod life;
mod menu;
mod messages;
mod opening;
mod pricing;
mod views;
mod vocabulary;

pub use closing::{ClosedChoice, StockClosing};
pub use directory::{ShopDirectory, UnknownLife};
pub use events::{
    CatalogEvent, MenuItemDefinedV1, MenuItemRemovedV1, MenuItemSoldOutSetV1, MenuItemStockSetV1,
    ShopDefinedV1, ShopPausedV1, ShopReopenedV1, ShopWordsSetV1,
};
pub use hours::{CutOff, DayTime, OpenSpan, OpeningHours, TimeRange, Weekday, spoken_time};
pub use life::{
    Accept, BreakerRule, CancelRule, Completes, DeliveryRule, DeliveryStarts, DepositRule, Handover,
    LaterRule, LifeHash, PaymentRule, PaymentTime, Prepare, PrepareRule, PromiseRule, ReceiptRule, ShopLife,
    Stage, StageBounds, StockMode, StockRule, TableRule, Text, WhenUnavailable,
};
pub use menu::{MenuItem, MenuOption, OptionChoice, StockUse};
pub use messages::{Channel, Language, MessageRule, Milestone, PLACEHOLDERS, TextPiece, text_pieces};
pub use opening::{Opening, OpeningDay, OpeningState, OpeningView, Pause, PauseKind};
pub use pricing::{LINE_QUANTITY_MAX, PricedLine, PricedOption, PricingError, price_line};
pub use views::{MenuView, ShopView, menu_item_id, shop_id};
pub use vocabulary::{
    Collection, CommandForm, CommandWords, DateFormat, Doer, FieldMeaning, FieldType, FieldWords, RowKind,
    SearchWords, Vocabulary, Wish,
};

/// The role's name.
pub const ROLE: &str = "catalog";
