//! Which open descriptors lead to followed files.

use std::sync::atomic::{AtomicU64, Ordering};

use libc::c_int;

/// Descriptors above this are not followed; opening one is recorded as unsupported.
pub const DESCRIPTORS_MAX: usize = 65_536;

/// Inode number by descriptor; 0 means: not followed.
static FOLLOWED: [AtomicU64; DESCRIPTORS_MAX] = [const { AtomicU64::new(0) }; DESCRIPTORS_MAX];

/// The inode behind `descriptor`, if it is followed.
#[must_use]
pub fn followed(descriptor: c_int) -> Option<u64> {
    let slot = FOLLOWED.get(usize::try_from(descriptor).ok()?)?;
    Some(slot.load(Ordering::Acquire)).filter(|inode| *inode != 0)
}

/// Follows `descriptor` from now on; false if its number is too high for the table.
pub fn follow(descriptor: c_int, inode: u64) -> bool {
    let slot = usize::try_from(descriptor).ok().and_then(|index| FOLLOWED.get(index));
    if let Some(slot) = slot {
        slot.store(inode, Ordering::Release);
    }
    slot.is_some()
}

/// Forgets `descriptor`; called before it is closed, because its number is reused at once.
pub fn forget(descriptor: c_int) {
    follow(descriptor, 0);
}
