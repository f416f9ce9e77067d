use std::collections::BTreeSet;

use catalog_domain::{ShopFile, shop_file_schema};
use serde_json::Value;

const PAGE: &str = include_str!("../../../../../docs/shop-files.md");

#[test]
fn the_shop_on_the_page_is_understood() {
    let example = PAGE.split("```toml\n").nth(1).unwrap();
    let example = example.split("```").next().unwrap();
    ShopFile::read("docs/shop-files.md", example).unwrap();
}

#[test]
fn every_key_and_every_word_stands_on_the_page() {
    let code: BTreeSet<&str> = PAGE.split('`').skip(1).step_by(2).flat_map(words).collect();
    let mut missing = Vec::new();
    walk(&shop_file_schema(), &mut |name| {
        if !code.contains(name) {
            missing.push(name.to_owned());
        }
    });
    assert_eq!(missing, Vec::<String>::new());
}

fn words(code: &str) -> impl Iterator<Item = &str> {
    code.split(|letter: char| !letter.is_ascii_alphanumeric() && letter != '-' && letter != '_')
}

/// Every key and every word that the schema knows.
fn walk(schema: &Value, found: &mut impl FnMut(&str)) {
    match schema {
        Value::Object(fields) => {
            let properties = fields.get("properties").and_then(Value::as_object);
            properties.into_iter().flatten().for_each(|(key, _)| found(key));
            if let Some(word) = fields.get("const").and_then(Value::as_str) {
                found(word);
            }
            fields.values().for_each(|part| walk(part, found));
        }
        Value::Array(parts) => parts.iter().for_each(|part| walk(part, found)),
        _ => {}
    }
}
