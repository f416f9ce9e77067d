//! What was run, what it took and how it ended.

use std::fmt;
use std::ops::AddAssign;
use std::time::Duration;

/// How many passed, failed and were ignored.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Tally {
    pub(crate) passed: u64,
    pub(crate) failed: u64,
    pub(crate) ignored: u64,
}

impl Tally {
    /// A part that is one check.
    pub(crate) const fn one(is_well: bool) -> Self {
        Self { passed: is_well as u64, failed: !is_well as u64, ignored: 0 }
    }
}

impl AddAssign for Tally {
    fn add_assign(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
        self.ignored += other.ignored;
    }
}

/// A failed test and the end of what it printed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Failure {
    pub(crate) test: String,
    pub(crate) said: Vec<String>,
}

/// What running a part came to.
#[derive(Debug, Default)]
pub(crate) struct Verdict {
    pub(crate) tally: Tally,
    /// The failed tests, where the part knows them by name.
    pub(crate) failures: Vec<Failure>,
}

impl From<Tally> for Verdict {
    fn from(tally: Tally) -> Self {
        Self { tally, failures: Vec::new() }
    }
}

/// One part, run.
#[derive(Debug)]
pub(crate) struct Outcome {
    pub(crate) name: &'static str,
    pub(crate) took: Duration,
    pub(crate) verdict: Verdict,
    /// Why it could not be run to its end.
    pub(crate) trouble: Option<String>,
}

/// All parts, printed as what failed and a table that ends with the line `N passed, N failed`.
#[derive(Debug, Default)]
pub(crate) struct Summary(pub(crate) Vec<Outcome>);

impl Summary {
    /// The counts of all parts.
    pub(crate) fn sum(&self) -> Tally {
        let mut sum = Tally::default();
        for outcome in &self.0 {
            sum += outcome.verdict.tally;
        }
        sum
    }

    /// Whether a part of that name was run without a failure.
    pub(crate) fn is_well(&self, name: &str) -> bool {
        self.0.iter().any(|outcome| outcome.name == name && outcome.verdict.tally.failed == 0)
    }
}

impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for Failure { test, said } in self.0.iter().flat_map(|outcome| &outcome.verdict.failures) {
            writeln!(f, "FAILED {test}")?;
            said.iter().filter(|line| !line.is_empty()).try_for_each(|line| writeln!(f, "    {line}"))?;
            writeln!(f)?;
        }
        for outcome in &self.0 {
            let Tally { passed, failed, ignored } = outcome.verdict.tally;
            write!(
                f,
                "{:<12} {:>8.1} s  {passed} passed, {failed} failed",
                outcome.name,
                outcome.took.as_secs_f64()
            )?;
            if ignored > 0 {
                write!(f, ", {ignored} ignored")?;
            }
            if let Some(trouble) = &outcome.trouble {
                write!(f, ": {trouble}")?;
            }
            writeln!(f)?;
        }
        let sum = self.sum();
        write!(f, "{} passed, {} failed", sum.passed, sum.failed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn outcome(name: &'static str, passed: u64, failed: u64) -> Outcome {
        Outcome {
            name,
            took: Duration::from_millis(1_500),
            verdict: Tally { passed, failed, ignored: 0 }.into(),
            trouble: None,
        }
    }

    #[test]
    fn the_last_line_is_the_sum_of_all_parts_alone() {
        let summary = Summary(vec![outcome("fmt", 1, 0), outcome("cargo test", 41, 2)]);
        let text = summary.to_string();
        assert_eq!(text.lines().last(), Some("42 passed, 2 failed"));
        assert!(text.starts_with("fmt               1.5 s  1 passed, 0 failed\n"), "{text}");
    }

    #[test]
    fn a_failed_test_is_named_with_what_it_said_before_the_table() {
        let mut failed = outcome("cargo test", 41, 1);
        failed.verdict.failures = vec![Failure {
            test: "it::late".to_owned(),
            said: vec!["it never came".to_owned(), String::new()],
        }];
        let text = Summary(vec![failed]).to_string();
        assert!(text.starts_with("FAILED it::late\n    it never came\n\ncargo test "), "{text}");
    }

    #[test]
    fn a_part_that_was_never_run_is_not_well() {
        let summary = Summary(vec![outcome("build", 0, 1)]);
        assert!(!summary.is_well("build"));
        assert!(!summary.is_well("power"));
    }
}
