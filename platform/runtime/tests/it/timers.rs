//! Timers: told at their time, once, and not before what waits of the neighbours.

use journal::Reader;
use kernel::Timestamp;
use runtime::Inputs;

use crate::bench::{Bench, MILL, START, commands_of, events_of, jar, mill_journal, put, put_then, rolled};
use crate::toy::Then;

const SOON: Timestamp = START.plus_millis(1_000);

fn with_a_timer(then: Then) -> Bench {
    let mut bench = Bench::new();
    bench.command(put_then(jar(1), 5, then)).unwrap();
    bench
}

#[test]
fn a_timer_rings_at_its_time_and_not_again() {
    let mut bench = with_a_timer(Then::RingAt(SOON));

    bench.wait(900);
    assert_eq!(bench.kept(jar(1)), [5]);
    bench.wait(100);
    assert_eq!(bench.kept(jar(1)), [5, 1]);
    bench.wait(10_000);
    assert_eq!((bench.kept(jar(1)), bench.timer_keys().len()), (vec![5, 1], 0));
}

#[test]
fn a_step_says_when_the_next_timer_is_due() {
    let mut bench = with_a_timer(Then::RingAt(SOON));

    assert_eq!(bench.wait(0).next_timer_at, Some(SOON));
    assert_eq!(bench.wait(1_000).next_timer_at, None);
}

#[test]
fn a_timer_survives_a_restart() {
    let mut bench = with_a_timer(Then::RingAt(SOON));

    bench.restart();
    bench.wait(1_000);

    assert_eq!(bench.kept(jar(1)), [5, 1]);
}

#[test]
fn a_clock_that_was_set_back_while_nobody_looked_does_not_hold_the_past_against_timers() {
    let mut bench = with_a_timer(Then::RingAt(SOON));

    bench.now = START.plus_millis(-3_600_000);
    bench.restart();
    bench.wait(2_000);

    assert_eq!(bench.kept(jar(1)), [5, 1]);
}

#[test]
fn a_timer_that_fails_keeps_nothing_and_is_tried_again_later_and_later() {
    let mut bench = with_a_timer(Then::RingBadlyAt(SOON));

    bench.wait(1_000);
    let first = bench.next_timer_at().unwrap().millis_since(bench.now);
    bench.wait(first);
    let second = bench.next_timer_at().unwrap().millis_since(bench.now);

    assert_eq!((first, second), (2_000, 4_000));
    assert_eq!(bench.kept(jar(1)), [5]);
    assert_eq!(bench.journal.clone().timers().unwrap()[0].attempt, 3);
}

#[test]
fn a_timer_that_this_very_batch_moves_does_not_ring() {
    let mut bench = with_a_timer(Then::RingAt(SOON));
    bench.now = SOON;

    bench.command(put_then(jar(1), 2, Then::RingAt(SOON.plus_millis(5_000)))).unwrap();
    assert_eq!(bench.kept(jar(1)), [5, 2]);

    bench.wait(5_000);
    assert_eq!(bench.kept(jar(1)), [5, 2, 1]);
}

#[test]
fn timers_wait_until_a_source_is_followed_to_where_it_stood_at_start() {
    let mut bench = with_a_timer(Then::RingAt(SOON));
    bench.restart();
    bench.processor.meet_source(MILL, mill_journal(), 2).unwrap();

    let outputs = bench.wait(2_000);
    assert_eq!((bench.kept(jar(1)), outputs.next_timer_at), (vec![5], None));
    bench.hear([rolled(1, jar(1), 7)]);
    assert_eq!(bench.kept(jar(1)), [5, 7]);
    bench.hear([rolled(2, jar(1), 8)]);
    assert_eq!(bench.kept(jar(1)), [5, 7, 8, 1]);
}

#[test]
fn timers_wait_for_a_source_that_is_still_to_be_met() {
    let mut bench = with_a_timer(Then::RingAt(SOON));
    bench.restart();
    bench.processor.await_source(MILL);

    bench.wait(2_000);
    assert_eq!(bench.kept(jar(1)), [5]);
    bench.processor.meet_source(MILL, mill_journal(), 0).unwrap();
    bench.wait(0);
    assert_eq!(bench.kept(jar(1)), [5, 1]);
}

#[test]
fn an_approval_that_waits_comes_before_the_expiry_that_is_due() {
    let mut bench = with_a_timer(Then::RingAt(SOON));
    bench.now = SOON;
    let events = events_of(MILL, [rolled(1, jar(1), 7)]).events;

    bench.step(Inputs { events, ..commands_of([put(jar(1), 6)]) });

    assert_eq!(bench.kept(jar(1)), [5, 6, 7, 1]);
}

#[test]
fn more_timers_than_a_batch_takes_are_left_for_the_next() {
    let mut bench = Bench::new();
    let many = 300_u128;
    bench.commands((1..=many).map(|number| put_then(jar(number), 1, Then::RingAt(SOON))));

    let first = bench.wait(1_000);
    let second = bench.wait(0);

    assert_eq!((first.timers_left, second.timers_left), (true, false));
    assert!((1..=many).all(|number| bench.kept(jar(number)) == [1, 1]));
}
