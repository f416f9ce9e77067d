//! Reads the counts out of what test programs print, while it is being printed.

use std::io::{BufRead, BufReader, Read, Write};
use std::process::{Command, Stdio};

use anyhow::{Context, Result};

use crate::summary::{Failure, Tally, Verdict};

/// Lines of a failed test's own output that are kept for the summary: its end, where the reason is.
const KEPT_LINES: usize = 25;

/// Runs a command that runs test programs, shows what it prints, adds up its counts, and keeps
/// what failed tests said: who only sees the end of a long log still learns which and why.
///
/// A command that fails without any failed test (it did not build, a test program was killed)
/// counts as one failure, so that nothing broken can look like nothing run.
///
/// # Errors
/// When it cannot be started or read.
pub(crate) fn run(command: &mut Command) -> Result<Verdict> {
    let mut child = command
        .stdout(Stdio::piped())
        .spawn()
        .with_context(|| format!("cannot start {}", command.get_program().to_string_lossy()))?;
    let output = child.stdout.take().context("the output of the tests cannot be read")?;
    let mut verdict = copy_and_read(output, &mut std::io::stdout().lock())?;
    if !child.wait()?.success() && verdict.tally.failed == 0 {
        verdict.tally.failed = 1;
    }
    Ok(verdict)
}

fn copy_and_read(from: impl Read, to: &mut impl Write) -> Result<Verdict> {
    let mut reader = BufReader::new(from);
    let mut line = Vec::new();
    let mut verdict = Verdict::default();
    let mut is_in_failure = false;
    while reader.read_until(b'\n', &mut line)? > 0 {
        to.write_all(&line)?;
        let text = String::from_utf8_lossy(&line);
        let text = text.trim_end();
        if let Some(counts) = counts_of(text) {
            verdict.tally += counts;
        }
        if let Some(test) = failed_test(text) {
            is_in_failure = true;
            verdict.failures.push(Failure { test: test.to_owned(), said: Vec::new() });
        } else if text == "failures:" {
            is_in_failure = false;
        } else if is_in_failure && let Some(failure) = verdict.failures.last_mut() {
            failure.said.push(text.to_owned());
            if failure.said.len() > KEPT_LINES {
                failure.said.remove(0);
            }
        }
        line.clear();
    }
    Ok(verdict)
}

/// `---- it::a_test stdout ----` opens what a failed test printed.
fn failed_test(line: &str) -> Option<&str> {
    line.strip_prefix("---- ")?.strip_suffix(" stdout ----")
}

/// `test result: ok. 3 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.00s`
fn counts_of(line: &str) -> Option<Tally> {
    let rest = line.strip_prefix("test result: ")?;
    let (_verdict, counts) = rest.split_once(". ")?;
    let mut tally = Tally::default();
    for part in counts.split("; ") {
        let Some((number, what)) = part.split_once(' ') else { continue };
        let Ok(number) = number.parse() else { continue };
        match what.trim_end() {
            "passed" => tally.passed = number,
            "failed" => tally.failed = number,
            "ignored" => tally.ignored = number,
            _ => {}
        }
    }
    Some(tally)
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests may panic")]

    use super::*;

    #[test]
    fn the_counts_of_every_test_program_are_added_up() {
        let printed = "\
running 3 tests
test a ... ok
test result: ok. 3 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.00s

running 2 tests
failures:

---- it::late stdout ----
the order never came

failures:
    it::late

test result: FAILED. 1 passed; 1 failed; 0 ignored; 0 measured; 4 filtered out; finished in 1.20s
";
        let mut shown = Vec::new();
        let Verdict { tally, failures } = copy_and_read(printed.as_bytes(), &mut shown).unwrap();
        assert_eq!((tally.passed, tally.failed, tally.ignored), (4, 1, 1));
        assert_eq!(shown, printed.as_bytes(), "what is counted is shown as it was");
        let [failure] = &failures[..] else { panic!("one failed: {failures:?}") };
        assert_eq!(
            (failure.test.as_str(), &failure.said[..]),
            ("it::late", &["the order never came".to_owned(), String::new()][..])
        );
    }

    #[test]
    fn of_a_failed_test_that_says_much_the_end_is_kept() {
        let mut printed = "---- long stdout ----\n".to_owned();
        (0..1_000).for_each(|number| printed.push_str(&format!("line {number}\n")));
        let verdict = copy_and_read(printed.as_bytes(), &mut Vec::new()).unwrap();
        assert_eq!(verdict.failures[0].said.len(), KEPT_LINES);
        assert_eq!(verdict.failures[0].said.last().map(String::as_str), Some("line 999"));
    }

    #[test]
    fn a_line_that_only_talks_of_results_counts_nothing() {
        assert!(counts_of("the test result: ok. 3 passed; 0 failed").is_none());
    }

    #[test]
    fn a_command_that_dies_without_a_failed_test_is_one_failure() {
        let Verdict { tally, .. } = run(Command::new("sh").args(["-c", "exit 3"])).unwrap();
        assert_eq!((tally.passed, tally.failed), (0, 1));
    }

    #[test]
    fn a_command_that_cannot_be_started_is_an_error() {
        assert!(run(&mut Command::new("there-is-no-such-program")).is_err());
    }
}
