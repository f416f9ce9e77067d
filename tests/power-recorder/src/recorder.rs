//! The one recorder of the process: what is followed, and the trace it is written to.

use std::ffi::{CString, OsString};
use std::os::unix::ffi::OsStringExt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};

use libc::c_int;

use crate::faults::Faults;
use crate::format::{self, Kind};

static RECORDER: OnceLock<Recorder> = OnceLock::new();

/// Runs when the library is loaded, before the program's `main`.
#[used]
#[unsafe(link_section = ".init_array")]
static AT_LOAD: extern "C" fn() = start_at_load;

extern "C" fn start_at_load() {
    if let Some(recorder) = Recorder::from_environment() {
        // Loading happens once; a second start would find the first one's recorder.
        let _ = RECORDER.set(recorder);
    }
}

/// The recorder, if the environment asked for one.
pub fn active() -> Option<&'static Recorder> {
    RECORDER.get()
}

/// What is followed, and where the records go.
#[derive(Debug)]
pub struct Recorder {
    folder: Vec<u8>,
    /// Where records go; without it nothing is recorded, and nothing waits for its turn.
    trace: Option<c_int>,
    /// The faults that this process suffers.
    pub faults: Faults,
    order: Mutex<()>,
    next_token: AtomicU64,
}

/// Proof that no other deed comes between a deed and its record, where there is one.
pub type InOrder<'a> = Option<MutexGuard<'a, ()>>;

impl Recorder {
    fn from_environment() -> Option<Self> {
        let mut folder = std::env::var_os("POWER_FOLDER")?.into_vec();
        let faults = std::env::var("POWER_FAULTS");
        let trace = match std::env::var_os("POWER_TRACE") {
            Some(path) => Some(open_trace(path)?),
            None if faults.is_ok() => None,
            None => return None,
        };
        while folder.len() > 1 && folder.last() == Some(&b'/') {
            folder.pop();
        }
        Some(Self {
            folder,
            trace,
            faults: Faults::parse(&faults.unwrap_or_default()),
            order: Mutex::new(()),
            next_token: AtomicU64::new(u64::from(std::process::id()) << 32),
        })
    }

    /// Whether a path is followed: the folder itself, or anything in it but SQLite's `-shm`.
    #[must_use]
    pub fn follows(&self, path: &[u8]) -> bool {
        match path.strip_prefix(self.folder.as_slice()) {
            Some([]) => true,
            Some([b'/', rest @ ..]) => !rest.ends_with(b"-shm"),
            _ => false,
        }
    }

    /// Waits for the right to do a deed and to record it.
    pub fn in_order(&self) -> InOrder<'_> {
        self.trace.map(|_| self.order.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// A number that ties the end of a sync to its beginning.
    pub fn next_token(&self) -> u64 {
        self.next_token.fetch_add(1, Ordering::Relaxed)
    }

    /// Appends one record in one system call. A trace that cannot be written would be a lie, so
    /// the process ends if that fails.
    pub fn append(&self, _order: &InOrder<'_>, kind: Kind, file: u64, number: u64, payload: &[u8]) {
        let Some(trace) = self.trace else { return };
        let header = format::header(kind, file, number, payload.len());
        let parts = [
            libc::iovec { iov_base: header.as_ptr().cast_mut().cast(), iov_len: header.len() },
            libc::iovec { iov_base: payload.as_ptr().cast_mut().cast(), iov_len: payload.len() },
        ];
        // SAFETY: both parts are alive and as long as they say; the kernel only reads them.
        let written = unsafe { libc::syscall(libc::SYS_writev, trace, parts.as_ptr(), parts.len()) };
        if usize::try_from(written) != Ok(header.len() + payload.len()) {
            std::process::abort();
        }
    }
}

fn open_trace(path: OsString) -> Option<c_int> {
    let path = CString::new(path.into_vec()).ok()?;
    // SAFETY: `path` is a C string.
    let trace = unsafe {
        libc::syscall(
            libc::SYS_openat,
            libc::AT_FDCWD,
            path.as_ptr(),
            libc::O_WRONLY | libc::O_APPEND | libc::O_CREAT | libc::O_CLOEXEC,
            0o600,
        )
    };
    c_int::try_from(trace).ok().filter(|it| *it >= 0)
}
