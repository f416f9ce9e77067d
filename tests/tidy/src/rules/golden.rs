//! Every published event version has a golden file, `golden/<event-type>.json` in its contract,
//! and a golden file is never orphaned: what was published once must be readable for ever.

use std::collections::{BTreeMap, BTreeSet};

use crate::{Facts, Finding};

/// Finds event versions without golden file, and golden files without event version.
#[must_use]
pub fn check(facts: &Facts) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut expected = BTreeSet::new();
    for (place, (source, line)) in published(facts) {
        if !facts.golden.contains(&place) {
            findings.push(Finding::at(source, line, format!("publishes what has no {place}")));
        }
        expected.insert(place);
    }
    for path in facts.golden.difference(&expected) {
        findings.push(Finding::of(path, "is of a version that its contract no longer names"));
    }
    findings
}

/// The golden file of each event type that a contract names, and where it names it.
fn published(facts: &Facts) -> BTreeMap<String, (&str, usize)> {
    let mut published = BTreeMap::new();
    for member in facts.crates.iter().filter(|member| member.folder.ends_with("/contract")) {
        for source in facts.sources_below(&member.folder).filter(|source| !source.is_test) {
            for literal in source.literals.iter().filter(|literal| is_event_type(&literal.value)) {
                let place = format!("{}/golden/{}.json", member.folder, literal.value);
                published.entry(place).or_insert((source.path.as_str(), literal.line));
            }
        }
    }
    published
}

/// `order-placed.v1`
fn is_event_type(text: &str) -> bool {
    text.rsplit_once(".v").is_some_and(|(name, version)| {
        !name.is_empty()
            && name.chars().all(|letter| letter.is_ascii_lowercase() || letter == '-')
            && !version.is_empty()
            && version.chars().all(|digit| digit.is_ascii_digit())
    })
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests may panic")]

    use super::*;
    use crate::{Crate, Source};

    fn findings(text: &str, golden: &[&str]) -> Vec<String> {
        let folder = "contexts/ordering/contract";
        let source = Source::parse(&format!("{folder}/src/events.rs"), text).unwrap();
        let facts = Facts {
            crates: vec![Crate { folder: folder.into(), ..Crate::default() }],
            sources: vec![source],
            golden: golden.iter().map(|name| format!("{folder}/golden/{name}")).collect(),
            ..Facts::default()
        };
        check(&facts).iter().map(|finding| finding.what.clone()).collect()
    }

    #[test]
    fn a_version_without_golden_file_is_found() {
        let text = "kernel::events! { pub enum E { Placed(P) = \"order-placed.v2\" } }";
        assert_eq!(
            findings(text, &[]),
            ["publishes what has no contexts/ordering/contract/golden/order-placed.v2.json"]
        );
    }

    #[test]
    fn a_golden_file_without_version_is_found() {
        assert_eq!(
            findings("", &["order-placed.v1.json"]),
            ["is of a version that its contract no longer names"]
        );
    }

    #[test]
    fn a_version_with_its_golden_file_is_well() {
        let text = "const A: &str = \"order-placed.v1\"; const B: &str = \"1.v\";";
        assert!(findings(text, &["order-placed.v1.json"]).is_empty());
    }
}
