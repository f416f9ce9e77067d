use std::fs;
use std::path::Path;

use catalog_domain::shop_file_schema;

/// With `UPDATE_DERIVED=1` the published file is written anew.
#[test]
fn the_published_schema_is_the_one_that_the_checker_uses() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../docs/shop-file.schema.json");
    let schema = format!("{}\n", serde_json::to_string_pretty(&shop_file_schema()).unwrap());
    if std::env::var_os("UPDATE_DERIVED").is_some() {
        fs::write(&path, &schema).unwrap();
    }
    let published = fs::read_to_string(&path).unwrap_or_default();
    assert!(
        published == schema,
        "docs/shop-file.schema.json is out of date: run this test with UPDATE_DERIVED=1"
    );
}
