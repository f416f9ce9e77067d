//! The architecture as a test: what no compiler checks, but every newcomer may rely on.
//!
//! A rule is a pure function from gathered [`Facts`] to [`Finding`]s, in a file of its own under
//! `rules/`, with a unit test beside it that holds an offending example: a rule that was never
//! seen red is no rule. To add one:
//!
//! 1. write `rules/your_rule.rs` with `pub fn check(facts: &Facts) -> Vec<Finding>` and its red
//!    example;
//! 2. add a `#[test]` below that demands it of this workspace;
//! 3. if it looks at something new, add that to [`Facts`] and to `gather.rs`.

mod facts;
mod finding;
mod gather;
pub mod rules;
mod source;
mod tokens;

pub use facts::{Crate, Dependency, Facts, Kind, Ratchet, ShopFile};
pub use finding::Finding;
pub use gather::gather;
pub use source::{Function, Literal, NamedPath, Source};

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests may panic")]

    use std::fmt::Write as _;
    use std::sync::LazyLock;

    use crate::rules::*;
    use crate::{Facts, Finding};

    static FACTS: LazyLock<Facts> = LazyLock::new(|| crate::gather().unwrap());

    fn demand(rule: fn(&Facts) -> Vec<Finding>) {
        let findings = rule(&FACTS);
        let mut text = String::new();
        for finding in &findings {
            writeln!(text, "  {finding}").unwrap();
        }
        assert!(findings.is_empty(), "{} findings:\n{text}", findings.len());
    }

    #[test]
    fn a_crates_name_is_its_path() {
        demand(names::check);
    }

    #[test]
    fn dependencies_point_down() {
        demand(direction::check);
    }

    #[test]
    fn what_decides_is_pure() {
        demand(purity::check);
    }

    #[test]
    fn there_is_one_door_to_each_machine() {
        demand(doors::check);
    }

    #[test]
    fn clock_and_chance_come_in_at_few_doors() {
        demand(outside_world::check);
    }

    #[test]
    fn the_code_map_is_the_code() {
        demand(code_map::check);
    }

    #[test]
    fn every_crate_says_what_it_is() {
        demand(first_sentence::check);
    }

    #[test]
    fn every_published_event_has_its_golden_file() {
        demand(golden::check);
    }

    #[test]
    fn no_planted_bug_ships() {
        demand(planted::check);
    }

    #[test]
    fn no_unsafe_ships() {
        demand(safety::check);
    }

    #[test]
    fn no_query_is_made_of_text() {
        demand(queries::check);
    }

    #[test]
    fn no_shops_word_is_in_the_code() {
        demand(shop_words::check);
    }

    #[test]
    fn nothing_grows_beyond_the_habit() {
        println!("{}", growth::report(&FACTS));
        demand(growth::check);
    }

    #[test]
    fn the_facts_hold_what_the_rules_look_at() {
        let facts = &*FACTS;
        let has_crate = |name: &str| facts.crates.iter().any(|member| member.name == name);
        assert!(has_crate("kernel") && has_crate("ordering-domain") && has_crate("jumun"));
        assert!(facts.sources.iter().any(|source| source.path.ends_with("kernel/src/lib.rs")));
        assert!(!facts.shops.is_empty(), "no shop file was read");
        assert!(facts.golden.iter().any(|path| path.ends_with(".v1.json")), "no golden file");
        assert!(facts.shipped.contains_key("kernel"), "the shipped graph was not read");
    }
}
