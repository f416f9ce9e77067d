use journal::{JournalIdentity, StoreError};
use rusqlite::{Connection, OptionalExtension};
use uuid::Uuid;

use crate::checksum::{self, Checksum};
use crate::codec;
use crate::failure::Failure;

/// Whose journal a file is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Holder {
    pub(crate) identity: JournalIdentity,
    pub(crate) role: String,
}

impl Holder {
    /// What the file says; `None` in a file that was just made.
    pub(crate) fn read(connection: &Connection) -> Result<Option<Self>, Failure> {
        let mut statement =
            connection.prepare_cached("SELECT journal, epoch, role, checksum FROM journal")?;
        let mut rows = statement.query([])?;
        let Some(row) = rows.next()? else { return Ok(None) };
        let identity = JournalIdentity { journal: codec::id(row, 0)?, epoch: codec::small(row, 1)? };
        let holder = Self { identity, role: row.get(2)? };
        checksum::verify(row.get(3)?, holder.checksum(), || "the journal's identity".to_owned())?;
        Ok(Some(holder))
    }

    /// What the file says; a file without is no journal.
    pub(crate) fn read_known(connection: &Connection) -> Result<Self, Failure> {
        Self::read(connection)?
            .ok_or_else(|| StoreError::Unfit("the journal has no identity yet".to_owned()).into())
    }

    /// Reads it, or writes it into a new file; a file of another role is refused.
    pub(crate) fn claim(
        connection: &Connection,
        role: &str,
        new_journal: Option<Uuid>,
    ) -> Result<Self, Failure> {
        let holder = match Self::read(connection)? {
            Some(holder) => holder,
            None => Self::begin(connection, role, new_journal)?,
        };
        if holder.role == role {
            return Ok(holder);
        }
        let reason = format!("it is the journal of {}, not of {role}", holder.role);
        Err(StoreError::Unfit(reason).into())
    }

    /// Writes it in place of the former.
    pub(crate) fn write(&self, connection: &Connection) -> Result<(), Failure> {
        connection.execute(
            "INSERT OR REPLACE INTO journal (only_one, journal, epoch, role, checksum) VALUES (1, ?1, ?2, ?3, ?4)",
            (self.identity.journal.as_bytes(), self.identity.epoch, &self.role, self.checksum()),
        )?;
        Ok(())
    }

    fn begin(connection: &Connection, role: &str, new_journal: Option<Uuid>) -> Result<Self, Failure> {
        let journal = match new_journal {
            Some(journal) => journal,
            None => drawn(connection)?,
        };
        let holder = Self { identity: JournalIdentity { journal, epoch: 1 }, role: role.to_owned() };
        holder.write(connection)?;
        Ok(holder)
    }

    fn checksum(&self) -> i64 {
        Checksum::of("journal")
            .id(&self.identity.journal)
            .number(self.identity.epoch.into())
            .text(&self.role)
            .finish()
    }
}

/// An id from SQLite's own randomness.
fn drawn(connection: &Connection) -> Result<Uuid, Failure> {
    let chance: Option<[u8; 16]> =
        connection.query_row("SELECT randomblob(16)", [], |row| row.get(0)).optional()?;
    Ok(uuid::Builder::from_random_bytes(chance.unwrap_or_default()).into_uuid())
}
