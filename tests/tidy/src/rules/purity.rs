//! What decides is pure: no async, no clock, no chance, no IO, no log, no order that depends on
//! a hash. Contracts and domains name only the kernel, contracts and a short list of crates.

use crate::{Crate, Facts, Finding, Kind, NamedPath, Source};

/// Crates that only turn values into values.
const PURE_CRATES: &[&str] = &[
    "blake3",
    "jiff",
    "schemars",
    "serde",
    "serde_json",
    "serde_spanned",
    "thiserror",
    "toml",
    "utoipa",
    "uuid",
];

/// What may not be named, as path or as one word, with why.
const BANNED: &[(&str, &str)] = &[
    ("async", "a decision waits for nothing"),
    ("await", "a decision waits for nothing"),
    ("tokio", "a decision waits for nothing"),
    ("futures", "a decision waits for nothing"),
    ("std::thread", "a decision waits for nothing"),
    ("std::time", "time is an argument"),
    ("SystemTime", "time is an argument"),
    ("Instant", "time is an argument"),
    ("rand", "chance is an argument"),
    ("getrandom", "chance is an argument"),
    ("std::fs", "a decision reads and writes nothing"),
    ("std::net", "a decision reads and writes nothing"),
    ("std::env", "a decision reads and writes nothing"),
    ("std::process", "a decision reads and writes nothing"),
    ("std::io", "a decision reads and writes nothing"),
    ("println", "a decision says nothing; its answer does"),
    ("eprintln", "a decision says nothing; its answer does"),
    ("print", "a decision says nothing; its answer does"),
    ("eprint", "a decision says nothing; its answer does"),
    ("tracing", "a decision says nothing; its answer does"),
    ("log", "a decision says nothing; its answer does"),
    ("HashMap", "its order is chance: take BTreeMap"),
    ("HashSet", "its order is chance: take BTreeSet"),
];

/// Time spans are values; only moments are facts of the outside.
const ALLOWED: &[&str] = &["std::time::Duration"];

/// Finds impure dependencies and impure words.
#[must_use]
pub fn check(facts: &Facts) -> Vec<Finding> {
    let mut findings = Vec::new();
    for member in facts.crates.iter().filter(|member| is_pure(&member.folder)) {
        findings.extend(impure_dependencies(member, facts));
        for source in facts.sources_below(&member.folder).filter(|source| !source.is_test) {
            findings.extend(impure_words(source));
        }
    }
    findings
}

fn is_pure(folder: &str) -> bool {
    folder.starts_with("contexts/") && (folder.ends_with("/domain") || folder.ends_with("/contract"))
}

fn impure_dependencies(member: &Crate, facts: &Facts) -> Vec<Finding> {
    member
        .dependencies
        .iter()
        .filter(|dependency| dependency.kind != Kind::Tests)
        .filter(|dependency| facts.crate_named(&dependency.name).is_none())
        .filter(|dependency| !PURE_CRATES.contains(&dependency.name.as_str()))
        .map(|dependency| {
            let what = format!("depends on {}, which is not on the short list", dependency.name);
            Finding::of(&member.folder, what)
        })
        .collect()
}

fn impure_words(source: &Source) -> Vec<Finding> {
    let mut findings: Vec<Finding> = source
        .paths
        .iter()
        .filter(|named| !ALLOWED.contains(&named.segments.join("::").as_str()))
        .filter_map(|named| {
            let (banned, why) = BANNED.iter().find(|(banned, _)| names(named, banned))?;
            Some(Finding::at(&source.path, named.line, format!("names {banned}: {why}")))
        })
        .collect();
    findings.dedup();
    findings
}

/// Crates and paths are met at their beginning, keywords and types anywhere.
fn names(named: &NamedPath, banned: &str) -> bool {
    let segments: Vec<&str> = named.segments.iter().map(String::as_str).collect();
    let banned: Vec<&str> = banned.split("::").collect();
    match banned.as_slice() {
        [word] if word.starts_with(char::is_uppercase) => segments.contains(word),
        [word] if ["async", "await"].contains(word) => segments.contains(word),
        // A crate, or a macro: a field or a variable of that name is something else.
        ["log" | "rand" | "tracing" | "tokio" | "futures" | "getrandom"] => {
            segments.len() > 1 && segments[0] == banned[0]
        }
        path => segments.starts_with(path),
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests may panic")]

    use super::*;
    use crate::Dependency;

    const DOMAIN: &str = "contexts/ordering/domain";

    fn findings(dependency: &str, text: &str) -> Vec<Finding> {
        let source = Source::parse(&format!("{DOMAIN}/src/order.rs"), text).unwrap();
        let member = Crate {
            name: "ordering-domain".into(),
            folder: DOMAIN.into(),
            dependencies: vec![Dependency { name: dependency.into(), kind: Kind::Normal }],
            ..Crate::default()
        };
        check(&Facts { crates: vec![member], sources: vec![source], ..Facts::default() })
    }

    #[test]
    fn impure_words_are_found() {
        for text in [
            "async fn decide() {}",
            "use std::time::Instant;",
            "use std::{collections::BTreeMap, fs};",
            "fn f() { let now = std::time::SystemTime::UNIX_EPOCH; }",
            "fn f() { tracing::info!(\"decided\"); }",
            "fn f() { println!(\"decided\"); }",
            "fn f() -> u8 { rand::random() }",
            "use std::collections::HashMap;",
            "fn f() { vec![tokio::spawn(x)]; }",
        ] {
            assert!(!findings("serde", text).is_empty(), "{text}");
        }
    }

    #[test]
    fn pure_words_are_well() {
        for text in [
            "use std::collections::BTreeMap;",
            "use std::time::Duration;",
            "fn f(log: &[u8]) -> usize { log.len() }",
            "#[cfg(test)]\nmod tests {\n    use std::collections::HashMap;\n}",
        ] {
            assert_eq!(findings("serde", text), [], "{text}");
        }
    }

    #[test]
    fn a_crate_that_is_not_on_the_short_list_is_found() {
        let findings = findings("reqwest", "");
        assert_eq!(findings[0].what, "depends on reqwest, which is not on the short list");
    }
}
