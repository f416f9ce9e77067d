use anyhow::Result;

use super::orders::place_orders;
use super::{Bench, Subject};
use crate::readings::COMPLETED;

const MANY: usize = 255;

/// R15 busy, R19, R20, R21, and what R23 takes a quarter of: whole lives of orders, as many clients as
/// the machine takes.
pub(super) async fn many_connections(bench: &mut Bench, subject: &Subject) -> Result<()> {
    if !bench.wants(&["R15", "R19", "R20", "R21", "R23"]) {
        return Ok(());
    }
    let told = place_orders(bench, subject, MANY, bench.sizes.segment).await?;
    let memory = subject.server.process.memory_megabytes()?;
    let readings = &mut bench.readings;
    readings.record(COMPLETED, told.per_second);
    readings.record("R15 busy", memory);
    readings.record("R19", told.bytes_written / subject.journals.event_bytes_of_an_order()?);
    readings.record("R20", told.cpu_micros);
    readings.record("R21", told.batches);
    let client = told.segment.client_seconds * 1e6 / told.segment.answered as f64;
    readings.record("client us", client);
    Ok(())
}
