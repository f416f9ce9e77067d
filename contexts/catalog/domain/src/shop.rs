use std::collections::BTreeMap;
use std::fmt;

use catalog_contract::{
    CatalogEvent, LifeHash, MenuItem, MenuItemDefinedV1, MenuItemRemovedV1, MenuItemSoldOutSetV1,
    MenuItemStockSetV1, Pause, PauseKind, ShopDefinedV1, ShopLife, ShopPausedV1, ShopReopenedV1,
    ShopWordsSetV1, StockClosing, StockMode, Vocabulary,
};
use kernel::{Aggregate, Currency, Timestamp};
use serde::{Deserialize, Serialize};

use crate::menu_rules::{keep_switches, lowest_price, repeated_key};

const HOUR_MILLIS: i64 = 3_600_000;
/// How long a shop may be busy at most: who is busy for longer is closed.
const BUSY_MILLIS_MAX: i64 = 24 * HOUR_MILLIS;
/// How long a shop may be closed with an end at most; without one, it is closed until it is opened.
const CLOSED_MILLIS_MAX: i64 = 366 * 24 * HOUR_MILLIS;

/// A shop and its menu.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Shop {
    /// Nobody has defined it.
    #[default]
    Unknown,
    /// It is open.
    Open(Box<OpenShop>),
}

/// A shop that is open: its present life and its menu.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpenShop {
    /// The hash of the life.
    pub hash: LifeHash,
    /// The life that new orders begin with.
    pub life: ShopLife,
    /// The menu, by key.
    pub menu: BTreeMap<String, MenuItem>,
    /// What staff have stopped for a while.
    #[serde(default)]
    pub pause: Option<Pause>,
    /// The words of its own API.
    #[serde(default)]
    pub words: Vocabulary,
}

impl Shop {
    /// The shop where it is open.
    #[must_use]
    pub const fn open(&self) -> Option<&OpenShop> {
        match self {
            Self::Unknown => None,
            Self::Open(shop) => Some(shop),
        }
    }
}

/// What may be wished of a shop.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ShopCommand {
    /// New orders begin with this life.
    Define {
        /// The hash of the life.
        hash: LifeHash,
        /// The life.
        life: Box<ShopLife>,
    },
    /// Its own API speaks these words.
    SetWords {
        /// The words.
        vocabulary: Vocabulary,
    },
    /// This is on the menu, as it is. An item that is there keeps its sold-out switch, and what stock
    /// closes of it.
    DefineItem {
        /// The item.
        item: MenuItem,
    },
    /// This is no longer on the menu.
    RemoveItem {
        /// The item's key.
        item: String,
    },
    /// This cannot be had, or can again.
    SetSoldOut {
        /// The item's key.
        item: String,
        /// Whether it cannot be had.
        sold_out: bool,
    },
    /// Staff close the shop, or stop new orders, for a while; this takes the place of a pause before it.
    Pause {
        /// What is stopped, and until when.
        pause: Pause,
        /// Now.
        now: Timestamp,
    },
    /// Staff let it take orders again.
    Reopen,
    /// The time of its pause may be over.
    EndPause {
        /// Now.
        now: Timestamp,
    },
    /// The menu follows the stock, where it does in this shop; else stock closes nothing of it.
    FollowStock {
        /// How many can be had of what is short, by stock item: of all others there is enough.
        short: BTreeMap<String, u64>,
    },
}

impl Aggregate for Shop {
    const KIND: &'static str = "shop";
    const HAS_SNAPSHOTS: bool = true;
    type Command = ShopCommand;
    type Event = CatalogEvent;
    type Rejection = ShopRejection;

    fn decide(&self, command: ShopCommand) -> Result<Vec<CatalogEvent>, ShopRejection> {
        match (self, command) {
            (_, ShopCommand::Define { hash, life }) => self.define(hash, *life),
            (Self::Unknown, _) => Err(ShopRejection::UnknownShop),
            (Self::Open(shop), ShopCommand::SetWords { vocabulary }) => Ok(shop.set_words(vocabulary)),
            (Self::Open(shop), ShopCommand::DefineItem { item }) => shop.define_item(item),
            (Self::Open(shop), ShopCommand::RemoveItem { item }) => Ok(shop.remove_item(item)),
            (Self::Open(shop), ShopCommand::SetSoldOut { item, sold_out }) => {
                shop.set_sold_out(item, sold_out)
            }
            (Self::Open(shop), ShopCommand::Pause { pause, now }) => shop.pause(pause, now),
            (Self::Open(shop), ShopCommand::Reopen) => Ok(shop.reopen(shop.pause.is_some(), false)),
            (Self::Open(shop), ShopCommand::EndPause { now }) => {
                Ok(shop.reopen(shop.pause.is_some_and(|pause| !pause.holds(now)), true))
            }
            (Self::Open(shop), ShopCommand::FollowStock { short }) => Ok(shop.follow_stock(&short)),
        }
    }

    fn evolve(self, event: &CatalogEvent) -> Self {
        match (self, event) {
            (Self::Unknown, CatalogEvent::ShopDefined(defined)) => Self::Open(Box::new(OpenShop {
                hash: defined.hash.clone(),
                life: defined.life.clone(),
                menu: BTreeMap::new(),
                pause: None,
                words: Vocabulary::default(),
            })),
            (Self::Open(mut shop), event) => {
                shop.evolve(event);
                Self::Open(shop)
            }
            (Self::Unknown, _) => Self::Unknown,
        }
    }

    /// Sold-out switches make long streams.
    fn to_snapshot(&self) -> Option<Vec<u8>> {
        self.open().and_then(|shop| serde_json::to_vec(shop).ok())
    }

    fn from_snapshot(bytes: &[u8]) -> Option<Self> {
        let open = serde_json::from_slice(bytes).ok()?;
        Some(Self::Open(Box::new(open)))
    }
}

impl Shop {
    fn define(&self, hash: LifeHash, life: ShopLife) -> Result<Vec<CatalogEvent>, ShopRejection> {
        if let Self::Open(shop) = self {
            if shop.hash == hash {
                return Ok(vec![]);
            }
            if shop.life.currency != life.currency && !shop.menu.is_empty() {
                return Err(ShopRejection::CurrencyOfMenu { expected: shop.life.currency });
            }
        }
        Ok(vec![CatalogEvent::ShopDefined(ShopDefinedV1 { hash, life })])
    }
}

impl OpenShop {
    fn set_words(&self, vocabulary: Vocabulary) -> Vec<CatalogEvent> {
        if self.words == vocabulary {
            return vec![];
        }
        vec![CatalogEvent::ShopWordsSet(ShopWordsSetV1 { shop: self.life.key.clone(), vocabulary })]
    }

    fn define_item(&self, mut item: MenuItem) -> Result<Vec<CatalogEvent>, ShopRejection> {
        self.check_item(&item)?;
        let present = self.menu.get(&item.key);
        keep_switches(&mut item, present);
        if present == Some(&item) {
            return Ok(vec![]);
        }
        let shop = self.life.key.clone();
        Ok(vec![CatalogEvent::MenuItemDefined(MenuItemDefinedV1 { shop, item })])
    }

    fn check_item(&self, item: &MenuItem) -> Result<(), ShopRejection> {
        let choices = || item.options.iter().flat_map(|option| &option.choices);
        let mut prices = choices().map(|choice| choice.price_difference);
        let expected = self.life.currency;
        if item.price.currency != expected || prices.any(|price| price.currency != expected) {
            return Err(ShopRejection::ForeignCurrency { expected });
        }
        if lowest_price(item) < 0 {
            return Err(ShopRejection::LessThanNothing);
        }
        if let Some(key) = repeated_key(item) {
            return Err(ShopRejection::RepeatedKey(key.to_owned()));
        }
        if let Some(option) = item.options.iter().find(|option| option.choices.is_empty()) {
            return Err(ShopRejection::NothingToChoose(option.key.clone()));
        }
        let uses_stock = !item.uses.is_empty() || choices().any(|choice| !choice.uses.is_empty());
        if uses_stock && self.life.stock.mode == StockMode::None {
            return Err(ShopRejection::NoStockHere);
        }
        Ok(())
    }

    fn remove_item(&self, item: String) -> Vec<CatalogEvent> {
        if !self.menu.contains_key(&item) {
            return vec![];
        }
        let shop = self.life.key.clone();
        vec![CatalogEvent::MenuItemRemoved(MenuItemRemovedV1 { shop, item })]
    }

    fn set_sold_out(&self, item: String, sold_out: bool) -> Result<Vec<CatalogEvent>, ShopRejection> {
        match self.menu.get(&item) {
            None => Err(ShopRejection::UnknownItem(item)),
            Some(present) if present.sold_out == sold_out => Ok(vec![]),
            Some(_) => Ok(vec![CatalogEvent::MenuItemSoldOutSet(MenuItemSoldOutSetV1 {
                shop: self.life.key.clone(),
                item,
                sold_out,
            })]),
        }
    }

    fn pause(&self, pause: Pause, now: Timestamp) -> Result<Vec<CatalogEvent>, ShopRejection> {
        let millis_max = match pause.kind {
            PauseKind::Busy => BUSY_MILLIS_MAX,
            PauseKind::Closed => CLOSED_MILLIS_MAX,
        };
        match pause.until {
            None if pause.kind == PauseKind::Busy => return Err(ShopRejection::BusyWithoutEnd),
            Some(until) if until <= now => return Err(ShopRejection::EndsBeforeNow),
            Some(until) if until > now.plus_millis(millis_max) => {
                return Err(ShopRejection::PausedTooLong { hours_max: millis_max / HOUR_MILLIS });
            }
            _ => {}
        }
        if self.pause == Some(pause) {
            return Ok(vec![]);
        }
        Ok(vec![CatalogEvent::ShopPaused(ShopPausedV1 { shop: self.life.key.clone(), pause })])
    }

    fn reopen(&self, is_news: bool, by_itself: bool) -> Vec<CatalogEvent> {
        let reopened = ShopReopenedV1 { shop: self.life.key.clone(), by_itself };
        is_news.then_some(CatalogEvent::ShopReopened(reopened)).into_iter().collect()
    }

    /// What was closed and opened by hand stays as it is.
    fn follow_stock(&self, short: &BTreeMap<String, u64>) -> Vec<CatalogEvent> {
        let follows = self.life.stock.closes_the_menu();
        let available = |stock: &str| short.get(stock).copied().filter(|_| follows);
        let closings = self.menu.values().map(|item| (item, StockClosing::of(item, available)));
        closings
            .filter(|(item, closing)| item.closing() != *closing)
            .map(|(item, closing)| {
                let (shop, item) = (self.life.key.clone(), item.key.clone());
                CatalogEvent::MenuItemStockSet(MenuItemStockSetV1 { shop, item, closing })
            })
            .collect()
    }

    fn evolve(&mut self, event: &CatalogEvent) {
        match event {
            CatalogEvent::ShopDefined(defined) => {
                self.hash = defined.hash.clone();
                self.life = defined.life.clone();
            }
            CatalogEvent::ShopPaused(paused) => self.pause = Some(paused.pause),
            CatalogEvent::ShopReopened(_) => self.pause = None,
            CatalogEvent::ShopWordsSet(set) => self.words = set.vocabulary.clone(),
            CatalogEvent::MenuItemDefined(defined) => {
                let item = defined.item.clone();
                self.menu.insert(item.key.clone(), item);
            }
            CatalogEvent::MenuItemRemoved(removed) => {
                self.menu.remove(&removed.item);
            }
            CatalogEvent::MenuItemSoldOutSet(set) => {
                if let Some(item) = self.menu.get_mut(&set.item) {
                    item.sold_out = set.sold_out;
                }
            }
            CatalogEvent::MenuItemStockSet(set) => {
                if let Some(item) = self.menu.get_mut(&set.item) {
                    item.close(&set.closing);
                }
            }
        }
    }
}

/// Why a wish is refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ShopRejection {
    /// Nobody has defined the shop.
    UnknownShop,
    /// The menu has no such item.
    UnknownItem(String),
    /// The life changes the currency, but the menu has prices in the present one.
    CurrencyOfMenu {
        /// The currency of the menu.
        expected: Currency,
    },
    /// A price of the item is not in the shop's currency.
    ForeignCurrency {
        /// The shop's currency.
        expected: Currency,
    },
    /// With its cheapest options the item costs less than nothing.
    LessThanNothing,
    /// An option of the item, or a choice of an option, is there twice.
    RepeatedKey(String),
    /// The option has no choices.
    NothingToChoose(String),
    /// The item uses stock, but the shop holds none.
    NoStockHere,
    /// A shop is busy until some time; who does not know until when closes it.
    BusyWithoutEnd,
    /// A pause ends after now.
    EndsBeforeNow,
    /// A pause ends sooner than that.
    PausedTooLong {
        /// How many hours at most.
        hours_max: i64,
    },
}

impl fmt::Display for ShopRejection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::UnknownShop => f.write_str("there is no such shop"),
            Self::UnknownItem(item) => write!(f, "there is no item {item} on the menu"),
            Self::CurrencyOfMenu { expected } => {
                write!(f, "the menu has prices in {expected:?}; remove its items before the currency changes")
            }
            Self::ForeignCurrency { expected } => {
                write!(f, "expected every price of the item in {expected:?}")
            }
            Self::LessThanNothing => {
                f.write_str("expected a price of 0 or more, also with the cheapest choice of every option")
            }
            Self::RepeatedKey(key) => write!(f, "expected each key once, found {key} twice"),
            Self::NothingToChoose(option) => {
                write!(f, "expected at least one choice of the option {option}")
            }
            Self::NoStockHere => f.write_str("the shop holds no stock that the item could use"),
            Self::BusyWithoutEnd => {
                f.write_str("expected until when the shop is busy; one that does not know is closed")
            }
            Self::EndsBeforeNow => f.write_str("expected a time after now"),
            Self::PausedTooLong { hours_max } => write!(f, "expected a time within {hours_max} hours"),
        }
    }
}

impl std::error::Error for ShopRejection {}
