//! A batch that comes to nothing: nobody is answered, and nothing of it is remembered.

use journal::StoreError;
use runtime::{Admin, Inputs};

use crate::bench::{Bench, MILL, commands_of, events_of, jar, put, put_then, rolled};
use crate::toy::{POISON, Then, ToyCommand, ToyReply};

fn no_answer() -> StoreError {
    StoreError::Unavailable("the cable is out".into())
}

/// A command, an event and a poisoned one, in one batch.
fn a_bit_of_everything() -> Inputs<ToyCommand> {
    let events = events_of(MILL, [rolled(1, jar(2), 2), rolled(2, jar(3), POISON)]).events;
    Inputs { events, ..commands_of([put_then(jar(1), 7, Then::Polish)]) }
}

#[test]
fn a_commit_that_fails_answers_nobody_and_leaves_nothing() {
    let mut bench = Bench::new();
    bench.journal.memory.fail_next_commit(no_answer());

    let error = bench.try_step(a_bit_of_everything()).unwrap_err();

    assert_eq!(error, no_answer());
    assert_eq!((bench.kept(jar(1)), bench.kept(jar(2))), (vec![], vec![]));
    assert_eq!((bench.parked(), bench.stored_position("mill"), bench.timer_keys().len()), (vec![], 0, 0));
}

#[test]
fn after_a_commit_that_failed_everything_is_as_the_store_says() {
    let mut bench = Bench::new();
    bench.command(put(jar(1), 1)).unwrap();
    bench.journal.memory.fail_next_commit(no_answer());
    bench.try_step(a_bit_of_everything()).unwrap_err();

    assert_eq!((bench.processor.position(MILL), bench.processor.service().puts), (0, 1));
    assert_eq!(bench.command(put(jar(1), 2)), Ok(ToyReply::Holds { marbles: 3, version: 2, puts: 2 }));
    bench.hear([rolled(1, jar(2), 2), rolled(2, jar(3), 3)]);
    assert_eq!((bench.kept(jar(2)), bench.kept(jar(3))), (vec![2], vec![3]));
}

#[test]
fn what_was_parked_in_a_batch_that_failed_is_not_parked() {
    let mut bench = Bench::new();
    bench.journal.memory.fail_next_commit(no_answer());
    bench.try_step(events_of(MILL, [rolled(1, jar(1), POISON)])).unwrap_err();

    bench.mend();
    bench.hear([rolled(1, jar(1), POISON)]);

    assert_eq!((bench.kept(jar(1)), bench.parked()), (vec![POISON], vec![]));
}

#[test]
fn what_was_released_in_a_batch_that_failed_is_still_parked() {
    let mut bench = Bench::new();
    bench.hear([rolled(1, jar(1), POISON)]);
    bench.mend();
    bench.journal.memory.fail_next_commit(no_answer());
    let retry = Admin::RetryParked { blocks: jar(1) };
    let inputs = Inputs { admin: vec![(1, kernel::Actor::system(), retry.clone())], ..Inputs::default() };
    bench.try_step(inputs).unwrap_err();

    bench.hear([rolled(2, jar(1), 2)]);
    assert_eq!(bench.parked(), [(1, true), (2, false)]);
    bench.operate(retry);
    assert_eq!(bench.kept(jar(1)), [POISON, 2]);
}

#[test]
fn a_commit_whose_answer_is_lost_is_answered_to_nobody_but_counts() {
    let mut bench = Bench::new();
    bench.journal.memory.lose_next_answer(no_answer());

    let error = bench.try_step(a_bit_of_everything()).unwrap_err();

    assert!(error.to_string().contains("committed"), "{error}");
    assert_eq!((bench.processor.position(MILL), bench.processor.service().puts), (2, 2));
    assert_eq!(bench.command(put(jar(1), 1)), Ok(ToyReply::Holds { marbles: 8, version: 2, puts: 3 }));
    bench.hear([rolled(1, jar(2), 2), rolled(2, jar(3), POISON), rolled(3, jar(2), 3)]);
    assert_eq!(bench.kept(jar(2)), [2, 3]);
}

#[test]
fn a_disk_that_did_not_take_it_is_told_as_such_even_where_nothing_can_be_read_back() {
    let mut bench = Bench::new();
    bench.journal.faults.lock().unwrap().positions = 1;
    bench.journal.memory.fail_next_commit(StoreError::Fatal("no space left".into()));

    let error = bench.try_step(a_bit_of_everything()).unwrap_err();

    assert_eq!(error, StoreError::Fatal("no space left".into()));
}

#[test]
fn where_nothing_could_be_read_back_the_next_step_begins_with_it() {
    let mut bench = Bench::new();
    bench.journal.faults.lock().unwrap().positions = 2;
    bench.journal.memory.fail_next_commit(no_answer());
    bench.try_step(a_bit_of_everything()).unwrap_err();

    bench.try_step(commands_of([put(jar(1), 1)])).unwrap_err();
    bench.hear([rolled(1, jar(2), 2)]);

    assert_eq!((bench.kept(jar(1)), bench.kept(jar(2)), bench.stored_position("mill")), (vec![], vec![2], 1));
}

#[test]
fn a_batch_whose_timers_cannot_be_read_is_forgotten_like_any_other() {
    let mut bench = Bench::new();
    bench.journal.faults.lock().unwrap().due_timers = 1;

    bench.try_step(a_bit_of_everything()).unwrap_err();

    assert_eq!((bench.processor.position(MILL), bench.processor.service().puts), (0, 0));
    assert_eq!(bench.command(put(jar(1), 2)), Ok(ToyReply::Holds { marbles: 2, version: 1, puts: 1 }));
    bench.hear([rolled(1, jar(2), 2)]);
    assert_eq!(bench.kept(jar(2)), [2]);
}

#[test]
fn a_batch_whose_end_fails_is_forgotten_like_any_other() {
    let mut bench = Bench::new();

    bench.try_step(commands_of([put(jar(1), 1), put_then(jar(1), 2, Then::SpoilTheBatch)])).unwrap_err();

    assert_eq!(bench.kept(jar(1)), Vec::<u32>::new());
    assert_eq!(bench.command(put(jar(1), 4)), Ok(ToyReply::Holds { marbles: 4, version: 1, puts: 1 }));
}

#[test]
fn another_writer_on_the_same_journal_is_noticed() {
    let mut bench = Bench::new();
    bench.command(put(jar(1), 1)).unwrap();
    let mut second = crate::bench::processor(&bench.journal, &bench.mended, bench.now.plus_millis(500));
    second.step(bench.now, commands_of([put(jar(1), 2)])).unwrap();

    let error = bench.try_step(commands_of([put(jar(1), 3)])).unwrap_err();

    assert!(matches!(error, StoreError::Conflict { .. }), "{error}");
    assert_eq!(bench.kept(jar(1)), [1, 2]);
}
