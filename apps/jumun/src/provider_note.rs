//! Which provider a data folder's payments were made at: noted beside them, for money can be asked about and
//! given back only where it was captured.

use std::fs;
use std::path::PathBuf;

use anyhow::{Context, Result, bail};

use crate::data_folder::DataFolder;
use crate::roles::Role;
use crate::settings::ProviderName;

/// The note's name, in payment's folder.
pub(crate) const NOTE: &str = "provider";

fn path(data: &DataFolder) -> PathBuf {
    data.role(Role::Payment).join(NOTE)
}

/// The provider that a folder notes; the sandbox, where it notes none.
pub(crate) fn noted(data: &DataFolder) -> String {
    let note = fs::read_to_string(path(data)).unwrap_or_default();
    match note.trim() {
        "" => ProviderName::Sandbox.as_str().to_owned(),
        name => name.to_owned(),
    }
}

/// Whether the provider is the program's own sandbox, whose book is in the folder.
pub(crate) fn is_sandbox(data: &DataFolder) -> bool {
    noted(data) == ProviderName::Sandbox.as_str()
}

/// Notes the provider of a folder.
///
/// # Errors
/// Where the folder has payments already, and they were made at another one.
pub(crate) fn keep(data: &DataFolder, name: ProviderName, has_payments: bool) -> Result<()> {
    let noted = noted(data);
    if noted == name.as_str() {
        return Ok(());
    }
    if has_payments {
        bail!(
            "the payments of {} were made at {noted}: they can be asked about and given back only there, \
             and --payment-provider says {name}; say {noted}, or begin another data folder",
            data.path().display()
        );
    }
    fs::write(path(data), format!("{name}\n")).context("the payment provider cannot be noted")
}
