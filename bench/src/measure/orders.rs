use std::time::Duration;

use anyhow::Result;

use super::{Bench, Subject};
use crate::clock::Instant;
use crate::load::{Drive, Segment, drive};

/// How long the last order may take until its story is told as far as it goes.
const DRAIN_TIMEOUT: Duration = Duration::from_secs(90);
const LOOK_EVERY: Duration = Duration::from_millis(50);

/// What a segment of orders came to, all of them told to the end of the workload.
pub(super) struct Told {
    pub(super) segment: Segment,
    /// Orders from the first request to the last story's end, per second.
    pub(super) per_second: f64,
    /// Per order, in microseconds, of the program alone.
    pub(super) cpu_micros: f64,
    /// Per order.
    pub(super) batches: f64,
    /// Per order.
    pub(super) bytes_written: f64,
}

/// Places orders for a while, waits until all are told to the end, and counts: acknowledgements
/// against ordering's rows against tracking's stories.
pub(super) async fn place_orders(
    bench: &mut Bench,
    subject: &Subject,
    connections: usize,
    counted_for: Duration,
) -> Result<Told> {
    let Subject { server, journals, .. } = subject;
    let last = journals.last_order()?;
    let (cpu, batches) = (server.process.cpu_seconds()?, journals.batches()?);
    let bytes = server.process.bytes_written()?;
    let begin = Instant::now();
    let what = Drive { address: server.address, connections, counted_for, expected: 201 };
    let segment = drive(what, subject.orders()).await?;
    drained(subject, last, segment.answered).await?;
    let took = begin.elapsed().as_secs_f64();
    let orders = segment.answered as f64;
    let told = Told {
        per_second: orders / took,
        cpu_micros: (server.process.cpu_seconds()? - cpu) * 1e6 / orders,
        batches: (journals.batches()? - batches) as f64 / orders,
        bytes_written: (server.process.bytes_written()? - bytes) as f64 / orders,
        segment,
    };
    check(bench, subject, last, &told.segment)?;
    Ok(told)
}

/// Waits until so many orders behind `last` are told to the end; whoever counts says whether they are.
pub(super) async fn drained(subject: &Subject, last: u64, orders: u64) -> Result<()> {
    let begin = Instant::now();
    while subject.told_after(last)? < orders && begin.elapsed() < DRAIN_TIMEOUT {
        tokio::time::sleep(LOOK_EVERY).await;
    }
    Ok(())
}

/// Counts a segment whose orders should all be there and told to the end.
pub(super) fn check(bench: &mut Bench, subject: &Subject, last: u64, segment: &Segment) -> Result<()> {
    let stored = subject.journals.orders_after(last)?;
    let told = subject.told_after(last)?;
    let acknowledged = segment.answered;
    bench.readings.checked_orders += acknowledged;
    bench.readings.failed(&segment.failures);
    if stored != acknowledged || told != acknowledged {
        let end = subject.workload.ends_as();
        let counts = format!("{acknowledged} acknowledged, {stored} stored, {told} {end}");
        bench.readings.broken.push(format!("behind order {last}: {counts}"));
    }
    Ok(())
}
