//! The table for people: every figure beside its bounds, the machine, and the raw values.

use std::fmt::Write as _;

use crate::arguments::Sizes;
use crate::figures::{FIGURES, Figure, Reached};
use crate::machine::Machine;
use crate::measure::{COMPARED, LIVES};
use crate::readings::{Readings, shown};
use crate::section::{KEPT, SIEGE};
use crate::statistics::{median, spread};

/// Makes the page; `former` is the one that stands, of which stays what others have written.
pub(crate) fn page(
    readings: &Readings,
    machine: &Machine,
    sizes: &Sizes,
    date: &str,
    former: &str,
) -> String {
    let mut page = head(readings, machine, sizes, date);
    page.push_str(&table(readings, FIGURES));
    page.push_str(&yardsticks(readings));
    page.push_str(&lives(readings));
    page.push_str(&compared(readings));
    page.push_str("\n## Where the time goes\n\n");
    page.push_str(&missed(readings));
    let _ = write!(page, "\n{}", KEPT.around(KEPT.of(former)));
    let siege = SIEGE.of(former);
    if !siege.is_empty() {
        let _ = write!(page, "\n{}", SIEGE.around(siege));
    }
    page.push_str("\n## Checks\n\n");
    page.push_str(&checks(readings));
    page.push_str(&raw(readings));
    page
}

fn head(readings: &Readings, machine: &Machine, sizes: &Sizes, date: &str) -> String {
    let machine = machine_rows(machine, date);
    let green = if readings.broken.is_empty() { "green" } else { "**RED: no number here counts**" };
    let failures = match readings.failures.is_empty() {
        true => "every answer was a success".to_owned(),
        false => format!("answers that were no success and do not count, by status: {:?}", readings.failures),
    };
    let (rounds, seconds) = (sizes.rounds, sizes.segment.as_secs_f64());
    format!(
        "# Speed\n\n\
         Made by `cargo xtask bench`; all roles in one program. *Accepted* is measured at a counter that takes \
         payment and whose staff does not come (R1 to R4): orders taken and paid, both on the disk, their story \
         told so far. *Completed* is measured at the bench shop, which has no staff: the same, and made by itself \
         until *prepared*. Identity is open, but where a figure says *tokens*: there every request carries one of \
         the program's own, checked at the door, right behind the same without. The client runs on the same \
         cores.\n\n\
         {machine}\
         | Rounds | {rounds}, interleaved, {seconds} s for R1 |\n\
         | Checks | {green}; {} orders: acknowledged = stored = told to the end |\n\
         | Failures | {failures} |\n",
        readings.checked_orders
    )
}

/// The beginning of a table that says where and when.
pub(crate) fn machine_rows(machine: &Machine, date: &str) -> String {
    let Machine { processor, cores, memory_gigabytes, kernel, file_system, commit, compiler } = machine;
    format!(
        "| | |\n|---|---|\n\
         | Date | {date} |\n| Commit | {commit} |\n| Machine | {processor}, {cores} cores, {memory_gigabytes} GB, \
         {kernel}, {file_system} |\n| Compiler | {compiler} |\n"
    )
}

/// Figures beside their bounds.
pub(crate) fn table(readings: &Readings, figures: &[Figure]) -> String {
    let mut table = "\nMedians of the rounds; the spread is the distance between the quartiles.\n\n\
        | | Figure | Value | Spread | Floor | Goal | Moonshot | Reached |\n|---|---|--:|--:|--:|--:|--:|---|\n"
        .to_owned();
    for figure in figures {
        let bounds = readings.bounds_in_force(figure);
        let Figure { name, what, unit, floor, goal, moonshot, .. } = bounds;
        let remark = readings.remark_of(name).map_or_else(String::new, |remark| format!(" ({remark})"));
        let values = readings.of(name);
        let value = median(values);
        let (value, reached) = match value {
            Some(value) => (format!("{} {unit}", shown(value)), bounds.reached(value).as_str()),
            None => ("-".to_owned(), "not measured"),
        };
        let bounds = [floor, goal, moonshot].map(shown).join(" | ");
        let _ = writeln!(
            table,
            "| {name} | {what}{remark} | {value} | {} | {bounds} | {reached} |",
            noise(values)
        );
    }
    table
}

/// The spread; a ratio whose spread is more than a quarter of it is said to be noisy.
pub(crate) fn noise(values: &[f64]) -> String {
    match (spread(values), median(values)) {
        (Some(spread), Some(median)) if spread > 0.25 * median => format!("{} noisy", shown(spread)),
        (Some(spread), _) => shown(spread),
        _ => String::new(),
    }
}

fn yardsticks(readings: &Readings) -> String {
    let rows = [
        ("Y1 255", "echo requests/s, 255 connections"),
        ("Y1 64", "echo requests/s, 64 connections"),
        ("Y1 16", "echo requests/s, 16 connections"),
        ("Y2", "raw SQLite orders/s, 3 rows each, 512 a batch, synced"),
        ("Y2 slow", "the same where every sync takes 3.4 ms longer"),
        ("Y3", "append of 4 KB and fdatasync, p50, ms"),
        ("accepted/s", "orders accepted per second, 255 connections"),
        ("accepted/s slow", "the same where every sync takes 3.4 ms longer"),
        ("accepted us", "processor time per accepted order, 255 connections, us"),
        ("with/without", "orders accepted per second with tokens, over without"),
        ("p50 ms 255", "answer p50, accepted, 255 connections, ms"),
        ("p99 ms 255", "answer p99, accepted, 255 connections, ms"),
        ("completed/s", "orders completed per second, from the first request to the last completion"),
        ("p50 ms 1", "answer p50, 1 connection, ms"),
        ("client us", "processor time of the client per order, us"),
        ("stolen %", "of the machine taken by others, %"),
    ];
    let mut table = "\nThe yardsticks, and the numbers behind the ratios (they belong to this machine and this hour):\n\n\
        | | Median | Spread |\n|---|--:|--:|\n"
        .to_owned();
    for (name, what) in rows {
        if let Some(value) = median(readings.of(name)) {
            let _ = writeln!(table, "| {what} | {} | {} |", shown(value), noise(readings.of(name)));
        }
    }
    table
}

fn lives(readings: &Readings) -> String {
    let rows = LIVES.iter().filter_map(|life| {
        let (rate, cpu) = (median(readings.of(life.rate))?, median(readings.of(life.cpu))?);
        let noise = noise(readings.of(life.rate));
        Some(format!("| {} | {} | {rate:.4} | {noise} | {} |\n", life.rate, life.what, shown(cpu)))
    });
    let rows: String = rows.collect();
    if rows.is_empty() {
        return rows;
    }
    format!(
        "\n## The five shops\n\nWhole lives of orders, every command of staff, couriers and customers included, \
         64 connections: lives per second over the echo's requests per second, until the last story is told; \
         processor time per life.\n\n| | Life | Lives of Y1 | Spread | us |\n|---|---|--:|--:|--:|\n{rows}"
    )
}

fn compared(readings: &Readings) -> String {
    let rows = COMPARED.iter().filter_map(|(name, what)| {
        let values = readings.of(name);
        Some(format!("| {what} | {} | {} |\n", shown(median(values)?), noise(values)))
    });
    let rows: String = rows.collect();
    if rows.is_empty() {
        return rows;
    }
    format!(
        "\n## Against the former program\n\nBoth in the same rounds: this one over the former one.\n\n\
         | Figure | Now over before | Spread |\n|---|--:|--:|\n{rows}"
    )
}

fn missed(readings: &Readings) -> String {
    let missed = FIGURES.iter().filter_map(|figure| {
        let value = median(readings.of(figure.name))?;
        let bounds = readings.bounds_in_force(figure);
        (bounds.reached(value) < Reached::Goal).then(|| {
            format!("- {}: {} instead of {} {}\n", figure.name, shown(value), shown(figure.goal), figure.unit)
        })
    });
    let missed: String = missed.collect();
    if missed.is_empty() { "Every goal is met.\n".to_owned() } else { format!("Goals missed:\n\n{missed}") }
}

pub(crate) fn checks(readings: &Readings) -> String {
    let mut text = String::new();
    for broken in &readings.broken {
        let _ = writeln!(text, "- **broken**: {broken}");
    }
    for verified in &readings.verified {
        let _ = writeln!(text, "```text\n{}\n```", verified.trim());
    }
    text
}

pub(crate) fn raw(readings: &Readings) -> String {
    let mut text = "\n<details><summary>Every round</summary>\n\n".to_owned();
    for (name, values) in readings.all() {
        let values: Vec<String> = values.iter().map(|value| shown(*value)).collect();
        let _ = writeln!(text, "- {name}: {}", values.join(" "));
    }
    text.push_str("\n</details>\n");
    text
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    #[test]
    fn what_others_wrote_stays_when_the_table_is_made_anew() {
        let former = KEPT.around("R1: half of it is SQLite.") + &SIEGE.around("It held.");
        let machine = Machine::look(std::path::Path::new("/"));
        let sizes = crate::arguments::Arguments::parse_from(["bench"]).sizes();
        let page = page(&Readings::default(), &machine, &sizes, "today", &former);
        assert_eq!((KEPT.of(&page), SIEGE.of(&page)), ("R1: half of it is SQLite.", "It held."));
    }

    #[test]
    fn a_missed_goal_is_named_with_its_value() {
        let mut readings = Readings::default();
        readings.record("R1", 0.2);
        readings.record("R2", 0.2);
        let missed = missed(&readings);
        assert!(missed.contains("- R1: 0.200 instead of 0.250 of Y1") && !missed.contains("R2"), "{missed}");
    }
}
