use std::collections::BTreeMap;

use crate::{JournalIdentity, Position, Reader, SourcePosition, StoreError};

/// What a role's journal says of itself and of the journals it reads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceState {
    /// The role.
    pub role: String,
    /// Its journal.
    pub identity: JournalIdentity,
    /// Where that ends.
    pub head: Position,
    /// How far it has applied each source.
    pub positions: Vec<(String, SourcePosition)>,
}

impl SourceState {
    /// Reads it.
    ///
    /// # Errors
    /// As every read.
    pub fn read(role: &str, reader: &mut dyn Reader) -> Result<Self, StoreError> {
        Ok(Self {
            role: role.to_owned(),
            identity: reader.identity()?,
            head: reader.head()?,
            positions: reader.positions()?,
        })
    }
}

/// Holds the journals of all roles against each other: what does not fit, one line each. An old
/// file among newer ones shows here, before its positions are used a second time. Sources whose
/// journal is not among the given ones are left out.
#[must_use]
pub fn check_sources(states: &[SourceState]) -> Vec<String> {
    let by_role: BTreeMap<&str, &SourceState> =
        states.iter().map(|state| (state.role.as_str(), state)).collect();
    let mut found = Vec::new();
    for reader in states {
        for (source, position) in &reader.positions {
            if let Some(source) = by_role.get(source.as_str()) {
                found.extend(check_source(&reader.role, source, position));
            }
        }
    }
    found
}

/// Whether a consumer may go on reading a source from where it stands; the reason why not.
#[must_use]
pub fn check_source(reader: &str, source: &SourceState, position: &SourcePosition) -> Option<String> {
    let role = &source.role;
    let (held, found) = (position.identity, source.identity);
    if held.journal != found.journal {
        return Some(format!(
            "{reader} has applied journal {} of {role}, but the journal there is {}",
            held.journal, found.journal
        ));
    }
    if held.epoch != found.epoch {
        return Some(format!(
            "{reader} has applied epoch {} of {role}, but the journal there is in epoch {}: one of the two was \
             restored alone",
            held.epoch, found.epoch
        ));
    }
    (position.position > source.head).then(|| {
        format!(
            "{reader} has applied {role} up to position {}, but the journal there ends at {}: it is an older file",
            position.position, source.head
        )
    })
}
