use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::OnceLock;
use std::time::SystemTime;

static PROGRAM: OnceLock<PathBuf> = OnceLock::new();

/// The program, found or built once per run.
pub(crate) fn path() -> &'static Path {
    PROGRAM.get_or_init(|| match std::env::var_os("JOURNEYS_PROGRAM") {
        Some(path) => workspace().join(path),
        None => built_beside().filter(|program| is_up_to_date(program)).unwrap_or_else(build),
    })
}

/// The program, with nothing of this process's settings.
pub(crate) fn command() -> Command {
    let mut command = Command::new(path());
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("JUMUN_") {
            command.env_remove(name);
        }
    }
    command
}

/// Runs the program to its end, in the workspace.
///
/// # Panics
/// When it cannot be started.
#[must_use]
pub fn run(arguments: impl IntoIterator<Item = impl AsRef<OsStr>>) -> Output {
    run_in(&workspace(), arguments)
}

/// Runs the program to its end, in a folder.
///
/// # Panics
/// When it cannot be started.
#[must_use]
pub fn run_in(folder: &Path, arguments: impl IntoIterator<Item = impl AsRef<OsStr>>) -> Output {
    command().args(arguments).current_dir(folder).output().unwrap()
}

/// Runs the program to its end with these words on its standard input.
///
/// # Panics
/// When it cannot be started.
#[must_use]
pub fn run_told(arguments: impl IntoIterator<Item = impl AsRef<OsStr>>, input: &str) -> Output {
    use std::io::Write;
    let mut command = command();
    command.args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let told = child.stdin.take().unwrap().write_all(input.as_bytes());
    let output = child.wait_with_output().unwrap();
    // It may have refused before it read anything.
    assert!(told.is_ok() || !output.status.success());
    output
}

pub(crate) fn workspace() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).unwrap().to_owned()
}

/// `target/debug/jumun` for a test at `target/debug/deps/it-0123`.
fn built_beside() -> Option<PathBuf> {
    let test = std::env::current_exe().ok()?;
    let program = test.parent()?.parent()?.join("jumun").with_extension(std::env::consts::EXE_EXTENSION);
    program.is_file().then_some(program)
}

/// Whether no source in cargo's note of the program is newer than it.
fn is_up_to_date(program: &Path) -> bool {
    let modified =
        |path: &Path| path.metadata().and_then(|meta| meta.modified()).unwrap_or(SystemTime::UNIX_EPOCH);
    let Ok(note) = std::fs::read_to_string(program.with_extension("d")) else { return false };
    let built = modified(program);
    let sources = note.split_once(": ").map_or("", |(_, sources)| sources);
    !sources.is_empty() && sources.split_whitespace().all(|source| modified(Path::new(source)) <= built)
}

fn build() -> PathBuf {
    let output = Command::new(env!("CARGO"))
        .args(["build", "--package", "jumun", "--message-format", "json-render-diagnostics"])
        .current_dir(workspace())
        .output()
        .unwrap();
    assert!(output.status.success(), "jumun does not build: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout)
        .lines()
        .filter_map(|line| serde_json::from_str::<serde_json::Value>(line).ok())
        .find_map(|message| {
            let is_it = message["target"]["name"] == "jumun" && message["executable"].is_string();
            is_it.then(|| PathBuf::from(message["executable"].as_str().unwrap_or_default()))
        })
        .unwrap()
}
