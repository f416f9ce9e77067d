//! Absolute paths of descriptors and of names that may not exist yet.

use std::ffi::CStr;

use libc::{AT_FDCWD, c_char, c_int};

/// The absolute path behind an open descriptor, as the kernel knows it.
#[must_use]
pub fn of_descriptor(descriptor: c_int) -> Option<Vec<u8>> {
    let link = format!("/proc/self/fd/{descriptor}\0");
    let mut buffer = vec![0_u8; libc::PATH_MAX as usize];
    // SAFETY: `link` ends in a zero byte, and the buffer is as long as is said.
    let length = unsafe {
        libc::syscall(libc::SYS_readlinkat, AT_FDCWD, link.as_ptr(), buffer.as_mut_ptr(), buffer.len())
    };
    buffer.truncate(usize::try_from(length).ok()?);
    Some(buffer)
}

/// The absolute path of `name` relative to `directory`, with links in its folders resolved; the
/// last component is taken as it is and need not exist.
///
/// # Safety
/// `name` must be a valid C string.
#[must_use]
pub unsafe fn of_name(directory: c_int, name: *const c_char) -> Option<Vec<u8>> {
    // SAFETY: promised by the caller.
    let name = unsafe { CStr::from_ptr(name) }.to_bytes();
    let (parent, last) = match name.iter().rposition(|byte| *byte == b'/') {
        Some(0) => (&b"/"[..], &name[1..]),
        Some(slash) => (&name[..slash], &name[slash + 1..]),
        None => (&b"."[..], name),
    };
    let mut parent_name = parent.to_vec();
    parent_name.push(0);
    // SAFETY: `parent_name` ends in a zero byte.
    let descriptor = unsafe {
        libc::syscall(
            libc::SYS_openat,
            directory,
            parent_name.as_ptr(),
            libc::O_PATH | libc::O_DIRECTORY | libc::O_CLOEXEC,
            0,
        )
    };
    let descriptor = c_int::try_from(descriptor).ok().filter(|it| *it >= 0)?;
    let folder = of_descriptor(descriptor);
    // SAFETY: the descriptor was opened above and is used nowhere else.
    unsafe { libc::syscall(libc::SYS_close, descriptor) };
    let mut path = folder?;
    if path.last() != Some(&b'/') {
        path.push(b'/');
    }
    path.extend_from_slice(last);
    Some(path)
}

/// The inode that a name leads to, links not followed; `None` if there is nothing.
///
/// # Safety
/// `name` must be a valid C string.
#[must_use]
pub unsafe fn inode_of_name(directory: c_int, name: *const c_char) -> Option<u64> {
    let mut status = std::mem::MaybeUninit::<libc::stat>::uninit();
    // SAFETY: the name is valid by the caller's promise; the buffer has the kernel's layout.
    let failed =
        unsafe { libc::fstatat(directory, name, status.as_mut_ptr(), libc::AT_SYMLINK_NOFOLLOW) != 0 };
    if failed {
        return None;
    }
    // SAFETY: the kernel has filled it in.
    Some(unsafe { status.assume_init() }.st_ino)
}

/// Inode and file type of an open descriptor.
#[must_use]
pub fn status(descriptor: c_int) -> Option<libc::stat> {
    let mut status = std::mem::MaybeUninit::<libc::stat>::uninit();
    // SAFETY: the buffer has the kernel's layout.
    if unsafe { libc::fstat(descriptor, status.as_mut_ptr()) } != 0 {
        return None;
    }
    // SAFETY: the kernel has filled it in.
    Some(unsafe { status.assume_init() })
}
