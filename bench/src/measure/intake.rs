use std::time::Duration;

use anyhow::Result;

use super::orders::place_orders;
use super::{Bench, Subject};
use crate::clock::millis_since_1970;
use crate::load::{Drive, drive};
use crate::readings::{ECHO_16, ECHO_255, RAW, SYNC};
use crate::request::{Orders, Workload};
use crate::server::Server;
use crate::store::raw_inserts_per_second;
use crate::sync_cost::sync_millis;

const MANY: usize = 255;
const SOME: usize = 16;

/// Y2 of this round.
pub(super) fn raw_inserts(bench: &mut Bench) -> Result<()> {
    if bench.wants(&["R4"]) {
        let raw = raw_inserts_per_second(&bench.folder.join("raw"), bench.sizes.segment / 8)?;
        bench.readings.record(RAW, raw);
    }
    Ok(())
}

/// Starts the program at the counter, whose orders wait once they are taken and paid.
pub(super) async fn open(bench: &Bench) -> Result<Option<Subject>> {
    if !bench.wants(&["R1", "R2", "R3", "R4"]) {
        return Ok(None);
    }
    let mut subject = bench.subject("counter").await?;
    subject.turn_to(Workload::Accepted);
    Ok(Some(subject))
}

/// R1, R4: as many clients as the machine takes.
pub(super) async fn many_connections(
    bench: &mut Bench,
    subject: Option<&Subject>,
    echo: &Server,
) -> Result<()> {
    let Some(subject) = subject.filter(|_| bench.wants(&["R1", "R4"])) else { return Ok(()) };
    let yardstick = echo_per_second(bench, echo, MANY, bench.sizes.segment).await?;
    bench.readings.record(ECHO_255, yardstick);
    let told = place_orders(bench, subject, MANY, bench.sizes.segment).await?;
    let accepted = told.segment.per_second();
    let readings = &mut bench.readings;
    readings.record("accepted/s", accepted);
    readings.record("accepted us", told.cpu_micros);
    readings.record("p50 ms 255", told.segment.millis(50.0));
    readings.record("p99 ms 255", told.segment.millis(99.0));
    readings.record("R1", accepted / yardstick);
    if let Some(raw) = readings.latest(RAW) {
        readings.record("R4", accepted / raw);
    }
    Ok(())
}

/// R2: few clients, so that the sync shows.
pub(super) async fn some_connections(
    bench: &mut Bench,
    subject: Option<&Subject>,
    echo: &Server,
) -> Result<()> {
    let Some(subject) = subject.filter(|_| bench.wants(&["R2"])) else { return Ok(()) };
    let lasting = bench.sizes.segment / 2;
    let yardstick = echo_per_second(bench, echo, SOME, lasting).await?;
    bench.readings.record(ECHO_16, yardstick);
    let told = place_orders(bench, subject, SOME, lasting).await?;
    bench.readings.record("R2", told.segment.per_second() / yardstick);
    Ok(())
}

/// R3: one client, who waits for every sync there is on the way; Y3 is taken right before and after,
/// for a disk changes its mind within seconds.
pub(super) async fn one_connection(bench: &mut Bench, subject: Option<&Subject>) -> Result<()> {
    let Some(subject) = subject.filter(|_| bench.wants(&["R3"])) else { return Ok(()) };
    let before = sync_millis(&bench.folder, bench.sizes.segment / 32)?;
    let told = place_orders(bench, subject, 1, bench.sizes.segment / 4).await?;
    let sync = before.midpoint(sync_millis(&bench.folder, bench.sizes.segment / 32)?);
    bench.readings.record(SYNC, sync);
    bench.readings.record("p50 ms 1", told.segment.millis(50.0));
    bench.readings.record("R3", told.segment.millis(50.0) / sync);
    Ok(())
}

/// Stops it, and has its books verified.
pub(super) async fn close(bench: &mut Bench, subject: Option<Subject>) -> Result<()> {
    let Some(subject) = subject else { return Ok(()) };
    subject.server.stop().await?;
    bench.verify("counter").await
}

/// Y1: the same bytes to the bare echo.
pub(super) async fn echo_per_second(
    bench: &mut Bench,
    echo: &Server,
    connections: usize,
    counted_for: Duration,
) -> Result<f64> {
    let what = Drive { address: echo.address, connections, counted_for, expected: 200 };
    let seed = millis_since_1970() << 16;
    let segment = drive(what, |connection| Orders::new(seed + connection as u64)).await?;
    bench.readings.failed(&segment.failures);
    Ok(segment.per_second())
}
