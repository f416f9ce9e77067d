//! Runs on a dying disk (F6, F7): what the worker itself must have done, before any power cut.

use rand::Rng;
use rand::rngs::StdRng;

use crate::check::{Promise, Violation};
use crate::format::Kind;
use crate::recording::Recording;
use crate::worker::{self, EXIT_DONE, EXIT_STOPPED};

/// What goes wrong with the disk in a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DiskFault {
    /// A sync fails once.
    SyncFails,
    /// The disk is full.
    Full,
    /// Writes take only part of their bytes.
    ShortWrites,
    /// Writes are interrupted.
    Interruptions,
    /// Syncs are slow.
    SlowSyncs,
}

impl DiskFault {
    /// Every one.
    pub const ALL: [Self; 5] =
        [Self::SyncFails, Self::Full, Self::ShortWrites, Self::Interruptions, Self::SlowSyncs];

    /// Its name in the report.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::SyncFails => "F6 a sync fails (EIO), then cut",
            Self::Full => "F6 disk full (ENOSPC), then cut",
            Self::ShortWrites => "F6 short writes, then cut",
            Self::Interruptions => "F6 interrupted writes (EINTR), then cut",
            Self::SlowSyncs => "F7 slow syncs, then cut",
        }
    }

    /// The recorder's words for it, at a drawn moment of a run of so many batches.
    #[must_use]
    pub fn draw(self, batches: u64, chance: &mut StdRng) -> String {
        match self {
            Self::SyncFails => format!("sync-eio:{}", chance.random_range(1..=batches)),
            Self::Full => format!("write-enospc:{}", chance.random_range(1..=batches * 12_000)),
            Self::ShortWrites => format!("short-write:{}", chance.random_range(2..6)),
            Self::Interruptions => format!("eintr:{}", chance.random_range(2..6)),
            Self::SlowSyncs => "slow-sync:2".to_owned(),
        }
    }

    /// Whether the store must stop when it happens; the others are to be borne.
    #[must_use]
    pub const fn is_deadly(self) -> bool {
        matches!(self, Self::SyncFails | Self::Full)
    }

    /// Judges what the worker did.
    ///
    /// # Errors
    /// [`Promise::Stops`] if it went on after a deadly fault; [`Promise::GoesOn`] if it stopped
    /// without one.
    pub fn judge(self, recording: &Recording) -> Result<(), Violation> {
        let records = recording.trace.records();
        let all = worker::last_batch(recording.trace.acknowledgements(records.len()));
        let is_done = all == recording.plan.batches;
        let first_fault = records.iter().position(|record| record.kind == Kind::Fault);
        let said = recording.said.trim();
        match first_fault.filter(|_| self.is_deadly()) {
            Some(fault) => {
                let before = worker::last_batch(recording.trace.acknowledgements(fault));
                if all > before + batches_under_way(recording) {
                    let detail =
                        format!("batches {} to {all} were acknowledged after the disk failed", before + 1);
                    return Err(Violation::new(Promise::Stops, detail));
                }
                if recording.exit_code != i32::from(EXIT_STOPPED) && !is_done {
                    return Err(Violation::new(
                        Promise::Stops,
                        format!("exit code {}: {said}", recording.exit_code),
                    ));
                }
            }
            None if recording.exit_code != i32::from(EXIT_DONE) || !is_done => {
                return Err(Violation::new(
                    Promise::GoesOn,
                    format!("exit code {}: {said}", recording.exit_code),
                ));
            }
            None => {}
        }
        Ok(())
    }
}

/// How many batches may still be acknowledged after a fault: the one whose own sync had succeeded
/// when the writer went on to move the log. A thread of its own that moves the log is heard of when
/// the writer looks next: there only the states tell.
const fn batches_under_way(recording: &Recording) -> u64 {
    if recording.plan.subject.has_checkpointer() { u64::MAX / 2 } else { 1 }
}
