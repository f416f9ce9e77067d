//! Following a neighbour: each event once, in order, its position stored with its effect.

use journal::{JournalIdentity, StoreError, Stretch};
use runtime::{EventsFrom, Inputs};

use crate::bench::{Bench, MILL, QUARRY, events_of, hummed, jar, mill_journal, put_then, rolled};
use crate::toy::{BROKEN, TOO_EARLY, Then};

#[test]
fn events_are_applied_in_order_and_the_position_is_stored_with_the_effect() {
    let mut bench = Bench::new();

    bench.hear([rolled(1, jar(1), 1), rolled(2, jar(1), 2)]);

    assert_eq!(bench.kept(jar(1)), [1, 2]);
    assert_eq!((bench.stored_position("mill"), bench.processor.position(MILL)), (2, 2));
}

#[test]
fn an_event_that_is_delivered_again_is_not_applied_again() {
    let mut bench = Bench::new();
    bench.hear([rolled(1, jar(1), 1)]);

    bench.hear([rolled(1, jar(1), 1), rolled(2, jar(1), 2), rolled(2, jar(1), 2)]);

    assert_eq!(bench.kept(jar(1)), [1, 2]);
}

#[test]
fn after_a_restart_an_event_is_not_applied_again() {
    let mut bench = Bench::new();
    bench.hear([rolled(1, jar(1), 1)]);

    bench.restart();
    bench.hear([rolled(1, jar(1), 1), rolled(2, jar(1), 2)]);

    assert_eq!(bench.kept(jar(1)), [1, 2]);
}

#[test]
fn a_gap_stops_the_source_until_it_is_filled() {
    let mut bench = Bench::new();

    let outputs = bench.hear([rolled(1, jar(1), 1), rolled(3, jar(1), 3)]);
    assert_eq!(outputs.stalls[0].reason, "positions 2 to 2 of mill are missing");
    assert_eq!((outputs.stalls[0].source, outputs.stalls[0].expected), (MILL, false));
    assert_eq!(bench.kept(jar(1)), [1]);

    bench.hear([rolled(2, jar(1), 2), rolled(3, jar(1), 3)]);
    assert_eq!(bench.kept(jar(1)), [1, 2, 3]);
}

#[test]
fn a_gap_in_one_source_does_not_stop_another() {
    let mut bench = Bench::new();
    let mut events = events_of(MILL, [rolled(2, jar(1), 1)]).events;
    events.extend(events_of(QUARRY, [rolled(1, jar(2), 2)]).events);

    bench.step(Inputs { events, ..Inputs::default() });

    assert_eq!((bench.kept(jar(1)), bench.kept(jar(2))), (vec![], vec![2]));
    assert_eq!((bench.stored_position("mill"), bench.stored_position("quarry")), (0, 1));
}

#[test]
fn what_the_service_does_not_hear_passes_by() {
    let mut bench = Bench::new();

    let outputs = bench.hear([hummed(1, jar(1)), rolled(2, jar(1), 2), hummed(3, jar(1))]);

    assert_eq!((bench.kept(jar(1)), bench.parked()), (vec![2], vec![]));
    assert_eq!((outputs.applied.len(), outputs.passed), (1, 2));
    assert_eq!((bench.stored_position("mill"), bench.processor.position(MILL)), (3, 3));
}

#[test]
fn what_was_not_even_read_passes_by_where_it_is_what_comes_next() {
    let mut bench = Bench::new();
    let stretch = |events: Vec<_>, unheard| {
        let from = EventsFrom { source: MILL, stretch: Stretch { events, unheard } };
        Inputs { events: vec![from], ..Inputs::default() }
    };

    bench.step(stretch(vec![rolled(3, jar(1), 1), rolled(4, jar(1), 2)], vec![1..=2, 5..=9]));
    assert_eq!((bench.kept(jar(1)), bench.processor.position(MILL)), (vec![1, 2], 9));

    bench.step(stretch(vec![], vec![8..=11]));
    assert_eq!(bench.processor.position(MILL), 11, "some of it was known");

    bench.step(stretch(vec![], vec![13..=20]));
    assert_eq!(bench.processor.position(MILL), 11, "one is missing");

    let outputs = bench.step(stretch(vec![rolled(15, jar(1), 3)], vec![13..=14]));
    assert_eq!(outputs.stalls[0].reason, "positions 12 to 14 of mill are missing");
}

#[test]
fn an_event_that_comes_too_early_waits_without_being_parked() {
    let mut bench = Bench::new();

    let outputs = bench.hear([rolled(1, jar(1), 1), rolled(2, jar(1), TOO_EARLY), rolled(3, jar(2), 3)]);
    assert!(outputs.stalls[0].expected);
    assert_eq!((bench.kept(jar(1)), bench.kept(jar(2))), (vec![1], vec![]));
    assert_eq!((bench.parked(), bench.stored_position("mill")), (vec![], 1));

    bench.mend();
    bench.hear([rolled(2, jar(1), TOO_EARLY), rolled(3, jar(2), 3)]);
    assert_eq!((bench.kept(jar(1)), bench.kept(jar(2))), (vec![1, TOO_EARLY], vec![3]));
}

#[test]
fn a_machine_that_fails_stops_the_source_and_parks_nothing() {
    let mut bench = Bench::new();

    let outputs = bench.hear([rolled(1, jar(1), BROKEN), rolled(2, jar(2), 2)]);

    assert!(!outputs.stalls[0].expected);
    assert_eq!((bench.parked(), bench.stored_position("mill")), (vec![], 0));
}

#[test]
fn an_effect_of_an_event_says_which_event_caused_it() {
    let mut bench = Bench::new();

    let outputs = bench.hear([rolled(1, jar(1), 1)]);

    assert_eq!(outputs.change.events[0].causation.as_str(), "mill/1");
}

#[test]
fn a_source_that_is_another_journal_than_before_is_not_followed() {
    let mut bench = Bench::new();
    bench.processor.meet_source(MILL, mill_journal(), 1).unwrap();
    bench.hear([rolled(1, jar(1), 1)]);

    bench.restart();
    let restored = JournalIdentity { epoch: 2, ..mill_journal() };

    let refused = bench.processor.meet_source(MILL, restored, 1).unwrap_err();
    assert!(matches!(refused, StoreError::Unfit(_)), "{refused}");
    bench.processor.meet_source(MILL, mill_journal(), 1).unwrap();
}

#[test]
fn a_source_that_ends_before_what_was_followed_is_not_followed() {
    let mut bench = Bench::new();
    bench.hear([rolled(1, jar(1), 1), rolled(2, jar(1), 2)]);

    let refused = bench.processor.meet_source(MILL, mill_journal(), 1).unwrap_err();

    assert!(refused.to_string().contains("ends at 1, this service has followed it to 2"), "{refused}");
}

#[test]
fn a_command_that_fails_does_not_stop_a_source() {
    let mut bench = Bench::new();
    let events = events_of(MILL, [rolled(1, jar(1), 2)]).events;
    let commands = crate::bench::commands_of([put_then(jar(1), 1, Then::Panic)]).commands;

    bench.step(Inputs { commands, events, ..Inputs::default() });

    assert_eq!((bench.kept(jar(1)), bench.stored_position("mill")), (vec![2], 1));
}
