//! Opening, copying and closing descriptors.

use libc::{AT_FDCWD, c_char, c_int, c_long, c_uint, c_void, mode_t, off_t, size_t};

use super::{errno, set_errno};
use crate::format::{Kind, OPEN_CREATED, OPEN_DIRECTORY};
use crate::recorder::{InOrder, Recorder, active};
use crate::{descriptors, paths};

unsafe fn open_by_kernel(directory: c_int, name: *const c_char, flags: c_int, mode: mode_t) -> c_int {
    // SAFETY: the arguments are the caller's own.
    unsafe { libc::syscall(libc::SYS_openat, directory, name, flags | libc::O_LARGEFILE, mode) as c_int }
}

unsafe fn open_and_record(directory: c_int, name: *const c_char, flags: c_int, mode: mode_t) -> c_int {
    let Some(recorder) = active() else {
        // SAFETY: passed on as they came.
        return unsafe { open_by_kernel(directory, name, flags, mode) };
    };
    let order = recorder.in_order();
    let may_create = flags & libc::O_CREAT != 0;
    // SAFETY: the name is the caller's C string.
    let was_there = !may_create || unsafe { paths::inode_of_name(directory, name) }.is_some();
    // SAFETY: passed on as they came.
    let descriptor = unsafe { open_by_kernel(directory, name, flags, mode) };
    if descriptor >= 0 {
        let code = errno();
        record_open(recorder, &order, descriptor, flags, !was_there);
        set_errno(code);
    }
    descriptor
}

fn record_open(recorder: &Recorder, order: &InOrder<'_>, descriptor: c_int, flags: c_int, created: bool) {
    descriptors::forget(descriptor);
    let Some(path) = paths::of_descriptor(descriptor).filter(|path| recorder.follows(path)) else {
        return;
    };
    let Some(status) = paths::status(descriptor) else {
        return;
    };
    let inode = status.st_ino;
    let is_directory = status.st_mode & libc::S_IFMT == libc::S_IFDIR;
    let mut open_flags = 0;
    if created {
        open_flags |= OPEN_CREATED;
    }
    if is_directory {
        open_flags |= OPEN_DIRECTORY;
    }
    recorder.append(order, Kind::Open, inode, open_flags, &path);
    if flags & libc::O_TRUNC != 0 && !created {
        recorder.append(order, Kind::Truncate, inode, 0, &[]);
    }
    if !descriptors::follow(descriptor, inode) {
        recorder.append(order, Kind::Unsupported, inode, 0, b"a descriptor above the table");
    }
}

macro_rules! opens {
    ($($name:ident),*) => {$(
        /// Stands in for the C library's function of this name.
        ///
        /// # Safety
        /// As the C library's.
        #[unsafe(no_mangle)]
        pub unsafe extern "C" fn $name(name: *const c_char, flags: c_int, mode: mode_t) -> c_int {
            // SAFETY: passed on as they came.
            unsafe { open_and_record(AT_FDCWD, name, flags, mode) }
        }
    )*};
}

macro_rules! opens_at {
    ($($name:ident),*) => {$(
        /// Stands in for the C library's function of this name.
        ///
        /// # Safety
        /// As the C library's.
        #[unsafe(no_mangle)]
        pub unsafe extern "C" fn $name(
            directory: c_int,
            name: *const c_char,
            flags: c_int,
            mode: mode_t,
        ) -> c_int {
            // SAFETY: passed on as they came.
            unsafe { open_and_record(directory, name, flags, mode) }
        }
    )*};
}

// The names with underscores are what a compiler with checked library calls makes of `open`.
opens!(open, open64, __open_2, __open64_2);
opens_at!(openat, openat64, __openat_2, __openat64_2);

/// Stands in for the C library's function of this name.
///
/// # Safety
/// As the C library's.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn close(descriptor: c_int) -> c_int {
    descriptors::forget(descriptor);
    // SAFETY: passed on as it came.
    unsafe { libc::syscall(libc::SYS_close, descriptor) as c_int }
}

macro_rules! controls {
    ($($name:ident),*) => {$(
        /// Stands in for the C library's function of this name: a copied descriptor is followed
        /// like its original.
        ///
        /// # Safety
        /// As the C library's.
        #[unsafe(no_mangle)]
        pub unsafe extern "C" fn $name(descriptor: c_int, command: c_int, argument: c_long) -> c_int {
            // SAFETY: passed on as they came.
            let result = unsafe { libc::syscall(libc::SYS_fcntl, descriptor, command, argument) as c_int };
            if matches!(command, libc::F_DUPFD | libc::F_DUPFD_CLOEXEC) {
                return copied(descriptor, result);
            }
            result
        }
    )*};
}

controls!(fcntl, fcntl64);

/// The copy leads where the original leads.
fn copied(original: c_int, copy: c_int) -> c_int {
    if copy >= 0 {
        descriptors::follow(copy, descriptors::followed(original).unwrap_or(0));
    }
    copy
}

/// Stands in for the C library's function of this name.
///
/// # Safety
/// As the C library's.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn dup(descriptor: c_int) -> c_int {
    // SAFETY: passed on as it came.
    copied(descriptor, unsafe { libc::syscall(libc::SYS_dup, descriptor) as c_int })
}

/// Stands in for the C library's function of this name.
///
/// # Safety
/// As the C library's.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn dup2(descriptor: c_int, copy: c_int) -> c_int {
    if descriptor == copy {
        // SAFETY: asks whether it is open.
        let flags = unsafe { libc::syscall(libc::SYS_fcntl, descriptor, libc::F_GETFD) };
        return if flags < 0 { -1 } else { copy };
    }
    // SAFETY: passed on as they came.
    unsafe { dup3(descriptor, copy, 0) }
}

/// Stands in for the C library's function of this name.
///
/// # Safety
/// As the C library's.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn dup3(descriptor: c_int, copy: c_int, flags: c_int) -> c_int {
    // SAFETY: passed on as they came.
    copied(descriptor, unsafe { libc::syscall(libc::SYS_dup3, descriptor, copy, flags) as c_int })
}

macro_rules! maps {
    ($($name:ident),*) => {$(
        /// Stands in for the C library's function of this name: a shared writable mapping of a
        /// followed file is noted as something the trace cannot express.
        ///
        /// # Safety
        /// As the C library's.
        #[unsafe(no_mangle)]
        pub unsafe extern "C" fn $name(
            address: *mut c_void,
            length: size_t,
            protection: c_int,
            flags: c_int,
            descriptor: c_int,
            offset: off_t,
        ) -> *mut c_void {
            let is_written_through =
                flags & libc::MAP_SHARED != 0 && protection & libc::PROT_WRITE != 0;
            if is_written_through
                && let (Some(recorder), Some(inode)) = (active(), descriptors::followed(descriptor))
            {
                recorder.append(&recorder.in_order(), Kind::Unsupported, inode, 0, b"mmap");
            }
            // SAFETY: passed on as they came.
            unsafe {
                libc::syscall(libc::SYS_mmap, address, length, protection, flags, descriptor, offset)
                    as *mut c_void
            }
        }
    )*};
}

maps!(mmap, mmap64);

/// Stands in for the C library's function of this name.
///
/// # Safety
/// As the C library's.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn close_range(first: c_uint, last: c_uint, flags: c_int) -> c_int {
    if flags == 0 {
        for descriptor in first..=last.min(descriptors::DESCRIPTORS_MAX as c_uint - 1) {
            descriptors::forget(descriptor as c_int);
        }
    }
    // SAFETY: passed on as they came.
    unsafe { libc::syscall(libc::SYS_close_range, first, last, flags) as c_int }
}
