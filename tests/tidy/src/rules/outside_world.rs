//! Clock and chance come in at few doors. `clippy.toml` bans them by name everywhere; this is the
//! list of the places that may say `#[expect(clippy::disallowed_methods, ..)]`.

use crate::facts::is_below;
use crate::{Facts, Finding};

/// Whoever stands here meets the outside world itself.
const PLACES: &[&str] = &["platform/kernel/src/ids.rs", "apps", "bench", "tests", "xtask"];

/// In these harnesses the same seed must give the same run, so they are no exception.
const NEVER: &[&str] = &["tests/simulation"];

/// Finds promises to break the ban in other places.
#[must_use]
pub fn check(facts: &Facts) -> Vec<Finding> {
    let mut findings = Vec::new();
    for source in &facts.sources {
        let is_below_any = |folders: &[&str]| folders.iter().any(|folder| is_below(&source.path, folder));
        if is_below_any(PLACES) && !is_below_any(NEVER) {
            continue;
        }
        for line in &source.outside_world {
            let what = "takes clock or chance from outside: let it be an argument";
            findings.push(Finding::at(&source.path, *line, what));
        }
    }
    findings
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests may panic")]

    use super::*;
    use crate::Source;

    const TEXT: &str = "#[expect(clippy::disallowed_methods, reason = \"a clock\")]\nfn f() {}";

    fn findings(path: &str) -> Vec<Finding> {
        let source = Source::parse(path, TEXT).unwrap();
        check(&Facts { sources: vec![source], ..Facts::default() })
    }

    #[test]
    fn a_clock_read_in_a_service_or_in_the_simulator_is_found() {
        assert_eq!(findings("contexts/ordering/service/src/lib.rs").len(), 1);
        assert_eq!(findings("tests/simulation/src/run.rs").len(), 1);
    }

    #[test]
    fn a_program_and_a_harness_may_read_the_clock() {
        assert_eq!(findings("apps/jumun/src/clock.rs"), []);
        assert_eq!(findings("tests/crash/src/main.rs"), []);
    }
}
