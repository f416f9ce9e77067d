use std::net::SocketAddr;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use serde::Deserialize;
use tokio::task::JoinSet;

use super::intake::echo_per_second;
use super::{Bench, Subject};
use crate::clock::{Instant, millis_since_1970};
use crate::request::{Orders, Requests, post_as};
use crate::server::Server;
use crate::wire::Connection;

const CONNECTIONS: u64 = 64;
const CUSTOMER: &str = "customer:1";
const NOBODY: &str = "anonymous";
/// How long the last story may take to be told as far as it goes.
const DRAIN_TIMEOUT: Duration = Duration::from_secs(60);
const LOOK_EVERY: Duration = Duration::from_millis(50);
/// The store room of the kiosk.
const CUPS: &str = r#"{"quantity": 1000000}"#;

/// W2 at a shop: an order, and every command that somebody gives on its way, as far as it goes on
/// the day itself.
pub(crate) struct Life {
    shop: &'static str,
    /// The names under which its figures are recorded.
    pub(crate) rate: &'static str,
    pub(crate) cpu: &'static str,
    /// What happens, for the table.
    pub(crate) what: &'static str,
    /// Who orders; nobody in particular pays from the account of walk-ins.
    customer: &'static str,
    order: &'static str,
    /// Who does what, under the order's number.
    commands: &'static [(&'static str, &'static str)],
    ends_as: &'static str,
}

/// The five shops. `{}` is the order's number.
pub(crate) const LIVES: &[Life] = &[
    Life {
        shop: "cafe",
        rate: "W2 cafe",
        cpu: "W2 cafe us",
        what: "paid, accepted, made, handed over",
        customer: CUSTOMER,
        order: r#"{"lines":[{"item":"1","quantity":2}]}"#,
        commands: &[
            ("staff:kim", "tickets/{}/accept"),
            ("staff:kim", "tickets/{}/start"),
            ("staff:kim", "tickets/{}/complete"),
            ("staff:kim", "tickets/{}/hand-over"),
        ],
        ends_as: "completed",
    },
    Life {
        shop: "kiosk",
        rate: "W2 kiosk",
        cpu: "W2 kiosk us",
        what: "a cup reserved, made by itself",
        customer: CUSTOMER,
        order: r#"{"lines":[{"item":"latte","quantity":1}]}"#,
        commands: &[],
        ends_as: "completed",
    },
    Life {
        shop: "market",
        rate: "W2 market",
        cpu: "W2 market us",
        what: "paid from a deposit, sent out by itself",
        customer: NOBODY,
        order: r#"{"lines":[{"item":"10","quantity":5}]}"#,
        commands: &[],
        ends_as: "delivery-started",
    },
    Life {
        shop: "appliance",
        rate: "W2 appliance",
        cpu: "W2 appliance us",
        what: "approved by the customer, taken, sent out by itself",
        customer: CUSTOMER,
        order: r#"{"lines":[{"item":"2","quantity":3}],"name":"Kang","phone":"010-0123-4567","address":"Gangnam"}"#,
        commands: &[(CUSTOMER, "orders/{}/payment/approve"), ("staff:kim", "tickets/{}/accept")],
        ends_as: "delivery-started",
    },
    Life {
        shop: "pizza",
        rate: "W2 pizza",
        cpu: "W2 pizza us",
        what: "paid, made, brought",
        customer: CUSTOMER,
        order: r#"{"lines":[{"item":"pepperoniPizza","quantity":1}],"address":"ThewellI007Ho"}"#,
        commands: &[
            ("staff:kim", "tickets/{}/start"),
            ("courier:lee", "deliveries/{}/start"),
            ("courier:lee", "deliveries/{}/complete"),
        ],
        ends_as: "completed",
    },
];

/// Opens the five shops, where they are wanted.
pub(super) async fn open(bench: &Bench) -> Result<Option<Subject>> {
    if !bench.wants(&["W2"]) {
        return Ok(None);
    }
    let data = bench.folder.join("shops");
    let server = bench.program.serve_all_shops(&data).await?;
    let mut connection = Connection::open(server.address).await?;
    let cups = post_as("staff:kim", "/v1/shops/kiosk/stock/cup/receipts", CUPS);
    let answer = connection.exchange(&cups).await?;
    ensure!(answer.status < 300, "cups were answered with {}", answer.status);
    Ok(Some(Subject::of(server, &data)))
}

/// Every shop in turn: whole lives per second, over the requests per second of the echo.
pub(super) async fn lives(bench: &mut Bench, subject: Option<&Subject>, echo: &Server) -> Result<()> {
    let Some(subject) = subject else { return Ok(()) };
    let lasting = bench.sizes.segment / 4;
    let connections = usize::try_from(CONNECTIONS)?;
    let yardstick = echo_per_second(bench, echo, connections, lasting).await?;
    for life in LIVES {
        let journals = subject.journals.at_shop(life.shop);
        let (last, cpu) = (journals.last_order()?, subject.server.process.cpu_seconds()?);
        let began = Instant::now();
        let lived = live(subject.server.address, life, began + lasting).await?;
        while journals.told_after(last, life.ends_as)? < lived && began.elapsed() < DRAIN_TIMEOUT {
            tokio::time::sleep(LOOK_EVERY).await;
        }
        let rate = lived as f64 / began.elapsed().as_secs_f64();
        let cpu = (subject.server.process.cpu_seconds()? - cpu) * 1e6 / lived as f64;
        bench.readings.record(life.rate, rate / yardstick);
        bench.readings.record(life.cpu, cpu);
        let (stored, told) = (journals.orders_after(last)?, journals.told_after(last, life.ends_as)?);
        bench.readings.checked_orders += lived;
        if stored != lived || told != lived {
            let counts = format!("{lived} lived, {stored} stored, {told} {}", life.ends_as);
            bench.readings.broken.push(format!("{}: {counts}", life.shop));
        }
    }
    Ok(())
}

/// Stops the shops, and has their books verified.
pub(super) async fn close(bench: &mut Bench, subject: Option<Subject>) -> Result<()> {
    let Some(subject) = subject else { return Ok(()) };
    subject.server.stop().await?;
    bench.verify("shops").await
}

/// Lives orders on all connections until the end; how many.
async fn live(address: SocketAddr, life: &'static Life, end: Instant) -> Result<u64> {
    let seed = millis_since_1970() << 16;
    let mut clients = JoinSet::new();
    for client in 0..CONNECTIONS {
        clients.spawn(async move {
            let mut connection = Connection::open(address).await?;
            let mut orders = Orders::by(life.customer, life.shop, life.order, seed + client);
            let mut lived = 0;
            while Instant::now() < end {
                live_one(&mut connection, life, orders.next()).await?;
                lived += 1;
            }
            anyhow::Ok(lived)
        });
    }
    let mut lived = 0;
    while let Some(client) = clients.join_next().await {
        lived += client?.with_context(|| format!("at the {}", life.shop))?;
    }
    Ok(lived)
}

#[derive(Deserialize)]
struct Placed {
    number: u64,
}

async fn live_one(connection: &mut Connection, life: &Life, order: &[u8]) -> Result<()> {
    let answer = connection.exchange(order).await?;
    let said = String::from_utf8_lossy(answer.body);
    ensure!(answer.status == 201, "an order was answered with {}: {said}", answer.status);
    let Placed { number } = serde_json::from_slice(answer.body)?;
    for (actor, command) in life.commands {
        let path = format!("/v1/shops/{}/{}", life.shop, command.replace("{}", &number.to_string()));
        let answer = connection.exchange(&post_as(actor, &path, "{}")).await?;
        let said = String::from_utf8_lossy(answer.body);
        ensure!(matches!(answer.status, 200 | 202), "{command} was answered with {}: {said}", answer.status);
    }
    Ok(())
}
