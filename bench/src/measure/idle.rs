use std::time::Duration;

use anyhow::Result;

use super::{Bench, Subject};
use crate::clock::Instant;

/// Until what a start leaves behind has been tidied up.
const SETTLE: Duration = Duration::from_secs(3);

/// R15 idle and R28: the shop is open, nobody comes.
pub(super) async fn idle(bench: &mut Bench) -> Result<()> {
    if !bench.wants(&["R15", "R28"]) {
        return Ok(());
    }
    let subject = bench.subject("idle").await?;
    tokio::time::sleep(SETTLE).await;
    bench.readings.record("R15 idle", subject.server.process.memory_megabytes()?);
    if bench.wants(&["R28"]) {
        let (began, nanos) = (Instant::now(), subject.server.process.cpu_nanos()?);
        tokio::time::sleep(bench.sizes.idle).await;
        let used = (subject.server.process.cpu_nanos()? - nanos) as f64;
        bench.readings.record("R28", 100.0 * used / began.elapsed().as_nanos() as f64);
    }
    subject.server.stop().await
}

/// R15 after: what is left in memory of all orders.
pub(super) fn memory_after(bench: &mut Bench, subject: &Subject) -> Result<()> {
    if bench.wants(&["R15"]) {
        bench.readings.record("R15 after", subject.server.process.memory_megabytes()?);
        bench.readings.remark("R15 after", format!("{} orders", subject.journals.last_order()?));
    }
    Ok(())
}
