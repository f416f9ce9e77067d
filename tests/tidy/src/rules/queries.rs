//! No query is made of text that came from somewhere: what begins like SQL has no hole to be filled.

use crate::{Facts, Finding};

const VERBS: [&str; 10] = [
    "SELECT ", "INSERT ", "UPDATE ", "DELETE ", "REPLACE ", "CREATE ", "DROP ", "ALTER ", "PRAGMA ", "WITH ",
];

/// Finds queries with holes.
#[must_use]
pub fn check(facts: &Facts) -> Vec<Finding> {
    let mut findings = Vec::new();
    for source in facts.sources.iter().filter(|source| !source.is_test) {
        for literal in &source.literals {
            let text = literal.value.trim_start();
            if VERBS.iter().any(|verb| text.starts_with(verb)) && text.contains('{') {
                let what = "formats a query: bind values, and join fixed texts with concat";
                findings.push(Finding::at(&source.path, literal.line, what));
            }
        }
    }
    findings
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests may panic")]

    use super::*;
    use crate::Source;

    fn findings(text: &str) -> usize {
        let source = Source::parse("platform/journal-sqlite/src/lib.rs", text).unwrap();
        check(&Facts { sources: vec![source], ..Facts::default() }).len()
    }

    #[test]
    fn a_query_with_a_hole_is_found() {
        assert_eq!(
            findings(r#"fn f(name: &str) -> String { format!("SELECT * FROM rows WHERE name = '{name}'") }"#),
            1
        );
        assert_eq!(findings(r#"fn f(n: u8) -> String { format!("PRAGMA cache_size = {}", n) }"#), 1);
    }

    #[test]
    fn a_query_that_binds_is_none() {
        assert_eq!(findings(r#"const ONE: &str = "SELECT * FROM rows WHERE name = ?";"#), 0);
        assert_eq!(findings(r#"fn f(n: u8) -> String { format!("{n} orders") }"#), 0);
    }
}
