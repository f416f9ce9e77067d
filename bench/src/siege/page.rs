//! The part of the page that the siege makes.

use std::fmt::Write as _;

use super::Siege;
use super::lines::Line;
use super::phases::Seen;
use crate::figures::SIEGE_FIGURES;
use crate::machine::Machine;
use crate::readings::shown;
use crate::report::{checks, machine_rows, raw, table};

/// All of it.
pub(super) fn section(siege: &Siege, machine: &Machine, date: &str) -> String {
    let readings = &siege.readings;
    let green = if readings.broken.is_empty() { "green" } else { "**RED: no number here counts**" };
    let sizes = &siege.sizes;
    let mut page = format!(
        "## Under siege\n\nMade by `cargo xtask siege`. The market (300 ms for payment, breaker: half of 20 calls, \
         open for 5 s) while payment becomes slower, hangs and comes back; the bench shop under overload, \
         with many who wait and beside slow clients; the documents' own line. The clients run on the same cores.\n\n{}\
         | Sizes | {} clients, {} s a phase |\n\
         | Checks | {green}; {} orders: acknowledged = told to the end; `jumun verify` and `jumun reconcile` of \
         every store |\n",
        machine_rows(machine, date),
        sizes.clients,
        sizes.phase.as_secs(),
        readings.checked_orders
    );
    page.push_str(&table(readings, SIEGE_FIGURES));
    page.push_str(&phases(&siege.phases));
    page.push_str(&lines(&siege.lines));
    for left_out in &siege.left_out {
        let _ = write!(page, "\nLeft out: {left_out}.\n");
    }
    page.push_str("\n<details><summary>What the checks said</summary>\n\n");
    page.push_str(&checks(readings));
    page.push_str("\n</details>\n");
    page.push_str(&raw(readings));
    page
}

fn phases(phases: &[Seen]) -> String {
    let mut text = "\n### Payment comes and goes\n\nOrders at the market. *At once*: refused at the door, nothing \
        was kept; *later*: refused after 300 ms, the fact is kept, nothing stands. *Kept*: orders that ordering has \
        anything of. *Others*: a menu, a list and orders of a shop that takes no money, 100 a second, answered \
        within half a second.\n\n\
        | Payment | Asked | Taken | Refused at once | Refused later | Kept | p50 ms | p99 ms | Longest ms | Others % \
        | Breaker at the end |\n|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|---|\n"
        .to_owned();
    for seen in phases {
        let counts = [seen.asked, seen.taken, seen.refused_at_once, seen.refused_later, seen.kept];
        let counts = counts.map(|count| count.to_string()).join(" | ");
        let millis = [seen.p50_millis, seen.p99_millis, seen.longest_millis, seen.others_percent];
        let millis = millis.map(shown).join(" | ");
        let _ = writeln!(text, "| {} | {counts} | {millis} | {} |", seen.phase, seen.breaker);
    }
    text
}

fn lines(lines: &[Line]) -> String {
    if lines.is_empty() {
        return String::new();
    }
    let mut text = "\n### The documents' own line\n\n`siege -c255 -t..S --content-type \"application/json\" \
        'http://../orders POST {\"productId\": \"10\", \"qty\":\"5\"}'`, the body from a file. It opens a connection \
        for every request and does not pause; a transaction is an answer below 400. While payment takes 610 ms it \
        asks as often as fills the time (`-r`): where nearly everything is refused it does not end by the clock.\n\n\
        | On | Transactions | Seconds | Per second | Failed | Availability % | Longest s |\n\
        |---|--:|--:|--:|--:|--:|--:|\n"
        .to_owned();
    for Line { whom, said } in lines {
        let _ = writeln!(
            text,
            "| {whom} | {} | {} | {} | {} | {:.2} | {} |",
            said.transactions,
            shown(said.elapsed_time),
            shown(said.transaction_rate),
            said.failed_transactions,
            said.availability,
            shown(said.longest_transaction)
        );
    }
    text
}
