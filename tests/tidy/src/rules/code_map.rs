//! The code map of `ARCHITECTURE.md` is the code: every crate is on it, and nothing else is.
//!
//! A line of the map begins with ``- `folder` ``, or with several folders at once:
//! ``- `contexts/ordering/{contract,domain,service}` ``. A folder that is no crate (`shops/`)
//! ends with a slash.

use std::collections::BTreeSet;

use crate::{Facts, Finding};

const PAGE: &str = "ARCHITECTURE.md";
const HEADING: &str = "## Code map";

/// Finds crates that are not on the map, and names on the map that are no crate.
#[must_use]
pub fn check(facts: &Facts) -> Vec<Finding> {
    let Some(page) = &facts.architecture else {
        return vec![Finding::of(PAGE, "is not there")];
    };
    let listed = entries(page);
    if listed.is_empty() {
        return vec![Finding::of(PAGE, format!("has no entries under {HEADING:?}"))];
    }
    let living: BTreeSet<&str> = facts.crates.iter().map(|member| member.folder.as_str()).collect();
    let on_map: BTreeSet<&str> = listed.iter().map(|(entry, _)| entry.as_str()).collect();
    let mut findings: Vec<Finding> = living
        .difference(&on_map)
        .map(|folder| Finding::of(folder, format!("is not in the code map of {PAGE}")))
        .collect();
    for (entry, line) in &listed {
        if !living.contains(entry.as_str()) {
            findings.push(Finding::at(PAGE, *line, format!("{entry} is no crate of this workspace")));
        }
    }
    findings
}

fn entries(page: &str) -> Vec<(String, usize)> {
    let mut entries = Vec::new();
    let mut is_in_map = false;
    for (index, line) in page.lines().enumerate() {
        if line.starts_with("## ") || line.starts_with("# ") {
            is_in_map = line.trim_end() == HEADING;
        }
        let Some(rest) = line.trim_start().strip_prefix("- `").filter(|_| is_in_map) else { continue };
        let Some((entry, _)) = rest.split_once('`') else { continue };
        if !entry.ends_with('/') {
            entries.extend(expand(entry).into_iter().map(|entry| (entry, index + 1)));
        }
    }
    entries
}

/// `a/{b,c}` is `a/b` and `a/c`.
fn expand(entry: &str) -> Vec<String> {
    let braces = entry.split_once('{').and_then(|(before, rest)| {
        let (inside, after) = rest.split_once('}')?;
        Some((before, inside, after))
    });
    match braces {
        None => vec![entry.to_owned()],
        Some((before, inside, after)) => {
            inside.split(',').flat_map(|part| expand(&format!("{before}{}{after}", part.trim()))).collect()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Crate;

    fn findings(page: Option<&str>) -> Vec<String> {
        let member = |folder: &str| Crate { folder: folder.into(), ..Crate::default() };
        let facts = Facts {
            architecture: page.map(str::to_owned),
            crates: vec![
                member("platform/kernel"),
                member("contexts/a/contract"),
                member("contexts/a/domain"),
            ],
            ..Facts::default()
        };
        check(&facts).iter().map(Finding::to_string).collect()
    }

    #[test]
    fn a_crate_off_the_map_and_a_dead_name_on_it_are_found() {
        let page = "## Code map\n\n- `platform/kernel` - words\n- `platform/gone` - what\n";
        assert_eq!(
            findings(Some(page)),
            [
                "contexts/a/contract: is not in the code map of ARCHITECTURE.md",
                "contexts/a/domain: is not in the code map of ARCHITECTURE.md",
                "ARCHITECTURE.md:4: platform/gone is no crate of this workspace",
            ]
        );
    }

    #[test]
    fn a_missing_page_and_a_missing_map_are_found() {
        assert_eq!(findings(None), ["ARCHITECTURE.md: is not there"]);
        assert_eq!(findings(Some("## Walks\n- `platform/kernel`")).len(), 1);
    }

    #[test]
    fn a_whole_map_is_well() {
        let page = "## Code map\n- `platform/kernel` - words\n- `contexts/a/{contract,domain}` - a\n\
                    - `shops/` - data\n## Walks\n- `elsewhere` - no map\n";
        assert!(findings(Some(page)).is_empty());
    }
}
