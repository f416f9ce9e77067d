use std::collections::BTreeMap;
use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::diagnostic::Diagnostic;
use super::source::Source;

/// Nobody reads more mistakes of one file, and finding the place of each means counting lines.
const DIAGNOSTICS_MAX: usize = 200;

/// Where a path of the file stands in its text.
#[derive(Debug, Clone)]
struct Place {
    key: Range<usize>,
    value: Range<usize>,
}

/// Collects the mistakes of one file, and knows where each path of it stands.
#[derive(Debug)]
pub(crate) struct Report<'a> {
    source: Source<'a>,
    places: BTreeMap<String, Place>,
    found: Vec<Found>,
}

/// A mistake before it is put into the words of a diagnostic.
#[derive(Debug)]
pub(crate) struct Found {
    span: Range<usize>,
    path: String,
    message: String,
    hint: Option<String>,
}

impl Found {
    /// Says what to do about it.
    pub(crate) fn hint(&mut self, hint: impl Into<String>) {
        self.hint = Some(hint.into());
    }

    /// Says which known word may have been meant, where one is near.
    pub(crate) fn meant(&mut self, word: Option<&str>) {
        if let Some(word) = word {
            self.hint(format!("did you mean `{word}`?"));
        }
    }
}

impl<'a> Report<'a> {
    /// An empty report on a file whose tables are these.
    pub(crate) fn new(source: Source<'a>, root: &DeTable<'_>) -> Self {
        let mut places = BTreeMap::new();
        place_table(root, "", &mut places);
        Self { source, places, found: Vec::new() }
    }

    /// The value at a path is wrong.
    pub(crate) fn refuse(&mut self, path: &str, message: impl Into<String>) -> &mut Found {
        let span = match self.places.get(path) {
            Some(place) => place.value.clone(),
            None => self.nearest_key(path),
        };
        self.push(span, path, message.into())
    }

    /// The key at a path is wrong, or missing in its table.
    pub(crate) fn refuse_key(&mut self, path: &str, message: impl Into<String>) -> &mut Found {
        let span = self.nearest_key(path);
        self.push(span, path, message.into())
    }

    /// The text itself cannot be read.
    pub(crate) fn refuse_text(&mut self, error: &toml::de::Error) {
        self.push(error.span().unwrap_or_default(), "", error.message().to_owned());
    }

    /// Whether nothing is wrong so far.
    pub(crate) fn is_clean(&self) -> bool {
        self.found.is_empty()
    }

    /// How much is wrong so far.
    pub(crate) fn len(&self) -> usize {
        self.found.len()
    }

    /// What is wrong, in the order of the file; of very much the beginning.
    pub(crate) fn into_diagnostics(mut self) -> Vec<Diagnostic> {
        self.found.sort_by_key(|found| found.span.start);
        let source = self.source;
        self.found.into_iter().take(DIAGNOSTICS_MAX).map(|found| pointed(&source, found)).collect()
    }

    fn nearest_key(&self, path: &str) -> Range<usize> {
        let mut path = path;
        loop {
            if let Some(place) = self.places.get(path) {
                return place.key.clone();
            }
            let Some(parent_end) = path.rfind(['.', '[']) else {
                return 0..0;
            };
            path = &path[..parent_end];
        }
    }

    fn push(&mut self, span: Range<usize>, path: &str, message: String) -> &mut Found {
        let at = self.found.len();
        self.found.push(Found { span, path: path.to_owned(), message, hint: None });
        &mut self.found[at]
    }
}

fn pointed(source: &Source<'_>, found: Found) -> Diagnostic {
    let position = source.position(&found.span);
    Diagnostic {
        file: source.file.to_owned(),
        line: position.line,
        column: position.column,
        length: position.length,
        path: found.path,
        message: found.message,
        hint: found.hint,
        line_text: position.line_text,
    }
}

/// The path of a key in a table.
pub(crate) fn key_path(table: &str, key: &str) -> String {
    if table.is_empty() { key.to_owned() } else { format!("{table}.{key}") }
}

/// The path of an item in a list.
pub(crate) fn item_path(list: &str, index: usize) -> String {
    format!("{list}[{index}]")
}

fn place_table(table: &DeTable<'_>, path: &str, places: &mut BTreeMap<String, Place>) {
    for (key, value) in table.iter() {
        let path = key_path(path, key.get_ref());
        places.insert(path.clone(), Place { key: key.span(), value: value.span() });
        place_value(value, &path, places);
    }
}

fn place_value(value: &Spanned<DeValue<'_>>, path: &str, places: &mut BTreeMap<String, Place>) {
    match value.get_ref() {
        DeValue::Table(table) => place_table(table, path, places),
        DeValue::Array(list) => {
            for (index, item) in list.iter().enumerate() {
                let path = item_path(path, index);
                places.insert(path.clone(), Place { key: item.span(), value: item.span() });
                place_value(item, &path, places);
            }
        }
        _ => {}
    }
}
