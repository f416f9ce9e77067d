//! Moving the log into the file, off the path of commits.
//!
//! A thread of its own does what can be done without hindering anybody (PASSIVE), woken by the
//! size of the log. Under constant load that never lets the log begin anew, so at the cap the
//! writer resets it (RESTART), without waiting for readers. A reader that stays for long can hold
//! that up; past four times the cap the store asks to shed.

use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{self, Receiver, SyncSender};
use std::sync::{Arc, OnceLock};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use journal::StoreError;
use kernel::planted::{self, Bug};
use rusqlite::wal::CheckpointMode;
use rusqlite::{Connection, ErrorCode, MAIN_DB};

use crate::failure::Failure;
use crate::{Options, connection};

/// A page in the log: 4096 bytes behind a header of 24.
const FRAME_BYTES: u64 = 4096 + 24;

/// After a reset that somebody held up, so much log is written before the next try: a megabyte, or
/// an eighth of a small cap.
const RETRY_FRAMES_MAX: u64 = 256;

/// Why the store broke; once set it stays.
pub(crate) type Broken = Arc<OnceLock<String>>;

/// The log as its writer sees it.
pub(crate) struct Log {
    /// The frames in use, told by SQLite at every commit.
    frames: Arc<AtomicU64>,
    nudge_frames: u64,
    cap_frames: u64,
    /// The frames at the last nudge of the checkpointer.
    nudged_at: u64,
    /// The frames from which a reset is tried.
    reset_at: u64,
    busy_timeout: Duration,
    checkpointer: Option<Checkpointer>,
}

impl Log {
    /// Watches the log of the writer's connection.
    pub(crate) fn watch(
        writer: &mut Connection,
        path: PathBuf,
        options: &Options,
        broken: &Broken,
    ) -> Result<Self, Failure> {
        let frames = Arc::new(AtomicU64::new(0));
        let told = Arc::clone(&frames);
        writer.wal_hook(Some(move |_: &mut rusqlite::hooks::Wal, count: i32| {
            told.store(u64::from(count.unsigned_abs()), Ordering::Relaxed);
            Ok(())
        }))?;
        let checkpointer = match options.checkpointer {
            true => Some(Checkpointer::start(path, options.clone(), Arc::clone(broken))?),
            false => None,
        };
        let cap_frames = options.log_cap_bytes / FRAME_BYTES;
        Ok(Self {
            frames,
            nudge_frames: options.checkpoint_bytes / FRAME_BYTES,
            cap_frames,
            nudged_at: 0,
            reset_at: cap_frames,
            busy_timeout: Duration::from_millis(options.busy_timeout_millis.into()),
            checkpointer,
        })
    }

    pub(crate) fn must_shed(&self) -> bool {
        self.frames() > 4 * self.cap_frames
    }

    /// Called behind every commit.
    pub(crate) fn after_commit(&mut self, writer: &Connection) -> Result<(), Failure> {
        if planted::is(Bug::B22) {
            return Ok(());
        }
        let frames = self.frames();
        if frames < self.nudged_at {
            // It began anew.
            self.nudged_at = 0;
            self.reset_at = self.cap_frames;
        }
        if frames >= self.reset_at {
            return self.reset(writer);
        }
        if frames - self.nudged_at >= self.nudge_frames
            && let Some(checkpointer) = &self.checkpointer
        {
            self.nudged_at = frames;
            checkpointer.nudge();
        }
        Ok(())
    }

    /// Called when there is time.
    pub(crate) fn tidy_up(&mut self, writer: &Connection) -> Result<(), Failure> {
        if planted::is(Bug::B22) {
            return Ok(());
        }
        let frames = self.frames();
        if frames >= self.cap_frames {
            return self.reset(writer);
        }
        if self.checkpointer.is_none() && frames.saturating_sub(self.nudged_at) >= self.nudge_frames {
            self.nudged_at = frames;
            checkpoint(writer, CheckpointMode::PASSIVE)?;
        }
        Ok(())
    }

    /// Lets the next commit begin the log anew, unless a reader or the checkpointer is in the way.
    fn reset(&mut self, writer: &Connection) -> Result<(), Failure> {
        writer.busy_timeout(Duration::ZERO)?;
        let outcome = checkpoint(writer, CheckpointMode::RESTART);
        writer.busy_timeout(self.busy_timeout)?;
        self.nudged_at = self.frames();
        if outcome? {
            self.frames.store(0, Ordering::Relaxed);
            self.nudged_at = 0;
            self.reset_at = self.cap_frames;
        } else {
            self.reset_at = self.frames() + RETRY_FRAMES_MAX.min(self.cap_frames / 8);
        }
        Ok(())
    }

    fn frames(&self) -> u64 {
        self.frames.load(Ordering::Relaxed)
    }
}

/// Whether it went through; somebody in the way is no failure.
fn checkpoint(connection: &Connection, mode: CheckpointMode) -> Result<bool, Failure> {
    match connection.wal_checkpoint_v2(Some(MAIN_DB), mode) {
        Ok(_) => Ok(true),
        Err(error)
            if matches!(
                error.sqlite_error_code(),
                Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked)
            ) =>
        {
            Ok(false)
        }
        Err(error) if error.sqlite_error_code() == Some(ErrorCode::DatabaseCorrupt) => Err(error.into()),
        // A sync that failed once is never tried again: the next one might only seem to work.
        Err(error) => Err(StoreError::Fatal(format!("moving the log into the file: {error}")).into()),
    }
}

/// Begins the log anew where nobody reads it: whatever a former holder left is moved into the file
/// and synced again.
pub(crate) fn settle(writer: &Connection) -> Result<(), Failure> {
    writer.busy_timeout(Duration::ZERO)?;
    checkpoint(writer, CheckpointMode::RESTART)?;
    Ok(())
}

/// The thread that moves the log while the writer goes on.
struct Checkpointer {
    bell: Option<SyncSender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Checkpointer {
    fn start(path: PathBuf, options: Options, broken: Broken) -> Result<Self, Failure> {
        let connection = connection::open_checkpointer(&path, &options)?;
        let (bell, nudges) = mpsc::sync_channel(1);
        let thread = thread::Builder::new()
            .name("checkpointer".to_owned())
            .stack_size(256 * 1024)
            .spawn(move || run(&connection, &nudges, &broken))
            .map_err(|error| StoreError::Unavailable(format!("starting the checkpointer: {error}")))?;
        Ok(Self { bell: Some(bell), thread: Some(thread) })
    }

    /// One nudge may wait; more say nothing new.
    fn nudge(&self) {
        if let Some(bell) = &self.bell {
            bell.try_send(()).unwrap_or_default();
        }
    }
}

fn run(connection: &Connection, nudges: &Receiver<()>, broken: &Broken) {
    while nudges.recv().is_ok() {
        if let Err(failure) = checkpoint(connection, CheckpointMode::PASSIVE) {
            let cause = failure.while_writing().to_string();
            tracing::error!(cause, "the checkpointer stops, and the writer with it");
            broken.set(cause).unwrap_or_default();
            return;
        }
    }
}

impl Drop for Checkpointer {
    fn drop(&mut self) {
        self.bell = None;
        if let Some(thread) = self.thread.take()
            && thread.join().is_err()
        {
            tracing::error!("the checkpointer panicked");
        }
    }
}
