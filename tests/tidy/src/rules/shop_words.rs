//! No string literal outside tests is a shop's own word: shops are data, so what a cafe calls its
//! drinks, collections or states is in its file and nowhere else. The list is made from
//! `shops/*.toml`; only words that the canonical API itself speaks are excepted: those of its contracts,
//! of its addresses, and of the standards that it keeps.

use std::collections::{BTreeMap, BTreeSet};

use crate::{Facts, Finding};

/// Finds shops' words in the code.
#[must_use]
pub fn check(facts: &Facts) -> Vec<Finding> {
    let mut words = BTreeMap::new();
    for shop in &facts.shops {
        for word in words_of(&toml::Value::Table(shop.table.clone()), Ground::Schema) {
            words.entry(word).or_insert(shop.path.as_str());
        }
    }
    let published = published(facts);
    words.retain(|word, _| {
        is_telling(word) && !published.contains(word) && !STANDARDS.contains(&word.as_str())
    });
    let mut findings = Vec::new();
    for source in facts.sources.iter().filter(|source| !source.is_test) {
        for literal in &source.literals {
            for part in parts(&literal.value) {
                if let Some(shop) = words.get(part) {
                    let what = format!("says {part:?}, which is a word of {shop}");
                    findings.push(Finding::at(&source.path, literal.line, what));
                }
            }
        }
    }
    findings
}

/// Whose words the keys of a table are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Ground {
    /// The schema's: every shop file has them.
    Schema,
    /// The shop's: it chose them.
    Names,
    /// A vocabulary: the names of collections, and of fields and searches in each.
    Vocabulary,
    /// A collection of a vocabulary, or what is in it: the schema's keys again.
    Collection,
    /// All below is the shop's, values only where they are texts.
    Everything,
}

/// Tables whose keys the shop chooses.
const NAMED_BY_SHOP: &[&str] = &["categories", "options", "uses"];
/// Keys whose values the shop chooses.
const CHOSEN_BY_SHOP: &[&str] = &["key", "ko", "en", "items", "category", "options"];
/// What an option offers (`normal`, `none`): too plain to be anybody's own.
const CHOICES: &str = "choices";
/// The table of the words of a shop's own API.
const VOCABULARY: &str = "vocabulary";
/// Tables in it whose keys the shop chooses.
const NAMED_IN_WORDS: &[&str] = &["fields", "searches"];
/// Keys in it whose texts the shop chooses, all that are below them.
const CHOSEN_IN_WORDS: &[&str] =
    &["singular", "aliases", "shows", "word", "put", "field", "parameter", "of", "called"];
/// Words that shops share with the standards that every API keeps: RFC 9457, Standard Webhooks, the
/// numbered pages of HAL.
const STANDARDS: &[&str] = &["status", "timestamp", "size"];

fn words_of(value: &toml::Value, ground: Ground) -> BTreeSet<String> {
    let mut words = BTreeSet::new();
    match value {
        toml::Value::Table(table) => {
            for (key, value) in table.iter().filter(|(key, _)| *key != CHOICES) {
                if matches!(ground, Ground::Names | Ground::Vocabulary) {
                    words.insert(key.clone());
                }
                words.extend(words_of(value, ground_of(key, value, ground)));
            }
        }
        toml::Value::Array(values) => {
            words.extend(values.iter().flat_map(|value| words_of(value, ground)));
        }
        toml::Value::String(text) if matches!(ground, Ground::Names | Ground::Everything) => {
            words.insert(text.clone());
        }
        _ => {}
    }
    words
}

fn ground_of(key: &str, value: &toml::Value, ground: Ground) -> Ground {
    if ground == Ground::Everything {
        Ground::Everything
    } else if ground == Ground::Schema && key == VOCABULARY {
        Ground::Vocabulary
    } else if ground == Ground::Vocabulary {
        Ground::Collection
    } else if ground == Ground::Collection {
        match key {
            _ if NAMED_IN_WORDS.contains(&key) => Ground::Vocabulary,
            _ if CHOSEN_IN_WORDS.contains(&key) => Ground::Everything,
            _ => Ground::Collection,
        }
    } else if value.is_table() {
        // Below a name that the shop chose, the schema speaks again.
        if NAMED_BY_SHOP.contains(&key) { Ground::Names } else { Ground::Schema }
    } else if CHOSEN_BY_SHOP.contains(&key) && !holds_tables(value) {
        Ground::Names
    } else {
        Ground::Schema
    }
}

fn holds_tables(value: &toml::Value) -> bool {
    value.as_array().is_some_and(|values| values.iter().any(toml::Value::is_table))
}

/// A number names nothing.
fn is_telling(word: &str) -> bool {
    word.chars().any(char::is_alphabetic)
}

/// What the canonical contracts call their states and fields, as they are written in JSON.
fn published(facts: &Facts) -> BTreeSet<String> {
    let contracts = facts.crates.iter().filter(|member| member.folder.ends_with("/contract"));
    contracts
        .flat_map(|member| facts.sources_below(&member.folder))
        .flat_map(|source| &source.published_words)
        .flat_map(|word| [kebab(word), kebab(word).replace('-', "_")])
        .chain(addressed(facts))
        .collect()
}

/// What the canonical API calls things in its addresses, and its contexts themselves.
fn addressed(facts: &Facts) -> impl Iterator<Item = String> {
    let services = facts.crates.iter().filter(|member| member.folder.starts_with("contexts/"));
    services.flat_map(|member| {
        let context = member.folder.split('/').nth(1).map(ToOwned::to_owned);
        let literals = facts.sources_below(&member.folder).flat_map(|source| &source.literals);
        let paths = literals.filter(|literal| literal.value.starts_with("/v1/"));
        let segments = paths.flat_map(|literal| literal.value.split('/').map(ToOwned::to_owned));
        context.into_iter().chain(segments.collect::<Vec<_>>())
    })
}

/// `AtOrder` and `at_order` are `at-order`.
fn kebab(word: &str) -> String {
    let mut text = String::new();
    for letter in word.chars() {
        if letter.is_uppercase() && !text.is_empty() {
            text.push('-');
        }
        text.extend(letter.to_lowercase());
    }
    text.replace('_', "-")
}

/// The literal itself, and what stands between the slashes of a path.
fn parts(literal: &str) -> impl Iterator<Item = &str> {
    let segments = literal.contains('/').then(|| literal.split('/')).into_iter().flatten();
    std::iter::once(literal).chain(segments)
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests may panic")]

    use super::*;
    use crate::{Crate, ShopFile, Source};

    const SHOP: &str = r#"
        [shop]
        key = "pizzeria"
        currency = "KRW"
        [life]
        prepare = "staff"
        [categories]
        rounds = { ko = "피자", en = "Pizzas" }
        [options.crust]
        required = true
        choices = [{ key = "thin", name = { ko = "얇게", en = "Thin" } }]
        [[menu]]
        key = "7"
        category = "rounds"
        options = ["crust"]
        uses = { dough = 1 }
        [vocabulary.pizzaOrders]
        singular = "pizzaOrder"
        rows = "orders"
        shows = { placed = "PLACE" }
        commands = [{ word = "CANCEL", does = "cancel", by = "customer" }]
        searches = { findByOvenId = { field = "ovenId" } }
        [vocabulary.pizzaOrders.fields]
        ovenId = { is = "number", type = "number", aliases = ["OvenId"] }
        status = { is = "word" }
        [vocabulary.deliveries]
        rows = "orders"
    "#;

    fn findings(path: &str, text: &str) -> Vec<String> {
        let contract = "contexts/ordering/contract";
        let published = "pub enum OrderState { Placed }";
        let facts = Facts {
            crates: vec![
                Crate { folder: contract.into(), ..Crate::default() },
                Crate { folder: "contexts/delivery/service".into(), ..Crate::default() },
            ],
            sources: vec![
                Source::parse(&format!("{contract}/src/views.rs"), published).unwrap(),
                Source::parse(
                    "contexts/delivery/service/src/rest.rs",
                    "const LIST: &str = \"/v1/shops/{shop}/deliveries\";",
                )
                .unwrap(),
                Source::parse(path, text).unwrap(),
            ],
            shops: vec![ShopFile { path: "shops/pizza.toml".into(), table: SHOP.parse().unwrap() }],
            ..Facts::default()
        };
        check(&facts).iter().map(Finding::to_string).collect()
    }

    fn said(word: &str) -> Vec<String> {
        let text = format!("fn f() -> &'static str {{ {word:?} }}");
        findings("apps/jumun/src/main.rs", &text)
    }

    #[test]
    fn a_shops_word_in_the_code_is_found() {
        for word in
            ["pizzeria", "rounds", "Pizzas", "피자", "crust", "dough", "PLACE", "pizzaOrder", "CANCEL"]
                .into_iter()
                .chain(["findByOvenId", "ovenId", "OvenId"])
        {
            assert_eq!(said(word).len(), 1, "{word}");
        }
        assert_eq!(
            said("/pizzaOrders/{id}"),
            ["apps/jumun/src/main.rs:1: says \"pizzaOrders\", which is a word of shops/pizza.toml"]
        );
    }

    #[test]
    fn words_of_the_schema_and_of_the_contract_are_well() {
        for word in ["staff", "KRW", "required", "choices", "7", "placed", "thin", "a round pizzeria"]
            .into_iter()
            .chain(["rows", "type", "cancel", "number", "status", "deliveries"])
        {
            assert_eq!(said(word), [] as [String; 0], "{word}");
        }
    }

    #[test]
    fn a_test_may_speak_as_a_shop_does() {
        let text = "#[cfg(test)]\nmod tests {\n    const SHOP: &str = \"pizzeria\";\n}";
        assert!(findings("apps/jumun/src/main.rs", text).is_empty());
    }
}
