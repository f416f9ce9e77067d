//! No planted bug ships: nothing in the graph of the program has the feature `planted`, and
//! nothing turns it on by itself.

use crate::{Facts, Finding};

const PROGRAM: &str = "apps/jumun";

/// Finds packages in what ships that carry planted bugs.
#[must_use]
pub fn check(facts: &Facts) -> Vec<Finding> {
    let carriers = facts
        .shipped
        .iter()
        .filter(|(_, features)| features.contains("planted"))
        .map(|(package, _)| Finding::of(PROGRAM, format!("ships {package} with the feature planted")));
    carriers.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn findings(features: &[&str]) -> Vec<Finding> {
        let features = features.iter().map(|feature| (*feature).to_owned()).collect();
        check(&Facts { shipped: [("runtime".to_owned(), features)].into(), ..Facts::default() })
    }

    #[test]
    fn a_package_that_ships_with_planted_bugs_is_found() {
        assert_eq!(findings(&["default", "planted"])[0].what, "ships runtime with the feature planted");
    }

    #[test]
    fn a_package_without_them_is_well() {
        assert_eq!(findings(&["default"]), []);
    }
}
