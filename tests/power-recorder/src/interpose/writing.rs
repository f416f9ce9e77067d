//! Writes and truncations.

use libc::{c_char, c_int, c_void, iovec, off_t, size_t, ssize_t};

use super::{errno, set_errno};
use crate::faults::WriteFate;
use crate::format::Kind;
use crate::recorder::{Recorder, active};
use crate::{descriptors, paths};

/// One write of a followed file, at `offset` or, if that is `None`, where the descriptor stands.
unsafe fn write_and_record(
    recorder: &Recorder,
    descriptor: c_int,
    inode: u64,
    bytes: *const c_void,
    length: size_t,
    offset: Option<off_t>,
) -> ssize_t {
    let order = recorder.in_order();
    let allowed = match recorder.faults.next_write(length) {
        WriteFate::Whole => length,
        WriteFate::Short(part) => {
            recorder.append(&order, Kind::Fault, inode, 0, b"short write");
            part
        }
        WriteFate::Interrupted => {
            recorder.append(&order, Kind::Fault, inode, 0, b"write interrupted");
            set_errno(libc::EINTR);
            return -1;
        }
        WriteFate::Full => {
            recorder.append(&order, Kind::Fault, inode, 0, b"disk full");
            set_errno(libc::ENOSPC);
            return -1;
        }
    };
    // SAFETY: never more than the caller said its buffer holds.
    let written = unsafe {
        match offset {
            Some(offset) => libc::syscall(libc::SYS_pwrite64, descriptor, bytes, allowed, offset),
            None => libc::syscall(libc::SYS_write, descriptor, bytes, allowed),
        }
    } as ssize_t;
    let Ok(count) = usize::try_from(written) else {
        return written;
    };
    let code = errno();
    let start = offset.unwrap_or_else(|| {
        // SAFETY: asks for the position only. After an appending write it is behind the bytes.
        unsafe { libc::syscall(libc::SYS_lseek, descriptor, 0, libc::SEEK_CUR) as off_t - written as off_t }
    });
    recorder.faults.note_written(count);
    // SAFETY: the kernel has just read this many bytes from there.
    let payload = unsafe { std::slice::from_raw_parts(bytes.cast::<u8>(), count) };
    recorder.append(&order, Kind::Write, inode, start as u64, payload);
    set_errno(code);
    written
}

/// Stands in for the C library's function of this name.
///
/// # Safety
/// As the C library's.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn write(descriptor: c_int, bytes: *const c_void, length: size_t) -> ssize_t {
    // SAFETY: passed on as they came.
    unsafe {
        match (active(), descriptors::followed(descriptor)) {
            (Some(recorder), Some(inode)) => {
                write_and_record(recorder, descriptor, inode, bytes, length, None)
            }
            _ => libc::syscall(libc::SYS_write, descriptor, bytes, length) as ssize_t,
        }
    }
}

macro_rules! positioned_writes {
    ($($name:ident),*) => {$(
        /// Stands in for the C library's function of this name.
        ///
        /// # Safety
        /// As the C library's.
        #[unsafe(no_mangle)]
        pub unsafe extern "C" fn $name(
            descriptor: c_int,
            bytes: *const c_void,
            length: size_t,
            offset: off_t,
        ) -> ssize_t {
            // SAFETY: passed on as they came.
            unsafe {
                match (active(), descriptors::followed(descriptor)) {
                    (Some(recorder), Some(inode)) => {
                        write_and_record(recorder, descriptor, inode, bytes, length, Some(offset))
                    }
                    _ => libc::syscall(libc::SYS_pwrite64, descriptor, bytes, length, offset) as ssize_t,
                }
            }
        }
    )*};
}

positioned_writes!(pwrite, pwrite64);

/// Stands in for the C library's function of this name. A followed file gets the first part only,
/// which a caller must be ready for: the rest is its next call.
///
/// # Safety
/// As the C library's.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn writev(descriptor: c_int, parts: *const iovec, count: c_int) -> ssize_t {
    // SAFETY: passed on as they came; the parts are the caller's array of `count`.
    unsafe {
        let (Some(recorder), Some(inode)) = (active(), descriptors::followed(descriptor)) else {
            return libc::syscall(libc::SYS_writev, descriptor, parts, count) as ssize_t;
        };
        let parts = std::slice::from_raw_parts(parts, usize::try_from(count).unwrap_or(0));
        match parts.iter().find(|part| part.iov_len > 0) {
            Some(part) => write_and_record(recorder, descriptor, inode, part.iov_base, part.iov_len, None),
            None => 0,
        }
    }
}

macro_rules! truncations {
    ($($name:ident),*) => {$(
        /// Stands in for the C library's function of this name.
        ///
        /// # Safety
        /// As the C library's.
        #[unsafe(no_mangle)]
        pub unsafe extern "C" fn $name(descriptor: c_int, length: off_t) -> c_int {
            let (Some(recorder), Some(inode)) = (active(), descriptors::followed(descriptor)) else {
                // SAFETY: passed on as they came.
                return unsafe { libc::syscall(libc::SYS_ftruncate, descriptor, length) as c_int };
            };
            let order = recorder.in_order();
            // SAFETY: passed on as they came.
            let result = unsafe { libc::syscall(libc::SYS_ftruncate, descriptor, length) as c_int };
            if result == 0 {
                recorder.append(&order, Kind::Truncate, inode, length as u64, &[]);
            }
            result
        }
    )*};
}

truncations!(ftruncate, ftruncate64);

/// Notes a deed that the trace has no record for; the replayer refuses the trace.
fn note_unsupported(descriptor: c_int, what: &str) {
    if let (Some(recorder), Some(inode)) = (active(), descriptors::followed(descriptor)) {
        recorder.append(&recorder.in_order(), Kind::Unsupported, inode, 0, what.as_bytes());
    }
}

/// Stands in for the C library's function of this name.
///
/// # Safety
/// As the C library's.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn fallocate(descriptor: c_int, mode: c_int, offset: off_t, length: off_t) -> c_int {
    note_unsupported(descriptor, "fallocate");
    // SAFETY: passed on as they came.
    unsafe { libc::syscall(libc::SYS_fallocate, descriptor, mode, offset, length) as c_int }
}

/// Stands in for the C library's function of this name.
///
/// # Safety
/// As the C library's.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn copy_file_range(
    from: c_int,
    from_offset: *mut off_t,
    to: c_int,
    to_offset: *mut off_t,
    length: size_t,
    flags: u32,
) -> ssize_t {
    note_unsupported(to, "copy_file_range");
    // SAFETY: passed on as they came.
    unsafe {
        libc::syscall(libc::SYS_copy_file_range, from, from_offset, to, to_offset, length, flags) as ssize_t
    }
}

/// Stands in for the C library's function of this name.
///
/// # Safety
/// As the C library's.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn truncate(name: *const c_char, length: off_t) -> c_int {
    if let Some(recorder) = active() {
        // SAFETY: the name is the caller's C string.
        let path = unsafe { paths::of_name(libc::AT_FDCWD, name) };
        if path.is_some_and(|path| recorder.follows(&path)) {
            recorder.append(&recorder.in_order(), Kind::Unsupported, 0, 0, b"truncate by name");
        }
    }
    // SAFETY: passed on as they came.
    unsafe { libc::syscall(libc::SYS_truncate, name, length) as c_int }
}
