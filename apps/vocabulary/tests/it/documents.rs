//! The document of every shop's words is committed, and equal to what the words say.

use std::fs;
use std::path::{Path, PathBuf};

use catalog_domain::ShopFile;
use serde_json::Value;
use vocabulary::document;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn shops() -> Vec<ShopFile> {
    let mut files: Vec<_> =
        fs::read_dir(root().join("shops")).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    let read = |path: &PathBuf| ShopFile::read("shop.toml", &fs::read_to_string(path).unwrap()).unwrap();
    files.iter().map(read).filter(|shop| !shop.vocabulary.collections.is_empty()).collect()
}

#[test]
fn every_shop_s_document_is_committed() {
    assert!(shops().len() >= 5);
    for shop in shops() {
        let derived = serde_json::to_string_pretty(&document(&shop.life, &shop.vocabulary)).unwrap() + "\n";
        let path = root().join("docs/vocabularies").join(format!("{}.openapi.json", shop.life.key));
        if std::env::var_os("UPDATE_DERIVED").is_some() {
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(&path, &derived).unwrap();
        }
        let committed = fs::read_to_string(&path).unwrap_or_default();
        assert!(committed == derived, "{}: run UPDATE_DERIVED=1 cargo test -p vocabulary", path.display());
    }
}

#[test]
fn every_reference_of_a_document_leads_somewhere() {
    for shop in shops() {
        let document = document(&shop.life, &shop.vocabulary);
        let mut references = Vec::new();
        walk(&document, &mut references);
        assert!(!references.is_empty());
        for reference in references {
            let pointer = reference.strip_prefix('#').unwrap();
            assert!(document.pointer(pointer).is_some(), "{}: {reference}", shop.life.key);
        }
    }
}

fn walk(value: &Value, references: &mut Vec<String>) {
    match value {
        Value::Object(fields) => {
            references.extend(fields.get("$ref").and_then(Value::as_str).map(ToOwned::to_owned));
            fields.values().for_each(|value| walk(value, references));
        }
        Value::Array(values) => values.iter().for_each(|value| walk(value, references)),
        _ => {}
    }
}
