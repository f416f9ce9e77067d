//! Effects: started after the commit, under a lease that starts them again.

use journal::Reader;

use crate::bench::{Bench, commands_of, jar, put_then};
use crate::toy::{LEASE_MILLIS, Then, ToyCommand, polish};

fn polishing() -> Bench {
    let mut bench = Bench::new();
    bench.command(put_then(jar(1), 1, Then::Polish)).unwrap();
    bench
}

#[test]
fn an_effect_is_handed_out_with_the_commit_that_planned_it() {
    let mut bench = Bench::new();

    let outputs = bench.step(commands_of([put_then(jar(1), 1, Then::Polish)]));

    let effect = &outputs.effects[0];
    assert_eq!(
        (effect.key.as_str(), effect.kind.as_str(), effect.attempt),
        (polish(jar(1)).as_str(), "polish", 1)
    );
    assert_eq!(effect.payload, b"\"cloth\"");
    assert_eq!(bench.timer_keys(), [polish(jar(1))]);
}

#[test]
fn an_effect_without_a_result_is_started_again_with_the_next_attempt() {
    let mut bench = polishing();

    let attempts: Vec<_> = (0..3)
        .map(|_| {
            let lease = bench.next_timer_at().unwrap().millis_since(bench.now);
            let outputs = bench.wait(lease);
            (outputs.effects[0].attempt, outputs.effects[0].payload.clone())
        })
        .collect();

    assert_eq!(
        attempts,
        [(2, b"\"cloth\"".to_vec()), (3, b"\"cloth\"".to_vec()), (4, b"\"cloth\"".to_vec())]
    );
}

#[test]
fn an_effect_is_not_started_again_before_its_lease_ends() {
    let mut bench = polishing();

    let outputs = bench.wait(LEASE_MILLIS - 10);

    assert!(outputs.effects.is_empty());
}

#[test]
fn the_leases_grow_and_stay_under_an_hour() {
    let mut bench = polishing();

    let leases: Vec<_> = (0..16)
        .map(|_| {
            let lease = bench.next_timer_at().unwrap().millis_since(bench.now);
            bench.wait(lease);
            lease
        })
        .collect();

    // The first is as long as whoever planned it says.
    assert!(leases[1..].is_sorted(), "{leases:?}");
    assert!(leases.iter().all(|lease| *lease <= 3_600_000), "{leases:?}");
}

#[test]
fn an_effect_whose_result_is_there_is_not_started_again() {
    let mut bench = polishing();
    bench.command(ToyCommand::Polished { key: polish(jar(1)) }).unwrap();

    let outputs = bench.wait(LEASE_MILLIS * 10);

    assert!(outputs.effects.is_empty());
}

#[test]
fn a_result_in_the_batch_in_which_the_lease_ends_wins() {
    let mut bench = polishing();
    bench.now = bench.now.plus_millis(LEASE_MILLIS);

    let outputs = bench.step(commands_of([ToyCommand::Polished { key: polish(jar(1)) }]));

    assert!(outputs.effects.is_empty());
    assert!(bench.timer_keys().is_empty());
}

#[test]
fn an_effect_under_way_when_the_process_dies_is_started_again() {
    let mut bench = polishing();

    bench.restart();
    let outputs = bench.wait(LEASE_MILLIS);

    assert_eq!(outputs.effects[0].attempt, 2);
    assert_eq!(bench.journal.clone().timers().unwrap()[0].attempt, 2);
}
