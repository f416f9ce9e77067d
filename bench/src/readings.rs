//! What was measured: by name, the values of all rounds.

use std::collections::BTreeMap;

use crate::figures::Figure;
use crate::statistics::median;

/// All values so far, and what the checks found.
#[derive(Debug, Default)]
pub(crate) struct Readings {
    values: BTreeMap<&'static str, Vec<f64>>,
    remarks: BTreeMap<&'static str, String>,
    /// Orders whose acknowledgement, row and story were counted against each other.
    pub(crate) checked_orders: u64,
    /// Answers that were no success, by status: never throughput.
    pub(crate) failures: BTreeMap<u16, u64>,
    /// What the checks said when all was well.
    pub(crate) verified: Vec<String>,
    /// What the checks found broken: with one of them, no number counts.
    pub(crate) broken: Vec<String>,
}

impl Readings {
    /// Keeps a value of a figure or of a yardstick.
    pub(crate) fn record(&mut self, name: &'static str, value: f64) {
        eprintln!("  {name:<12} {}", shown(value));
        self.values.entry(name).or_default().push(value);
    }

    /// Counts answers that were no success.
    pub(crate) fn failed(&mut self, failures: &BTreeMap<u16, u64>) {
        for (status, count) in failures {
            *self.failures.entry(*status).or_default() += count;
        }
    }

    /// Says something beside a figure.
    pub(crate) fn remark(&mut self, name: &'static str, remark: String) {
        self.remarks.insert(name, remark);
    }

    /// The values of a figure or yardstick, in the order of the rounds.
    pub(crate) fn of(&self, name: &str) -> &[f64] {
        self.values.get(name).map_or(&[], Vec::as_slice)
    }

    /// The latest value.
    pub(crate) fn latest(&self, name: &str) -> Option<f64> {
        self.of(name).last().copied()
    }

    /// What is said beside a figure.
    pub(crate) fn remark_of(&self, name: &str) -> Option<&str> {
        self.remarks.get(name).map(String::as_str)
    }

    /// Everything that was recorded, by name.
    pub(crate) fn all(&self) -> impl Iterator<Item = (&'static str, &[f64])> {
        self.values.iter().map(|(name, values)| (*name, values.as_slice()))
    }

    /// Those of some figures whose median holds no floor.
    pub(crate) fn missed_floors(&self, figures: &'static [Figure]) -> Vec<&'static Figure> {
        let missed = |figure: &&Figure| {
            median(self.of(figure.name)).is_some_and(|value| {
                self.bounds_in_force(figure).reached(value) == crate::figures::Reached::Nothing
            })
        };
        figures.iter().filter(missed).collect()
    }

    /// A figure as it is judged: where the disk was slow, the floor of R22 is sixty syncs.
    pub(crate) fn bounds_in_force(&self, figure: &Figure) -> Figure {
        let mut bounds = *figure;
        if figure.name.starts_with("R22 p50")
            && let Some(sync) = median(self.of(SYNC))
        {
            bounds.floor = bounds.floor.max(60.0 * sync);
        }
        bounds
    }
}

/// The yardsticks.
pub(crate) const ECHO_255: &str = "Y1 255";
pub(crate) const COMPLETED: &str = "completed/s";
pub(crate) const ECHO_16: &str = "Y1 16";
pub(crate) const ECHO_64: &str = "Y1 64";
pub(crate) const RAW: &str = "Y2";
pub(crate) const SYNC: &str = "Y3";

/// Three digits that say something.
pub(crate) fn shown(value: f64) -> String {
    match value.abs() {
        size if size >= 1_000.0 => thousands(value),
        size if size >= 100.0 => format!("{value:.0}"),
        size if size >= 10.0 => format!("{value:.1}"),
        size if size >= 1.0 => format!("{value:.2}"),
        _ => format!("{value:.3}"),
    }
}

fn thousands(value: f64) -> String {
    let digits = format!("{value:.0}");
    let mut grouped = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place) % 3 == 0 && !grouped.ends_with('-') {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::figures::FIGURES;

    #[test]
    fn numbers_are_shown_with_three_digits_that_say_something() {
        let numbers = [0.1234, 1.234, 12.34, 123.4, 1_234.0, 1_234_567.0, -1_234.0].map(shown);
        assert_eq!(numbers, ["0.123", "1.23", "12.3", "123", "1,234", "1,234,567", "-1,234"]);
    }

    #[test]
    fn the_floor_of_the_whole_way_follows_a_slow_disk() {
        let mut readings = Readings::default();
        readings.record("R22 p50", 90.0);
        assert_eq!(readings.missed_floors(FIGURES).len(), 1);
        readings.record(SYNC, 2.0);
        assert_eq!(readings.missed_floors(FIGURES).len(), 0);
    }
}
