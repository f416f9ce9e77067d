//! The recorder under a real process: what it does to files is what the trace tells.

#![expect(clippy::unwrap_used, reason = "tests may panic")]

use std::fs::{self, File, OpenOptions};
use std::io::{ErrorKind, Seek, SeekFrom, Write};
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use power::disk::Disk;
use power::format::Kind;
use power::recording::{Recorder, scratch_folder};
use power::trace::Trace;

/// Runs the test `program` of this file in a process of its own, with the recorder under it.
fn recorded(program: &str, faults: &str) -> (tempfile::TempDir, PathBuf, Trace) {
    let place = scratch_folder().unwrap();
    let folder = place.path().join("data");
    fs::create_dir(&folder).unwrap();
    let trace = place.path().join("trace");
    let output = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", program, "--ignored"])
        .env("LD_PRELOAD", Recorder::beside_this_program().unwrap().library())
        .env("POWER_FOLDER", &folder)
        .env("POWER_TRACE", &trace)
        .env("POWER_FAULTS", faults)
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
    let trace = Trace::read(&trace).unwrap();
    (place, folder, trace)
}

fn folder() -> PathBuf {
    PathBuf::from(std::env::var_os("POWER_FOLDER").unwrap())
}

fn kinds(trace: &Trace) -> Vec<Kind> {
    trace.records().iter().map(|record| record.kind).collect()
}

/// The files as the trace tells of them, everything unsynced kept.
fn told(trace: &Trace, folder: &Path) -> power::image::Image {
    use rand::SeedableRng;
    let disk = Disk::at(trace, folder.to_str().unwrap(), trace.records().len()).unwrap();
    power::loss::Loss::Nothing.leave(&disk, &mut rand::rngs::StdRng::seed_from_u64(1))
}

#[test]
#[ignore = "runs recorded, in a process of its own"]
fn a_program_that_writes_in_every_way() {
    let folder = folder();
    let mut file = File::create(folder.join("a")).unwrap();
    file.write_all(b"hello").unwrap();
    file.write_all_at(b"J", 0).unwrap();
    file.seek(SeekFrom::Start(3)).unwrap();
    file.write_all(b"LO!").unwrap();
    file.sync_data().unwrap();
    let mut copy = file.try_clone().unwrap();
    copy.write_all(b"?").unwrap();
    file.set_len(6).unwrap();
    let mut appending = OpenOptions::new().append(true).open(folder.join("a")).unwrap();
    appending.write_all(b" bye").unwrap();
    appending.sync_all().unwrap();
    fs::create_dir(folder.join("sub")).unwrap();
    fs::write(folder.join("sub/b"), b"second").unwrap();
    fs::rename(folder.join("sub/b"), folder.join("c")).unwrap();
    fs::write(folder.join("d"), b"third").unwrap();
    fs::remove_file(folder.join("d")).unwrap();
    File::open(&folder).unwrap().sync_all().unwrap();
}

#[test]
fn the_trace_tells_of_every_file_what_it_holds() {
    let (_place, folder, trace) = recorded("a_program_that_writes_in_every_way", "");
    let told = told(&trace, &folder);
    assert_eq!(told.files.keys().collect::<Vec<_>>(), ["a", "c"]);
    for (name, content) in &told.files {
        assert_eq!(fs::read(folder.join(name)).unwrap(), *content, "{name}");
    }
    assert_eq!(told.directories, ["sub"]);
}

#[test]
fn syncs_stand_between_the_writes_in_their_order() {
    let (_place, _folder, trace) = recorded("a_program_that_writes_in_every_way", "");
    let kinds = kinds(&trace);
    let first_of_a = [
        Kind::Open,
        Kind::Write,
        Kind::Write,
        Kind::Write,
        Kind::SyncBegin,
        Kind::SyncEnd,
        Kind::Write,
        Kind::Truncate,
    ];
    assert_eq!(kinds[..8], first_of_a);
    assert_eq!(kinds[kinds.len() - 2..], [Kind::SyncBegin, Kind::SyncEnd]);
}

#[test]
#[ignore = "runs recorded, in a process of its own"]
fn a_program_whose_second_sync_fails() {
    let mut file = File::create(folder().join("a")).unwrap();
    file.write_all(b"x").unwrap();
    file.sync_data().unwrap();
    file.write_all(b"y").unwrap();
    assert_eq!(file.sync_data().unwrap_err().raw_os_error(), Some(5));
    file.sync_data().unwrap();
}

#[test]
fn a_sync_can_be_made_to_fail_once() {
    let (_place, folder, trace) = recorded("a_program_whose_second_sync_fails", "sync-eio:2");
    let disk = Disk::at(&trace, folder.to_str().unwrap(), trace.records().len()).unwrap();
    assert_eq!(disk.file(disk.names.files["a"]).kept, b"x");
}

#[test]
#[ignore = "runs recorded, in a process of its own"]
fn a_program_on_a_small_disk() {
    let mut file = File::create(folder().join("a")).unwrap();
    let error = file.write_all(&[7; 100]).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::StorageFull);
}

#[test]
fn a_disk_can_be_full() {
    let (_place, folder, trace) = recorded("a_program_on_a_small_disk", "write-enospc:60");
    assert_eq!(told(&trace, &folder).files["a"].len(), 60);
}

#[test]
#[ignore = "runs recorded, in a process of its own"]
fn a_program_that_writes_a_hundred_bytes() {
    let mut file = File::create(folder().join("a")).unwrap();
    for number in 0..10 {
        file.write_all(&[number; 10]).unwrap();
    }
}

#[test]
fn short_and_interrupted_writes_are_borne() {
    let (_place, folder, trace) = recorded("a_program_that_writes_a_hundred_bytes", "short-write:2,eintr:3");
    assert!(trace.faults(trace.records().len()).count() > 4);
    assert_eq!(told(&trace, &folder).files["a"].len(), 100);
}
