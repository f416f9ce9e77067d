use anyhow::Result;

use super::orders::{check, drained};
use super::{Bench, Subject};
use crate::clock::millis_since_1970;
use crate::load::{Drive, Segment, drive};
use crate::request::Orders;

const STARTS: usize = 5;
const LOG_BYTES: u64 = 64 << 20;
const CONNECTIONS: usize = 64;

/// R16 empty: from the start of the process until it listens, with nothing there.
pub(super) async fn empty(bench: &mut Bench) -> Result<()> {
    if !bench.wants(&["R16"]) {
        return Ok(());
    }
    for _ in 0..STARTS {
        let subject = bench.subject("empty").await?;
        bench.readings.record("R16 empty", subject.server.ready_after.as_secs_f64());
        subject.server.stop().await?;
        std::fs::remove_dir_all(bench.folder.join("empty"))?;
    }
    Ok(())
}

/// R16 orders and R16 kill: with everything of this run there; and killed with long logs, where
/// whatever was acknowledged must be there afterwards.
pub(super) async fn again(bench: &mut Bench, name: &str) -> Result<()> {
    if !bench.wants(&["R16"]) {
        return Ok(());
    }
    for _ in 1..STARTS {
        let subject = bench.subject(name).await?;
        bench.readings.record("R16 orders", subject.server.ready_after.as_secs_f64());
        subject.server.stop().await?;
    }
    let subject = bench.subject(name).await?;
    bench.readings.remark("R16 orders", format!("{} orders", subject.journals.last_order()?));
    let last = subject.journals.last_order()?;
    let placed = lengthen_logs(bench, &subject).await?;
    let log = subject.journals.log_bytes()?;
    subject.server.kill().await?;
    let subject = bench.subject(name).await?;
    bench.readings.record("R16 kill", subject.server.ready_after.as_secs_f64());
    bench.readings.remark("R16 kill", format!("{} MB of logs", log >> 20));
    drained(&subject, last, placed.answered).await?;
    check(bench, &subject, last, &placed)?;
    subject.server.stop().await
}

/// Places orders while a reader keeps the logs from beginning anew.
async fn lengthen_logs(bench: &Bench, subject: &Subject) -> Result<Segment> {
    let held = subject.journals.hold_logs()?;
    let mut all = Segment::default();
    while subject.journals.log_bytes()? < LOG_BYTES {
        let address = subject.server.address;
        let counted_for = bench.sizes.segment / 16;
        let what = Drive { address, connections: CONNECTIONS, counted_for, expected: 201 };
        let seed = millis_since_1970() << 16;
        all.add(drive(what, |connection| Orders::new(seed + connection as u64)).await?);
    }
    drop(held);
    Ok(all)
}
