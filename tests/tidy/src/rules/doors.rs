//! One door to each machine: only a store names SQLite, only the Kafka bus names Kafka.

use crate::{Facts, Finding};

struct Door {
    crates: &'static [&'static str],
    may: fn(path: &str) -> bool,
    where_to: &'static str,
}

const DOORS: &[Door] = &[
    Door {
        crates: &["rusqlite", "refinery", "libsqlite3_sys"],
        may: |path| {
            path.starts_with("platform/journal-") || path.contains("/store/") || path.ends_with("/store.rs")
        },
        where_to: "platform/journal-* and the store/ folders",
    },
    Door {
        crates: &["rdkafka", "rdkafka_sys"],
        may: |path| path.starts_with("platform/bus-kafka/"),
        where_to: "platform/bus-kafka",
    },
];

/// Finds sources that go round a door. Tests may look at what is stored.
#[must_use]
pub fn check(facts: &Facts) -> Vec<Finding> {
    let mut findings = Vec::new();
    for source in facts.sources.iter().filter(|source| !source.is_test) {
        for named in &source.paths {
            let Some(first) = named.segments.first() else { continue };
            for door in DOORS.iter().filter(|door| door.crates.contains(&first.as_str())) {
                if !(door.may)(&source.path) {
                    let what = format!("names {first}, which only {} may", door.where_to);
                    findings.push(Finding::at(&source.path, named.line, what));
                }
            }
        }
    }
    findings.dedup();
    findings
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests may panic")]

    use super::*;
    use crate::Source;

    fn findings(path: &str, text: &str) -> Vec<Finding> {
        let source = Source::parse(path, text).unwrap();
        check(&Facts { sources: vec![source], ..Facts::default() })
    }

    #[test]
    fn a_use_case_that_names_the_database_is_found() {
        let path = "contexts/ordering/service/src/use_cases/place_order.rs";
        assert_eq!(findings(path, "fn f(c: &rusqlite::Connection) {}").len(), 1);
        assert_eq!(findings(path, "use rusqlite::{Connection, Row};").len(), 1);
        assert_eq!(findings("apps/jumun/src/main.rs", "use rdkafka::Message;").len(), 1);
    }

    #[test]
    fn a_store_may_name_the_database() {
        for path in [
            "platform/journal-sqlite/src/lib.rs",
            "contexts/tracking/service/src/store/sqlite.rs",
            "contexts/tracking/service/src/store.rs",
        ] {
            assert_eq!(findings(path, "use rusqlite::Connection;"), [], "{path}");
        }
    }
}
