//! Clients who order again and again: each asks once more when it was answered, after a pause.

use std::net::SocketAddr;
use std::time::Duration;

use anyhow::Result;
use tokio::task::JoinSet;

use crate::answers::{Answered, Said, ask};
use crate::clock::{Instant, millis_since_1970};
use crate::request::{Orders, Requests};

/// A crowd, and what it orders.
#[derive(Debug, Clone, Copy)]
pub(super) struct Crowd {
    pub(super) address: SocketAddr,
    pub(super) clients: usize,
    /// Between an answer and the next order.
    pub(super) pause: Duration,
    pub(super) lasting: Duration,
    pub(super) shop: &'static str,
    pub(super) order: &'static str,
}

/// Nobody in particular, whom every shop knows.
const CUSTOMER: &str = "anonymous";
/// Between one client's arrival and the next one's: a thousand connections at once are another subject.
const ARRIVE_EVERY: Duration = Duration::from_micros(200);

impl Crowd {
    /// Orders for as long as it lasts; every answer.
    pub(super) async fn orders(self) -> Result<Vec<Answered>> {
        let (begin, seed) = (Instant::now(), millis_since_1970() << 16);
        let mut clients = JoinSet::new();
        for client in 0..self.clients {
            let orders = Orders::by(CUSTOMER, self.shop, self.order, seed + client as u64);
            let arrives = begin + ARRIVE_EVERY * u32::try_from(client)?;
            clients.spawn(self.order_again_and_again(orders, begin, arrives));
        }
        let mut answers = Vec::new();
        while let Some(client) = clients.join_next().await {
            answers.extend(client?);
        }
        answers.sort_unstable_by_key(|answer| answer.asked);
        Ok(answers)
    }

    async fn order_again_and_again(
        self,
        mut orders: Orders,
        begin: Instant,
        arrives: Instant,
    ) -> Vec<Answered> {
        let mut answers = Vec::new();
        let mut open = None;
        tokio::time::sleep_until(arrives).await;
        while begin.elapsed() < self.lasting {
            let asked = begin.elapsed();
            let said = ask(&mut open, self.address, orders.next()).await;
            answers.push(Answered { asked, took: begin.elapsed() - asked, said });
            if said == Said::Other(0) || !self.pause.is_zero() {
                tokio::time::sleep(self.pause.max(Duration::from_millis(10))).await;
            }
        }
        answers
    }
}
