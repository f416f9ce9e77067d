use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use anyhow::{Result, bail};
use tokio::task::JoinSet;

use super::Bench;
use crate::clock::{Instant, millis_since_1970};
use crate::load::{Drive, Segment, drive};
use crate::request::{Orders, Requests};
use crate::store::Journals;
use crate::wire::Connection;

/// Who must be there for an order to be accepted; all others are stopped.
const INTAKE: &str = "catalog,ordering,payment,inventory";
const CONNECTIONS: usize = 255;
/// Few orders are worked off in little more than a second, which varies: so often before the many and so often
/// behind them, since a machine is not as fast at all times, and the median; and so often at most, since not
/// every time counts.
const TIMES_FEW: usize = 3;
const TRIES_FEW: usize = 20;
const PATIENCE: Duration = Duration::from_secs(900);

/// The load under which roles are away and come back: a fifth of what can be taken in.
const SHARE_OF_CAPACITY: f64 = 0.2;
/// Clients who go on ordering meanwhile: so many that their orders come at their times, though an answer
/// beside a backlog takes a while.
const STEADY_CLIENTS: u32 = 510;
/// Where fewer come in than this share of what was to, the backlog had the machine to itself: in the first second
/// of a program answers take long, and up to half of the orders may be missing for it.
const SHARE_OF_STEADY: f64 = 0.9;

/// R13: orders are taken while kitchen, tracking and the rest are stopped; then all are there, and
/// the backlog is worked off while further orders come in, at a fifth of what can be taken in. The
/// backlog itself is made as fast as it goes: only how long it takes would differ.
pub(super) async fn drain(bench: &mut Bench) -> Result<()> {
    if !bench.wants(&["R13"]) {
        return Ok(());
    }
    let sizes = bench.sizes.backlogs.clone();
    let Some((&few, more)) = sizes.split_first() else { return Ok(()) };
    let mut times_few = drains_of_few(bench, few).await?;
    let mut drained = Vec::new();
    for &backlog in more {
        drained.push(drain_of(bench, backlog).await?);
    }
    times_few.extend(drains_of_few(bench, few).await?);
    let few = median(times_few);
    if let Some(many) = drained.last() {
        bench.readings.record("R13 rate", many.worked_off / many.steady);
        bench.readings.remark("R13 rate", format!("{} orders waited", many.orders));
        bench.readings.record("R13 flat", many.worked_off / few.worked_off);
        let all: Vec<String> = std::iter::once(&few)
            .chain(&drained)
            .map(|drain| format!("{:.0}/s of {}", drain.worked_off, drain.orders))
            .collect();
        bench.readings.remark("R13 flat", all.join(", "));
    }
    Ok(())
}

/// Lets few orders wait, and be worked off, until enough times count.
async fn drains_of_few(bench: &mut Bench, few: u64) -> Result<Vec<Drain>> {
    let mut all = Vec::new();
    while all.len() < TRIES_FEW && all.iter().filter(|drain| Drain::counts(drain)).count() < TIMES_FEW {
        all.push(drain_of(bench, few).await?);
    }
    Ok(all)
}

/// What became of a backlog.
#[derive(Debug, Clone, Copy)]
struct Drain {
    orders: u64,
    /// How many a second were worked off.
    worked_off: f64,
    /// How many a second were to come in meanwhile.
    steady: f64,
    /// How many a second did.
    came_in: f64,
}

impl Drain {
    fn counts(&self) -> bool {
        self.came_in >= self.steady * SHARE_OF_STEADY
    }
}

/// The median of those that count; of all, where none does.
fn median(mut all: Vec<Drain>) -> Drain {
    if all.iter().any(Drain::counts) {
        all.retain(Drain::counts);
    }
    all.sort_by(|one, other| one.worked_off.total_cmp(&other.worked_off));
    let (lower, upper) = (all[(all.len() - 1) / 2], all[all.len() / 2]);
    Drain { worked_off: lower.worked_off.midpoint(upper.worked_off), ..upper }
}

/// Lets so many orders wait, and be worked off.
async fn drain_of(bench: &mut Bench, backlog: u64) -> Result<Drain> {
    let name = format!("drain-{backlog}");
    let data = bench.folder.join(&name);
    let taken_in = take_in(bench, &data, backlog).await?;
    let drain = work_off(bench, &data, taken_in * SHARE_OF_CAPACITY).await?;
    let Drain { orders, worked_off, .. } = drain;
    eprintln!("  {orders} orders: {taken_in:.0} a second taken in, {worked_off:.0} a second worked off");
    bench.verify(&name).await?;
    std::fs::remove_dir_all(&data)?;
    Ok(drain)
}

/// Looking costs what is looked at; a hundredth of the time that is measured does not matter.
fn look_every(backlog: u64) -> Duration {
    Duration::from_micros(backlog).clamp(Duration::from_millis(10), Duration::from_secs(1))
}

/// Takes so many orders; how many a second.
async fn take_in(bench: &mut Bench, data: &Path, backlog: u64) -> Result<f64> {
    let server = bench.program.serve_roles(data, INTAKE).await?;
    let journals = Journals::of(data);
    let (mut all, mut seconds) = (Segment::default(), 0.0);
    while all.answered < backlog {
        let rest = backlog - all.answered;
        let counted_for = if rest < 20_000 { Duration::from_millis(500) } else { bench.sizes.segment };
        let what = Drive { address: server.address, connections: CONNECTIONS, counted_for, expected: 201 };
        let (seed, began) = (millis_since_1970() << 16, Instant::now());
        all.add(drive(what, |connection| Orders::new(seed + connection as u64)).await?);
        seconds += began.elapsed().as_secs_f64();
    }
    bench.readings.failed(&all.failures);
    bench.readings.checked_orders += all.answered;
    let stored = journals.orders_after(0)?;
    if stored != all.answered {
        bench.readings.broken.push(format!("taken in: {} acknowledged, {stored} stored", all.answered));
    }
    server.stop().await?;
    Ok(all.answered as f64 / seconds)
}

/// Starts everybody and waits until what waited is completed.
async fn work_off(bench: &mut Bench, data: &Path, steady: f64) -> Result<Drain> {
    let journals = Journals::of(data);
    let (backlog, last) = (journals.orders_after(0)?, journals.last_order()?);
    let server = bench.program.serve(data).await?;
    let (began, completed_before) = (Instant::now(), journals.completed_until(last)?);
    let look_every = look_every(backlog);
    let enough = Arc::new(AtomicBool::new(false));
    let every = Duration::from_secs_f64(f64::from(STEADY_CLIENTS) / steady);
    let mut clients = JoinSet::new();
    for client in 0..STEADY_CLIENTS {
        let first = began + every * client / STEADY_CLIENTS;
        clients.spawn(go_on_ordering(server.address, u64::from(client), first, every, Arc::clone(&enough)));
    }
    while journals.completed_until(last)? < backlog {
        if began.elapsed() > PATIENCE {
            bail!("a backlog of {backlog} orders is not worked off in {} s", PATIENCE.as_secs());
        }
        tokio::time::sleep(look_every).await;
    }
    let worked_off = (backlog - completed_before) as f64 / began.elapsed().as_secs_f64();
    enough.store(true, Ordering::Relaxed);
    let mut answered = 0;
    while let Some(client) = clients.join_next().await {
        answered += client??;
    }
    let came_in = answered as f64 / began.elapsed().as_secs_f64();
    eprintln!("  {answered} orders came in meanwhile, {came_in:.0} a second of {steady:.0}");
    while journals.completed_after(last)? < answered && began.elapsed() < PATIENCE {
        tokio::time::sleep(look_every).await;
    }
    let (stored, completed) = (journals.orders_after(last)?, journals.completed_after(last)?);
    bench.readings.checked_orders += backlog + answered;
    if answered == 0 || stored != answered || completed != answered {
        let counts = format!("{answered} acknowledged, {stored} stored, {completed} completed");
        bench.readings.broken.push(format!("while a backlog was worked off: {counts}"));
    }
    server.stop().await?;
    Ok(Drain { orders: backlog, worked_off, steady, came_in })
}

/// A client who orders again and again, at their times; how many orders were accepted.
async fn go_on_ordering(
    address: SocketAddr,
    client: u64,
    first: Instant,
    every: Duration,
    enough: Arc<AtomicBool>,
) -> Result<u64> {
    let mut connection = Connection::open(address).await?;
    let mut orders = Orders::new((millis_since_1970() << 16) + client);
    let (mut at, mut answered) = (first, 0);
    while !enough.load(Ordering::Relaxed) {
        tokio::time::sleep_until(at).await;
        let answer = connection.exchange(orders.next()).await?;
        if answer.status != 201 {
            let said = String::from_utf8_lossy(answer.body);
            bail!("an order beside a backlog was answered with {}: {said}", answer.status);
        }
        answered += 1;
        at += every;
    }
    Ok(answered)
}
