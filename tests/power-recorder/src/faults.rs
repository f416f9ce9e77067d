//! The faults of a dying disk (F6, F7), read from `POWER_FAULTS`.
//!
//! Faults are separated by commas; each counts the calls on followed files only:
//!
//! | Fault | Effect |
//! |---|---|
//! | `sync-eio:N` | the N-th sync (from 1) fails with `EIO`; later ones succeed, as on Linux |
//! | `write-enospc:N` | after N written bytes the disk is full, and stays so |
//! | `short-write:N` | every N-th write takes only half of its bytes |
//! | `eintr:N` | every N-th write is interrupted before it wrote anything |
//! | `slow-sync:N` | every sync takes N milliseconds longer, such as 3.4 |

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// The faults that were asked for; zero means: not this one.
#[derive(Debug, Default)]
pub struct Faults {
    sync_eio_at: u64,
    write_enospc_after: u64,
    short_write_every: u64,
    interrupt_every: u64,
    /// How much longer each sync takes.
    pub slow_sync: Duration,
    syncs: AtomicU64,
    writes: AtomicU64,
    bytes: AtomicU64,
}

/// What shall become of one write.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WriteFate {
    /// All of it, undisturbed.
    Whole,
    /// Only so many bytes; the caller is told so.
    Short(usize),
    /// Nothing: interrupted.
    Interrupted,
    /// Nothing: the disk is full.
    Full,
}

impl Faults {
    /// Reads the variable's text; words it does not know are left out.
    #[must_use]
    pub fn parse(text: &str) -> Self {
        let mut faults = Self::default();
        for word in text.split(',') {
            let Some((name, number)) = word.trim().split_once(':') else {
                continue;
            };
            let number: f64 = number.parse().unwrap_or(0.0);
            let millis = Duration::try_from_secs_f64(number / 1_000.0).unwrap_or_default();
            let number = number as u64;
            match name {
                "sync-eio" => faults.sync_eio_at = number,
                "write-enospc" => faults.write_enospc_after = number,
                "short-write" => faults.short_write_every = number,
                "eintr" => faults.interrupt_every = number,
                "slow-sync" => faults.slow_sync = millis,
                _ => {}
            }
        }
        faults
    }

    /// Whether the sync that is about to begin shall fail.
    pub fn next_sync_fails(&self) -> bool {
        self.syncs.fetch_add(1, Ordering::Relaxed) + 1 == self.sync_eio_at
    }

    /// Decides about a write of `length` bytes.
    pub fn next_write(&self, length: usize) -> WriteFate {
        let count = self.writes.fetch_add(1, Ordering::Relaxed) + 1;
        let is_due = |every: u64| every > 0 && count.is_multiple_of(every);
        if is_due(self.interrupt_every) {
            return WriteFate::Interrupted;
        }
        if self.write_enospc_after > 0 {
            let left = self.write_enospc_after.saturating_sub(self.bytes.load(Ordering::Relaxed));
            let left = usize::try_from(left).unwrap_or(usize::MAX);
            if left == 0 {
                return WriteFate::Full;
            }
            if left < length {
                return WriteFate::Short(left);
            }
        }
        if is_due(self.short_write_every) && length > 1 {
            return WriteFate::Short(length / 2);
        }
        WriteFate::Whole
    }

    /// Counts bytes that reached a file.
    pub fn note_written(&self, length: usize) {
        self.bytes.fetch_add(length as u64, Ordering::Relaxed);
    }
}
