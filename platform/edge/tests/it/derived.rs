use std::fs;
use std::path::Path;

use edge::problem_kind::errors_markdown;

/// With `UPDATE_DERIVED=1` the published page is written anew.
#[test]
fn the_published_page_of_errors_is_the_table_in_the_code() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/errors.md");
    let page = errors_markdown();
    if std::env::var_os("UPDATE_DERIVED").is_some() {
        fs::write(&path, &page).unwrap();
    }
    let published = fs::read_to_string(&path).unwrap_or_default();
    assert!(published == page, "docs/errors.md is out of date: run this test with UPDATE_DERIVED=1");
}
