//! A closed loop: so many connections, each of which asks again when it was answered. Any answer
//! but the expected one is a failure, never throughput.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::time::Duration;

use anyhow::{Result, bail};
use tokio::task::JoinSet;

use crate::clock::Instant;
use crate::process;
use crate::request::Requests;
use crate::statistics::percentile;
use crate::wire::Connection;

/// Not counted at the beginning of a segment, but checked.
const WARM_UP: Duration = Duration::from_millis(500);

/// What is driven, and how.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Drive {
    pub(crate) address: SocketAddr,
    pub(crate) connections: usize,
    pub(crate) counted_for: Duration,
    /// The one status that counts.
    pub(crate) expected: u16,
}

/// What a segment came to.
#[derive(Debug, Default)]
pub(crate) struct Segment {
    /// Expected answers of the whole segment, warm-up and last ones included.
    pub(crate) answered: u64,
    /// Other answers, by status; 0 where the connection broke.
    pub(crate) failures: BTreeMap<u16, u64>,
    /// How long each counted answer took, in microseconds, the shortest first.
    micros: Vec<u32>,
    seconds: f64,
    /// Processor time of this client, in seconds.
    pub(crate) client_seconds: f64,
}

impl Segment {
    /// One that was driven elsewhere, of which only the answers count.
    pub(crate) fn of_answers(answered: u64, failures: BTreeMap<u16, u64>) -> Self {
        Self { answered, failures, ..Self::default() }
    }

    /// Counted answers per second.
    pub(crate) fn per_second(&self) -> f64 {
        self.micros.len() as f64 / self.seconds
    }

    /// A percentile of the latency, in milliseconds.
    pub(crate) fn millis(&self, percent: f64) -> f64 {
        percentile(&self.micros, percent) / 1_000.0
    }

    /// Takes the answers of another in.
    pub(crate) fn add(&mut self, worker: Self) {
        self.answered += worker.answered;
        self.micros.extend(worker.micros);
        for (status, count) in worker.failures {
            *self.failures.entry(status).or_default() += count;
        }
    }
}

/// Drives one segment; the requests of connection `n` come from `requests(n)`.
///
/// # Errors
/// When nothing was answered as expected.
pub(crate) async fn drive<R, F>(drive: Drive, requests: F) -> Result<Segment>
where
    R: Requests + Send + 'static,
    F: Fn(usize) -> R,
{
    let cpu = process::own_cpu_seconds();
    let begin = Instant::now() + WARM_UP;
    let end = begin + drive.counted_for;
    let mut workers = JoinSet::new();
    for number in 0..drive.connections {
        workers.spawn(work(drive, requests(number), begin, end));
    }
    let mut whole = Segment { seconds: drive.counted_for.as_secs_f64(), ..Segment::default() };
    while let Some(worker) = workers.join_next().await {
        whole.add(worker?);
    }
    whole.micros.sort_unstable();
    whole.client_seconds = process::own_cpu_seconds() - cpu;
    if whole.micros.is_empty() {
        bail!("no request of {} was answered with {}: {:?}", drive.address, drive.expected, whole.failures);
    }
    Ok(whole)
}

async fn work<R: Requests>(drive: Drive, mut requests: R, begin: Instant, end: Instant) -> Segment {
    let mut mine = Segment::default();
    let mut open = None;
    while Instant::now() < end {
        if open.is_none() {
            open = Connection::open(drive.address).await.ok();
        }
        let Some(connection) = open.as_mut() else {
            *mine.failures.entry(0).or_default() += 1;
            tokio::time::sleep(Duration::from_millis(10)).await;
            continue;
        };
        let asked = Instant::now();
        let status = connection.exchange(requests.next()).await.map_or(0, |answer| answer.status);
        let answered = Instant::now();
        if status != drive.expected {
            *mine.failures.entry(status).or_default() += 1;
            open = open.filter(|_| status != 0);
            continue;
        }
        mine.answered += 1;
        if answered >= begin && answered < end {
            let micros = answered.duration_since(asked).as_micros();
            mine.micros.push(u32::try_from(micros).unwrap_or(u32::MAX));
        }
    }
    mine
}
