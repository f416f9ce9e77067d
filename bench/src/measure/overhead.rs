use std::collections::BTreeMap;

use anyhow::Result;

use super::orders::{check, drained};
use super::{Bench, Subject};
use crate::answers::{Answered, Said, count, millis};
use crate::load::Segment;
use crate::readings::COMPLETED;
use crate::steady::Steady;

const CONNECTIONS: usize = 64;
/// Of the orders per second that were completed at 255 connections in this round.
const LOAD: f64 = 0.25;

/// R23: what an order costs its client where the provider answers at once and the program is at ease: at a
/// quarter of the peak, at a constant rate, measured from when it was meant to be sent.
pub(super) async fn overhead(bench: &mut Bench, subject: &Subject, name: &'static str) -> Result<()> {
    let Some(peak) = bench.readings.latest(COMPLETED) else { return Ok(()) };
    if !bench.wants(&["R23"]) {
        return Ok(());
    }
    let last = subject.journals.last_order()?;
    let (address, lasting) = (subject.server.address, bench.sizes.segment / 4);
    let steady = Steady { address, connections: CONNECTIONS, per_second: LOAD * peak, lasting };
    let answers = steady.ask(subject.orders()).await?;
    bench.readings.record(name, millis(&answers, 50.0));
    let answered = count(&answers, |answer| answer.said == Said::Done);
    drained(subject, last, answered).await?;
    check(bench, subject, last, &Segment::of_answers(answered, failures(&answers)))
}

/// Answers that were no success, by status.
fn failures(answers: &[Answered]) -> BTreeMap<u16, u64> {
    let mut failures = BTreeMap::new();
    for answer in answers {
        let status = match answer.said {
            Said::Done => continue,
            Said::NotNow => 503,
            Said::Other(status) => status,
        };
        *failures.entry(status).or_default() += 1;
    }
    failures
}
