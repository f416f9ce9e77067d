//! A folder as a power cut or damage left it, in memory.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Context, Result};

/// Files by path relative to the folder, and its sub-folders.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Image {
    /// Files and their content.
    pub files: BTreeMap<String, Vec<u8>>,
    /// Sub-folders, parents first.
    pub directories: Vec<String>,
}

impl Image {
    /// Makes the folder `target` look like this; it must be empty or not there.
    ///
    /// # Errors
    /// When the folder cannot be written.
    pub fn write_to(&self, target: &Path) -> Result<()> {
        std::fs::create_dir_all(target)?;
        for directory in &self.directories {
            std::fs::create_dir_all(target.join(directory))?;
        }
        for (path, content) in &self.files {
            std::fs::write(target.join(path), content).with_context(|| format!("writing {path}"))?;
        }
        Ok(())
    }

    /// The first file whose name ends so, with its content.
    #[must_use]
    pub fn file_ending(&mut self, suffix: &str) -> Option<(&str, &mut Vec<u8>)> {
        self.files
            .iter_mut()
            .find(|(path, _)| path.ends_with(suffix))
            .map(|(path, content)| (path.as_str(), content))
    }
}
