//! Removing, renaming and making names.

use libc::{AT_FDCWD, c_char, c_int, c_uint, mode_t};

use super::{errno, set_errno};
use crate::format::Kind;
use crate::paths;
use crate::recorder::{InOrder, Recorder, active};

/// Does `deed`, and records it with `payload` if it succeeded and the path is followed.
unsafe fn name_and_record(
    directory: c_int,
    name: *const c_char,
    kind: Kind,
    deed: impl FnOnce() -> c_int,
) -> c_int {
    let Some(recorder) = active() else {
        return deed();
    };
    let order = recorder.in_order();
    // SAFETY: the name is the caller's C string.
    let path = unsafe { paths::of_name(directory, name) }.filter(|path| recorder.follows(path));
    // SAFETY: as above.
    let inode = unsafe { paths::inode_of_name(directory, name) }.unwrap_or(0);
    let result = deed();
    if let Some(path) = path.filter(|_| result == 0) {
        record_keeping_errno(recorder, &order, kind, inode, &path);
    }
    result
}

fn record_keeping_errno(recorder: &Recorder, order: &InOrder<'_>, kind: Kind, inode: u64, payload: &[u8]) {
    let code = errno();
    recorder.append(order, kind, inode, 0, payload);
    set_errno(code);
}

unsafe fn unlink_and_record(directory: c_int, name: *const c_char, flags: c_int) -> c_int {
    // SAFETY: passed on as they came.
    unsafe {
        name_and_record(directory, name, Kind::Unlink, || {
            libc::syscall(libc::SYS_unlinkat, directory, name, flags) as c_int
        })
    }
}

/// Stands in for the C library's function of this name.
///
/// # Safety
/// As the C library's.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn unlink(name: *const c_char) -> c_int {
    // SAFETY: passed on as it came.
    unsafe { unlink_and_record(AT_FDCWD, name, 0) }
}

/// Stands in for the C library's function of this name.
///
/// # Safety
/// As the C library's.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn unlinkat(directory: c_int, name: *const c_char, flags: c_int) -> c_int {
    // SAFETY: passed on as they came.
    unsafe { unlink_and_record(directory, name, flags) }
}

/// Stands in for the C library's function of this name.
///
/// # Safety
/// As the C library's.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rmdir(name: *const c_char) -> c_int {
    // SAFETY: passed on as it came.
    unsafe { unlink_and_record(AT_FDCWD, name, libc::AT_REMOVEDIR) }
}

unsafe fn make_directory_and_record(directory: c_int, name: *const c_char, mode: mode_t) -> c_int {
    // SAFETY: passed on as they came.
    unsafe {
        name_and_record(directory, name, Kind::MakeDirectory, || {
            libc::syscall(libc::SYS_mkdirat, directory, name, mode) as c_int
        })
    }
}

/// Stands in for the C library's function of this name.
///
/// # Safety
/// As the C library's.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mkdir(name: *const c_char, mode: mode_t) -> c_int {
    // SAFETY: passed on as they came.
    unsafe { make_directory_and_record(AT_FDCWD, name, mode) }
}

/// Stands in for the C library's function of this name.
///
/// # Safety
/// As the C library's.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mkdirat(directory: c_int, name: *const c_char, mode: mode_t) -> c_int {
    // SAFETY: passed on as they came.
    unsafe { make_directory_and_record(directory, name, mode) }
}

unsafe fn rename_and_record(
    old_directory: c_int,
    old_name: *const c_char,
    new_directory: c_int,
    new_name: *const c_char,
    flags: c_uint,
) -> c_int {
    let deed = || {
        // SAFETY: passed on as they came.
        unsafe {
            libc::syscall(libc::SYS_renameat2, old_directory, old_name, new_directory, new_name, flags)
                as c_int
        }
    };
    let Some(recorder) = active() else {
        return deed();
    };
    let order = recorder.in_order();
    // SAFETY: the names are the caller's C strings.
    let (old_path, new_path, inode) = unsafe {
        (
            paths::of_name(old_directory, old_name).unwrap_or_default(),
            paths::of_name(new_directory, new_name).unwrap_or_default(),
            paths::inode_of_name(old_directory, old_name).unwrap_or(0),
        )
    };
    let result = deed();
    if result != 0 {
        return result;
    }
    match (recorder.follows(&old_path), recorder.follows(&new_path)) {
        (false, false) => {}
        (true, true) if flags == 0 => {
            let payload = [old_path.as_slice(), new_path.as_slice()].join(&0);
            record_keeping_errno(recorder, &order, Kind::Rename, inode, &payload);
        }
        _ => record_keeping_errno(recorder, &order, Kind::Unsupported, inode, b"rename across the border"),
    }
    result
}

/// Stands in for the C library's function of this name.
///
/// # Safety
/// As the C library's.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rename(old_name: *const c_char, new_name: *const c_char) -> c_int {
    // SAFETY: passed on as they came.
    unsafe { rename_and_record(AT_FDCWD, old_name, AT_FDCWD, new_name, 0) }
}

/// Stands in for the C library's function of this name.
///
/// # Safety
/// As the C library's.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn renameat(
    old_directory: c_int,
    old_name: *const c_char,
    new_directory: c_int,
    new_name: *const c_char,
) -> c_int {
    // SAFETY: passed on as they came.
    unsafe { rename_and_record(old_directory, old_name, new_directory, new_name, 0) }
}

/// Stands in for the C library's function of this name.
///
/// # Safety
/// As the C library's.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn renameat2(
    old_directory: c_int,
    old_name: *const c_char,
    new_directory: c_int,
    new_name: *const c_char,
    flags: c_uint,
) -> c_int {
    // SAFETY: passed on as they came.
    unsafe { rename_and_record(old_directory, old_name, new_directory, new_name, flags) }
}

macro_rules! links {
    ($($name:ident($($argument:ident: $kind:ty),*) => $new_directory:expr, $new_name:ident, $call:expr);*;) => {$(
        /// Stands in for the C library's function of this name: a second name of a file is noted
        /// as something the trace cannot express.
        ///
        /// # Safety
        /// As the C library's.
        #[unsafe(no_mangle)]
        pub unsafe extern "C" fn $name($($argument: $kind),*) -> c_int {
            // SAFETY: passed on as they came.
            unsafe {
                let result = $call as c_int;
                if let Some(recorder) = active().filter(|_| result == 0)
                    && paths::of_name($new_directory, $new_name).is_some_and(|path| recorder.follows(&path))
                {
                    record_keeping_errno(recorder, &recorder.in_order(), Kind::Unsupported, 0, b"link");
                }
                result
            }
        }
    )*};
}

links! {
    link(old_name: *const c_char, new_name: *const c_char)
        => AT_FDCWD, new_name,
        libc::syscall(libc::SYS_linkat, AT_FDCWD, old_name, AT_FDCWD, new_name, 0);
    linkat(old_directory: c_int, old_name: *const c_char, new_directory: c_int, new_name: *const c_char, flags: c_int)
        => new_directory, new_name,
        libc::syscall(libc::SYS_linkat, old_directory, old_name, new_directory, new_name, flags);
    symlink(target: *const c_char, new_name: *const c_char)
        => AT_FDCWD, new_name,
        libc::syscall(libc::SYS_symlinkat, target, AT_FDCWD, new_name);
}
