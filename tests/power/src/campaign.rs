//! Many recordings, many states of each.

use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

use anyhow::Result;

use crate::recording::Recorder;
use crate::report::Report;
use crate::run::Run;
use crate::subject::SubjectKind;

/// How many states are drawn from one recording.
const STATES_PER_RECORDING: u64 = 40;

/// What to run.
#[derive(Debug, Clone)]
pub struct Campaign {
    /// The store.
    pub subject: SubjectKind,
    /// How many states.
    pub states: u64,
    /// The seed of everything.
    pub seed: u64,
    /// Where the traces of failures are kept.
    pub trace_folder: PathBuf,
    /// Whether the first failure ends the run.
    pub ends_at_first_failure: bool,
}

impl Campaign {
    /// Records and judges, on as many threads as the machine has processors.
    ///
    /// # Errors
    /// When a run or a state cannot be made.
    pub fn run(&self, recorder: &Recorder) -> Result<Report> {
        // At least so many recordings that each kind has its turn, with one thread and with more.
        let recordings = (self.states / STATES_PER_RECORDING).max(20);
        let next = AtomicU64::new(0);
        let total = Mutex::new(Report::default());
        let work = || -> Result<()> {
            loop {
                let turn = next.fetch_add(1, Ordering::Relaxed);
                let is_over = self.ends_at_first_failure && !lock(&total).failures.is_empty();
                if turn >= recordings || is_over {
                    return Ok(());
                }
                let first = self.states * turn / recordings;
                let states = self.states * (turn + 1) / recordings - first;
                let report = Run::record(self, recorder, turn)?.judge(first..first + states)?;
                lock(&total).add(report);
            }
        };
        let threads = std::thread::available_parallelism().map_or(1, usize::from);
        std::thread::scope(|scope| {
            let workers: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
            workers.into_iter().try_for_each(|worker| match worker.join() {
                Ok(outcome) => outcome,
                Err(panic) => std::panic::resume_unwind(panic),
            })
        })?;
        Ok(total.into_inner().unwrap_or_else(PoisonError::into_inner))
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
