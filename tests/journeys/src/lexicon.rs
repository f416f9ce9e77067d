use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hash, Hasher};

use serde_json::Value;

/// Other words for those of a shop's vocabulary, one for each; nothing, where its own are spoken.
#[derive(Debug, Clone, Default)]
pub struct Lexicon {
    other: BTreeMap<String, String>,
    own: BTreeMap<String, String>,
}

/// Keys of a collection, a field, a command, a search whose texts are words of the shop.
const SPOKEN: [&str; 8] = ["singular", "aliases", "word", "put", "field", "parameter", "of", "shows"];
/// Tables whose keys are words of the shop.
const NAMED: [&str; 2] = ["fields", "searches"];

impl Lexicon {
    /// Renames every collection, field and word of a shop file, each by the seed; the file, renamed.
    ///
    /// # Panics
    /// When the file is no TOML, or two words got the same name.
    #[must_use]
    pub fn rename(file: &str, seed: u64) -> (String, Self) {
        let mut shop: toml::Table = file.parse().unwrap();
        let mut lexicon = Self::default();
        if let Some(toml::Value::Table(vocabulary)) = shop.get_mut("vocabulary") {
            *vocabulary = std::mem::take(vocabulary)
                .into_iter()
                .map(|(name, collection)| (lexicon.word(&name, seed), lexicon.collection(collection, seed)))
                .collect();
        }
        assert_eq!(lexicon.own.len(), lexicon.other.len(), "each word has a name of its own");
        (shop.to_string(), lexicon)
    }

    /// The other word for a word; made up where it is new.
    fn word(&mut self, word: &str, seed: u64) -> String {
        if let Some(other) = self.other.get(word) {
            return other.clone();
        }
        let mut hasher = DefaultHasher::new();
        (seed, word).hash(&mut hasher);
        let mut number = hasher.finish();
        let mut other = String::from("q");
        for _ in 0..10 {
            other.push(char::from(b"abcdefghijkLMNOPQRSTUVwxyz"[usize::try_from(number % 26).unwrap_or(0)]));
            number /= 26;
        }
        self.own.insert(other.clone(), word.to_owned());
        self.other.insert(word.to_owned(), other.clone());
        other
    }

    fn collection(&mut self, value: toml::Value, seed: u64) -> toml::Value {
        match value {
            toml::Value::Table(table) => {
                let renamed = table.into_iter().map(|(key, value)| {
                    let value = match value {
                        value if SPOKEN.contains(&key.as_str()) => self.words(value, seed),
                        toml::Value::Table(named) if NAMED.contains(&key.as_str()) => named
                            .into_iter()
                            .map(|(name, value)| (self.word(&name, seed), self.collection(value, seed)))
                            .collect::<toml::Table>()
                            .into(),
                        value => self.collection(value, seed),
                    };
                    (key, value)
                });
                renamed.collect::<toml::Table>().into()
            }
            toml::Value::Array(values) => {
                values.into_iter().map(|value| self.collection(value, seed)).collect::<Vec<_>>().into()
            }
            other => other,
        }
    }

    /// All texts below are words.
    fn words(&mut self, value: toml::Value, seed: u64) -> toml::Value {
        match value {
            toml::Value::String(word) => self.word(&word, seed).into(),
            toml::Value::Array(words) => {
                words.into_iter().map(|word| self.words(word, seed)).collect::<Vec<_>>().into()
            }
            toml::Value::Table(words) => words
                .into_iter()
                .map(|(milestone, word)| (milestone, self.words(word, seed)))
                .collect::<toml::Table>()
                .into(),
            other => other,
        }
    }

    /// In the other words.
    #[must_use]
    pub fn other(&self, text: &str) -> String {
        translated(text, &self.other)
    }

    /// In the shop's own words.
    #[must_use]
    pub fn own(&self, text: &str) -> String {
        translated(text, &self.own)
    }

    /// A body in the other words.
    #[must_use]
    pub fn body(&self, value: &Value) -> Value {
        each_text(value, &|text| self.other(text))
    }

    /// An answer in the shop's own words.
    #[must_use]
    pub fn answer(&self, value: &Value) -> Value {
        each_text(value, &|text| self.own(text))
    }
}

/// Every run of letters and digits that is a word is another one.
fn translated(text: &str, words: &BTreeMap<String, String>) -> String {
    let (mut whole, mut run) = (String::new(), String::new());
    for letter in text.chars().chain(['\0']) {
        if letter.is_ascii_alphanumeric() {
            run.push(letter);
            continue;
        }
        whole.push_str(words.get(&run).unwrap_or(&run));
        run.clear();
        whole.push(letter);
    }
    whole.pop();
    whole
}

fn each_text(value: &Value, change: &impl Fn(&str) -> String) -> Value {
    match value {
        Value::String(text) => Value::String(change(text)),
        Value::Array(values) => values.iter().map(|value| each_text(value, change)).collect(),
        Value::Object(fields) => {
            fields.iter().map(|(name, value)| (change(name), each_text(value, change))).collect()
        }
        other => other.clone(),
    }
}
