//! One batch, many turns: committed together, and each kept or dropped as a whole.

use journal::{Reader, StoreError};
use runtime::{Failure, Inputs};

use crate::bench::{Bench, MILL, commands_of, events_of, jar, put, put_then, rolled};
use crate::toy::{ALL_MARBLES, JARS, Then, ToyCommand, ToyRefusal, ToyReply};

fn holds(marbles: u32, version: u64, puts: u64) -> ToyReply {
    ToyReply::Holds { marbles, version, puts }
}

#[test]
fn the_commands_of_a_batch_are_one_commit() {
    let mut bench = Bench::new();

    let outputs = bench.step(commands_of([put(jar(1), 1), put(jar(2), 2), put(jar(1), 3)]));

    let times: Vec<_> = outputs.change.events.iter().map(|event| event.at).collect();
    assert_eq!(times, [bench.now; 3]);
    assert_eq!((bench.kept(jar(1)), bench.kept(jar(2))), (vec![1, 3], vec![2]));
    assert_eq!(bench.journal.clone().head().unwrap(), 3);
}

#[test]
fn a_turn_sees_what_the_batch_decided_before_it() {
    let mut bench = Bench::new();

    let said = bench.commands([put(jar(1), 1), put(jar(1), 2), put(jar(1), 3)]);

    assert_eq!(said, [Ok(holds(1, 1, 1)), Ok(holds(3, 2, 2)), Ok(holds(6, 3, 3))]);
}

#[test]
fn a_row_that_many_turns_put_is_written_once_as_the_last_put_it() {
    let mut bench = Bench::new();

    let outputs = bench.step(commands_of([put(jar(1), 1), put(jar(1), 2), put(jar(1), 3)]));

    assert_eq!(outputs.change.rows.len(), 1);
    assert_eq!(bench.listed(jar(1)), Some(6));
}

#[test]
fn what_the_turns_of_a_batch_add_is_summed_and_nothing_that_a_dropped_turn_added() {
    let mut bench = Bench::new();

    bench.step(commands_of([put(jar(1), 1), put_then(jar(2), 2, Then::Refuse), put(jar(3), 3)]));
    bench.step(commands_of([put(jar(1), 5)]));

    let counter = |name| bench.journal.clone().counter(name).unwrap();
    assert_eq!((counter(ALL_MARBLES), counter("additions")), (9, 3));
}

#[test]
fn a_refused_command_between_good_ones_keeps_the_good_ones() {
    let mut bench = Bench::new();

    let said = bench.commands([put(jar(1), 1), put_then(jar(2), 2, Then::Refuse), put(jar(3), 3)]);

    assert_eq!(said, [Ok(holds(1, 1, 1)), Err(Failure::Refused(ToyRefusal::NotToday)), Ok(holds(3, 1, 2))]);
    assert_eq!((bench.kept(jar(1)), bench.kept(jar(2)), bench.kept(jar(3))), (vec![1], vec![], vec![3]));
    assert_eq!(bench.listed(jar(2)), None);
}

#[test]
fn what_the_aggregate_refuses_is_told_and_kept_nowhere() {
    let mut bench = Bench::new();

    let said = bench.commands([put(jar(1), 99), put(jar(1), 2), put(jar(1), 1)]);

    assert_eq!(said, [Ok(holds(99, 1, 1)), Err(Failure::Refused(ToyRefusal::Full)), Ok(holds(100, 2, 2))]);
    assert_eq!(bench.kept(jar(1)), [99, 1]);
}

#[test]
fn a_dropped_turn_leaves_what_the_batch_had_decided_about_the_same_jar() {
    for then in [Then::Refuse, Then::Break, Then::Panic] {
        let mut bench = Bench::new();
        bench.command(put(jar(1), 5)).unwrap();

        let said = bench.commands([put(jar(1), 10), put_then(jar(1), 20, then), put(jar(1), 30)]);

        assert_eq!((&said[0], &said[2]), (&Ok(holds(15, 2, 2)), &Ok(holds(45, 3, 3))));
        assert!(said[1].is_err());
        assert_eq!(bench.kept(jar(1)), [5, 10, 30]);
    }
}

#[test]
fn a_panic_drops_only_its_own_turn_and_says_what_it_was() {
    let mut bench = Bench::new();

    let said = bench.commands([put(jar(1), 1), put_then(jar(2), 2, Then::Panic), put(jar(3), 3)]);

    let Err(Failure::Broken(StoreError::Unavailable(cause))) = &said[1] else { panic!("{said:?}") };
    assert!(cause.starts_with("the command failed") && cause.contains("the jar fell down"), "{cause}");
    assert_eq!((bench.kept(jar(1)), bench.kept(jar(2)), bench.kept(jar(3))), (vec![1], vec![], vec![3]));
}

#[test]
fn after_a_panic_the_service_reads_its_memory_back() {
    let mut bench = Bench::new();

    let _said = bench.commands([put(jar(1), 1), put_then(jar(2), 2, Then::Panic)]);

    assert_eq!(bench.processor.service().puts, 1);
}

#[test]
fn a_dropped_turn_leaves_no_timer_and_starts_no_effect() {
    let mut bench = Bench::new();
    bench.command(put_then(jar(1), 1, Then::Polish)).unwrap();

    let polish_then_full = [put(jar(2), 100), put_then(jar(2), 1, Then::Polish)];
    let outputs = bench.step(commands_of(polish_then_full));

    assert!(outputs.effects.is_empty());
    assert_eq!(bench.timer_keys().len(), 1);
}

#[test]
fn commands_come_before_events_and_both_are_one_commit() {
    let mut bench = Bench::new();
    let events = events_of(MILL, [rolled(1, jar(1), 2)]).events;

    let outputs = bench.step(Inputs { events, ..commands_of([put(jar(1), 1)]) });

    assert_eq!(bench.kept(jar(1)), [1, 2]);
    assert_eq!(outputs.change.events.len(), 2);
}

#[test]
fn results_of_effects_come_before_commands() {
    let mut bench = Bench::new();
    let results = commands_of([put(jar(1), 1)]).commands;

    bench.step(Inputs { results, ..commands_of([put(jar(1), 2)]) });

    assert_eq!(bench.kept(jar(1)), [1, 2]);
}

#[test]
fn a_wish_that_is_true_already_writes_no_event() {
    let mut bench = Bench::new();
    bench.command(put(jar(1), 4)).unwrap();

    assert_eq!(bench.command(put(jar(1), 0)), Ok(holds(4, 1, 2)));

    assert_eq!(bench.kept(jar(1)), [4]);
}

#[test]
fn a_cleared_list_is_empty_for_the_rest_of_the_batch_and_afterwards() {
    let mut bench = Bench::new();
    bench.command(put(jar(1), 1)).unwrap();
    let read = |jar| ToyCommand::Read { collection: JARS, jar };

    let said =
        bench.commands([put(jar(2), 2), ToyCommand::Clear, read(jar(1)), read(jar(2)), put(jar(3), 3)]);

    assert_eq!(said[2..4], [Ok(ToyReply::Row(None)), Ok(ToyReply::Row(None))]);
    assert_eq!((bench.listed(jar(1)), bench.listed(jar(2)), bench.listed(jar(3))), (None, None, Some(3)));
}

#[test]
fn clearing_one_list_leaves_the_rows_of_another_as_the_batch_put_them() {
    let mut bench = Bench::new();
    let read = ToyCommand::Read { collection: "labels", jar: jar(1) };

    let said = bench.commands([ToyCommand::Label { jar: jar(1) }, ToyCommand::Clear, read]);

    assert_eq!(said[2], Ok(ToyReply::Row(Some(1))));
}

#[test]
fn what_was_kept_is_there_after_a_restart() {
    let mut bench = Bench::new();
    bench.commands([put(jar(1), 1), put(jar(1), 2)]).pop().unwrap().unwrap();

    bench.restart();

    assert_eq!(bench.command(put(jar(1), 4)), Ok(holds(7, 3, 3)));
    assert_eq!(bench.journal.clone().audit().unwrap(), []);
}

#[test]
fn a_step_without_inputs_commits_nothing() {
    let mut bench = Bench::new();

    let outputs = bench.step(Inputs::default());

    assert_eq!((outputs.inputs, outputs.change.events.len()), (0, 0));
    assert_eq!(bench.journal.clone().head().unwrap(), 0);
}
