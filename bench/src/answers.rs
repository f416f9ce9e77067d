//! What clients were answered, kept one by one.

use std::net::SocketAddr;
use std::time::Duration;

use crate::statistics::percentile;
use crate::wire::{Answer, Connection};

/// What was answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Said {
    /// It was done: 200 or 201.
    Done,
    /// Not now: 503, a problem, and when to try again.
    NotNow,
    /// Anything else, by status; 0 where the connection broke, and a 503 that is no proper one.
    Other(u16),
}

impl Said {
    pub(crate) fn by(answer: &Answer<'_>) -> Self {
        match answer.status {
            200 | 201 => Self::Done,
            503 if is_proper(answer) => Self::NotNow,
            status => Self::Other(status),
        }
    }
}

/// A problem document that says when to try again.
fn is_proper(answer: &Answer<'_>) -> bool {
    let seconds = answer.header("retry-after").and_then(|seconds| seconds.parse::<u32>().ok());
    let is_problem = answer.header("content-type") == Some("application/problem+json");
    is_problem && seconds.is_some_and(|seconds| seconds >= 1)
}

/// One answer.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Answered {
    /// When it was asked, since the scene began.
    pub(crate) asked: Duration,
    pub(crate) took: Duration,
    pub(crate) said: Said,
}

impl Answered {
    pub(crate) fn is_done_within(&self, limit: Duration) -> bool {
        self.said == Said::Done && self.took <= limit
    }

    /// When it was answered.
    pub(crate) fn at(&self) -> Duration {
        self.asked + self.took
    }
}

/// How many are as wished.
pub(crate) fn count(answers: &[Answered], wished: impl Fn(&Answered) -> bool) -> u64 {
    answers.iter().filter(|answer| wished(answer)).count() as u64
}

/// A percentile of how long answers took, in milliseconds.
pub(crate) fn millis(answers: &[Answered], percent: f64) -> f64 {
    let mut micros: Vec<u32> =
        answers.iter().map(|answer| u32::try_from(answer.took.as_micros()).unwrap_or(u32::MAX)).collect();
    micros.sort_unstable();
    percentile(&micros, percent) / 1_000.0
}

/// Asks over a connection that is opened where there is none.
pub(crate) async fn ask(open: &mut Option<Connection>, address: SocketAddr, request: &[u8]) -> Said {
    if open.is_none() {
        *open = Connection::open(address).await.ok();
    }
    let Some(connection) = open.as_mut() else { return Said::Other(0) };
    match connection.exchange(request).await {
        Ok(answer) => Said::by(&answer),
        Err(_) => {
            *open = None;
            Said::Other(0)
        }
    }
}
