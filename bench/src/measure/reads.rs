use anyhow::{Result, bail};

use super::intake::echo_per_second;
use super::{Bench, Subject};
use crate::load::{Drive, drive};
use crate::readings::ECHO_64;
use crate::request::{Reads, SHOP};
use crate::server::Server;

const CONNECTIONS: usize = 64;
/// Orders that are asked for; a tenth of them is hot.
const ORDERS: u64 = 10_000;

/// R12: an order, a story and a list, each over the echo.
pub(super) async fn reads(bench: &mut Bench, subject: &Subject, echo: &Server) -> Result<()> {
    if !bench.wants(&["R12"]) {
        return Ok(());
    }
    let yardstick = echo_per_second(bench, echo, CONNECTIONS, bench.sizes.segment / 5).await?;
    bench.readings.record(ECHO_64, yardstick);
    read_all(bench, subject, ["R12 order", "R12 story", "R12 list"]).await
}

/// The three of a store, over the echo of this round, recorded under these names.
pub(super) async fn read_all(
    bench: &mut Bench,
    subject: &Subject,
    [order, story, list]: [&'static str; 3],
) -> Result<()> {
    let Some(yardstick) = bench.readings.latest(ECHO_64) else { return Ok(()) };
    let orders = subject.journals.some_orders(ORDERS)?;
    if orders.is_empty() {
        bail!("there is no order to read yet; ask for R1 too");
    }
    let path_of = |id: &String| format!("/v1/shops/{SHOP}/orders/{id}");
    let paths: [(&'static str, Vec<String>); 3] = [
        (order, orders.iter().map(path_of).collect()),
        (story, orders.iter().map(|id| format!("{}/story", path_of(id))).collect()),
        (list, vec![format!("/v1/shops/{SHOP}/orders?limit=20")]),
    ];
    for (name, paths) in paths {
        let per_second = read(bench, subject, &paths).await?;
        bench.readings.record(name, per_second / yardstick);
    }
    Ok(())
}

async fn read(bench: &mut Bench, subject: &Subject, paths: &[String]) -> Result<f64> {
    let address = subject.server.address;
    let counted_for = bench.sizes.segment / 5;
    let what = Drive { address, connections: CONNECTIONS, counted_for, expected: 200 };
    let requests = Reads::requests(paths, &subject.customer);
    let segment = drive(what, |connection| Reads::of(&requests, connection as u64)).await?;
    bench.readings.failed(&segment.failures);
    Ok(segment.per_second())
}
