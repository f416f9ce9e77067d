//! No `unsafe` ships: the workspace forbids it, every crate takes the workspace's lints, and the
//! one crate that may not is in no program that ships.

use crate::{Facts, Finding};

/// Stands in for the C library's functions under a test.
const RECORDER: &str = "tests/power-recorder";

/// Finds crates that could hold `unsafe`.
#[must_use]
pub fn check(facts: &Facts) -> Vec<Finding> {
    let mut findings = Vec::new();
    if !facts.forbids_unsafe {
        findings.push(Finding::of("Cargo.toml", "does not forbid unsafe_code for the workspace"));
    }
    for member in facts.crates.iter().filter(|member| !member.takes_workspace_lints) {
        if member.folder != RECORDER {
            findings.push(Finding::of(&member.folder, "does not take the lints of the workspace"));
        } else if facts.shipped.contains_key(&member.name) {
            findings.push(Finding::of(&member.folder, "may hold unsafe, and ships"));
        }
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Crate;

    fn facts(folder: &str) -> Facts {
        let name = folder.replace('/', "-");
        let member = Crate { name, folder: folder.into(), ..Crate::default() };
        Facts { crates: vec![member], forbids_unsafe: true, ..Facts::default() }
    }

    #[test]
    fn a_crate_that_goes_without_the_lints_is_found() {
        assert_eq!(check(&facts("platform/kernel")).len(), 1);
    }

    #[test]
    fn a_workspace_that_forbids_nothing_is_found() {
        assert_eq!(check(&Facts::default()).len(), 1);
    }

    #[test]
    fn the_recorder_may_unless_it_ships() {
        let mut facts = facts(RECORDER);
        assert_eq!(check(&facts), []);
        facts.shipped.insert(facts.crates[0].name.clone(), [].into());
        assert_eq!(check(&facts).len(), 1);
    }
}
