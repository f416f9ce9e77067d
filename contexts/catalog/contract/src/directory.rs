use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use kernel::ShopKey;

use crate::{CatalogEvent, LifeHash, MenuItem, Pause, ShopLife, Vocabulary};

/// The shops and menus that a context has heard of, folded from [`CatalogEvent`]s.
#[derive(Debug, Clone, Default)]
pub struct ShopDirectory {
    lives: BTreeMap<LifeHash, Arc<ShopLife>>,
    shops: BTreeMap<ShopKey, LifeHash>,
    menus: BTreeMap<ShopKey, BTreeMap<String, MenuItem>>,
    pauses: BTreeMap<ShopKey, Pause>,
    words: BTreeMap<ShopKey, Arc<Vocabulary>>,
}

/// An order is pinned to a life that has not been heard of yet: wait for the catalog's event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnknownLife(pub LifeHash);

impl fmt::Display for UnknownLife {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the shop's life {} has not been heard of yet", self.0)
    }
}

impl std::error::Error for UnknownLife {}

impl ShopDirectory {
    /// Folds one event in.
    pub fn apply(&mut self, event: &CatalogEvent) {
        match event {
            CatalogEvent::ShopDefined(defined) => {
                self.shops.insert(defined.life.key.clone(), defined.hash.clone());
                self.lives.entry(defined.hash.clone()).or_insert_with(|| Arc::new(defined.life.clone()));
            }
            CatalogEvent::MenuItemDefined(defined) => {
                let menu = self.menus.entry(defined.shop.clone()).or_default();
                menu.insert(defined.item.key.clone(), defined.item.clone());
            }
            CatalogEvent::MenuItemRemoved(removed) => {
                if let Some(menu) = self.menus.get_mut(&removed.shop) {
                    menu.remove(&removed.item);
                }
            }
            CatalogEvent::MenuItemSoldOutSet(set) => {
                if let Some(item) = self.menus.get_mut(&set.shop).and_then(|menu| menu.get_mut(&set.item)) {
                    item.sold_out = set.sold_out;
                }
            }
            CatalogEvent::ShopPaused(paused) => {
                self.pauses.insert(paused.shop.clone(), paused.pause);
            }
            CatalogEvent::ShopReopened(reopened) => {
                self.pauses.remove(&reopened.shop);
            }
            CatalogEvent::ShopWordsSet(set) => {
                self.words.insert(set.shop.clone(), Arc::new(set.vocabulary.clone()));
            }
            CatalogEvent::MenuItemStockSet(set) => {
                if let Some(item) = self.menus.get_mut(&set.shop).and_then(|menu| menu.get_mut(&set.item)) {
                    item.close(&set.closing);
                }
            }
        }
    }

    /// The life that new orders of a shop begin with.
    #[must_use]
    pub fn current(&self, shop: &ShopKey) -> Option<(&LifeHash, &Arc<ShopLife>)> {
        let hash = self.shops.get(shop)?;
        Some((hash, self.lives.get(hash)?))
    }

    /// The life that an order is pinned to.
    ///
    /// # Errors
    /// [`UnknownLife`] until the catalog has told of it.
    pub fn pinned(&self, hash: &LifeHash) -> Result<&Arc<ShopLife>, UnknownLife> {
        self.lives.get(hash).ok_or_else(|| UnknownLife(hash.clone()))
    }

    /// Every life that orders of a shop may be pinned to, as far as it was told of.
    pub fn lives_of(&self, shop: &ShopKey) -> impl Iterator<Item = &ShopLife> {
        self.lives.values().map(Arc::as_ref).filter(move |life| life.key == *shop)
    }

    /// What staff have stopped in a shop. Whether its time is over is asked of the pause itself.
    #[must_use]
    pub fn pause(&self, shop: &ShopKey) -> Option<&Pause> {
        self.pauses.get(shop)
    }

    /// The words of a shop's own API; none where it speaks the canonical API only.
    #[must_use]
    pub fn words(&self, shop: &ShopKey) -> Option<&Arc<Vocabulary>> {
        self.words.get(shop).filter(|words| !words.collections.is_empty())
    }

    /// An item of a shop's menu.
    #[must_use]
    pub fn item(&self, shop: &ShopKey, key: &str) -> Option<&MenuItem> {
        self.menus.get(shop)?.get(key)
    }

    /// A shop's menu, by key.
    pub fn menu(&self, shop: &ShopKey) -> impl Iterator<Item = &MenuItem> {
        self.menus.get(shop).into_iter().flat_map(BTreeMap::values)
    }

    /// The shops that are open.
    pub fn shops(&self) -> impl Iterator<Item = &Arc<ShopLife>> {
        self.shops.values().filter_map(|hash| self.lives.get(hash))
    }
}
