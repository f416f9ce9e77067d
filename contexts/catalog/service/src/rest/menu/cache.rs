use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::body::Bytes;
use kernel::ShopKey;

use super::local::Language;

type Menus = BTreeMap<(ShopKey, Option<Language>), (u64, Bytes)>;

/// Menus as they were last sent: good for as long as the shop stands at their version.
#[derive(Debug, Clone, Default)]
pub(in crate::rest) struct MenuCache(Arc<Mutex<Menus>>);

impl MenuCache {
    /// The menu, where it was sent at this version before.
    pub(super) fn at(&self, shop: &ShopKey, language: Option<Language>, version: u64) -> Option<Bytes> {
        let menus = self.lock();
        let (known, body) = menus.get(&(shop.clone(), language))?;
        (*known == version).then(|| body.clone())
    }

    /// Keeps a menu in place of an older one.
    pub(super) fn keep(&self, shop: ShopKey, language: Option<Language>, version: u64, body: Bytes) {
        let mut menus = self.lock();
        let kept = menus.entry((shop, language)).or_insert_with(|| (version, body.clone()));
        if kept.0 < version {
            *kept = (version, body);
        }
    }

    fn lock(&self) -> MutexGuard<'_, Menus> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
