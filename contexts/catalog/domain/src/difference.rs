use std::collections::BTreeMap;

use catalog_contract::{MenuItem, ShopLife, Vocabulary};
use serde_json::Value;

use crate::menu_rules::keep_switches;
use crate::{OpenShop, ShopFile};

/// What a shop file says otherwise than the catalog: one line each, empty where they agree.
///
/// The sold-out switch and what stock closes are no difference: they belong to the day, not to the file.
#[must_use]
pub fn difference(file: &ShopFile, shop: &OpenShop) -> Vec<String> {
    let mut lines = Vec::new();
    if file.hash != shop.hash {
        compare_lives(&shop.life, &file.life, &mut lines);
    }
    compare_words(&shop.words, &file.vocabulary, &mut lines);
    let in_file: BTreeMap<&str, &MenuItem> = file.menu.iter().map(|item| (item.key.as_str(), item)).collect();
    for item in file.menu.iter().filter(|item| !shop.menu.contains_key(&item.key)) {
        lines.push(format!("menu.{}: new, {} at {}", item.key, item.name.en, item.price));
    }
    for (key, present) in &shop.menu {
        match in_file.get(key.as_str()) {
            None => lines.push(format!("menu.{key}: not in the file")),
            Some(item) => {
                let mut item = (*item).clone();
                keep_switches(&mut item, Some(present));
                compare(&format!("menu.{key}"), &as_json(present), &as_json(&item), &mut lines);
            }
        }
    }
    lines
}

fn compare_words(present: &Vocabulary, wanted: &Vocabulary, lines: &mut Vec<String>) {
    for name in present.collections.keys().filter(|name| !wanted.collections.contains_key(*name)) {
        lines.push(format!("vocabulary.{name}: not in the file"));
    }
    for (name, wanted) in &wanted.collections {
        let path = format!("vocabulary.{name}");
        match present.collections.get(name) {
            Some(present) => compare(&path, &as_json(present), &as_json(wanted), lines),
            None => lines.push(format!("{path}: new")),
        }
    }
}

fn compare_lives(present: &ShopLife, wanted: &ShopLife, lines: &mut Vec<String>) {
    compare("", &as_json(present), &as_json(wanted), lines);
}

fn as_json(value: &impl serde::Serialize) -> Value {
    serde_json::to_value(value).unwrap_or_default()
}

fn compare(path: &str, present: &Value, wanted: &Value, lines: &mut Vec<String>) {
    if present == wanted {
        return;
    }
    match (present, wanted) {
        (Value::Object(present), Value::Object(wanted)) => {
            let keys: std::collections::BTreeSet<_> = present.keys().chain(wanted.keys()).collect();
            for key in keys {
                let dot = if path.is_empty() { "" } else { "." };
                let side =
                    |fields: &serde_json::Map<String, Value>| fields.get(key).cloned().unwrap_or_default();
                compare(&format!("{path}{dot}{key}"), &side(present), &side(wanted), lines);
            }
        }
        (Value::Array(present), Value::Array(wanted)) if present.len() == wanted.len() => {
            for (index, (present, wanted)) in present.iter().zip(wanted).enumerate() {
                compare(&format!("{path}[{index}]"), present, wanted, lines);
            }
        }
        (Value::Array(present), Value::Array(wanted)) => {
            lines.push(format!("{path}: {} entries -> {}", present.len(), wanted.len()));
        }
        _ => lines.push(format!("{path}: {present} -> {wanted}")),
    }
}
