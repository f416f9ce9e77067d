//! The reference store passes the behaviour suite.

use journal::suite::{self, Damage, Workshop};
use journal::{Batch, CounterValue, Journal, MemoryJournal, Reader, StoreError};
use uuid::Uuid;

struct Memory(MemoryJournal);

impl Workshop for Memory {
    type Store = MemoryJournal;

    fn try_open(&mut self) -> Result<MemoryJournal, StoreError> {
        Ok(self.0.reopen())
    }

    fn erase_personal(&mut self, stream_id: Uuid, version: u64) {
        self.0.erase_personal(stream_id, version);
    }

    fn damage(&mut self, damage: &Damage) -> bool {
        match *damage {
            Damage::EventData { stream_id, version } => {
                self.0.damage(stream_id, version, |event| event.data.push(b'!'));
            }
            Damage::PersonalPart { stream_id, version } => {
                self.0.damage(stream_id, version, |event| {
                    if let Some(personal) = &mut event.personal {
                        personal.bytes.push(b'!');
                    }
                });
            }
            _ => return false,
        }
        true
    }
}

fn empty() -> MemoryJournal {
    MemoryJournal::new(Uuid::from_u128(1))
}

fn counted(id: u128) -> Batch {
    let counters = vec![CounterValue { name: "orders".to_owned(), value: 1 }];
    Batch { id: Uuid::from_u128(id), counters, ..Batch::default() }
}

#[test]
fn the_reference_store_passes_the_suite() {
    suite::run(|| Memory(empty()));
}

#[test]
fn an_injected_failure_fails_one_commit_and_leaves_nothing() {
    let mut journal = empty();
    journal.fail_next_commit(StoreError::Fatal("disk full".to_owned()));
    assert_eq!(journal.commit(counted(1)), Err(StoreError::Fatal("disk full".to_owned())));
    assert_eq!(journal.counter("orders"), Ok(0));
    assert_eq!(journal.commit(counted(1)), Ok(vec![]));
}

#[test]
fn a_lost_answer_leaves_the_batch() {
    let mut journal = empty();
    journal.lose_next_answer(StoreError::Unavailable("connection lost".to_owned()));
    assert!(journal.commit(counted(1)).is_err());
    assert_eq!(journal.holds_batch(Uuid::from_u128(1)), Ok(true));
    assert_eq!(journal.counter("orders"), Ok(1));
}

#[test]
fn a_deep_clone_is_a_store_of_its_own() {
    let mut journal = empty();
    let mut cut = journal.deep_clone();
    journal.commit(counted(1)).map(|_| ()).unwrap_or_default();
    assert_eq!(journal.counter("orders"), Ok(1));
    assert_eq!(cut.counter("orders"), Ok(0));
}

#[test]
fn a_raised_epoch_is_another_life_of_the_same_journal() {
    let mut journal = empty();
    let before = journal.identity();
    journal.raise_epoch();
    let after = journal.identity();
    assert_eq!(before.map(|identity| identity.epoch), Ok(1));
    assert_eq!(after.map(|identity| identity.epoch), Ok(2));
}
