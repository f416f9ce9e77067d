//! Seeds that have failed once: run on every change, for ever.

use crate::fault::Fault;
use crate::plan::Smaller;

const REGRESSIONS: &str = include_str!("../regressions.txt");

/// A seed that has failed once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Regression {
    /// The seed.
    pub seed: u64,
    /// What was left out of it.
    pub smaller: Smaller,
    /// What it was about.
    pub story: &'static str,
}

/// All of them.
///
/// # Errors
/// The line that cannot be read.
pub fn regressions() -> Result<Vec<Regression>, String> {
    let lines = REGRESSIONS.lines().filter(|line| !line.starts_with('#') && !line.trim().is_empty());
    lines.map(|line| read(line).ok_or_else(|| line.to_owned())).collect()
}

/// `SEED [--orders N] [--without F1]... [--without-races] # story`
fn read(line: &'static str) -> Option<Regression> {
    let (run, story) = line.split_once('#')?;
    let mut words = run.split_whitespace();
    let seed = words.next()?.parse().ok()?;
    let mut smaller = Smaller::default();
    while let Some(flag) = words.next() {
        match flag {
            "--orders" => smaller.orders = Some(words.next()?.parse().ok()?),
            "--without" => smaller.without.push(Fault::parse(words.next()?)?),
            "--without-races" => smaller.without_races = true,
            _ => return None,
        }
    }
    Some(Regression { seed, smaller, story: story.trim() })
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests may panic")]
    use super::*;

    #[test]
    fn a_line_says_seed_what_is_left_out_and_why() {
        let read = read("7 --orders 3 --without F9 --without-races # two captures").unwrap();
        assert_eq!((read.seed, read.smaller.orders, read.story), (7, Some(3), "two captures"));
        assert_eq!((read.smaller.without, read.smaller.without_races), (vec![Fault::F9], true));
    }

    #[test]
    fn no_seed_that_has_failed_once_fails_again() {
        for regression in regressions().unwrap() {
            let report = crate::run(regression.seed, &regression.smaller, false);
            assert_eq!(report.violations, [], "seed {}: {}", regression.seed, regression.story);
        }
    }
}
