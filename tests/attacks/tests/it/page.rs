//! `docs/security.md` is true: every test that it names exists, and every check here has its row.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn sources(folder: &Path, texts: &mut Vec<(PathBuf, String)>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, texts);
        } else if path.extension().is_some_and(|kind| kind == "rs") {
            texts.push((path.clone(), std::fs::read_to_string(&path).unwrap()));
        }
    }
}

/// The names of the tests of a source.
fn tests(text: &str) -> Vec<String> {
    let marks = ["#[test]", "#[tokio::test"];
    let mut names = Vec::new();
    let mut is_marked = false;
    for line in text.lines().map(str::trim) {
        is_marked |= marks.iter().any(|mark| line.starts_with(mark));
        let name =
            line.trim_start_matches("async ").strip_prefix("fn ").and_then(|rest| rest.split('(').next());
        if let (true, Some(name)) = (is_marked, name) {
            names.push(name.to_owned());
            is_marked = false;
        }
    }
    names
}

/// The tests that the page names: the third column.
fn named() -> BTreeSet<String> {
    let page = std::fs::read_to_string(root().join("docs/security.md")).unwrap();
    let rows = page.lines().filter(|line| line.starts_with('|')).skip(2);
    let cells = rows.filter_map(|row| row.split(" | ").nth(2).map(ToOwned::to_owned));
    cells
        .flat_map(|cell| cell.split('`').skip(1).step_by(2).map(ToOwned::to_owned).collect::<Vec<_>>())
        .collect()
}

#[test]
fn every_test_that_the_page_names_exists() {
    let mut texts = Vec::new();
    for folder in ["tests", "contexts", "platform", "apps"] {
        sources(&root().join(folder), &mut texts);
    }
    let there: BTreeSet<String> = texts.iter().flat_map(|(_, text)| tests(text)).collect();
    let named = named();
    assert!(named.len() >= 30, "{named:?}");
    assert_eq!(named.difference(&there).collect::<Vec<_>>(), Vec::<&String>::new());
}

#[test]
fn every_check_of_this_crate_has_its_row() {
    let mut texts = Vec::new();
    sources(&root().join("tests/attacks/tests/it"), &mut texts);
    let helpers = ["page.rs", "corpus.rs"];
    texts.retain(|(path, _)| !helpers.iter().any(|helper| path.ends_with(helper)));
    let here: BTreeSet<String> = texts.iter().flat_map(|(_, text)| tests(text)).collect();
    assert_eq!(here.difference(&named()).collect::<Vec<_>>(), Vec::<&String>::new());
}
