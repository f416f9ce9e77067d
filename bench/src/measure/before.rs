use anyhow::Result;

use super::end_to_end::whole_way;
use super::orders::place_orders;
use super::{Bench, Subject};
use crate::request::Workload;
use crate::server::Program;
use crate::statistics::percentile;

const CONNECTIONS: usize = 255;

/// What is compared: its name, and what it says. Less is better of all but the rates.
pub(crate) const COMPARED: &[(&str, &str)] = &[
    ("now/before accepted rate", "accepted orders/s, 255 connections"),
    ("now/before accepted cpu", "processor time per accepted order, 255 connections"),
    ("now/before rate", "completed orders/s, 255 connections"),
    ("now/before cpu", "processor time per completed order, 255 connections"),
    ("now/before batches", "synced batches per completed order, 255 connections"),
    ("now/before bytes", "bytes written per completed order, 255 connections"),
    ("now/before p50", "asked until shown as completed, 16 connections, p50"),
    ("now/before p99", "asked until shown as completed, 16 connections, p99"),
];

/// Starts the former program, where one is named.
pub(super) async fn open(bench: &Bench) -> Result<Option<Subject>> {
    let Some(binary) = bench.arguments.before.clone() else { return Ok(None) };
    let former = Program { binary, shops: bench.program.shops.clone() };
    let data = bench.folder.join("before");
    Ok(Some(Subject::of(former.serve(&data).await?, &data)))
}

/// The same load on the former program and on this one, one right behind the other.
pub(super) async fn compare(
    bench: &mut Bench,
    before: Option<&mut Subject>,
    (taking, now): (Option<&Subject>, &Subject),
) -> Result<()> {
    let Some(before) = before else { return Ok(()) };
    if let Some(taking) = taking {
        before.turn_to(Workload::Accepted);
        accepted(bench, before, taking).await?;
        before.turn_to(Workload::Completed);
    }
    let lasting = bench.sizes.segment / 2;
    let then = place_orders(bench, before, CONNECTIONS, lasting).await?;
    let these = place_orders(bench, now, CONNECTIONS, lasting).await?;
    let then_micros = whole_way(bench, before).await?;
    let micros = whole_way(bench, now).await?;
    let quotients = [
        these.per_second / then.per_second,
        these.cpu_micros / then.cpu_micros,
        these.batches / then.batches,
        these.bytes_written / then.bytes_written,
        percentile(&micros, 50.0) / percentile(&then_micros, 50.0),
        percentile(&micros, 99.0) / percentile(&then_micros, 99.0),
    ];
    for ((name, _), quotient) in COMPARED.iter().zip(quotients) {
        bench.readings.record(name, quotient);
    }
    Ok(())
}

async fn accepted(bench: &mut Bench, before: &Subject, now: &Subject) -> Result<()> {
    let lasting = bench.sizes.segment / 2;
    let then = place_orders(bench, before, CONNECTIONS, lasting).await?;
    let these = place_orders(bench, now, CONNECTIONS, lasting).await?;
    bench.readings.record("now/before accepted rate", these.segment.per_second() / then.segment.per_second());
    bench.readings.record("now/before accepted cpu", these.cpu_micros / then.cpu_micros);
    Ok(())
}

pub(super) async fn close(before: Option<Subject>) -> Result<()> {
    match before {
        Some(subject) => subject.server.stop().await,
        None => Ok(()),
    }
}
