use anyhow::{Context, Result};
use serde_json::{Value, json};

use super::counter::Counter;

/// One of the shops that are open, and what it sells: the tour takes it as it is.
#[derive(Clone)]
pub(super) struct Corner {
    key: String,
    /// Its name, in Korean and English.
    pub(super) name: String,
    items: Vec<Item>,
}

/// Something on a menu.
#[derive(Clone)]
pub(super) struct Item {
    key: String,
    /// Its name, in Korean and English.
    pub(super) name: String,
    /// The stock item that it uses, if any.
    pub(super) uses: Option<String>,
}

impl Corner {
    /// The first open shop of a kind: each of these fields of it has this value.
    pub(super) async fn find(counter: &Counter, kind: &[(&str, &str)]) -> Result<Self> {
        let shops = counter.read("/v1/shops").await?;
        let shop = items(&shops).find(|shop| kind.iter().all(|(field, value)| shop[field] == *value));
        let shop = shop.with_context(|| format!("no shop is open that is {kind:?}"))?;
        let key = text(&shop["key"]);
        let menu = counter.read(&format!("/v1/shops/{key}/menu")).await?;
        let items = items(&menu).map(|item| Item {
            key: text(&item["key"]),
            name: both(&item["name"]),
            uses: item["uses"][0]["item"].as_str().map(ToOwned::to_owned),
        });
        Ok(Self { name: both(&shop["name"]), items: items.collect(), key })
    }

    /// The path of something in the shop.
    pub(super) fn path(&self, rest: &str) -> String {
        format!("/v1/shops/{}{rest}", self.key)
    }

    /// Something on the menu, by its place there.
    pub(super) fn item(&self, place: usize) -> Result<&Item> {
        self.items.get(place % self.items.len().max(1)).context("the menu is empty")
    }
}

impl Item {
    /// An order of so many.
    pub(super) fn order(&self, quantity: u32) -> Value {
        json!({ "lines": [{ "item": self.key, "quantity": quantity }] })
    }
}

fn items(page: &Value) -> impl Iterator<Item = &Value> {
    page["items"].as_array().into_iter().flatten()
}

/// A name in both languages.
pub(super) fn both(name: &Value) -> String {
    format!("{} · {}", text(&name["ko"]), text(&name["en"]))
}

/// A text of an answer.
pub(super) fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}
