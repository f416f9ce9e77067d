//! A crate's name is its path, without the first folder.

use crate::{Facts, Finding};

/// Finds crates that are named otherwise.
#[must_use]
pub fn check(facts: &Facts) -> Vec<Finding> {
    facts
        .crates
        .iter()
        .filter(|member| member.name != name_of(&member.folder))
        .map(|member| {
            let expected = name_of(&member.folder);
            Finding::of(&member.folder, format!("is named {}, expected {expected}", member.name))
        })
        .collect()
}

/// `contexts/ordering/domain` is `ordering-domain`; `xtask` is `xtask`.
fn name_of(folder: &str) -> String {
    let inside = folder.split_once('/').map_or(folder, |(_, inside)| inside);
    inside.replace('/', "-")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Crate;

    fn named(folder: &str, name: &str) -> Vec<Finding> {
        let member = Crate { folder: folder.into(), name: name.into(), ..Crate::default() };
        check(&Facts { crates: vec![member], ..Facts::default() })
    }

    #[test]
    fn a_name_that_is_not_the_path_is_found() {
        let findings = named("contexts/ordering/domain", "orders");
        assert_eq!(findings[0].what, "is named orders, expected ordering-domain");
    }

    #[test]
    fn a_name_that_is_the_path_is_well() {
        assert!(named("platform/journal-sqlite", "journal-sqlite").is_empty());
        assert!(named("xtask", "xtask").is_empty());
    }
}
