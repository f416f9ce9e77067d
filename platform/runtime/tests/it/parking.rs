//! Poison: an event that can never be applied waits with its order, and nobody else does.

use journal::Reader;
use runtime::{Admin, AdminReply};
use serde_json::Value;

use crate::bench::{Bench, MILL, events_of, gibberish, jar, rolled};
use crate::toy::{PANIC, POISON};

fn retry() -> Admin {
    Admin::RetryParked { blocks: jar(1) }
}

fn resolve(position: u64) -> Admin {
    Admin::ResolveParked { source: "mill".to_owned(), position, note: "counted by hand".to_owned() }
}

#[test]
fn poison_parks_its_order_with_what_follows_and_nobody_else() {
    let mut bench = Bench::new();

    let outputs = bench.hear([
        rolled(1, jar(1), POISON),
        rolled(2, jar(2), 2),
        rolled(3, jar(1), 3),
        rolled(4, jar(2), 4),
    ]);

    assert_eq!((bench.kept(jar(1)), bench.kept(jar(2))), (vec![], vec![2, 4]));
    assert_eq!(bench.parked(), [(1, true), (3, false)]);
    assert_eq!((outputs.parked, bench.stored_position("mill")), (2, 4));
}

#[test]
fn what_cannot_be_read_and_what_panics_is_poison_too() {
    let mut bench = Bench::new();

    bench.hear([gibberish(1, jar(1)), rolled(2, jar(2), PANIC), rolled(3, jar(3), 3)]);

    assert_eq!(bench.parked(), [(1, true), (2, true)]);
    assert_eq!((bench.kept(jar(2)), bench.kept(jar(3))), (vec![], vec![3]));
    let causes: Vec<_> =
        bench.journal.clone().parked().unwrap().into_iter().filter_map(|parked| parked.cause).collect();
    assert_eq!(causes, ["unknown event type jar-sung-to.v9", "the policy failed: the mill exploded"]);
}

#[test]
fn an_order_stays_parked_after_a_restart() {
    let mut bench = Bench::new();
    bench.hear([rolled(1, jar(1), POISON)]);

    bench.restart();
    bench.hear([rolled(2, jar(1), 2)]);

    assert_eq!(bench.parked(), [(1, true), (2, false)]);
}

#[test]
fn an_order_that_is_parked_waits_for_every_source() {
    let mut bench = Bench::new();
    bench.hear([rolled(1, jar(1), POISON)]);

    bench.step(events_of(crate::bench::QUARRY, [rolled(1, jar(1), 2)]));

    assert_eq!(bench.kept(jar(1)), Vec::<u32>::new());
    assert_eq!(bench.parked().len(), 2);
}

#[test]
fn a_retry_applies_what_waits_in_order() {
    let mut bench = Bench::new();
    bench.hear([rolled(1, jar(1), POISON), rolled(2, jar(1), 2), rolled(3, jar(1), 3)]);

    bench.mend();
    assert_eq!(bench.operate(retry()), AdminReply::Retried { applied: 3, waiting: 0 });

    assert_eq!((bench.kept(jar(1)), bench.parked()), (vec![POISON, 2, 3], vec![]));
    bench.hear([rolled(4, jar(1), 4)]);
    assert_eq!(bench.kept(jar(1)), [POISON, 2, 3, 4]);
}

#[test]
fn a_retry_that_fails_again_leaves_all_of_it_waiting() {
    let mut bench = Bench::new();
    bench.hear([rolled(1, jar(1), POISON), rolled(2, jar(1), 2)]);

    assert_eq!(bench.operate(retry()), AdminReply::Retried { applied: 0, waiting: 2 });

    assert_eq!(bench.parked(), [(1, true), (2, false)]);
    assert_eq!(bench.journal.clone().parked().unwrap()[0].attempts, 2);
}

#[test]
fn a_retry_goes_as_far_as_it_can() {
    let mut bench = Bench::new();
    bench.hear([
        rolled(1, jar(1), POISON),
        rolled(2, jar(1), 2),
        rolled(3, jar(1), POISON),
        rolled(4, jar(1), 4),
    ]);
    bench.operate(resolve(1));

    assert_eq!(bench.operate(retry()), AdminReply::Retried { applied: 1, waiting: 2 });

    assert_eq!((bench.kept(jar(1)), bench.parked()), (vec![2], vec![(3, true), (4, false)]));
}

#[test]
fn a_retry_of_what_is_not_parked_is_unknown() {
    assert_eq!(Bench::new().operate(retry()), AdminReply::Unknown);
}

#[test]
fn a_resolved_event_is_taken_out_unapplied_and_its_followers_wait_for_a_retry() {
    let mut bench = Bench::new();
    bench.hear([rolled(1, jar(1), POISON), rolled(2, jar(1), 2)]);

    assert_eq!(bench.operate(resolve(1)), AdminReply::Resolved);
    assert_eq!(bench.parked(), [(2, false)]);

    assert_eq!(bench.operate(retry()), AdminReply::Retried { applied: 1, waiting: 0 });
    assert_eq!(bench.kept(jar(1)), [2]);
}

#[test]
fn resolving_what_is_not_parked_is_unknown() {
    assert_eq!(Bench::new().operate(resolve(1)), AdminReply::Unknown);
}

#[test]
fn an_operators_action_leaves_a_line_that_says_who_did_what_and_why() {
    let mut bench = Bench::new();
    bench.hear([rolled(1, jar(1), POISON), rolled(2, jar(1), 2)]);

    bench.operate(resolve(1));
    bench.operate(retry());

    let lines: Vec<Value> = bench
        .journal
        .clone()
        .entries("audit", jar(1), 0, 10)
        .unwrap()
        .iter()
        .map(|entry| serde_json::from_slice(&entry.body).unwrap())
        .collect();
    assert_eq!(
        (lines[0]["action"].as_str(), lines[1]["action"].as_str()),
        (Some("resolved"), Some("retried"))
    );
    assert_eq!((&lines[0]["actor"], &lines[0]["note"]), (&"operator:kim".into(), &"counted by hand".into()));
    assert_eq!((&lines[0]["source"], &lines[0]["position"]), (&"mill".into(), &1.into()));
}

#[test]
fn too_much_poison_within_a_minute_stops_the_source() {
    let mut bench = Bench::new();
    let poison = |position: u64| rolled(position, jar(u128::from(position)), POISON);

    let outputs = bench.hear((1..=101).map(poison));
    assert_eq!((outputs.parked, outputs.stalls[0].source), (100, MILL));
    assert_eq!(bench.stored_position("mill"), 100);

    bench.wait(60_000);
    bench.hear([poison(101)]);
    assert_eq!(bench.stored_position("mill"), 101);
}

#[test]
fn what_waits_behind_poison_does_not_count_as_poison() {
    let mut bench = Bench::new();

    let outputs = bench.hear((1..=150).map(|position| rolled(position, jar(1), POISON)));

    assert_eq!((outputs.parked, outputs.stalls.len()), (150, 0));
}
