//! The library that is slipped under a program (`LD_PRELOAD`) to record, and to break, what it
//! writes and syncs.
//!
//! It stands in for the C library's file functions. Files under one folder are followed: each
//! write, truncation, sync, creation, rename and removal becomes one record of a trace, in the
//! order in which they happened. `tests/power` replays such traces into the states that a power
//! cut could have left behind. On request it also injects the faults of a dying disk.
//!
//! The program under test is the shipped one, unchanged; it is told nothing. Three environment
//! variables steer the library. Without a folder it only passes calls on; without a trace it injects
//! the faults and records nothing:
//!
//! | Variable | Meaning |
//! |---|---|
//! | `POWER_FOLDER` | the folder that is followed (it must exist) |
//! | `POWER_TRACE` | the file that the records are appended to |
//! | `POWER_FAULTS` | faults to inject, see [`faults`] |
//!
//! # What it cannot see
//! - Memory-mapped writes. SQLite maps only its `-shm` index, which need not survive and is left
//!   out; any other shared writable mapping of a followed file is recorded as
//!   [`format::Kind::Unsupported`], and the replayer refuses such a trace.
//! - C's buffered streams (`fopen`): glibc does not call itself through these symbols. Neither
//!   SQLite nor Rust's standard library uses them.
//! - Statically linked programs, `io_uring`, and raw system calls.
//!
//! # To follow one more function
//! Add it to the file under `interpose/` that its kind belongs to, ask the kernel through `libc::syscall`
//! (never through the standard library, whose calls would come back here), and append the record
//! while the [`recorder::Recorder`] is locked, so that the order of records is the order of deeds.

#![cfg(target_os = "linux")]

pub mod descriptors;
pub mod faults;
pub mod format;
pub mod interpose;
pub mod paths;
pub mod recorder;
