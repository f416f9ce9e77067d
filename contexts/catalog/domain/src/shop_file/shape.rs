//! Which keys, types and words a shop file has: read from its schema, held against its text.

use std::collections::BTreeMap;

use serde_json::Value;
use toml::de::DeValue;

use super::nearest::nearest;
use super::report::{Report, item_path, key_path};

/// What may stand at a place of a shop file.
#[derive(Debug)]
pub(crate) enum Shape {
    /// A table with these keys and no others.
    Table(BTreeMap<String, Field>),
    /// A table whose keys the shop chooses.
    Map(Box<Shape>),
    /// A list.
    List { of: Box<Shape>, expected: Option<String> },
    /// One of these words.
    Words(Vec<String>),
    /// A whole number within bounds.
    Whole { least: i64, most: i64 },
    /// A single value of one of these TOML types, and how to say so.
    Single { types: Vec<&'static str>, expected: String },
}

/// A key of a table.
#[derive(Debug)]
pub(crate) struct Field {
    required: bool,
    shape: Shape,
}

impl Shape {
    /// Reads a JSON schema as [`shop_file_schema`](super::shop_file_schema) writes it.
    pub(crate) fn from_schema(schema: &Value) -> Self {
        Self::read(schema, schema)
    }

    fn read(root: &Value, schema: &Value) -> Self {
        if let Some(pointer) = schema["$ref"].as_str().and_then(|name| name.strip_prefix('#')) {
            return Self::read(root, root.pointer(pointer).unwrap_or(&Value::Null));
        }
        if let Some(words) = words(schema) {
            return Self::Words(words);
        }
        match schema["type"].as_str() {
            Some("object") if schema["properties"].is_object() => Self::table(root, schema),
            Some("object") => Self::Map(Box::new(Self::read(root, &schema["additionalProperties"]))),
            Some("array") => Self::List {
                of: Box::new(Self::read(root, &schema["items"])),
                expected: schema["x-expected"].as_str().map(str::to_owned),
            },
            Some("integer") => Self::Whole {
                least: schema["minimum"].as_i64().unwrap_or(i64::MIN),
                most: schema["maximum"].as_i64().unwrap_or(i64::MAX),
            },
            _ => Self::single(schema),
        }
    }

    fn table(root: &Value, schema: &Value) -> Self {
        let required: Vec<&str> =
            schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
        let properties = schema["properties"].as_object().into_iter().flatten();
        Self::Table(
            properties
                .map(|(key, schema)| {
                    let required = required.contains(&key.as_str());
                    (key.clone(), Field { required, shape: Self::read(root, schema) })
                })
                .collect(),
        )
    }

    fn single(schema: &Value) -> Self {
        let named = match &schema["type"] {
            Value::Array(types) => types.iter().filter_map(Value::as_str).collect(),
            Value::String(only) => vec![only.as_str()],
            _ => Vec::new(),
        };
        let types: Vec<_> = named.into_iter().filter_map(toml_type).collect();
        let expected =
            schema["x-expected"].as_str().map_or_else(|| spoken(types.first()).to_owned(), str::to_owned);
        Self::Single { types, expected }
    }

    /// Holds a value against the shape and reports everything that does not fit.
    pub(crate) fn check(&self, value: &DeValue<'_>, path: &str, report: &mut Report<'_>) {
        match (self, value) {
            (Self::Table(fields), DeValue::Table(table)) => {
                for (key, value) in table.iter() {
                    let path = key_path(path, key.get_ref());
                    match fields.get(key.get_ref().as_ref()) {
                        Some(field) => field.shape.check(value.get_ref(), &path, report),
                        None => unknown_key(fields, key.get_ref(), &path, report),
                    }
                }
                for (key, field) in fields.iter().filter(|(_, field)| field.required) {
                    if table.get(key.as_str()).is_none() {
                        let expected = format!("missing; expected {}", field.shape.spoken());
                        report.refuse_key(&key_path(path, key), expected);
                    }
                }
            }
            (Self::Map(shape), DeValue::Table(table)) => {
                for (key, value) in table.iter() {
                    shape.check(value.get_ref(), &key_path(path, key.get_ref()), report);
                }
            }
            (Self::List { of: shape, .. }, DeValue::Array(list)) => {
                for (index, value) in list.iter().enumerate() {
                    shape.check(value.get_ref(), &item_path(path, index), report);
                }
            }
            (Self::Words(words), DeValue::String(word)) if words.iter().any(|known| known == word) => {}
            (Self::Words(words), DeValue::String(word)) => {
                let hint = nearest(word, words.iter().map(String::as_str));
                report.refuse(path, format!("unknown word `{word}`; expected {}", one_of(words))).meant(hint);
            }
            (Self::Whole { least, most }, DeValue::Integer(number)) => {
                let number = i64::from_str_radix(number.as_str(), number.radix());
                if !number.is_ok_and(|number| (*least..=*most).contains(&number)) {
                    report.refuse(path, format!("out of range; expected {}", self.spoken()));
                }
            }
            (Self::Single { types, .. }, value) if types.contains(&value.type_str()) => {}
            (Self::List { .. }, DeValue::Table(_)) => {
                report
                    .refuse(path, format!("expected {}, found a table", self.spoken()))
                    .hint(format!("begin each one with [[{path}]]"));
            }
            (Self::List { .. }, DeValue::String(text)) => {
                report
                    .refuse(path, format!("expected {}, found a text in quotes", self.spoken()))
                    .hint(format!("put it in brackets: [\"{text}\"]"));
            }
            (_, value) => {
                let found = spoken(Some(&value.type_str()));
                report.refuse(path, format!("expected {}, found {found}", self.spoken()));
            }
        }
    }

    fn spoken(&self) -> String {
        match self {
            Self::Table(fields) => {
                let keys: Vec<_> =
                    fields.iter().filter(|(_, field)| field.required).map(|(key, _)| key.clone()).collect();
                if keys.is_empty() {
                    "a table".to_owned()
                } else {
                    format!("a table with {}", keys.join(", "))
                }
            }
            Self::Map(_) => "a table".to_owned(),
            Self::List { expected: Some(expected), .. } => expected.clone(),
            Self::List { of, .. } => match of.as_ref() {
                Self::Table(_) => "a list of tables".to_owned(),
                _ => "a list of texts such as [\"one\", \"two\"]".to_owned(),
            },
            Self::Words(words) => one_of(words),
            Self::Whole { least, most } => format!("a whole number from {least} to {most}"),
            Self::Single { expected, .. } => expected.clone(),
        }
    }
}

fn unknown_key(fields: &BTreeMap<String, Field>, key: &str, path: &str, report: &mut Report<'_>) {
    let known: Vec<&str> = fields.keys().map(String::as_str).collect();
    let hint = nearest(key, known.iter().copied());
    report.refuse_key(path, format!("unknown key; expected {}", known.join(", "))).meant(hint);
}

/// The words of an enum: schemars writes documented ones as `oneOf` constants, bare ones as `enum`.
fn words(schema: &Value) -> Option<Vec<String>> {
    if let Some(words) = schema["enum"].as_array() {
        return words.iter().map(|word| word.as_str().map(str::to_owned)).collect();
    }
    schema["oneOf"].as_array()?.iter().map(|way| way["const"].as_str().map(str::to_owned)).collect()
}

fn toml_type(json_type: &str) -> Option<&'static str> {
    match json_type {
        "string" => Some("string"),
        "integer" => Some("integer"),
        "boolean" => Some("boolean"),
        _ => None,
    }
}

fn spoken<'a>(toml_type: Option<&&'a str>) -> &'a str {
    match toml_type.copied() {
        Some("string") => "a text in quotes",
        Some("integer") => "a whole number",
        Some("float") => "a number with a point",
        Some("boolean") => "true or false",
        Some("array") => "a list",
        Some("table") => "a table",
        Some("datetime") => "a date or time",
        _ => "a value",
    }
}

fn one_of(words: &[String]) -> String {
    match words {
        [only] => only.clone(),
        _ => format!("one of {}", words.join(", ")),
    }
}
