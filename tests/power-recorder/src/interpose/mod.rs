//! The C library's functions, done by the kernel and written down.
//!
//! Each has the name and the arguments of the function that it stands in for. `open` and `fcntl`
//! take a variable number of arguments in C; a fixed last one is passed in the same register on
//! every Linux platform that this workspace is built for (x86-64, AArch64).

pub mod names;
pub mod opening;
pub mod syncing;
pub mod writing;

use libc::c_int;

/// Sets `errno`, as a failing function of the C library would.
fn set_errno(code: c_int) {
    // SAFETY: the C library returns this thread's own variable.
    unsafe { *libc::__errno_location() = code };
}

/// This thread's `errno`.
fn errno() -> c_int {
    // SAFETY: as above.
    unsafe { *libc::__errno_location() }
}
