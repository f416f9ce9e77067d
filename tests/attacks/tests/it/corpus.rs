//! S38 and the fuzz targets: what a fuzzer has found worth keeping is replayed, and some thousand changes of
//! it; no parser that a stranger reaches fails.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};

use attacks::parsers::{PARSERS, Parser, form_names, good_token, parser};
use attacks::{Chance, mutated};

/// How many changed inputs each parser reads, unless `ATTACKS_INPUTS` says so.
const INPUTS: u64 = 3_000;

fn corpus(parser: Parser) -> Vec<(PathBuf, Vec<u8>)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz/corpus").join(parser.name);
    let entries = std::fs::read_dir(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    paths.into_iter().map(|path| (path.clone(), std::fs::read(path).unwrap())).collect()
}

fn number(name: &str, unless: u64) -> u64 {
    std::env::var(name).map_or(unless, |text| text.parse().unwrap())
}

/// Reads, and says which bytes were fatal.
fn reads(parser: Parser, bytes: &[u8], what: &str) {
    let outcome = catch_unwind(AssertUnwindSafe(|| (parser.read)(bytes)));
    assert!(outcome.is_ok(), "{} fails on {what}: {}", parser.name, bytes.escape_ascii());
}

fn holds(name: &str) {
    let parser = parser(name);
    let kept = corpus(parser);
    assert!(kept.len() >= 5, "{name} has a corpus of {}", kept.len());
    for (path, bytes) in &kept {
        reads(parser, bytes, &path.display().to_string());
    }
    let seeds: Vec<Vec<u8>> = kept.into_iter().map(|(_, bytes)| bytes).collect();
    let (seed, inputs) = (number("ATTACKS_SEED", 1), number("ATTACKS_INPUTS", INPUTS));
    println!("{name}: {} kept inputs, {inputs} changed ones of seed {seed}", seeds.len());
    let mut chance = Chance::of(seed);
    for input in 0..inputs {
        reads(parser, &mutated(&seeds, &mut chance), &format!("input {input} of seed {seed}"));
    }
}

#[test]
fn bodies_and_queries_are_read_or_refused() {
    holds("forms");
}

#[test]
fn cursors_are_opened_or_refused() {
    holds("cursors");
}

#[test]
fn headers_are_read_or_refused() {
    holds("headers");
}

#[test]
fn shop_files_are_understood_or_refused() {
    holds("shop_files");
}

#[test]
fn words_of_shops_are_read_or_refused() {
    holds("words");
}

#[test]
fn stored_events_are_read_or_refused() {
    holds("events");
}

#[test]
fn callbacks_are_refused_unless_signed() {
    holds("signatures");
}

#[test]
fn every_parser_has_a_fuzz_target_of_its_name() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz");
    let manifest = std::fs::read_to_string(folder.join("Cargo.toml")).unwrap();
    for parser in PARSERS {
        assert!(manifest.contains(&format!("name = \"{}\"", parser.name)), "{}", parser.name);
        let target =
            std::fs::read_to_string(folder.join("targets").join(format!("{}.rs", parser.name))).unwrap();
        assert!(target.contains(&format!("parser(\"{}\")", parser.name)), "{target}");
    }
}

/// What another process of ours sends, not a stranger.
const OF_NEIGHBOURS: [&str; 1] = ["AskPayment"];

#[test]
fn every_body_and_query_of_a_route_is_among_the_forms() {
    let contexts = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../contexts");
    let mut folders = vec![contexts];
    let known = form_names();
    let mut seen = 0;
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.components().any(|part| part.as_os_str() == "rest") {
                let text = std::fs::read_to_string(&path).unwrap();
                for opening in ["StrictJson<", "StrictJsonWithBytes<", "StrictQuery<"] {
                    for rest in text.split(opening).skip(1) {
                        let name = rest.split('>').next().unwrap_or_default();
                        let is_known = known.contains(&name) || OF_NEIGHBOURS.contains(&name);
                        assert!(is_known, "{}: add {name} to the forms of its context", path.display());
                        seen += 1;
                    }
                }
            }
        }
    }
    assert!(seen >= 30, "{seen}");
}

#[test]
fn tokens_are_believed_only_as_they_were_signed() {
    // With it the changes begin: one that is believed.
    let seeds = [good_token().as_bytes().to_vec()];
    reads(parser("tokens"), &seeds[0], "the good token");
    holds("tokens");
    let (seed, inputs) = (number("ATTACKS_SEED", 1), number("ATTACKS_INPUTS", INPUTS));
    let mut chance = Chance::of(seed);
    for input in 0..inputs {
        reads(parser("tokens"), &mutated(&seeds, &mut chance), &format!("change {input} of seed {seed}"));
    }
}
