//! The pages beside the code are held to the program: what they name is there, and what the program
//! has, they name.
#![expect(clippy::unwrap_used, reason = "tests may panic")]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use clap::CommandFactory;

use crate::Cli;

const PAGES: &[&str] = &["README.md", "ARCHITECTURE.md", "CONTRIBUTING.md"];
/// Folders whose files the pages name by their path.
const FOLDERS: &[&str] = &["platform/", "contexts/", "apps/", "tests/", "docs/", "shops/", "xtask/"];

#[test]
fn every_command_stands_on_the_page_for_operators_or_in_the_readme() {
    let text = read("docs/operations.md") + &read("README.md") + &read("docs/shop-files.md");
    let commands = Cli::command();
    let missing: Vec<_> = commands
        .get_subcommands()
        .map(clap::Command::get_name)
        .filter(|name| !text.contains(&format!("jumun {name}")) && !text.contains(&format!("-- {name}")))
        .collect();
    assert_eq!(missing, Vec::<&str>::new());
}

#[test]
fn every_setting_of_serve_stands_on_the_page_for_operators() {
    let page = read("docs/operations.md");
    let commands = Cli::command();
    let serve = commands.find_subcommand("serve").unwrap();
    for argument in serve.get_arguments() {
        for name in [argument.get_long().map(|long| format!("`--{long}`")), variable(argument)] {
            let Some(name) = name else { continue };
            assert!(page.contains(&name), "docs/operations.md does not name {name}");
        }
    }
}

fn variable(argument: &clap::Arg) -> Option<String> {
    argument.get_env().map(|name| format!("`{}`", name.to_string_lossy()))
}

#[test]
fn every_link_and_every_path_leads_somewhere() {
    let mut astray = BTreeSet::new();
    for page in pages() {
        let text = fs::read_to_string(root().join(&page)).unwrap();
        let folder = page.parent().unwrap();
        let links = links(&text).map(|link| folder.join(link));
        let paths = paths(&text).map(PathBuf::from);
        astray.extend(
            links
                .chain(paths)
                .filter(|place| !root().join(place).exists())
                .map(|place| format!("{}: {}", page.display(), place.display())),
        );
    }
    assert_eq!(astray, BTreeSet::new());
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn read(page: &str) -> String {
    fs::read_to_string(root().join(page)).unwrap()
}

fn pages() -> Vec<PathBuf> {
    let docs = fs::read_dir(root().join("docs")).unwrap().map(|entry| entry.unwrap().file_name());
    let docs = docs
        .map(|name| Path::new("docs").join(name))
        .filter(|page| page.extension().is_some_and(|e| e == "md"));
    PAGES.iter().map(PathBuf::from).chain(docs).collect()
}

/// What `[text](place)` leads to on this disk.
fn links(text: &str) -> impl Iterator<Item = &str> {
    text.split("](")
        .skip(1)
        .filter_map(|rest| rest.split(')').next())
        .map(|place| place.split('#').next().unwrap_or_default())
        .filter(|place| !place.is_empty() && !place.contains("://"))
}

/// The whole paths among what is set as code; a path with a hole in it is a pattern.
fn paths(text: &str) -> impl Iterator<Item = &str> {
    let outside_of_blocks = text.split("```").step_by(2);
    outside_of_blocks
        .flat_map(|part| part.split('`').skip(1).step_by(2))
        .filter(|code| FOLDERS.iter().any(|folder| code.starts_with(folder)))
        .filter(|code| !code.contains(|letter: char| "<>*{} ".contains(letter)))
}
