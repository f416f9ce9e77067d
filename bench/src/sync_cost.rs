//! The yardstick Y3: what it costs to have 4 KB more on the disk.

use std::fs::File;
use std::io::Write;
use std::path::Path;
use std::time::Duration;

use anyhow::Result;

use crate::clock::Instant;
use crate::statistics::percentile;

/// Appends 4 KB and syncs, over and over; the median in milliseconds.
pub(crate) fn sync_millis(folder: &Path, lasting: Duration) -> Result<f64> {
    std::fs::create_dir_all(folder)?;
    let path = folder.join("synced");
    let mut file = File::create(&path)?;
    let mut micros = Vec::new();
    let begin = Instant::now();
    while begin.elapsed() < lasting {
        let before = Instant::now();
        file.write_all(&[7; 4_096])?;
        file.sync_data()?;
        micros.push(u32::try_from(before.elapsed().as_micros()).unwrap_or(u32::MAX));
    }
    std::fs::remove_file(&path)?;
    micros.sort_unstable();
    Ok(percentile(&micros, 50.0) / 1_000.0)
}
