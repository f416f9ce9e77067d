use std::path::{Path, PathBuf};

use journeys::run;

/// How a run of the program ended.
#[derive(Debug)]
pub struct Ran {
    /// Whether it ended well.
    pub success: bool,
    /// What it printed.
    pub said: String,
    /// What it complained of.
    pub complained: String,
}

impl Ran {
    /// What it printed, where it ended well.
    ///
    /// # Panics
    /// With everything it said, when it did not.
    #[must_use]
    #[track_caller]
    pub fn well(self) -> String {
        assert!(self.success, "{self:#?}");
        self.said
    }

    /// All that it said, where it did not end well.
    ///
    /// # Panics
    /// When it ended well.
    #[must_use]
    #[track_caller]
    pub fn badly(self) -> String {
        assert!(!self.success, "{self:#?}");
        format!("{}{}", self.said, self.complained)
    }
}

/// Runs the program to its end, on a thread where it may block.
///
/// # Panics
/// When it cannot be started.
pub async fn jumun(words: &[&str]) -> Ran {
    let words: Vec<String> = words.iter().map(|word| (*word).to_owned()).collect();
    let output = tokio::task::spawn_blocking(move || run(words)).await.unwrap();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    Ran { success: output.status.success(), said: text(&output.stdout), complained: text(&output.stderr) }
}

/// Where the program is, built if need be; `JOURNEYS_PROGRAM` as for the journeys.
///
/// # Panics
/// When it is not beside the tests.
pub async fn program() -> PathBuf {
    let _built = jumun(&["roles"]).await.well();
    let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).unwrap();
    let program = match std::env::var_os("JOURNEYS_PROGRAM") {
        Some(path) => workspace.join(path),
        None => std::env::current_exe().unwrap().ancestors().nth(2).unwrap().join("jumun"),
    };
    assert!(program.is_file(), "{} is not there", program.display());
    program
}
