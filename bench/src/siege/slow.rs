//! S21: a thousand clients at a time who send a byte of their head now and then, and what that costs
//! whoever orders meanwhile.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use anyhow::{Context, Result};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::task::JoinSet;

use super::Siege;
use super::overload::settle;
use crate::answers::{Said, count, millis};
use crate::clock::{Instant, millis_since_1970};
use crate::request::Orders;
use crate::steady::Steady;
use crate::store::Journals;

const DRIPS: u32 = 1_000;
const HEAD: &[u8] = b"GET /v1/shops HTTP/1.1\r\nx-drip: ";
const EVERY: Duration = Duration::from_secs(5);
/// By when the other side has closed, and what telling it may take on a machine without a free core.
const WITHIN: Duration = Duration::from_secs(10);
const TOLD_WITHIN: Duration = Duration::from_secs(1);
/// They come one after the other for as long as the other side lets them: as many go as come then.
pub(super) const ARRIVING: Duration = WITHIN;
/// Who orders meanwhile, and how much of what the program takes at its best.
const CONNECTIONS: usize = 255;
const OF_PEAK: f64 = 0.25;

/// Orders at a constant rate, alone and beside them, in turns.
pub(super) async fn slow(siege: &mut Siege) -> Result<()> {
    let data = siege.folder.join("slow");
    let server = siege.program(crate::measured_shops()).serve(&data).await?;
    let (journals, address) = (Journals::of(&data), server.address);
    let peak = siege.readings.latest("peak/s").context("nobody has measured the peak")?;
    let lasting = siege.sizes.line;
    let steady = Steady { address, connections: CONNECTIONS, per_second: OF_PEAK * peak, lasting };
    let mut acknowledged = 0;
    siege.scene("nobody is slow yet");
    acknowledged += honest(siege, steady).await?.0;
    for _ in 0..siege.sizes.rounds {
        siege.scene("nobody is slow");
        let (taken, alone) = honest(siege, steady).await?;
        siege.scene("a thousand are slow");
        let drips = Drips::begin(address).await;
        let (taken_beside, beside) = honest(siege, steady).await?;
        let seen = drips.end();
        acknowledged += taken + taken_beside;
        siege.readings.record("S21", beside / alone);
        siege.readings.record("S21 alone ms", alone);
        siege.readings.record("S21 beside ms", beside);
        siege.readings.remark(
            "S21",
            format!("{} closed, the last after {:.1} s", seen.closed, seen.longest.as_secs_f64()),
        );
        if seen.closed == 0 || seen.stayed > 0 || seen.answered > 0 {
            siege.readings.broken.push(format!("slow clients: {seen:?}"));
        }
    }
    settle(siege, &journals, acknowledged, "slow").await?;
    server.stop().await?;
    siege.verify("slow").await
}

/// Orders for a while: how many were taken, and the 99th percentile of their answers in milliseconds.
async fn honest(siege: &mut Siege, steady: Steady) -> Result<(u64, f64)> {
    let seed = millis_since_1970() << 16;
    let answers = steady.ask(|connection| Orders::new(seed + connection as u64)).await?;
    let taken = count(&answers, |answer| answer.said == Said::Done);
    if taken < answers.len() as u64 {
        let others = answers.len() as u64 - taken;
        siege.readings.broken.push(format!("beside slow clients: {others} orders were not taken"));
    }
    Ok((taken, millis(&answers, 99.0)))
}

/// Those who are slow, until dropped.
struct Drips {
    seen: Arc<Mutex<Seen>>,
    _clients: JoinSet<()>,
}

/// What became of their connections.
#[derive(Debug, Clone, Copy, Default)]
struct Seen {
    closed: u32,
    longest: Duration,
    answered: u32,
    /// Those that were still open when they should not be any more.
    stayed: u32,
}

impl Drips {
    /// Lets them come; back when all are there.
    async fn begin(address: SocketAddr) -> Self {
        let seen = Arc::<Mutex<Seen>>::default();
        let mut clients = JoinSet::new();
        for _ in 0..DRIPS {
            clients.spawn(drip_again_and_again(address, Arc::clone(&seen)));
            tokio::time::sleep(ARRIVING / DRIPS).await;
        }
        Self { seen, _clients: clients }
    }

    fn end(self) -> Seen {
        *self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

async fn drip_again_and_again(address: SocketAddr, seen: Arc<Mutex<Seen>>) {
    loop {
        let began = Instant::now();
        let outcome = tokio::time::timeout(WITHIN + TOLD_WITHIN, drip(address)).await;
        {
            let mut seen = seen.lock().unwrap_or_else(PoisonError::into_inner);
            match outcome {
                Ok(ended) => {
                    seen.closed += 1;
                    seen.answered += u32::from(ended.unwrap_or_default());
                    seen.longest = seen.longest.max(began.elapsed());
                }
                Err(_) => seen.stayed += 1,
            }
        }
        // Whoever is refused at once does not ask again at once.
        tokio::time::sleep(ARRIVING / DRIPS).await;
    }
}

/// Sends a byte now and then until the other side closes; whether it answered.
async fn drip(address: SocketAddr) -> std::io::Result<bool> {
    let mut connection = TcpStream::connect(address).await?;
    connection.write_all(HEAD).await?;
    let mut piece = [0; 256];
    loop {
        tokio::select! {
            read = connection.read(&mut piece) => return Ok(read? > 0),
            () = tokio::time::sleep(EVERY) => connection.write_all(b"a").await?,
        }
    }
}
