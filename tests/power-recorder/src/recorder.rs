//! The one recorder of the process: what is followed, and the trace it is written to.

use std::ffi::CString;
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
    trace: c_int,
    /// The faults that this process suffers.
    pub faults: Faults,
    order: Mutex<()>,
    next_token: AtomicU64,
}

/// Proof that no other deed comes between a deed and its record.
pub type InOrder<'a> = MutexGuard<'a, ()>;

impl Recorder {
    fn from_environment() -> Option<Self> {
        let mut folder = std::env::var_os("POWER_FOLDER")?.into_vec();
        let trace = CString::new(std::env::var_os("POWER_TRACE")?.into_vec()).ok()?;
        let faults = std::env::var("POWER_FAULTS").unwrap_or_default();
        while folder.len() > 1 && folder.last() == Some(&b'/') {
            folder.pop();
        }
        // SAFETY: `trace` is a C string.
        let trace = unsafe {
            libc::syscall(
                libc::SYS_openat,
                libc::AT_FDCWD,
                trace.as_ptr(),
                libc::O_WRONLY | libc::O_APPEND | libc::O_CREAT | libc::O_CLOEXEC,
                0o600,
            )
        };
        let trace = c_int::try_from(trace).ok().filter(|it| *it >= 0)?;
        Some(Self {
            folder,
            trace,
            faults: Faults::parse(&faults),
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
        self.order.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A number that ties the end of a sync to its beginning.
    pub fn next_token(&self) -> u64 {
        self.next_token.fetch_add(1, Ordering::Relaxed)
    }

    /// Appends one record in one system call. A trace that cannot be written would be a lie, so
    /// the process ends if that fails.
    pub fn append(&self, _order: &InOrder<'_>, kind: Kind, file: u64, number: u64, payload: &[u8]) {
        let header = format::header(kind, file, number, payload.len());
        let parts = [
            libc::iovec { iov_base: header.as_ptr().cast_mut().cast(), iov_len: header.len() },
            libc::iovec { iov_base: payload.as_ptr().cast_mut().cast(), iov_len: payload.len() },
        ];
        // SAFETY: both parts are alive and as long as they say; the kernel only reads them.
        let written = unsafe { libc::syscall(libc::SYS_writev, self.trace, parts.as_ptr(), parts.len()) };
        if usize::try_from(written) != Ok(header.len() + payload.len()) {
            std::process::abort();
        }
    }
}
