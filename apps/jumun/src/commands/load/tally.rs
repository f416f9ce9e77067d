use std::collections::BTreeMap;
use std::time::Duration;

use hdrhistogram::Histogram;
use serde::Serialize;

/// Three digits: a millisecond is told from the next at a second.
const DIGITS: u8 = 3;
/// What takes longer counts as this: no answer is waited for so long.
const LONGEST: Duration = Duration::from_secs(600);

/// What was sent and what came back.
pub(crate) struct Tally {
    /// Orders sent; asking again for one is not another.
    pub(crate) sent: u64,
    /// First answers to orders, by status.
    pub(crate) statuses: BTreeMap<u16, u64>,
    /// Orders whose connection broke or whose time ran out.
    pub(crate) unanswered: u64,
    /// Orders that are to be asked for again: no answer, or none that is final.
    pub(crate) open: Vec<u64>,
    /// Orders that were finally refused.
    pub(crate) refused: Vec<u64>,
    /// Orders whose cancel was acknowledged.
    pub(crate) cancelled: Vec<u64>,
    /// Cancels that are to be sent again.
    pub(crate) open_cancels: Vec<OpenCancel>,
    /// How many orders were settled by asking again.
    pub(crate) settled: u64,
    /// From when an order was meant to be sent to its first answer.
    pub(crate) placing: Histogram<u64>,
    /// From when a cancel was sent to its answer.
    pub(crate) cancelling: Histogram<u64>,
}

/// A cancel without a final answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct OpenCancel {
    pub(crate) wish: u64,
    pub(crate) order: kernel::OrderId,
}

/// Latencies in milliseconds.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub(crate) struct Latencies {
    pub(crate) count: u64,
    pub(crate) p50: f64,
    pub(crate) p90: f64,
    pub(crate) p99: f64,
    pub(crate) p99_9: f64,
    pub(crate) max: f64,
}

impl Tally {
    pub(crate) fn new() -> Self {
        Self {
            sent: 0,
            statuses: BTreeMap::new(),
            unanswered: 0,
            open: Vec::new(),
            refused: Vec::new(),
            cancelled: Vec::new(),
            open_cancels: Vec::new(),
            settled: 0,
            placing: microseconds(),
            cancelling: microseconds(),
        }
    }

    /// First answers whose status is of a hundred: 2, 4 or 5.
    pub(crate) fn of_hundred(&self, hundred: u16) -> u64 {
        self.statuses.iter().filter(|(status, _)| **status / 100 == hundred).map(|(_, count)| count).sum()
    }
}

/// Records a latency; what is longer than the longest counts as it.
pub(crate) fn record(histogram: &mut Histogram<u64>, latency: Duration) {
    histogram.saturating_record(u64::try_from(latency.as_micros()).unwrap_or(u64::MAX));
}

impl Latencies {
    pub(crate) fn of(histogram: &Histogram<u64>) -> Self {
        let at = |quantile| millis(histogram.value_at_quantile(quantile));
        Self {
            count: histogram.len(),
            p50: at(0.5),
            p90: at(0.9),
            p99: at(0.99),
            p99_9: at(0.999),
            max: millis(histogram.max()),
        }
    }
}

#[expect(clippy::cast_precision_loss, reason = "microseconds of minutes fit a float's 52 bits")]
fn millis(micros: u64) -> f64 {
    micros as f64 / 1_000.0
}

#[expect(clippy::expect_used, reason = "the bounds and the digits are constants that it takes")]
fn microseconds() -> Histogram<u64> {
    let longest = u64::try_from(LONGEST.as_micros()).unwrap_or(u64::MAX);
    Histogram::new_with_max(longest, DIGITS).expect("a histogram of three digits")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_histogram_gives_its_latencies_in_milliseconds() {
        let mut histogram = microseconds();
        for millis in 1..=100 {
            record(&mut histogram, Duration::from_millis(millis));
        }
        let latencies = Latencies::of(&histogram);
        assert!((latencies.p50 - 50.0).abs() < 0.1 && (latencies.p99 - 99.0).abs() < 0.1, "{latencies:?}");
        assert!((latencies.max - 100.0).abs() < 0.2, "{latencies:?}");
    }
}
