use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::fault::Fault;
use crate::race::Race;
use crate::saga::SagaStep;

/// Cells that stay empty, each with its reason; kept in order by `cargo test -p simulation`.
const REASONS: &str = include_str!("../empty-cells.txt");

/// Every listed fault must have fired so often in a run that counts.
const FIRED_MIN: u64 = 100;

/// How often each fault fired, and at which step of an order's saga.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Coverage {
    fired: Vec<u64>,
    cells: Vec<Vec<u64>>,
    raced: Vec<u64>,
}

impl Default for Coverage {
    fn default() -> Self {
        Self {
            fired: vec![0; Fault::ALL.len()],
            cells: vec![vec![0; SagaStep::ALL.len()]; Fault::ALL.len()],
            raced: vec![0; Race::ALL.len()],
        }
    }
}

impl Coverage {
    /// Counts a fault that fired.
    pub fn fired(&mut self, fault: Fault) {
        self.fired[fault as usize] += 1;
    }

    /// How often a fault fired.
    #[must_use]
    pub fn count(&self, fault: Fault) -> u64 {
        self.fired[fault as usize]
    }

    /// Counts that a fault met an order at a step.
    pub fn met(&mut self, fault: Fault, step: SagaStep) {
        self.cells[fault as usize][step as usize] += 1;
    }

    /// Counts a race that was run.
    pub fn raced(&mut self, race: Race) {
        self.raced[race as usize] += 1;
    }

    /// Adds what another run counted.
    pub fn add(&mut self, other: &Self) {
        for (mine, theirs) in self.fired.iter_mut().zip(&other.fired) {
            *mine += theirs;
        }
        for (mine, theirs) in self.cells.iter_mut().flatten().zip(other.cells.iter().flatten()) {
            *mine += theirs;
        }
        for (mine, theirs) in self.raced.iter_mut().zip(&other.raced) {
            *mine += theirs;
        }
    }

    /// Faults that fired too rarely and cells that are empty without a written reason; empty where
    /// the run counts.
    #[must_use]
    pub fn gaps(&self) -> Vec<String> {
        let reasons = reasons();
        let rare =
            Fault::ALL.into_iter().filter(|fault| self.fired[*fault as usize] < FIRED_MIN).map(|fault| {
                let fired = self.fired[fault as usize];
                format!("{fault} fired {fired} times, expected {FIRED_MIN}")
            });
        let empty = Fault::ALL.into_iter().flat_map(|fault| {
            let cells = &self.cells[fault as usize];
            let empty = SagaStep::ALL.into_iter().filter(move |step| cells[*step as usize] == 0);
            empty.map(move |step| (fault, step))
        });
        let unexplained = empty
            .filter(|(fault, step)| !reasons.contains_key(&(format!("{fault}"), format!("{step}"))))
            .map(|(fault, step)| format!("{fault} never met an order at {step}"));
        let unraced = Race::ALL.into_iter().filter(|race| self.raced[*race as usize] < FIRED_MIN);
        let unraced = unraced
            .map(|race| format!("{race} raced {} times, expected {FIRED_MIN}", self.raced[race as usize]));
        rare.chain(unexplained).chain(unraced).collect()
    }

    /// The table, one line per step, one column per fault.
    #[must_use]
    pub fn table(&self) -> String {
        let mut text = format!("{:<18}", "");
        for fault in Fault::ALL {
            text += &format!("{:>9}", fault.to_string());
        }
        text += &format!("\n{:<18}", "fired");
        for fired in &self.fired {
            text += &format!("{fired:>9}");
        }
        for step in SagaStep::ALL {
            text += &format!("\n{step:<18}", step = step.to_string());
            for cells in &self.cells {
                text += &format!("{:>9}", cells[step as usize]);
            }
        }
        text += "\nraces";
        for race in Race::ALL {
            text += &format!("\n{race:<27}{:>9}", self.raced[race as usize], race = race.to_string());
        }
        text + "\n"
    }
}

/// The written reasons: lines `F9 Accepted,Started: why`.
fn reasons() -> BTreeMap<(String, String), &'static str> {
    let mut reasons = BTreeMap::new();
    for (fault, steps, reason) in lines() {
        for step in steps.split(',') {
            reasons.insert((fault.to_owned(), step.to_owned()), reason);
        }
    }
    reasons
}

fn lines() -> impl Iterator<Item = (&'static str, &'static str, &'static str)> {
    let lines = REASONS.lines().filter(|line| !line.starts_with('#'));
    lines.filter_map(|line| {
        let (cells, reason) = line.split_once(": ")?;
        let (fault, steps) = cells.split_once(' ')?;
        Some((fault, steps, reason))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_reason_names_a_fault_and_steps() {
        let known: Vec<_> = SagaStep::ALL.iter().map(ToString::to_string).collect();
        let written = REASONS.lines().filter(|line| !line.starts_with('#') && !line.is_empty());
        assert_eq!(lines().count(), written.count());
        for (fault, steps, reason) in lines() {
            assert!(Fault::parse(fault).is_some(), "{fault}");
            for step in steps.split(',') {
                assert!(known.iter().any(|known| known == step), "{step}");
            }
            assert!(reason.len() > 10, "{reason}");
        }
    }

    #[test]
    fn a_cell_that_stays_empty_without_a_reason_is_a_gap() {
        let mut coverage = Coverage::default();
        for fault in Fault::ALL {
            (0..FIRED_MIN).for_each(|_| coverage.fired(fault));
            for step in SagaStep::ALL {
                coverage.met(fault, step);
            }
        }
        for race in Race::ALL {
            (0..FIRED_MIN).for_each(|_| coverage.raced(race));
        }
        assert_eq!(coverage.gaps(), Vec::<String>::new());
        coverage.cells[Fault::F1 as usize][SagaStep::Placed as usize] = 0;
        coverage.fired[Fault::F2 as usize] = FIRED_MIN - 1;
        coverage.raced[Race::LastItems as usize] = 3;
        assert_eq!(
            coverage.gaps(),
            [
                "F2 fired 99 times, expected 100",
                "F1 never met an order at Placed",
                "fifty for the last items raced 3 times, expected 100"
            ]
        );
    }
}
