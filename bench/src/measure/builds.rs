use std::path::Path;

use anyhow::{Context, Result};
use serde::Deserialize;

use super::Bench;

/// What builds took, as whoever took the time has written it down.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Builds {
    /// When, on which machine.
    remark: String,
    clean_release_minutes: Option<f64>,
    incremental_check_seconds: Option<f64>,
    test_command_minutes: Option<f64>,
}

/// R31: not measured here, where a build would disturb everything; read from `bench/builds.toml`.
pub(super) fn recorded(bench: &mut Bench) -> Result<()> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("builds.toml");
    if !bench.wants(&["R31"]) || !path.is_file() {
        return Ok(());
    }
    let builds: Builds = toml::from_str(&std::fs::read_to_string(&path)?).context("bench/builds.toml")?;
    let figures = [
        ("R31 clean", builds.clean_release_minutes),
        ("R31 check", builds.incremental_check_seconds),
        ("R31 gate", builds.test_command_minutes),
    ];
    for (name, value) in figures {
        if let Some(value) = value {
            bench.readings.record(name, value);
            bench.readings.remark(name, builds.remark.clone());
        }
    }
    Ok(())
}
