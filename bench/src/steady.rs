//! Requests at a constant rate, whatever becomes of the ones before.

use std::net::SocketAddr;
use std::time::Duration;

use anyhow::Result;
use tokio::task::JoinSet;

use crate::answers::{Answered, ask};
use crate::clock::Instant;
use crate::request::Requests;

/// So many a second, over so many connections. A connection that still waits when its next turn comes
/// misses it: what is offered stays the same, and what is missed was not answered in time.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Steady {
    pub(crate) address: SocketAddr,
    pub(crate) connections: usize,
    pub(crate) per_second: f64,
    pub(crate) lasting: Duration,
}

impl Steady {
    /// How many are offered.
    pub(crate) fn offered(&self) -> f64 {
        self.per_second * self.lasting.as_secs_f64()
    }

    /// Asks for as long as it lasts; every answer.
    pub(crate) async fn ask<R, F>(self, requests: F) -> Result<Vec<Answered>>
    where
        R: Requests + Send + 'static,
        F: Fn(usize) -> R,
    {
        let begin = Instant::now();
        let mut clients = JoinSet::new();
        for number in 0..self.connections {
            clients.spawn(self.ask_in_turn(number, requests(number), begin));
        }
        let mut answers = Vec::new();
        while let Some(client) = clients.join_next().await {
            answers.extend(client?);
        }
        answers.sort_unstable_by_key(|answer| answer.asked);
        Ok(answers)
    }

    async fn ask_in_turn<R: Requests>(self, number: usize, mut requests: R, begin: Instant) -> Vec<Answered> {
        let mut answers = Vec::new();
        let mut open = None;
        let every = self.connections as f64 / self.per_second;
        let first = number as f64 / self.per_second;
        let mut turn = 0.0;
        loop {
            let at = Duration::from_secs_f64(first + turn * every);
            if at >= self.lasting {
                return answers;
            }
            tokio::time::sleep_until(begin + at).await;
            let said = ask(&mut open, self.address, requests.next()).await;
            answers.push(Answered { asked: at, took: begin.elapsed().saturating_sub(at), said });
            let passed = (begin.elapsed().as_secs_f64() - first) / every;
            turn = (turn + 1.0).max(passed.ceil());
        }
    }
}
