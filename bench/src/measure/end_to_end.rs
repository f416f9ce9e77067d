use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use anyhow::{Context, Result};
use serde::Deserialize;
use tokio::sync::oneshot;
use tokio::task::JoinSet;

use super::{Bench, Subject};
use crate::clock::Instant;
use crate::request::{Orders, Requests};
use crate::statistics::percentile;
use crate::stream::Stream;
use crate::wire::Connection;

const CONNECTIONS: usize = 16;
/// A client that waits longer for its order gives up, and the run is red.
const PATIENCE: Duration = Duration::from_secs(10);

/// R22: the whole way of an order.
pub(super) async fn end_to_end(bench: &mut Bench, subject: &Subject) -> Result<()> {
    if !bench.wants(&["R22"]) {
        return Ok(());
    }
    let micros = whole_way(bench, subject).await?;
    bench.readings.record("R22 p50", percentile(&micros, 50.0) / 1_000.0);
    bench.readings.record("R22 p99", percentile(&micros, 99.0) / 1_000.0);
    Ok(())
}

/// Every client places an order, waits until the shop's live stream shows it as completed, and
/// places the next. How long each took, in microseconds, the shortest first.
pub(super) async fn whole_way(bench: &mut Bench, subject: &Subject) -> Result<Vec<u32>> {
    let last = subject.journals.last_order()?;
    let address = subject.server.address;
    let end = Instant::now() + bench.sizes.segment / 4;
    let shown = Shown::default();
    let follower = tokio::spawn(shown.clone().follow(Stream::follow(address, &subject.watcher).await?));
    let mut clients = JoinSet::new();
    let orders = subject.orders();
    for client in 0..CONNECTIONS {
        clients.spawn(order_and_wait(address, orders(client), shown.clone(), end));
    }
    let mut micros = Vec::new();
    while let Some(waited) = clients.join_next().await {
        match waited? {
            Ok(waited) => micros.extend(waited),
            Err(error) => bench.readings.broken.push(format!("on the whole way: {error:#}")),
        }
    }
    follower.abort();
    micros.sort_unstable();
    let (waited, stored) = (micros.len() as u64, subject.journals.orders_after(last)?);
    bench.readings.checked_orders += waited;
    if waited != stored {
        bench.readings.broken.push(format!("on the whole way: {stored} stored, {waited} shown as completed"));
    }
    Ok(micros)
}

#[derive(Deserialize)]
struct Placed {
    id: String,
}

async fn order_and_wait(
    address: SocketAddr,
    mut orders: Orders,
    shown: Shown,
    end: Instant,
) -> Result<Vec<u32>> {
    let mut connection = Connection::open(address).await?;
    let mut micros = Vec::new();
    while Instant::now() < end {
        let asked = Instant::now();
        let answer = connection.exchange(orders.next()).await?;
        anyhow::ensure!(answer.status == 201, "an order was answered with {}", answer.status);
        let placed: Placed = serde_json::from_slice(answer.body)?;
        let seen = tokio::time::timeout(PATIENCE, shown.wait_for(placed.id)).await;
        let seen = seen.context("an order was not shown as completed in ten seconds")??;
        micros.push(u32::try_from(seen.duration_since(asked).as_micros()).unwrap_or(u32::MAX));
    }
    Ok(micros)
}

/// Who waits for which order, and which were shown before anybody knew their id.
#[derive(Clone, Default)]
struct Shown(Arc<Mutex<BTreeMap<String, Meeting>>>);

enum Meeting {
    Seen(Instant),
    Awaited(oneshot::Sender<Instant>),
}

impl Shown {
    async fn follow(self, mut stream: Stream) -> Result<()> {
        loop {
            let order = stream.next_completed().await?;
            let now = Instant::now();
            let mut meetings = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            match meetings.remove(&order) {
                Some(Meeting::Awaited(client)) => {
                    let _gave_up = client.send(now);
                }
                Some(Meeting::Seen(first)) => {
                    meetings.insert(order, Meeting::Seen(first));
                }
                None => {
                    meetings.insert(order, Meeting::Seen(now));
                }
            }
        }
    }

    async fn wait_for(&self, order: String) -> Result<Instant> {
        let shown = {
            let mut meetings = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            if let Some(Meeting::Seen(at)) = meetings.remove(&order) {
                return Ok(at);
            }
            let (client, shown) = oneshot::channel();
            meetings.insert(order, Meeting::Awaited(client));
            shown
        };
        shown.await.context("the stream ended")
    }
}
