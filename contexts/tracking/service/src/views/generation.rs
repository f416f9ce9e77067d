use std::borrow::Cow;

use journal::{Reader, Row, StoreError};
use kernel::ShopKey;
use runtime::Turn;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::views::{CENSUS, CHANGES, DAYS, STORIES};

/// Where the present generation is noted.
const META: &str = "views";
const STORIES_META: Uuid = Uuid::from_u128(1);

/// One building of the view. Readers follow the note of which one is live.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Generation(pub u64);

impl Generation {
    /// The first.
    pub const FIRST: Self = Self(1);

    /// The generation that readers are to use.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn live(store: &mut (impl Reader + ?Sized)) -> Result<Self, StoreError> {
        let row = store.row(META, STORIES_META)?;
        Ok(row.map_or(Self::FIRST, |row| Self(row.number)))
    }

    /// Reads from the generation that is live, all of it from the same one: a switch takes the old rows
    /// away between two reads, and then it is read again.
    pub(crate) fn while_live<T>(
        store: &mut dyn Reader,
        mut read: impl FnMut(&mut dyn Reader, Self) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        store.begin_view();
        let outcome = loop {
            let generation = Self::live(store)?;
            let seen = read(store, generation)?;
            if Self::live(store)? == generation {
                break seen;
            }
        };
        store.end_view();
        Ok(outcome)
    }

    /// The one after.
    #[must_use]
    pub const fn next(self) -> Self {
        Self(self.0 + 1)
    }

    /// Notes it as the live one: from this commit on readers use it.
    pub(crate) fn go_live(self, turn: &mut Turn<'_>) {
        let at = turn.now();
        turn.put_row(Row {
            collection: META.into(),
            id: STORIES_META,
            shop: ShopKey::from(""),
            number: self.0,
            customer: None,
            state: "live".into(),
            at,
            search: String::new(),
            version: self.0,
            hidden: true,
            body: Vec::new(),
        });
    }

    /// The rows of its stories.
    #[must_use]
    pub fn collection(self) -> String {
        self.stories().into_owned()
    }

    pub(crate) fn stories(self) -> Cow<'static, str> {
        named(STORIES, self)
    }

    pub(crate) fn days(self) -> Cow<'static, str> {
        named(DAYS, self)
    }

    pub(crate) fn census(self) -> Cow<'static, str> {
        named(CENSUS, self)
    }

    pub(crate) fn changes(self) -> Cow<'static, str> {
        named(CHANGES, self)
    }

    /// The counter of a shop's live stream.
    pub(crate) fn counter(self, shop: &ShopKey) -> String {
        format!("{CHANGES}.{}/{shop}", self.0)
    }
}

fn named(collection: &str, generation: Generation) -> Cow<'static, str> {
    Cow::Owned(format!("{collection}.{}", generation.0))
}

/// The id under which a shop's live stream is kept.
pub(crate) fn shop_stream_id(shop: &str) -> Uuid {
    Uuid::new_v5(&Uuid::NAMESPACE_OID, format!("stream/{shop}").as_bytes())
}
