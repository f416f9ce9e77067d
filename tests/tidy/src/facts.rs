use std::collections::{BTreeMap, BTreeSet};

use crate::Source;

/// What is known of the workspace; all that a rule looks at. All paths are from its root, with
/// `/` between folders.
#[derive(Debug, Default)]
pub struct Facts {
    /// The members of the workspace.
    pub crates: Vec<Crate>,
    /// Every Rust file of every member.
    pub sources: Vec<Source>,
    /// The text of `ARCHITECTURE.md`, where there is one.
    pub architecture: Option<String>,
    /// The shop files.
    pub shops: Vec<ShopFile>,
    /// The golden files of the contracts.
    pub golden: BTreeSet<String>,
    /// Whether the workspace's own lints forbid `unsafe`.
    pub forbids_unsafe: bool,
    /// What is linked into the program that ships: the name of each package, and its features.
    pub shipped: BTreeMap<String, BTreeSet<String>>,
    /// What has grown too large before anybody looked.
    pub ratchet: Ratchet,
}

/// A member of the workspace.
#[derive(Debug, Default, Clone)]
pub struct Crate {
    /// Its name.
    pub name: String,
    /// Its folder.
    pub folder: String,
    /// What it names in its manifest.
    pub dependencies: Vec<Dependency>,
    /// The root files of its library and programs.
    pub roots: Vec<String>,
    /// Whether it takes the workspace's lints.
    pub takes_workspace_lints: bool,
}

/// A crate named in a manifest.
#[derive(Debug, Clone)]
pub struct Dependency {
    /// Its name.
    pub name: String,
    /// What it is needed for.
    pub kind: Kind,
}

/// What a dependency is needed for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// The crate itself.
    Normal,
    /// Its tests.
    Tests,
    /// Its build script.
    Build,
}

/// A shop as defined.
#[derive(Debug, Clone)]
pub struct ShopFile {
    /// The file.
    pub path: String,
    /// What it says.
    pub table: toml::Table,
}

/// The sizes that stand, checked in: none of them may grow.
#[derive(Debug, Default, Clone)]
pub struct Ratchet {
    /// Lines per file.
    pub files: BTreeMap<String, usize>,
    /// Lines per function, named `path::function`.
    pub functions: BTreeMap<String, usize>,
}

impl Facts {
    /// The member that stands in this folder.
    #[must_use]
    pub fn crate_in(&self, folder: &str) -> Option<&Crate> {
        self.crates.iter().find(|member| member.folder == folder)
    }

    /// The member of this name.
    #[must_use]
    pub fn crate_named(&self, name: &str) -> Option<&Crate> {
        self.crates.iter().find(|member| member.name == name)
    }

    /// The sources below a folder.
    pub fn sources_below(&self, folder: &str) -> impl Iterator<Item = &Source> {
        self.sources.iter().filter(move |source| is_below(&source.path, folder))
    }
}

/// Whether a path is that folder, or in it.
pub(crate) fn is_below(path: &str, folder: &str) -> bool {
    path.strip_prefix(folder)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with('/') || folder.ends_with('/'))
}

#[cfg(test)]
mod tests {
    use super::is_below;

    #[test]
    fn a_folder_holds_its_own_and_not_its_namesakes() {
        assert!(is_below("platform/journal/src/lib.rs", "platform/journal"));
        assert!(is_below("platform/journal", "platform/journal"));
        assert!(is_below("platform/journal/x.rs", "platform/"));
        assert!(!is_below("platform/journal-sqlite/src/lib.rs", "platform/journal"));
    }
}
