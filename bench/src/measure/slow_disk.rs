use anyhow::Result;

use super::orders::place_orders;
use super::{Bench, Subject};
use crate::request::Workload;
use crate::slow_disk::SlowDisk;

const CONNECTIONS: usize = 255;

/// The program on a slow disk, at the counter.
pub(super) struct OnSlowDisk {
    disk: SlowDisk,
    subject: Subject,
}

/// Starts the program once more, on a slow disk; nothing where there is none.
pub(super) async fn open(bench: &Bench) -> Result<Option<OnSlowDisk>> {
    if !bench.wants(&["R4"]) {
        return Ok(None);
    }
    let Some(disk) = SlowDisk::under(&bench.folder)? else {
        eprintln!("power-recorder is not built: nothing is measured on a slow disk");
        return Ok(None);
    };
    let data = bench.folder.join("slow");
    let server = bench.program.serve_on(&disk, &data).await?;
    let mut subject = Subject::of(server, &data);
    subject.turn_to(Workload::Accepted);
    Ok(Some(OnSlowDisk { disk, subject }))
}

/// R4 where both, orders and raw inserts, wait longer for every sync.
pub(super) async fn many_connections(bench: &mut Bench, on: Option<&OnSlowDisk>) -> Result<()> {
    let Some(OnSlowDisk { disk, subject }) = on else { return Ok(()) };
    let folder = bench.folder.join("slow-raw");
    let raw = disk.raw_inserts_per_second(&folder, bench.sizes.segment / 8).await?;
    let told = place_orders(bench, subject, CONNECTIONS, bench.sizes.segment).await?;
    let accepted = told.segment.per_second();
    bench.readings.record("Y2 slow", raw);
    bench.readings.record("accepted/s slow", accepted);
    bench.readings.record("R4 slow disk", accepted / raw);
    Ok(())
}

/// Stops it, and has its books verified.
pub(super) async fn close(bench: &mut Bench, on: Option<OnSlowDisk>) -> Result<()> {
    let Some(on) = on else { return Ok(()) };
    on.subject.server.stop().await?;
    bench.verify("slow").await
}
