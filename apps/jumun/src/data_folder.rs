//! The data folder: one sub-folder per role, each with the role's journal, a lock that one process
//! holds, and a note of who that is and where it can be reached on this machine.

use std::fs::{self, File, OpenOptions};
use std::io::{Read, Seek, SeekFrom, Write};
use std::net::SocketAddr;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use rustix::fs::{FlockOperation, flock};
use serde::{Deserialize, Serialize};

use crate::roles::Role;

/// A data folder.
#[derive(Debug, Clone)]
pub(crate) struct DataFolder(PathBuf);

/// Who holds a role.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Holder {
    /// The process.
    pub(crate) process_id: u32,
    /// Where it listens for its neighbours on this machine.
    pub(crate) internal_address: SocketAddr,
}

/// A role held by this process, until dropped.
#[derive(Debug)]
pub(crate) struct RoleLock {
    _lock: File,
    holder: PathBuf,
}

impl DataFolder {
    /// Opens a folder, and makes it where it is not there: for its owner only.
    pub(crate) fn open(path: &Path) -> Result<Self> {
        make_private_folder(path)?;
        Ok(Self(path.to_owned()))
    }

    /// Opens a folder that must be there.
    pub(crate) fn existing(path: &Path) -> Result<Self> {
        if !path.is_dir() {
            bail!("there is no data folder at {}", path.display());
        }
        Ok(Self(path.to_owned()))
    }

    /// The folder itself.
    pub(crate) fn path(&self) -> &Path {
        &self.0
    }

    /// The folder of a role.
    pub(crate) fn role(&self, role: Role) -> PathBuf {
        self.0.join(role.name())
    }

    /// Takes a role for this process.
    ///
    /// # Errors
    /// When another process holds it, naming that process.
    pub(crate) fn hold(&self, role: Role, internal_address: SocketAddr) -> Result<RoleLock> {
        let folder = self.role(role);
        make_private_folder(&folder)?;
        let lock = OpenOptions::new()
            .create(true)
            .truncate(false)
            .write(true)
            .mode(0o600)
            .open(folder.join("lock"))
            .with_context(|| format!("the lock of {role} cannot be opened in {}", folder.display()))?;
        if flock(&lock, FlockOperation::NonBlockingLockExclusive).is_err() {
            match self.holder(role) {
                Some(holder) => bail!(
                    "the role {role} of {} is held by process {} already",
                    self.0.display(),
                    holder.process_id
                ),
                None => bail!("the role {role} of {} is held by another process already", self.0.display()),
            }
        }
        let holder = folder.join("holder.json");
        let note = Holder { process_id: std::process::id(), internal_address };
        let mut file =
            OpenOptions::new().create(true).truncate(true).write(true).mode(0o600).open(&holder)?;
        file.write_all(&serde_json::to_vec(&note)?)?;
        Ok(RoleLock { _lock: lock, holder })
    }

    /// Who holds a role now, as its note says.
    pub(crate) fn holder(&self, role: Role) -> Option<Holder> {
        let bytes = fs::read(self.role(role).join("holder.json")).ok()?;
        serde_json::from_slice(&bytes).ok()
    }

    /// Whether some process holds a role now.
    pub(crate) fn is_held(&self, role: Role) -> bool {
        let Ok(lock) = OpenOptions::new().write(true).open(self.role(role).join("lock")) else {
            return false;
        };
        flock(&lock, FlockOperation::NonBlockingLockExclusive).is_err()
    }

    /// A secret of this installation that must outlive restarts: made on first use.
    pub(crate) fn secret(&self, name: &str, make: impl FnOnce() -> [u8; 32]) -> Result<[u8; 32]> {
        let folder = self.0.join("secrets");
        make_private_folder(&folder)?;
        let mut file = OpenOptions::new()
            .create(true)
            .truncate(false)
            .read(true)
            .write(true)
            .mode(0o600)
            .open(folder.join(name))?;
        flock(&file, FlockOperation::LockExclusive)?;
        let mut secret = Vec::new();
        file.read_to_end(&mut secret)?;
        if let Ok(secret) = <[u8; 32]>::try_from(secret.as_slice()) {
            return Ok(secret);
        }
        if !secret.is_empty() {
            bail!("the secret {name} in {} is damaged", folder.display());
        }
        let fresh = make();
        file.seek(SeekFrom::Start(0))?;
        file.write_all(&fresh)?;
        file.sync_all()?;
        Ok(fresh)
    }
}

impl Drop for RoleLock {
    fn drop(&mut self) {
        let _gone = fs::remove_file(&self.holder);
    }
}

fn make_private_folder(path: &Path) -> Result<()> {
    if path.is_dir() {
        return Ok(());
    }
    fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(path)
        .with_context(|| format!("the folder {} cannot be made", path.display()))
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests may panic")]
    use super::*;

    #[test]
    fn a_second_holder_is_told_who_the_first_is() {
        let folder = tempfile::tempdir().unwrap();
        let data = DataFolder::open(folder.path()).unwrap();
        let address = "127.0.0.1:4000".parse().unwrap();
        let _held = data.hold(Role::Kitchen, address).unwrap();
        let refused = data.hold(Role::Kitchen, address).unwrap_err().to_string();
        assert!(refused.contains(&std::process::id().to_string()), "{refused}");
        assert!(data.is_held(Role::Kitchen));
        assert!(!data.is_held(Role::Payment));
    }

    #[test]
    fn a_secret_is_the_same_at_every_start() {
        let folder = tempfile::tempdir().unwrap();
        let data = DataFolder::open(folder.path()).unwrap();
        assert_eq!(data.secret("keys", || [7; 32]).unwrap(), [7; 32]);
        assert_eq!(data.secret("keys", || [8; 32]).unwrap(), [7; 32]);
    }
}
