//! A folder that only its owner may read, in which files are replaced whole.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

const LOCK: &str = "lock";

/// A private folder; several processes may use it.
#[derive(Debug, Clone)]
pub struct Folder(PathBuf);

/// Held while a file of the folder is read, changed and replaced; let go when dropped.
#[derive(Debug)]
pub struct FolderLock(File);

impl Folder {
    /// Opens a folder, and makes it where it is not there: for its owner only.
    ///
    /// # Errors
    /// When it cannot be made.
    pub fn open(path: &Path) -> io::Result<Self> {
        if !path.is_dir() {
            DirBuilder::new().recursive(true).mode(0o700).create(path)?;
        }
        Ok(Self(path.to_owned()))
    }

    /// The path of one of its files.
    #[must_use]
    pub fn path_of(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    /// Waits until nobody else changes anything here. Every change is made under it.
    ///
    /// # Errors
    /// When the lock cannot be opened.
    pub fn lock(&self) -> io::Result<FolderLock> {
        let file = OpenOptions::new()
            .create(true)
            .truncate(false)
            .write(true)
            .mode(0o600)
            .open(self.path_of(LOCK))?;
        file.lock()?;
        Ok(FolderLock(file))
    }

    /// The bytes of a file; `None` where there is none.
    ///
    /// # Errors
    /// When it is there and cannot be read.
    pub fn read(&self, name: &str) -> io::Result<Option<Vec<u8>>> {
        match fs::read(self.path_of(name)) {
            Ok(bytes) => Ok(Some(bytes)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Replaces a file whole: whoever reads it sees the old bytes or the new ones, a power cut too.
    ///
    /// # Errors
    /// When it cannot be written; the old bytes stand then.
    pub fn replace(&self, _lock: &FolderLock, name: &str, bytes: &[u8]) -> io::Result<()> {
        let (path, fresh) = (self.path_of(name), self.path_of(&format!("{name}.new")));
        let mut file = OpenOptions::new().create(true).truncate(true).write(true).mode(0o600).open(&fresh)?;
        file.write_all(bytes)?;
        file.sync_all()?;
        fs::rename(&fresh, &path)?;
        File::open(&self.0)?.sync_all()
    }

    /// Takes a file away; that it is not there is well.
    ///
    /// # Errors
    /// When it is there and stays.
    pub fn remove(&self, _lock: &FolderLock, name: &str) -> io::Result<()> {
        match fs::remove_file(self.path_of(name)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        }
    }
}

impl Drop for FolderLock {
    fn drop(&mut self) {
        let _let_go = self.0.unlock();
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests may panic")]
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    #[test]
    fn folder_and_files_are_for_their_owner_only() {
        let home = tempfile::tempdir().unwrap();
        let folder = Folder::open(&home.path().join("identity")).unwrap();
        folder.replace(&folder.lock().unwrap(), "x.json", b"{}").unwrap();
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode(&home.path().join("identity")), 0o700);
        assert_eq!(mode(&folder.path_of("x.json")), 0o600);
        assert_eq!(mode(&folder.path_of(LOCK)), 0o600);
    }

    #[test]
    fn a_file_is_replaced_and_taken_away() {
        let home = tempfile::tempdir().unwrap();
        let folder = Folder::open(home.path()).unwrap();
        assert_eq!(folder.read("x").unwrap(), None);
        let lock = folder.lock().unwrap();
        folder.replace(&lock, "x", b"1").unwrap();
        folder.replace(&lock, "x", b"2").unwrap();
        assert_eq!(folder.read("x").unwrap().unwrap(), b"2");
        folder.remove(&lock, "x").unwrap();
        folder.remove(&lock, "x").unwrap();
        assert_eq!(folder.read("x").unwrap(), None);
    }
}
