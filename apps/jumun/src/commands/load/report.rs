use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

use serde::Serialize;

use super::driver::Loop;
use super::reconcile::Findings;
use super::tally::{Latencies, Tally};
use super::target::Target;

/// Findings that are printed of each kind; the rest is counted.
const SHOWN: usize = 10;

/// What came of a run.
#[derive(Debug, Serialize)]
pub(crate) struct Report {
    run: String,
    shop: String,
    /// Orders per second that were meant; absent in a closed loop.
    per_second_meant: Option<f64>,
    seconds: f64,
    sent: u64,
    /// Orders per second that were answered 2xx.
    per_second: f64,
    answered_2xx: u64,
    answered_4xx: u64,
    answered_5xx: u64,
    unanswered: u64,
    statuses: BTreeMap<u16, u64>,
    /// Orders without a final answer that got one when they were asked for again.
    settled: u64,
    /// Orders that never got one.
    unsettled: u64,
    lost: usize,
    doubled: usize,
    wrong: usize,
    /// Milliseconds, from when an order was meant to be sent.
    placing: Latencies,
    /// Milliseconds.
    cancelling: Latencies,
    findings: Vec<String>,
}

impl Report {
    pub(crate) fn of(
        run: String,
        target: &Target,
        how: Loop,
        took: Duration,
        tally: &Tally,
        findings: &Findings,
    ) -> Self {
        let answered_2xx = tally.of_hundred(2);
        let shown = [&findings.lost, &findings.doubled, &findings.wrong];
        Self {
            run,
            shop: target.shop.clone(),
            per_second_meant: match how {
                Loop::Open { per_second } => Some(per_second),
                Loop::Closed => None,
            },
            seconds: took.as_secs_f64(),
            sent: tally.sent,
            per_second: per_second(answered_2xx, took),
            answered_2xx,
            answered_4xx: tally.of_hundred(4),
            answered_5xx: tally.of_hundred(5),
            unanswered: tally.unanswered,
            statuses: tally.statuses.clone(),
            settled: tally.settled,
            unsettled: (tally.open.len() + tally.open_cancels.len()) as u64,
            lost: findings.lost.len(),
            doubled: findings.doubled.len(),
            wrong: findings.wrong.len(),
            placing: Latencies::of(&tally.placing),
            cancelling: Latencies::of(&tally.cancelling),
            findings: shown.iter().flat_map(|found| found.iter().take(SHOWN)).cloned().collect(),
        }
    }

    /// Whether everything that was acknowledged is there, once, as acknowledged.
    pub(crate) const fn is_well(&self) -> bool {
        self.lost == 0 && self.doubled == 0 && self.wrong == 0 && self.unsettled == 0
    }
}

#[expect(clippy::cast_precision_loss, reason = "there will not be 2^52 orders")]
fn per_second(count: u64, took: Duration) -> f64 {
    count as f64 / took.as_secs_f64().max(f64::EPSILON)
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let how = match self.per_second_meant {
            Some(rate) => format!("open loop, {rate}/s"),
            None => "closed loop".to_owned(),
        };
        writeln!(f, "run {} at the shop {}: {how}, {:.1} s", self.run, self.shop, self.seconds)?;
        let statuses: Vec<_> =
            self.statuses.iter().map(|(status, count)| format!("{status}: {count}")).collect();
        for (name, count, remark) in [
            ("sent", self.sent, String::new()),
            ("2xx", self.answered_2xx, format!("{:.1}/s", self.per_second)),
            ("4xx", self.answered_4xx, statuses.join(", ")),
            ("5xx", self.answered_5xx, String::new()),
            ("unanswered", self.unanswered, String::new()),
            ("settled", self.settled, "asked for again with their own key".to_owned()),
            ("unsettled", self.unsettled, String::new()),
            ("lost", self.lost as u64, String::new()),
            ("doubled", self.doubled as u64, String::new()),
            ("wrong", self.wrong as u64, String::new()),
        ] {
            writeln!(f, "{}", format!("{name:<11}{count:>10}  {remark}").trim_end())?;
        }
        writeln!(
            f,
            "{:<11}{:>10}{:>10}{:>10}{:>10}{:>10}{:>10}",
            "ms", "count", "p50", "p90", "p99", "p99.9", "max"
        )?;
        for (name, latencies) in [("placing", &self.placing), ("cancelling", &self.cancelling)] {
            let Latencies { count, p50, p90, p99, p99_9, max } = latencies;
            if *count > 0 {
                writeln!(
                    f,
                    "{name:<11}{count:>10}{p50:>10.2}{p90:>10.2}{p99:>10.2}{p99_9:>10.2}{max:>10.2}"
                )?;
            }
        }
        for finding in &self.findings {
            writeln!(f, "  {finding}")?;
        }
        Ok(())
    }
}
