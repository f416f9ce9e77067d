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

/// One part, run.
#[derive(Debug)]
pub(crate) struct Outcome {
    pub(crate) name: &'static str,
    pub(crate) took: Duration,
    pub(crate) tally: Tally,
    /// Why it could not be run to its end.
    pub(crate) trouble: Option<String>,
}

/// All parts, printed as a table that ends with the line `N passed, N failed`.
#[derive(Debug, Default)]
pub(crate) struct Summary(pub(crate) Vec<Outcome>);

impl Summary {
    /// The counts of all parts.
    pub(crate) fn sum(&self) -> Tally {
        let mut sum = Tally::default();
        for outcome in &self.0 {
            sum += outcome.tally;
        }
        sum
    }

    /// Whether a part of that name was run without a failure.
    pub(crate) fn is_well(&self, name: &str) -> bool {
        self.0.iter().any(|outcome| outcome.name == name && outcome.tally.failed == 0)
    }
}

impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for outcome in &self.0 {
            let Tally { passed, failed, ignored } = outcome.tally;
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
            tally: Tally { passed, failed, ignored: 0 },
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
    fn a_part_that_was_never_run_is_not_well() {
        let summary = Summary(vec![outcome("build", 0, 1)]);
        assert!(!summary.is_well("build"));
        assert!(!summary.is_well("power"));
    }
}
