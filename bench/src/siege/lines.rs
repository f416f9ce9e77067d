//! W17, R30: the documents' own line, by the program that they name, on us and on the bare echo in
//! turns. It opens a connection for every request, so its numbers are for parity and no capacity.

use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use anyhow::{Result, bail};
use serde::Deserialize;
use tokio::process::Command;

use super::{Siege, carried_shop, switch};
use crate::server::{self, Server};
use crate::store::Journals;

const PROGRAM: &str = "siege";
/// As the market's document orders.
const BODY: &str = r#"{"productId": "10", "qty":"5"}"#;
/// What the program would read from its user's home: no pause, a connection for every request.
const SETTINGS: &str = "verbose = false\njson_output = true\nlogging = false\nshow-logfile = false\n\
    limit = 255\nconnection = close\nprotocol = HTTP/1.1\ndelay = 0.0\ntimeout = 30\n\
    failures = 1000000\nparser = false\ncolor = off\n";
/// After its time, until it must have ended: now and then its threads wait for each other for ever.
const GRACE: Duration = Duration::from_secs(10);
/// How often it is started anew then.
const TRIES: u32 = 5;
/// How many clients it plays.
const CLIENTS: u32 = 255;
/// Requests of each client that show how many fill a time.
const TRIAL: u32 = 20;

/// How long it goes on.
#[derive(Debug, Clone, Copy)]
enum Until {
    /// By the clock, as the documents have it.
    Over(Duration),
    /// So many requests of each client, for at most three times the time that they should take. Where nearly
    /// everything is refused, ending by the clock is what its threads never come back from.
    Asked { times: u32, expected: Duration },
}

/// What the program said of a run.
pub(super) struct Line {
    pub(super) whom: &'static str,
    pub(super) said: Report,
}

/// Its own words.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Report {
    pub(super) transactions: u64,
    pub(super) availability: f64,
    pub(super) elapsed_time: f64,
    pub(super) transaction_rate: f64,
    pub(super) failed_transactions: u64,
    pub(super) longest_transaction: f64,
}

/// Runs the line on both in turns, and once while payment takes 610 ms.
pub(super) async fn lines(siege: &mut Siege) -> Result<()> {
    if Command::new(PROGRAM)
        .arg("--version")
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .await
        .is_err()
    {
        let without = "the program `siege` is not installed (Debian: apt-get install siege): no W17, no R30";
        eprintln!("{without}");
        siege.left_out.push(without.to_owned());
        return Ok(());
    }
    let data = siege.folder.join("line");
    let server = siege.program(vec![carried_shop("market")]).serve(&data).await?;
    let echo = server::echo().await?;
    std::fs::write(siege.folder.join("siegerc"), SETTINGS)?;
    std::fs::write(siege.folder.join("order.json"), BODY)?;
    for _ in 0..siege.sizes.rounds {
        siege.scene("the documents' line");
        let until = Until::Over(siege.sizes.line);
        let bare = besiege(siege, &echo, until).await?;
        let ours = besiege(siege, &server, until).await?;
        siege.readings.record("R30", ours.transaction_rate / bare.transaction_rate);
        siege.readings.record("R30 available", ours.availability);
        if ours.failed_transactions > 0 {
            let failed = ours.failed_transactions;
            siege.readings.broken.push(format!("the documents' line: {failed} transactions failed"));
        }
        siege.lines.push(Line { whom: "the bare echo", said: bare });
        siege.lines.push(Line { whom: "Jumun", said: ours });
    }
    siege.scene("the documents' line, payment takes 610 ms");
    switch(&server, r#"{"door":"slow","millis":610}"#).await?;
    let expected = siege.sizes.line;
    let trial = besiege(siege, &server, Until::Asked { times: TRIAL, expected }).await?;
    let times = trial.times_in(expected);
    let slow = besiege(siege, &server, Until::Asked { times, expected }).await?;
    siege.lines.push(Line { whom: "Jumun, payment takes 610 ms", said: slow });
    switch(&server, r#"{"door":"normal"}"#).await?;
    let orders = Journals::of(&data).at_shop("market").last_order()?;
    siege.readings.checked_orders += orders;
    server.stop().await?;
    siege.verify("line").await
}

impl Report {
    /// How often each client would ask in a time, at the pace of this run.
    fn times_in(&self, time: Duration) -> u32 {
        let asked = (self.transactions + self.failed_transactions) as f64;
        let times = asked / self.elapsed_time.max(0.01) * time.as_secs_f64() / f64::from(CLIENTS);
        times.clamp(1.0, 100_000.0) as u32
    }
}

/// One run of the line that came to its end.
async fn besiege(siege: &mut Siege, server: &Server, until: Until) -> Result<Report> {
    for _ in 0..TRIES {
        match run_once(&siege.folder, server, until).await? {
            Some(report) => return Ok(report),
            None => siege.left_out.push("a run of `siege` that did not end, and was made again".to_owned()),
        }
    }
    bail!("siege does not end, {TRIES} times in a row")
}

/// As near to the documents' line as it can be scripted: the body from a file, the report as JSON. `None`
/// where it hangs.
async fn run_once(folder: &Path, server: &Server, until: Until) -> Result<Option<Report>> {
    let (flag, lasting) = match until {
        Until::Over(time) => (format!("-t{}S", time.as_secs().max(1)), time),
        Until::Asked { times, expected } => (format!("-r{times}"), expected * 3),
    };
    let mut command = Command::new(PROGRAM);
    command
        .args(["--rc=siegerc", &format!("-c{CLIENTS}"), &flag, "--content-type", "application/json"])
        .arg(format!("http://{}/orders POST <order.json", server.address))
        .current_dir(folder)
        // It keeps a folder of its own there.
        .env("HOME", folder)
        .stdin(Stdio::null())
        .kill_on_drop(true);
    let Ok(output) = tokio::time::timeout(lasting + GRACE, command.output()).await else { return Ok(None) };
    let output = output?;
    let said = String::from_utf8_lossy(&output.stdout);
    match report(&said) {
        Some(report) => Ok(Some(report)),
        None => bail!("siege said no report: {said}{}", String::from_utf8_lossy(&output.stderr)),
    }
}

/// The report among what it prints.
fn report(said: &str) -> Option<Report> {
    let begin = said.rfind('{')?;
    let end = begin + said[begin..].find('}')?;
    serde_json::from_str(&said[begin..=end]).ok()
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests may panic")]
    use super::*;

    #[test]
    fn what_a_trial_took_says_how_often_is_asked_in_a_time() {
        let trial = Report {
            transactions: 100,
            availability: 2.0,
            elapsed_time: 1.0,
            transaction_rate: 100.0,
            failed_transactions: 5_000,
            longest_transaction: 0.1,
        };
        assert_eq!(trial.times_in(Duration::from_secs(10)), 200);
        assert_eq!(
            Report { elapsed_time: 0.0, transactions: 0, failed_transactions: 0, ..trial }
                .times_in(Duration::ZERO),
            1
        );
    }

    #[test]
    fn the_report_is_found_among_what_it_prints() {
        let said = "New configuration template added\n{\t\"transactions\":\t 2067,\n\"availability\": 99.50,\n\
            \"elapsed_time\": 1.40,\n\"transaction_rate\": 1476.43,\n\"successful_transactions\": 2057,\n\
            \"failed_transactions\": 10,\n\"longest_transaction\": 0.02\n}\n";
        let report = report(said).unwrap();
        assert_eq!((report.transactions, report.failed_transactions), (2_067, 10));
        assert!(super::report("[error] unable to connect").is_none());
    }
}
