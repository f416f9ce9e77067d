//! Reads the counts out of what test programs print, while it is being printed.

use std::io::{BufRead, BufReader, Read, Write};
use std::process::{Command, Stdio};

use anyhow::{Context, Result};

use crate::summary::Tally;

/// Runs a command that runs test programs, shows what it prints, and adds up its counts.
///
/// A command that fails without any failed test (it did not build, a test program was killed)
/// counts as one failure, so that nothing broken can look like nothing run.
///
/// # Errors
/// When it cannot be started or read.
pub(crate) fn run(command: &mut Command) -> Result<Tally> {
    let mut child = command
        .stdout(Stdio::piped())
        .spawn()
        .with_context(|| format!("cannot start {}", command.get_program().to_string_lossy()))?;
    let output = child.stdout.take().context("the output of the tests cannot be read")?;
    let mut tally = copy_and_count(output, &mut std::io::stdout().lock())?;
    if !child.wait()?.success() && tally.failed == 0 {
        tally.failed = 1;
    }
    Ok(tally)
}

fn copy_and_count(from: impl Read, to: &mut impl Write) -> Result<Tally> {
    let mut reader = BufReader::new(from);
    let mut line = Vec::new();
    let mut sum = Tally::default();
    while reader.read_until(b'\n', &mut line)? > 0 {
        to.write_all(&line)?;
        if let Some(counts) = counts_of(&String::from_utf8_lossy(&line)) {
            sum += counts;
        }
        line.clear();
    }
    Ok(sum)
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
test result: FAILED. 1 passed; 1 failed; 0 ignored; 0 measured; 4 filtered out; finished in 1.20s
";
        let mut shown = Vec::new();
        let tally = copy_and_count(printed.as_bytes(), &mut shown).unwrap();
        assert_eq!((tally.passed, tally.failed, tally.ignored), (4, 1, 1));
        assert_eq!(shown, printed.as_bytes(), "what is counted is shown as it was");
    }

    #[test]
    fn a_line_that_only_talks_of_results_counts_nothing() {
        assert!(counts_of("the test result: ok. 3 passed; 0 failed").is_none());
    }

    #[test]
    fn a_command_that_dies_without_a_failed_test_is_one_failure() {
        let tally = run(Command::new("sh").args(["-c", "exit 3"])).unwrap();
        assert_eq!((tally.passed, tally.failed), (0, 1));
    }

    #[test]
    fn a_command_that_cannot_be_started_is_an_error() {
        assert!(run(&mut Command::new("there-is-no-such-program")).is_err());
    }
}
