use anyhow::{Context, Result, ensure};
use serde::Deserialize;

use super::end_to_end::whole_way;
use super::orders::place_orders;
use super::overhead::overhead;
use super::reads::read_all;
use super::{Bench, Subject};
use crate::readings::ECHO_255;
use crate::request::{Workload, post_json};
use crate::statistics::percentile;
use crate::wire::Connection;

const CONNECTIONS: usize = 255;
/// Who orders and reads, and who works in the shop and watches it live.
const CUSTOMER: (&str, &str) = ("guest", "customer");
const WATCHER: (&str, &str) = ("watcher", "staff");
const PASSWORD: &str = "a bench that stands on four legs";

/// Starts the program once more, where whoever asks needs an account; nothing where the program knows no
/// accounts.
pub(super) async fn open(bench: &Bench) -> Result<Option<Subject>> {
    if !bench.wants(&["R1", "R12", "R22", "R23"]) {
        return Ok(None);
    }
    let data = bench.folder.join("tokens");
    for (name, role) in [CUSTOMER, WATCHER] {
        if !bench.program.add_account(&data, name, role, PASSWORD).await? {
            eprintln!("the program takes no account: nothing is measured with tokens");
            return Ok(None);
        }
    }
    let server = bench.program.serve_to_accounts(&data).await?;
    Ok(Some(Subject::of(server, &data)))
}

/// R1, R12, R22 and R23 once more, each request with a token that is checked at the door, right behind
/// the same without.
pub(super) async fn with_tokens(bench: &mut Bench, subject: Option<&mut Subject>) -> Result<()> {
    let Some(subject) = subject else { return Ok(()) };
    // For each round: a token is good for some minutes.
    subject.customer = log_in(subject, CUSTOMER.0).await?;
    subject.watcher = log_in(subject, WATCHER.0).await?;
    if bench.wants(&["R1"]) {
        subject.turn_to(Workload::Accepted);
        accepted(bench, subject).await?;
        subject.turn_to(Workload::Completed);
    }
    if bench.wants(&["R22"]) {
        let micros = whole_way(bench, subject).await?;
        bench.readings.record("R22 p50 tokens", percentile(&micros, 50.0) / 1_000.0);
        bench.readings.record("R22 p99 tokens", percentile(&micros, 99.0) / 1_000.0);
    }
    if bench.wants(&["R12"]) {
        read_all(bench, subject, ["R12 order tokens", "R12 story tokens", "R12 list tokens"]).await?;
    }
    overhead(bench, subject, "R23 tokens").await
}

async fn accepted(bench: &mut Bench, subject: &Subject) -> Result<()> {
    let told = place_orders(bench, subject, CONNECTIONS, bench.sizes.segment).await?;
    let accepted = told.segment.per_second();
    if let Some(yardstick) = bench.readings.latest(ECHO_255) {
        bench.readings.record("R1 tokens", accepted / yardstick);
    }
    if let Some(without) = bench.readings.latest("accepted/s") {
        bench.readings.record("with/without", accepted / without);
    }
    Ok(())
}

/// Stops it, and has its books verified.
pub(super) async fn close(bench: &mut Bench, subject: Option<Subject>) -> Result<()> {
    let Some(subject) = subject else { return Ok(()) };
    subject.server.stop().await?;
    bench.verify("tokens").await
}

#[derive(Deserialize)]
struct SignedIn {
    access_token: String,
}

/// What requests say of somebody who is signed in.
async fn log_in(subject: &Subject, name: &str) -> Result<String> {
    let mut connection = Connection::open(subject.server.address).await?;
    let body = format!(r#"{{"name":"{name}","password":"{PASSWORD}"}}"#);
    let answer = connection.exchange(&post_json("/v1/identity/login", &body)).await?;
    ensure!(answer.status == 200, "{name} was answered with {} when signing in", answer.status);
    let signed_in: SignedIn = serde_json::from_slice(answer.body).context("signed in, with what?")?;
    Ok(format!("authorization: Bearer {}\r\n", signed_in.access_token))
}
