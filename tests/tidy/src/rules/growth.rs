//! Ratchets, not walls: the longest files and functions are reported, and only fresh growth
//! beyond the habit is stopped. What stands above it is listed in `tests/tidy/ratchet.toml`.

use std::fmt::Write as _;

use crate::{Facts, Finding};

const FILE_LINES_MAX: usize = 600;
const FUNCTION_LINES_MAX: usize = 120;
const REPORTED: usize = 8;

/// Finds files and functions that grew.
#[must_use]
pub fn check(facts: &Facts) -> Vec<Finding> {
    let ratchet = &facts.ratchet;
    let mut findings = Vec::new();
    for source in &facts.sources {
        let lines = source.text.lines().count();
        let max = ratchet.files.get(&source.path).map_or(FILE_LINES_MAX, |stood| *stood);
        if lines > max {
            let what = format!("has {lines} lines, expected at most {max}: what second subject moved in?");
            findings.push(Finding::of(&source.path, what));
        }
        for function in &source.functions {
            let name = format!("{}::{}", source.path, function.name);
            let max = ratchet.functions.get(&name).map_or(FUNCTION_LINES_MAX, |stood| *stood);
            if function.lines > max {
                let what = format!(
                    "{} has {} lines, expected at most {max}: name its steps",
                    function.name, function.lines
                );
                findings.push(Finding::at(&source.path, function.line, what));
            }
        }
    }
    findings
}

/// The longest files and functions, longest first.
#[must_use]
pub fn report(facts: &Facts) -> String {
    let mut files: Vec<_> =
        facts.sources.iter().map(|source| (source.text.lines().count(), source.path.clone())).collect();
    let mut functions: Vec<_> = facts
        .sources
        .iter()
        .flat_map(|source| source.functions.iter().map(move |function| (source, function)))
        .map(|(source, function)| {
            (function.lines, format!("{}:{} {}", source.path, function.line, function.name))
        })
        .collect();
    let mut text = String::new();
    for (title, sizes) in [("longest files", &mut files), ("longest functions", &mut functions)] {
        sizes.sort_by(|one, other| other.cmp(one));
        let _ = writeln!(text, "{title}:");
        for (lines, what) in sizes.iter().take(REPORTED) {
            let _ = writeln!(text, "{lines:>6} {what}");
        }
    }
    text
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests may panic")]

    use super::*;
    use crate::Source;

    const PATH: &str = "platform/kernel/src/money.rs";

    fn facts(text: &str) -> Facts {
        Facts { sources: vec![Source::parse(PATH, text).unwrap()], ..Facts::default() }
    }

    #[test]
    fn a_file_that_grew_beyond_the_habit_is_found() {
        assert_eq!(check(&facts(&"// a line\n".repeat(601))).len(), 1);
        assert_eq!(check(&facts(&"// a line\n".repeat(600))), []);
    }

    #[test]
    fn a_function_that_grew_beyond_the_habit_is_found() {
        let text = format!("fn long() {{\n{}}}\n", "    step();\n".repeat(120));
        assert_eq!(
            check(&facts(&text))[0].to_string(),
            "platform/kernel/src/money.rs:1: long has 122 lines, expected at most 120: name its steps"
        );
    }

    #[test]
    fn what_stands_in_the_ratchet_may_stay_but_not_grow() {
        let mut facts = facts(&"// a line\n".repeat(700));
        facts.ratchet.files.insert(PATH.into(), 700);
        assert_eq!(check(&facts), []);
        facts.ratchet.files.insert(PATH.into(), 699);
        assert_eq!(check(&facts).len(), 1);
    }

    #[test]
    fn the_report_names_the_longest_first() {
        let text = report(&facts("fn short() {}\nfn long() {\n    step();\n}\n"));
        let lines: Vec<_> = text.lines().collect();
        assert_eq!(lines[3], "     3 platform/kernel/src/money.rs:2 long");
    }
}
