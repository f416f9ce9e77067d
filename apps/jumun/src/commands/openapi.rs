//! `jumun openapi`: the document of the canonical API, as `/openapi.json` serves it.

use std::process::ExitCode;

use anyhow::{Context, Result};

use crate::openapi;

pub(crate) fn run() -> Result<ExitCode> {
    print!("{}", printed()?);
    Ok(ExitCode::SUCCESS)
}

/// The document as it is printed and published: indented, with a newline at its end.
fn printed() -> Result<String> {
    let document = openapi::document().to_pretty_json().context("the document cannot be written")?;
    Ok(format!("{document}\n"))
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests may panic")]
    use std::fs;
    use std::path::Path;

    use super::*;

    /// With `UPDATE_DERIVED=1` the published file is written anew.
    #[test]
    fn the_published_document_is_the_one_that_is_served() {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/openapi.json");
        let document = printed().unwrap();
        if std::env::var_os("UPDATE_DERIVED").is_some() {
            fs::write(&path, &document).unwrap();
        }
        let published = fs::read_to_string(&path).unwrap_or_default();
        assert!(
            published == document,
            "docs/openapi.json is out of date: run this test with UPDATE_DERIVED=1"
        );
    }
}
