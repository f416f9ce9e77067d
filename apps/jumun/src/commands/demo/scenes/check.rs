use anyhow::{Context, Result};

use super::super::program::ours;
use super::Tour;

/// Reads the stores themselves and checks every invariant, while the program runs.
pub(in super::super) async fn invariants(tour: &mut Tour) -> Result<bool> {
    tour.teller
        .scene("장부를 맞춰 봅니다", "the books are checked: `jumun verify`, of the running system")
        .await;
    let mut verify = ours()?;
    let checked = verify.arg("verify").arg("--data").arg(&tour.data).output().await;
    let checked = checked.context("jumun verify cannot be started")?;
    for line in String::from_utf8_lossy(&checked.stdout).lines() {
        tour.teller.says(line);
    }
    Ok(checked.status.success())
}
