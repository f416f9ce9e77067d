//! Syncs. The disk is asked outside the lock: what other threads write meanwhile is recorded
//! between the beginning and the end, and is not covered.

use std::time::Duration;

use libc::{c_int, c_long};

use super::{errno, set_errno};
use crate::descriptors;
use crate::format::Kind;
use crate::recorder::{Recorder, active};

unsafe fn sync_and_record(recorder: &Recorder, descriptor: c_int, inode: u64, call: c_long) -> c_int {
    let token = recorder.next_token();
    recorder.append(&recorder.in_order(), Kind::SyncBegin, inode, token, &[]);
    wait(recorder.faults.slow_sync);
    let fails = recorder.faults.next_sync_fails();
    let code = if fails {
        libc::EIO
    // SAFETY: passed on as it came.
    } else if unsafe { libc::syscall(call, descriptor) } == 0 {
        0
    } else {
        errno()
    };
    let order = recorder.in_order();
    if fails {
        recorder.append(&order, Kind::Fault, inode, 0, b"sync failed");
    }
    recorder.append(&order, Kind::SyncEnd, inode, token, &code.to_le_bytes());
    drop(order);
    if code == 0 {
        return 0;
    }
    set_errno(code);
    -1
}

fn wait(time: Duration) {
    if !time.is_zero() {
        std::thread::sleep(time);
    }
}

macro_rules! syncs {
    ($($name:ident => $call:expr),*) => {$(
        /// Stands in for the C library's function of this name.
        ///
        /// # Safety
        /// As the C library's.
        #[unsafe(no_mangle)]
        pub unsafe extern "C" fn $name(descriptor: c_int) -> c_int {
            // SAFETY: passed on as it came.
            unsafe {
                match (active(), descriptors::followed(descriptor)) {
                    (Some(recorder), Some(inode)) => sync_and_record(recorder, descriptor, inode, $call),
                    _ => libc::syscall($call, descriptor) as c_int,
                }
            }
        }
    )*};
}

syncs!(fsync => libc::SYS_fsync, fdatasync => libc::SYS_fdatasync);
