use std::time::Duration;

use anyhow::{Context, Result, bail};
use serde::Deserialize;

use super::{Bench, Subject};
use crate::clock::Instant;
use crate::request::{get, post};
use crate::wire::Connection;

const ROUTE: &str = "/internal/tracking/rebuild";
const LOOK_EVERY: Duration = Duration::from_millis(20);
const PATIENCE: Duration = Duration::from_secs(300);

#[derive(Debug, Deserialize)]
struct Progress {
    rebuilding: bool,
    total: Option<u64>,
}

/// R27: the stories are built anew from all events, beside the live ones.
pub(super) async fn rebuild(bench: &mut Bench, subject: &Subject) -> Result<()> {
    if !bench.wants(&["R27"]) {
        return Ok(());
    }
    let operators =
        subject.server.operators.context("the program does not say where operators are served")?;
    let mut connection = Connection::open(operators).await?;
    let events = subject.journals.events()?;
    let began = Instant::now();
    let mut progress = ask(&mut connection, &post(ROUTE)).await?;
    let read = progress.total.unwrap_or(events);
    while progress.rebuilding {
        if began.elapsed() > PATIENCE {
            bail!("the rebuild of {events} events takes longer than five minutes");
        }
        tokio::time::sleep(LOOK_EVERY).await;
        progress = ask(&mut connection, &get(ROUTE)).await?;
    }
    bench.readings.record("R27", read as f64 / began.elapsed().as_secs_f64());
    bench.readings.remark("R27", format!("{read} events"));
    Ok(())
}

async fn ask(connection: &mut Connection, request: &[u8]) -> Result<Progress> {
    let answer = connection.exchange(request).await?;
    let body = String::from_utf8_lossy(answer.body);
    anyhow::ensure!(answer.status == 200, "a rebuild was answered with {}: {body}", answer.status);
    Ok(serde_json::from_slice(answer.body)?)
}
