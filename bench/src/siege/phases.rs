//! W7 as the market's document has it: payment at 50, 300, 610, 5,000 ms, hung, and back.

use std::time::Duration;

use anyhow::{Context, Result, ensure};

use super::crowd::Crowd;
use super::{Siege, switch};
use crate::answers::{Answered, Said, ask, count, millis};
use crate::clock::{Instant, millis_since_1970};
use crate::request::{Orders, Requests, get, post_as};
use crate::server::Server;
use crate::steady::Steady;
use crate::store::Journals;
use crate::wire::Connection;

const SHOP: &str = "market";
/// The documents' order.
const ORDER: &str = r#"{"lines":[{"item":"10","quantity":5}]}"#;
/// What the market lets payment take: a client that is refused sooner was refused at the door. A little
/// less, for the program counts whole milliseconds.
const WAITED_MILLIS: u64 = 295;
/// Between an answer and the client's next order.
const PAUSE: Duration = Duration::from_millis(100);

/// Other routes, all through: a menu, a list, and orders of a shop that takes no money.
const OTHERS_PER_SECOND: f64 = 100.0;
const OTHERS_CONNECTIONS: usize = 16;
const OTHERS_LIMIT: Duration = Duration::from_millis(500);
const CUPS: &str = r#"{"quantity": 1000000}"#;

const DRAIN_TIMEOUT: Duration = Duration::from_secs(120);
const LOOK_EVERY: Duration = Duration::from_millis(100);

/// How payment does.
#[derive(Debug)]
pub(super) struct Phase {
    pub(super) name: &'static str,
    door: &'static str,
    /// Whether its word comes in time.
    is_well: bool,
}

impl Phase {
    pub(super) const ALL: [Self; 6] = [
        Self { name: "50 ms", door: r#"{"door":"slow","millis":50}"#, is_well: true },
        Self { name: "300 ms", door: r#"{"door":"slow","millis":300}"#, is_well: false },
        Self { name: "610 ms", door: r#"{"door":"slow","millis":610}"#, is_well: false },
        Self { name: "5,000 ms", door: r#"{"door":"slow","millis":5000}"#, is_well: false },
        Self { name: "hung", door: r#"{"door":"hung"}"#, is_well: false },
        Self { name: "back", door: r#"{"door":"normal"}"#, is_well: true },
    ];
}

/// What was seen in a phase.
pub(super) struct Seen {
    pub(super) phase: &'static str,
    pub(super) asked: u64,
    pub(super) taken: u64,
    /// Before anything was kept.
    pub(super) refused_at_once: u64,
    /// After the shop's bound for payment.
    pub(super) refused_later: u64,
    pub(super) p50_millis: f64,
    pub(super) p99_millis: f64,
    pub(super) longest_millis: f64,
    /// Orders that ordering has something of.
    pub(super) kept: u64,
    /// Other routes, in time, of a hundred.
    pub(super) others_percent: f64,
    /// The breaker when the phase was over.
    pub(super) breaker: &'static str,
}

/// Plays all phases, and has the stores checked.
pub(super) async fn phases(siege: &mut Siege) -> Result<()> {
    let data = siege.folder.join("phases");
    let server = siege.program(crate::measured_shops()).serve_all_shops(&data).await?;
    let journals = Journals::of(&data).at_shop(SHOP);
    let mut connection = Connection::open(server.address).await?;
    let cups = post_as("staff:kim", "/v1/shops/kiosk/stock/cup/receipts", CUPS);
    let status = connection.exchange(&cups).await?.status;
    ensure!(status < 300, "cups were answered with {status}");
    for phase in &Phase::ALL {
        siege.scene(&format!("payment: {}", phase.name));
        play(siege, phase, &server, &journals).await?;
    }
    let late = taken_until_closed(&server).await?;
    if late.is_none() {
        siege.readings.broken.push("the breaker does not close by itself".to_owned());
    }
    record(siege);
    let taken = siege.phases.iter().map(|seen| seen.taken).sum::<u64>() + late.unwrap_or(0);
    let begin = Instant::now();
    while journals.told_after(0, "delivery-started")? < taken && begin.elapsed() < DRAIN_TIMEOUT {
        tokio::time::sleep(LOOK_EVERY).await;
    }
    let told = journals.told_after(0, "delivery-started")?;
    siege.readings.checked_orders += taken;
    if told != taken {
        siege.readings.broken.push(format!("{taken} orders were taken, {told} of them are on their way"));
    }
    server.stop().await?;
    siege.verify("phases").await
}

async fn play(siege: &mut Siege, phase: &Phase, server: &Server, journals: &Journals) -> Result<()> {
    let lasting = siege.sizes.phase;
    let last = journals.last_order()?;
    switch(server, phase.door).await?;
    let (address, clients) = (server.address, siege.sizes.clients);
    let crowd = Crowd { address, clients, pause: PAUSE, lasting, shop: SHOP, order: ORDER };
    let others = Steady { address, connections: OTHERS_CONNECTIONS, per_second: OTHERS_PER_SECOND, lasting };
    let seed = millis_since_1970() << 16;
    let (orders, others_said) = tokio::join!(
        crowd.orders(),
        others.ask(|connection| Others::new(seed + (1 << 12) + connection as u64))
    );
    let (orders, others_said) = (orders?, others_said?);
    let kept = journals.last_order()?.saturating_sub(last);
    let in_time = count(&others_said, |answer| answer.is_done_within(OTHERS_LIMIT));
    let seen = Seen {
        phase: phase.name,
        asked: orders.len() as u64,
        taken: count(&orders, |answer| answer.said == Said::Done),
        refused_at_once: count(&orders, was_refused_at_once),
        refused_later: count(&orders, |answer| answer.said == Said::NotNow && !was_refused_at_once(answer)),
        p50_millis: millis(&orders, 50.0),
        p99_millis: millis(&orders, 99.0),
        longest_millis: millis(&orders, 100.0),
        kept,
        others_percent: 100.0 * in_time as f64 / others.offered(),
        breaker: breaker(server).await?,
    };
    siege.readings.record("W7 p99", seen.p99_millis);
    judge(siege, phase, &seen, &orders);
    note_times(siege, phase, &orders);
    siege.phases.push(seen);
    Ok(())
}

fn was_refused_at_once(answer: &Answered) -> bool {
    answer.said == Said::NotNow && answer.took < Duration::from_millis(WAITED_MILLIS)
}

/// What must hold however fast the machine is.
fn judge(siege: &mut Siege, phase: &Phase, seen: &Seen, orders: &[Answered]) {
    let broken = &mut siege.readings.broken;
    let strange: Vec<Said> = orders
        .iter()
        .map(|answer| answer.said)
        .filter(|said| matches!(said, Said::Other(_)))
        .take(5)
        .collect();
    if !strange.is_empty() {
        broken.push(format!("payment {}: answered neither 201 nor a proper 503: {strange:?}", phase.name));
    }
    if !phase.is_well && seen.refused_at_once == 0 {
        broken.push(format!("payment {}: the breaker did not open", phase.name));
    }
    // Whoever waited is kept, as a fact, even where the order was given up; refused at once, nothing is.
    if seen.kept < seen.taken || seen.kept > seen.asked - seen.refused_at_once {
        broken.push(format!(
            "payment {}: ordering keeps {} orders of {} that were taken and {} that waited",
            phase.name, seen.kept, seen.taken, seen.refused_later
        ));
    }
}

/// When the breaker opened, and when it had closed.
fn note_times(siege: &mut Siege, phase: &Phase, orders: &[Answered]) {
    let mut refused = orders.iter().filter(|answer| was_refused_at_once(answer));
    match phase.name {
        "300 ms" => {
            if let Some(first) = refused.map(Answered::at).min() {
                siege.readings.record("W7 opens", first.as_secs_f64());
            }
        }
        "back" => {
            let last = refused.next_back().map_or(Duration::ZERO, Answered::at);
            siege.readings.record("W7 closes", last.as_secs_f64());
        }
        _ => {}
    }
}

fn record(siege: &mut Siege) {
    let worst = siege.phases.iter().map(|seen| seen.p99_millis).fold(0.0, f64::max);
    let others = siege.phases.iter().map(|seen| seen.others_percent).fold(100.0, f64::min);
    siege.readings.record("W7 answer", worst);
    siege.readings.record("W7 others", others);
    let clients = siege.sizes.clients;
    siege.readings.remark("W7 answer", format!("{clients} clients, {} ms between orders", PAUSE.as_millis()));
}

/// How the breaker between ordering and payment stands at the market.
async fn breaker(server: &Server) -> Result<&'static str> {
    let operators = server.operators.context("the program has no listener for operators")?;
    let mut connection = Connection::open(operators).await?;
    let metrics = connection.exchange(&get("/metrics")).await?;
    let text = String::from_utf8_lossy(metrics.body);
    let state = text
        .lines()
        .filter(|line| line.starts_with("jumun_breaker_state{") && line.contains("\"payment/market\""))
        .find_map(|line| line.rsplit(' ').next());
    Ok(match state {
        Some("0") => CLOSED,
        Some("1") => "half open",
        Some("2") => "open",
        _ => "?",
    })
}

const CLOSED: &str = "closed";
/// Far beyond the time that any shop's breaker stays open.
const CLOSE_TIMEOUT: Duration = Duration::from_secs(30);

/// Orders until it is closed, for somebody must ask for that; how many orders were taken meanwhile, or
/// nothing where it stays open.
async fn taken_until_closed(server: &Server) -> Result<Option<u64>> {
    let begin = Instant::now();
    let mut orders = Orders::by("anonymous", SHOP, ORDER, millis_since_1970() << 16);
    let (mut open, mut taken) = (None, 0);
    while begin.elapsed() < CLOSE_TIMEOUT {
        if breaker(server).await? == CLOSED {
            return Ok(Some(taken));
        }
        let said = ask(&mut open, server.address, orders.next()).await;
        taken += u64::from(said == Said::Done);
        tokio::time::sleep(LOOK_EVERY).await;
    }
    Ok(None)
}

/// Requests that have nothing to do with payment.
struct Others {
    reads: [Vec<u8>; 2],
    orders: Orders,
    turn: usize,
}

impl Others {
    fn new(seed: u64) -> Self {
        let read = |list: &str| get(&format!("/v1/shops/{SHOP}/{list}"));
        let latte = r#"{"lines":[{"item":"latte","quantity":1}]}"#;
        Self {
            reads: [read("menu"), read("orders?limit=20")],
            orders: Orders::by("anonymous", "kiosk", latte, seed),
            turn: 0,
        }
    }
}

impl Requests for Others {
    fn next(&mut self) -> &[u8] {
        self.turn += 1;
        match self.reads.get(self.turn % 3) {
            Some(read) => read,
            None => self.orders.next(),
        }
    }
}
