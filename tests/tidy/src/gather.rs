use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Command;

use cargo_metadata::{DependencyKind, MetadataCommand, Package};
use walkdir::WalkDir;

use crate::facts::{Crate, Dependency, Facts, Kind, Ratchet, ShopFile, is_below};
use crate::source::Source;

type Result<T> = std::result::Result<T, String>;

/// Gathers the facts of the workspace that this crate stands in.
///
/// # Errors
/// When a file cannot be read or `cargo` cannot be asked.
pub fn gather() -> Result<Facts> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"))
        .ancestors()
        .nth(2)
        .ok_or("this crate stands in no workspace")?;
    let crates = crates(root)?;
    let mut sources = Vec::new();
    for member in &crates {
        sources.extend(sources_of(root, &member.folder)?);
    }
    mark_test_modules(&mut sources);
    let manifest = table(&root.join("Cargo.toml"))?;
    Ok(Facts {
        golden: golden(root),
        architecture: std::fs::read_to_string(root.join("ARCHITECTURE.md")).ok(),
        shops: shops(root)?,
        forbids_unsafe: text_at(&manifest, &["workspace", "lints", "rust", "unsafe_code"]) == Some("forbid"),
        shipped: shipped(root)?,
        ratchet: ratchet(root)?,
        crates,
        sources,
    })
}

fn crates(root: &Path) -> Result<Vec<Crate>> {
    let metadata = MetadataCommand::new()
        .manifest_path(root.join("Cargo.toml"))
        .no_deps()
        .other_options(["--offline".to_owned()])
        .exec()
        .map_err(|error| error.to_string())?;
    metadata.workspace_packages().into_iter().map(|package| member(root, package)).collect()
}

fn member(root: &Path, package: &Package) -> Result<Crate> {
    let manifest = package.manifest_path.as_std_path();
    let folder = manifest.parent().ok_or("a manifest stands in no folder")?;
    let lints = table(manifest)?;
    Ok(Crate {
        name: package.name.to_string(),
        folder: from_root(root, folder),
        dependencies: package.dependencies.iter().map(dependency).collect(),
        roots: package
            .targets
            .iter()
            .filter(|target| target.is_lib() || target.is_bin() || target.is_cdylib())
            .map(|target| from_root(root, target.src_path.as_std_path()))
            .collect(),
        takes_workspace_lints: lints
            .get("lints")
            .and_then(|lints| lints.get("workspace"))
            .and_then(toml::Value::as_bool)
            == Some(true),
    })
}

fn dependency(dependency: &cargo_metadata::Dependency) -> Dependency {
    Dependency {
        name: dependency.name.clone(),
        kind: match dependency.kind {
            DependencyKind::Development => Kind::Tests,
            DependencyKind::Build => Kind::Build,
            _ => Kind::Normal,
        },
    }
}

fn sources_of(root: &Path, folder: &str) -> Result<Vec<Source>> {
    let mut sources = Vec::new();
    for path in files_below(&root.join(folder), "rs") {
        let name = from_root(root, &path);
        let mut source = Source::parse(&name, &read(&path)?)?;
        let inside = name.strip_prefix(folder).unwrap_or(&name);
        source.is_test |= folder.starts_with("tests/")
            || folder == "bench"
            || inside.starts_with("/tests/")
            // A behaviour suite is a library of tests.
            || inside.starts_with("/src/suite")
            || inside.starts_with("/benches/")
            || inside.starts_with("/examples/");
        sources.push(source);
    }
    Ok(sources)
}

/// A module that is declared for tests only is a test, with all below it.
fn mark_test_modules(sources: &mut [Source]) {
    let mut tests = Vec::new();
    for source in sources.iter() {
        let Some((folder, file)) = source.path.rsplit_once('/') else { continue };
        let folder = match file {
            "lib.rs" | "main.rs" | "mod.rs" => folder.to_owned(),
            _ => format!("{folder}/{}", file.trim_end_matches(".rs")),
        };
        for module in &source.test_modules {
            tests.push(format!("{folder}/{module}.rs"));
            tests.push(format!("{folder}/{module}"));
        }
    }
    for source in sources {
        source.is_test |= tests.iter().any(|test| is_below(&source.path, test));
    }
}

fn golden(root: &Path) -> BTreeSet<String> {
    files_below(&root.join("contexts"), "json")
        .iter()
        .map(|path| from_root(root, path))
        .filter(|path| path.contains("/contract/golden/"))
        .collect()
}

fn shops(root: &Path) -> Result<Vec<ShopFile>> {
    files_below(&root.join("shops"), "toml")
        .iter()
        .map(|path| Ok(ShopFile { path: from_root(root, path), table: table(path)? }))
        .collect()
}

/// What `cargo` itself says is linked into the program that ships.
fn shipped(root: &Path) -> Result<BTreeMap<String, BTreeSet<String>>> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let output = Command::new(cargo)
        .current_dir(root)
        .args(["tree", "--offline", "--package", "jumun", "--edges", "normal,build"])
        .args(["--prefix", "none", "--format", "{p}|{f}"])
        .output()
        .map_err(|error| format!("cannot start cargo: {error}"))?;
    if !output.status.success() {
        return Err(String::from_utf8_lossy(&output.stderr).into_owned());
    }
    let mut shipped: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for line in String::from_utf8_lossy(&output.stdout).lines() {
        let Some((package, features)) = line.split_once('|') else { continue };
        let Some(name) = package.split(' ').next() else { continue };
        let features = features.trim_end_matches(" (*)").split(',').filter(|name| !name.is_empty());
        shipped.entry(name.to_owned()).or_default().extend(features.map(str::to_owned));
    }
    Ok(shipped)
}

fn ratchet(root: &Path) -> Result<Ratchet> {
    let table = table(&root.join("tests/tidy/ratchet.toml"))?;
    let sizes = |name: &str| -> BTreeMap<String, usize> {
        let sizes = table.get(name).and_then(toml::Value::as_table);
        sizes
            .into_iter()
            .flatten()
            .filter_map(|(key, lines)| Some((key.clone(), usize::try_from(lines.as_integer()?).ok()?)))
            .collect()
    };
    Ok(Ratchet { files: sizes("files"), functions: sizes("functions") })
}

fn text_at<'a>(table: &'a toml::Table, keys: &[&str]) -> Option<&'a str> {
    let (first, rest) = keys.split_first()?;
    let mut value = table.get(*first)?;
    for key in rest {
        value = value.get(key)?;
    }
    value.as_str()
}

fn files_below(folder: &Path, extension: &str) -> Vec<PathBuf> {
    WalkDir::new(folder)
        .sort_by_file_name()
        .into_iter()
        .filter_entry(|entry| entry.file_name() != "target")
        .filter_map(std::result::Result::ok)
        .filter(|entry| entry.file_type().is_file())
        .map(walkdir::DirEntry::into_path)
        .filter(|path| path.extension().is_some_and(|found| found == extension))
        .collect()
}

fn from_root(root: &Path, path: &Path) -> String {
    let inside = path.strip_prefix(root).unwrap_or(path);
    inside.to_string_lossy().replace('\\', "/")
}

fn table(path: &Path) -> Result<toml::Table> {
    read(path)?.parse().map_err(|error| format!("{}: {error}", path.display()))
}

fn read(path: &Path) -> Result<String> {
    std::fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests may panic")]

    use super::*;

    #[test]
    fn a_module_declared_for_tests_only_is_a_test_with_all_below_it() {
        let mut sources = vec![
            Source::parse("a/src/order.rs", "#[cfg(test)]\nmod rules;").unwrap(),
            Source::parse("a/src/order/rules.rs", "").unwrap(),
            Source::parse("a/src/order/rules/deep.rs", "").unwrap(),
            Source::parse("a/src/order/rest.rs", "").unwrap(),
        ];
        mark_test_modules(&mut sources);
        let tests: Vec<_> = sources.iter().map(|source| source.is_test).collect();
        assert_eq!(tests, [false, true, true, false]);
    }
}
