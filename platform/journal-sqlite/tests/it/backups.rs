//! Backups are one cut, restored as the next life of every journal.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};

use journal::suite::given::{self, Pen, order};
use journal::{Batch, Journal, Reader, SourcePosition, SourceState, StoreError, check_sources};
use journal_sqlite::backup::{MANIFEST_NAME, Manifest};
use journal_sqlite::{Cut, Options, SqliteJournal, SqliteReader, backup, journal_path, restore};
use tempfile::TempDir;

const ROLES: [&str; 3] = ["kitchen", "ordering", "payment"];

struct House {
    folder: TempDir,
    journals: Vec<SqliteJournal>,
    pens: Vec<Pen>,
}

impl House {
    fn open() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let data = folder.path().join("data");
        let journals =
            ROLES.iter().map(|role| SqliteJournal::open(&data.join(role), role, Options::default()).unwrap());
        Self { journals: journals.collect(), pens: vec![Pen::default(); ROLES.len()], folder }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// One event in every journal, each applied by the next one: a circle.
    fn turn(&mut self, number: u128) {
        for (at, pen) in self.pens.iter_mut().enumerate() {
            let source = (at + 1) % ROLES.len();
            let position = SourcePosition {
                identity: self.journals[source].identity().unwrap(),
                position: self.journals[source].head().unwrap(),
            };
            let batch =
                Batch { positions: vec![(ROLES[source].into(), position)], ..pen.batch_of(&[order(number)]) };
            self.journals[at].commit(batch).unwrap();
        }
    }

    fn back_up(&self) -> Manifest {
        take_backup(&self.path("data"), &self.path("backup")).unwrap()
    }
}

fn take_backup(data: &Path, target: &Path) -> Result<Manifest, StoreError> {
    backup(data, target, given::at(0), "0.1.0", &mut |_| ())
}

fn states(data: &Path) -> Vec<SourceState> {
    Cut::take(data, &Options::default()).unwrap().sources().unwrap()
}

fn unfit<T: std::fmt::Debug>(outcome: Result<T, StoreError>) -> String {
    match outcome {
        Err(StoreError::Unfit(reason)) => reason,
        other => panic!("expected it to be unfit, not: {other:?}"),
    }
}

#[test]
fn a_restored_backup_holds_everything_and_goes_on() {
    let mut house = House::open();
    (1..=20).for_each(|number| house.turn(number));
    let manifest = house.back_up();
    house.turn(21);
    restore(&house.path("backup"), &house.path("restored")).unwrap();

    assert_eq!(manifest.journals.iter().map(|copy| copy.head).collect::<Vec<_>>(), [20, 20, 20]);
    let restored = house.path("restored");
    for (role, pen) in ROLES.iter().zip(&mut house.pens) {
        let mut journal = SqliteJournal::open(&restored.join(role), role, Options::default()).unwrap();
        assert_eq!(journal.head(), Ok(20));
        assert_eq!(journal.audit(), Ok(vec![]));
        journal.commit(pen.batch_of(&[order(99)])).unwrap();
    }
}

#[test]
fn a_restored_backup_is_the_next_life_of_every_journal() {
    let mut house = House::open();
    (1..=3).for_each(|number| house.turn(number));
    house.back_up();
    restore(&house.path("backup"), &house.path("restored")).unwrap();
    let (before, after) = (states(&house.path("data")), states(&house.path("restored")));
    for (before, after) in before.iter().zip(&after) {
        assert_eq!(after.identity.journal, before.identity.journal);
        assert_eq!(after.identity.epoch, before.identity.epoch + 1);
    }
    assert_eq!(check_sources(&before), Vec::<String>::new());
    assert_eq!(check_sources(&after), Vec::<String>::new());
}

#[test]
fn a_backup_under_load_is_one_cut() {
    let mut house = House::open();
    (1..=5).for_each(|number| house.turn(number));
    let (data, folder, stop) = (house.path("data"), house.folder.path().to_owned(), AtomicBool::new(false));
    std::thread::scope(|scope| {
        let copying = scope.spawn(|| {
            for number in 0..10 {
                let (target, restored) =
                    (folder.join(format!("b{number}")), folder.join(format!("r{number}")));
                take_backup(&data, &target).unwrap();
                restore(&target, &restored).unwrap();
                assert_eq!(check_sources(&states(&restored)), Vec::<String>::new());
            }
            stop.store(true, Ordering::SeqCst);
        });
        let mut number = 100;
        while !stop.load(Ordering::SeqCst) && !copying.is_finished() {
            number += 1;
            house.turn(number);
        }
        copying.join().unwrap();
    });
}

#[test]
fn an_old_file_among_newer_ones_is_found() {
    let mut house = House::open();
    (1..=3).for_each(|number| house.turn(number));
    house.back_up();
    (4..=6).for_each(|number| house.turn(number));
    let data = house.path("data");
    drop(house.journals);
    std::fs::copy(
        journal_path(&house.folder.path().join("backup"), "payment"),
        journal_path(&data, "payment"),
    )
    .unwrap();
    let found = check_sources(&states(&data));
    let expected =
        "ordering has applied payment up to position 5, but the journal there ends at 3: it is an older file";
    assert_eq!(found, [expected]);
}

#[test]
fn a_file_restored_alone_is_found() {
    let mut house = House::open();
    (1..=3).for_each(|number| house.turn(number));
    house.back_up();
    let (data, restored) = (house.path("data"), house.path("restored"));
    restore(&house.path("backup"), &restored).unwrap();
    drop(house.journals);
    std::fs::copy(journal_path(&restored, "payment"), journal_path(&data, "payment")).unwrap();
    let found = check_sources(&states(&data));
    assert_eq!(found.len(), 2, "its reader and what it reads itself: {found:?}");
    assert!(found.iter().all(|line| line.contains("restored alone")), "{found:?}");
}

#[test]
fn another_journal_under_the_same_name_is_found() {
    let mut house = House::open();
    house.turn(1);
    let mut states = states(&house.path("data"));
    states[2].identity.journal = given::id(5);
    let found = check_sources(&states);
    assert_eq!(found.len(), 1);
    assert!(found[0].starts_with("ordering has applied journal "), "{found:?}");
}

#[test]
fn a_backup_without_its_manifest_is_refused() {
    let mut house = House::open();
    house.turn(1);
    house.back_up();
    std::fs::remove_file(house.path("backup").join(MANIFEST_NAME)).unwrap();
    let reason = unfit(restore(&house.path("backup"), &house.path("restored")));
    assert!(reason.contains("no whole backup"), "{reason}");
    assert!(!house.path("restored").exists());
}

#[test]
fn a_backup_with_a_missing_or_changed_file_is_refused() {
    let mut house = House::open();
    house.turn(1);
    house.back_up();
    let file = journal_path(&house.path("backup"), "payment");
    let mut bytes = std::fs::read(&file).unwrap();
    bytes[5000] ^= 1;
    std::fs::write(&file, bytes).unwrap();
    let reason = unfit(restore(&house.path("backup"), &house.path("restored")));
    assert!(reason.ends_with("is not the file of the manifest"), "{reason}");
    std::fs::remove_file(&file).unwrap();
    let reason = unfit(restore(&house.path("backup"), &house.path("restored")));
    assert!(reason.starts_with("the backup is not whole"), "{reason}");
}

#[test]
fn nothing_is_written_over() {
    let mut house = House::open();
    house.turn(1);
    house.back_up();
    assert!(unfit(restore(&house.path("backup"), &house.path("data"))).ends_with("to be empty"));
    assert!(unfit(take_backup(&house.path("data"), &house.path("backup"))).ends_with("to be empty"));
}

#[test]
fn an_unfinished_restore_is_opened_by_nobody_and_can_be_done_again() {
    let mut house = House::open();
    house.turn(1);
    house.back_up();
    let restored = house.path("restored");
    restore(&house.path("backup"), &restored).unwrap();
    // As a kill between the first and the second role leaves it.
    let staging = restored.join(".restoring");
    std::fs::create_dir(&staging).unwrap();
    std::fs::rename(restored.join("payment"), staging.join("payment")).unwrap();
    let opened = SqliteJournal::open(&restored.join("kitchen"), "kitchen", Options::default()).map(|_| ());
    assert!(unfit(opened).ends_with("has not ended: run it again"));
    restore(&house.path("backup"), &restored).unwrap();
    assert_eq!(states(&restored).len(), ROLES.len());
}

#[test]
fn a_cut_stays_at_its_moment() {
    let mut house = House::open();
    house.turn(1);
    let mut cut = Cut::take(&house.path("data"), &Options::default()).unwrap();
    house.turn(2);
    assert!(cut.readers().iter_mut().all(|reader| reader.head() == Ok(1)));
    assert_eq!(SqliteReader::open(&journal_path(&house.path("data"), "payment")).unwrap().head(), Ok(2));
}
