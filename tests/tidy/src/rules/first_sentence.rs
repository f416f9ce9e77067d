//! Every crate root begins by saying what it is, in a sentence.

use crate::{Facts, Finding};

/// Finds crate roots without a first sentence.
#[must_use]
pub fn check(facts: &Facts) -> Vec<Finding> {
    let mut findings = Vec::new();
    for root in facts.crates.iter().flat_map(|member| &member.roots) {
        let Some(source) = facts.sources.iter().find(|source| source.path == *root) else { continue };
        if let Some(what) = refusal(&source.text) {
            findings.push(Finding::at(root, 1, what));
        }
    }
    findings
}

fn refusal(text: &str) -> Option<&'static str> {
    if text.starts_with("#![doc = include_str!(") {
        return None;
    }
    let paragraph: Vec<&str> = text
        .lines()
        .map_while(|line| line.strip_prefix("//!"))
        .take_while(|line| !line.trim().is_empty())
        .map(str::trim)
        .collect();
    let paragraph = paragraph.join(" ");
    let sentence = paragraph.split(". ").next().unwrap_or_default();
    if paragraph.is_empty() {
        Some("begins without `//!`: say first what this crate is")
    } else if sentence.split_whitespace().count() < 3 || !paragraph.contains(['.', ':']) {
        Some("begins without a sentence that says what this crate is")
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests may panic")]

    use super::*;
    use crate::{Crate, Source};

    fn findings(text: &str) -> usize {
        let path = "platform/kernel/src/lib.rs";
        let source = Source::parse(path, text).unwrap();
        let member = Crate { roots: vec![path.into()], ..Crate::default() };
        check(&Facts { crates: vec![member], sources: vec![source], ..Facts::default() }).len()
    }

    #[test]
    fn a_root_that_does_not_say_what_it_is_is_found() {
        assert_eq!(findings("mod a;"), 1);
        assert_eq!(findings("//! placeholder\nfn main() {}"), 1);
        assert_eq!(findings("// What this is, to nobody.\nmod a;"), 1);
    }

    #[test]
    fn a_root_that_says_what_it_is_is_well() {
        assert_eq!(findings("//! The words that every context shares.\nmod a;"), 0);
        assert_eq!(findings("//! One command for every test there\n//! is.\nmod a;"), 0);
        assert_eq!(findings("#![doc = include_str!(\"../README.md\")]"), 0);
    }
}
