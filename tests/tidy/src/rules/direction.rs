//! Dependencies point down: `apps -> service -> domain -> contract -> kernel`. Contexts see each
//! other's contract only; programs may have parts that stand beside them; adapters are named by the program and by tests, by no context.

use crate::{Crate, Facts, Finding, Kind};

/// Finds dependencies that point up or across.
#[must_use]
pub fn check(facts: &Facts) -> Vec<Finding> {
    let mut findings = Vec::new();
    for member in &facts.crates {
        for dependency in &member.dependencies {
            let Some(target) = facts.crate_named(&dependency.name) else { continue };
            if let Some(why) = refusal(member, target, dependency.kind) {
                findings
                    .push(Finding::of(&member.folder, format!("depends on {}, but {why}", target.folder)));
            }
        }
    }
    findings
}

/// Where a crate stands in the house.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place<'a> {
    Kernel,
    Platform,
    Adapter,
    Contract,
    Domain(&'a str),
    Service(&'a str),
    App,
    Tests,
    Unknown,
}

fn place(folder: &str) -> Place<'_> {
    let parts: Vec<&str> = folder.split('/').collect();
    match parts.as_slice() {
        ["platform", "kernel"] => Place::Kernel,
        ["platform", name] if name.starts_with("journal-") || name.starts_with("bus-") => Place::Adapter,
        ["platform", _] => Place::Platform,
        ["contexts", _, "contract"] => Place::Contract,
        ["contexts", context, "domain"] => Place::Domain(context),
        ["contexts", context, "service"] => Place::Service(context),
        ["apps", _] => Place::App,
        ["tests", _] | ["bench"] | ["xtask"] => Place::Tests,
        _ => Place::Unknown,
    }
}

fn refusal(from: &Crate, to: &Crate, kind: Kind) -> Option<&'static str> {
    let (from, to) = (place(&from.folder), place(&to.folder));
    match (from, to) {
        (Place::Unknown, _) | (_, Place::Unknown) => Some("one of them stands outside the house"),
        (Place::Tests, _) => None,
        (_, Place::Tests) => Some("nothing depends on tests"),
        (Place::App, Place::App) => None,
        (_, Place::App) => Some("nothing depends on a program"),
        (Place::App, _) => None,
        (_, Place::Kernel) => None,
        (Place::Kernel, _) => Some("the kernel knows nobody"),
        (Place::Platform | Place::Adapter, Place::Platform) => None,
        (Place::Platform | Place::Adapter, Place::Adapter) if kind == Kind::Tests => None,
        (Place::Platform | Place::Adapter, Place::Adapter) => {
            Some("adapters are named by programs and tests only")
        }
        (Place::Platform | Place::Adapter, _) => Some("the platform knows no context"),
        (Place::Contract | Place::Domain(_) | Place::Service(_), Place::Contract) => None,
        (Place::Contract, _) => Some("a contract sees the kernel and contracts only"),
        (Place::Domain(_), _) => Some("a domain sees the kernel and contracts only"),
        (Place::Service(own), Place::Domain(other)) if own == other => None,
        (Place::Service(_), Place::Domain(_) | Place::Service(_)) => {
            Some("contexts see each other's contract only")
        }
        (Place::Service(_), Place::Platform) => None,
        (Place::Service(_), Place::Adapter) if kind == Kind::Tests => None,
        (Place::Service(_), Place::Adapter) => Some("adapters are named by programs and tests only"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Dependency;

    const FOLDERS: &[&str] = &[
        "platform/kernel",
        "platform/journal",
        "platform/journal-sqlite",
        "platform/runtime",
        "contexts/ordering/contract",
        "contexts/ordering/domain",
        "contexts/ordering/service",
        "contexts/payment/contract",
        "contexts/payment/domain",
        "contexts/payment/service",
        "apps/jumun",
        "apps/vocabulary",
        "tests/simulation",
    ];

    fn findings(from: &str, to: &str, kind: Kind) -> Vec<Finding> {
        let member = |folder: &&str| Crate {
            name: folder.replace('/', "-"),
            folder: (*folder).to_owned(),
            dependencies: if *folder == from {
                vec![Dependency { name: to.replace('/', "-"), kind }]
            } else {
                Vec::new()
            },
            ..Crate::default()
        };
        check(&Facts { crates: FOLDERS.iter().map(member).collect(), ..Facts::default() })
    }

    #[test]
    fn arrows_that_point_up_or_across_are_found() {
        for (from, to) in [
            ("platform/kernel", "platform/journal"),
            ("platform/runtime", "contexts/ordering/contract"),
            ("platform/runtime", "platform/journal-sqlite"),
            ("contexts/ordering/contract", "contexts/ordering/domain"),
            ("contexts/ordering/domain", "contexts/payment/domain"),
            ("contexts/ordering/domain", "platform/journal"),
            ("contexts/ordering/service", "contexts/payment/domain"),
            ("contexts/ordering/service", "contexts/payment/service"),
            ("contexts/ordering/service", "platform/journal-sqlite"),
            ("contexts/ordering/service", "apps/jumun"),
            ("apps/jumun", "tests/simulation"),
        ] {
            assert_eq!(findings(from, to, Kind::Normal).len(), 1, "{from} -> {to}");
        }
    }

    #[test]
    fn arrows_that_point_down_are_well() {
        for (from, to) in [
            ("contexts/ordering/contract", "platform/kernel"),
            ("contexts/ordering/domain", "contexts/payment/contract"),
            ("contexts/ordering/service", "contexts/ordering/domain"),
            ("contexts/ordering/service", "contexts/payment/contract"),
            ("contexts/ordering/service", "platform/runtime"),
            ("platform/journal-sqlite", "platform/journal"),
            ("apps/jumun", "platform/journal-sqlite"),
            ("apps/jumun", "apps/vocabulary"),
            ("tests/simulation", "contexts/payment/service"),
        ] {
            assert_eq!(findings(from, to, Kind::Normal), [], "{from} -> {to}");
        }
    }

    #[test]
    fn a_test_may_name_an_adapter_but_never_a_neighbour() {
        let service = "contexts/ordering/service";
        assert_eq!(findings(service, "platform/journal-sqlite", Kind::Tests), []);
        assert_eq!(findings(service, "contexts/payment/service", Kind::Tests).len(), 1);
    }
}
