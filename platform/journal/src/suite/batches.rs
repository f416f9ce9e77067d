use super::conflicts::full_batch;
use super::given::{self, Pen, order};
use super::{Workshop, named};
use crate::{Batch, CounterValue, Journal, Reader, Snapshot};

named![
    a_batch_is_there_with_all_its_parts,
    a_batch_survives_reopening_with_all_its_parts,
    a_committed_batch_is_held_and_no_other,
    a_batch_id_is_used_once,
    a_batch_without_events_moves_no_position,
    the_identity_is_stable_over_reopening,
    a_later_position_of_a_source_takes_the_place_of_the_earlier,
    a_counter_starts_at_zero_and_keeps_its_last_value,
    the_last_snapshot_of_a_stream_stays,
];

fn a_batch_is_there_with_all_its_parts<W: Workshop>(workshop: &mut W) {
    let (mut journal, mut pen) = (workshop.open(), Pen::default());
    let events = vec![pen.event(order(2), "{}")];
    let batch = full_batch(&mut pen, events);
    journal.commit(batch.clone()).unwrap();
    holds_all_of(&mut journal, &batch);
}

fn a_batch_survives_reopening_with_all_its_parts<W: Workshop>(workshop: &mut W) {
    let (mut journal, mut pen) = (workshop.open(), Pen::default());
    let events = vec![pen.event(order(2), "{}")];
    let batch = full_batch(&mut pen, events);
    journal.commit(batch.clone()).unwrap();
    drop(journal);
    let mut journal = workshop.open();
    holds_all_of(&mut journal, &batch);
    assert!(journal.holds_batch(batch.id).unwrap());
    assert_eq!(journal.next_timer_at().unwrap(), Some(given::at(50)));
    assert!(journal.audit().unwrap().is_empty());
}

fn holds_all_of(reader: &mut dyn Reader, batch: &Batch) {
    assert_eq!(reader.head().unwrap(), batch.events.len() as u64);
    assert_eq!(reader.row("orders", given::row("cafe", 1).id).unwrap().unwrap(), given::row("cafe", 1));
    assert_eq!(reader.entries("timeline", given::id(1), 0, 9).unwrap(), batch.entries);
    assert_eq!(reader.timers().unwrap(), [given::timer("expire/1", 50)]);
    assert_eq!(reader.idempotency(&given::hash(1)).unwrap(), Some(given::answered(1, 1)));
    assert_eq!(reader.positions().unwrap(), [("payment".to_owned(), given::source_position(5, 1, 10))]);
    assert_eq!(reader.parked().unwrap(), [given::parked("payment", 9)]);
    assert_eq!(reader.snapshot(order(2).id).unwrap().as_ref(), batch.snapshots.first());
    assert_eq!(reader.counter("orders/cafe").unwrap(), 1);
}

fn a_committed_batch_is_held_and_no_other<W: Workshop>(workshop: &mut W) {
    let (mut journal, mut pen) = (workshop.open(), Pen::default());
    let with_events = pen.batch_of(&[order(1)]);
    let without_events =
        Batch { counters: vec![CounterValue { name: "orders".to_owned(), value: 1 }], ..pen.batch() };
    let ids = [with_events.id, without_events.id];
    journal.commit(with_events).unwrap();
    journal.commit(without_events).unwrap();
    assert!(ids.iter().all(|id| journal.holds_batch(*id).unwrap()));
    assert!(!journal.holds_batch(pen.batch().id).unwrap());
}

fn a_batch_id_is_used_once<W: Workshop>(workshop: &mut W) {
    let (mut journal, mut pen) = (workshop.open(), Pen::default());
    let first = pen.batch_of(&[order(1)]);
    let again = Batch { id: first.id, ..pen.batch_of(&[order(1)]) };
    journal.commit(first).unwrap();
    assert!(journal.commit(again).is_err());
    assert_eq!(journal.head().unwrap(), 1);
}

fn a_batch_without_events_moves_no_position<W: Workshop>(workshop: &mut W) {
    let (mut journal, mut pen) = (workshop.open(), Pen::default());
    journal.commit(pen.batch_of(&[order(1)])).unwrap();
    assert!(journal.commit(pen.batch()).unwrap().is_empty());
    assert_eq!(journal.head().unwrap(), 1);
    journal.commit(pen.batch_of(&[order(1)])).unwrap();
    assert!(journal.audit().unwrap().is_empty());
}

fn the_identity_is_stable_over_reopening<W: Workshop>(workshop: &mut W) {
    let mut journal = workshop.open();
    let identity = journal.identity().unwrap();
    assert_eq!(journal.identity().unwrap(), identity);
    drop(journal);
    assert_eq!(workshop.open().identity().unwrap(), identity);
}

fn a_later_position_of_a_source_takes_the_place_of_the_earlier<W: Workshop>(workshop: &mut W) {
    let (mut journal, mut pen) = (workshop.open(), Pen::default());
    for position in [3, 4] {
        let positions = vec![
            ("payment".into(), given::source_position(5, 2, position)),
            ("kitchen".into(), given::source_position(6, 1, position * 10)),
        ];
        journal.commit(Batch { positions, ..pen.batch() }).unwrap();
    }
    let expected = [
        ("kitchen".to_owned(), given::source_position(6, 1, 40)),
        ("payment".to_owned(), given::source_position(5, 2, 4)),
    ];
    assert_eq!(journal.positions().unwrap(), expected);
}

fn a_counter_starts_at_zero_and_keeps_its_last_value<W: Workshop>(workshop: &mut W) {
    let (mut journal, mut pen) = (workshop.open(), Pen::default());
    assert_eq!(journal.counter("orders/cafe").unwrap(), 0);
    for value in [1, 7] {
        let counters = vec![CounterValue { name: "orders/cafe".to_owned(), value }];
        journal.commit(Batch { counters, ..pen.batch() }).unwrap();
    }
    assert_eq!(journal.counter("orders/cafe").unwrap(), 7);
    assert_eq!(journal.counter("orders/kiosk").unwrap(), 0);
}

fn the_last_snapshot_of_a_stream_stays<W: Workshop>(workshop: &mut W) {
    let (mut journal, mut pen) = (workshop.open(), Pen::default());
    let snapshot = |version| Snapshot {
        stream: order(1),
        version,
        evolve_version: 2,
        last_hash: given::hash(3),
        state: format!("state {version}").into_bytes(),
    };
    for version in [100, 200] {
        journal.commit(Batch { snapshots: vec![snapshot(version)], ..pen.batch() }).unwrap();
    }
    assert_eq!(journal.snapshot(order(1).id).unwrap(), Some(snapshot(200)));
    assert_eq!(journal.snapshot(order(2).id).unwrap(), None);
}
