use kernel::{Hash, ShopKey};

use super::given::{self, Pen, order};
use super::{Workshop, named};
use crate::{
    Batch, CounterValue, Entry, IdempotencyWrite, Journal, NewEvent, ParkedWrite, Reader, RowQuery, RowWrite,
    Snapshot, StoreError, TimerWrite, chain,
};

named![
    a_version_that_is_there_is_a_conflict,
    a_version_behind_a_hole_is_a_conflict,
    a_first_event_behind_nothing_is_a_conflict,
    a_foreign_chain_is_a_conflict,
    a_conflict_inside_a_batch_is_found,
    a_conflict_leaves_nothing,
    after_a_conflict_the_journal_goes_on,
    an_event_that_does_not_fit_its_hash_is_refused,
];

fn a_version_that_is_there_is_a_conflict<W: Workshop>(workshop: &mut W) {
    let (mut journal, mut pen) = (workshop.open(), Pen::default());
    let mut slow_pen = pen.clone();
    journal.commit(pen.batch_of(&[order(1)])).unwrap();
    let late = slow_pen.event(order(1), "{}");
    refused(&mut journal, &mut pen, vec![late], 1);
}

fn a_version_behind_a_hole_is_a_conflict<W: Workshop>(workshop: &mut W) {
    let (mut journal, mut pen) = (workshop.open(), Pen::default());
    journal.commit(pen.batch_of(&[order(1)])).unwrap();
    pen.event(order(1), "never committed");
    let behind = pen.event(order(1), "{}");
    refused(&mut journal, &mut pen, vec![behind], 3);
}

fn a_first_event_behind_nothing_is_a_conflict<W: Workshop>(workshop: &mut W) {
    let (mut journal, mut pen) = (workshop.open(), Pen::default());
    pen.event(order(1), "never committed");
    let behind = pen.event(order(1), "{}");
    refused(&mut journal, &mut pen, vec![behind], 2);
}

fn a_foreign_chain_is_a_conflict<W: Workshop>(workshop: &mut W) {
    let (mut journal, mut pen) = (workshop.open(), Pen::default());
    journal.commit(pen.batch_of(&[order(1)])).unwrap();
    let mut foreign = pen.event(order(1), "{}");
    foreign.previous_hash = given::hash(7);
    foreign.hash = chain::event_hash(&foreign);
    refused(&mut journal, &mut pen, vec![foreign], 2);
}

fn a_conflict_inside_a_batch_is_found<W: Workshop>(workshop: &mut W) {
    let (mut journal, mut pen) = (workshop.open(), Pen::default());
    let first = pen.event(order(1), "{}");
    let twin = first.clone();
    refused(&mut journal, &mut pen, vec![first, twin], 1);
}

fn a_conflict_leaves_nothing<W: Workshop>(workshop: &mut W) {
    let (mut journal, mut pen) = (workshop.open(), Pen::default());
    journal.commit(pen.batch_of(&[order(1)])).unwrap();
    let fine = pen.event(order(2), "{}");
    pen.event(order(1), "never committed");
    let behind = pen.event(order(1), "{}");
    let batch = full_batch(&mut pen, vec![fine, behind]);
    let batch_id = batch.id;
    journal.commit(batch).unwrap_err();

    assert_eq!(journal.head().unwrap(), 1);
    assert!(journal.load(order(2).id, 0).unwrap().is_empty());
    let all = RowQuery { collection: "orders".to_owned(), limit: 9, ..RowQuery::default() };
    assert!(journal.rows(&all).unwrap().is_empty());
    assert!(journal.entries("timeline", given::id(1), 0, 9).unwrap().is_empty());
    assert!(journal.timers().unwrap().is_empty());
    assert_eq!(journal.idempotency(&given::hash(1)).unwrap(), None);
    assert!(journal.positions().unwrap().is_empty());
    assert!(journal.parked().unwrap().is_empty());
    assert_eq!(journal.snapshot(order(2).id).unwrap(), None);
    assert_eq!(journal.counter("orders/cafe").unwrap(), 0);
    assert!(!journal.holds_batch(batch_id).unwrap());
    assert!(journal.audit().unwrap().is_empty());
}

fn after_a_conflict_the_journal_goes_on<W: Workshop>(workshop: &mut W) {
    let (mut journal, mut pen) = (workshop.open(), Pen::default());
    let mut slow_pen = pen.clone();
    journal.commit(pen.batch_of(&[order(1)])).unwrap();
    journal.commit(Batch { id: given::id(50), ..slow_pen.batch_of(&[order(1)]) }).unwrap_err();
    let recorded = journal.commit(pen.batch_of(&[order(1)])).unwrap();
    assert_eq!(recorded.iter().map(|event| event.position).collect::<Vec<_>>(), [2]);
    assert!(journal.audit().unwrap().is_empty());
}

fn an_event_that_does_not_fit_its_hash_is_refused<W: Workshop>(workshop: &mut W) {
    let (mut journal, mut pen) = (workshop.open(), Pen::default());
    let mut event = pen.event(order(1), "{}");
    event.hash = Hash::default();
    let batch = Batch { events: vec![event], ..pen.batch() };
    assert!(matches!(journal.commit(batch), Err(StoreError::Damaged { .. })));
    assert_eq!(journal.head().unwrap(), 0);
}

fn refused(journal: &mut impl Journal, pen: &mut Pen, events: Vec<NewEvent>, expected: u64) {
    let head = journal.head().unwrap();
    let batch = Batch { events, ..pen.batch() };
    let conflict = StoreError::Conflict { stream: order(1).to_string(), expected };
    assert_eq!(journal.commit(batch), Err(conflict));
    assert_eq!(journal.head().unwrap(), head);
}

/// A batch with something in every part; its snapshot is of order 2.
pub(super) fn full_batch(pen: &mut Pen, events: Vec<NewEvent>) -> Batch {
    let last_hash = events.first().map(|event| event.hash).unwrap_or_default();
    Batch {
        events,
        rows: vec![RowWrite::Put(crate::Row { shop: ShopKey::from("cafe"), ..given::row("cafe", 1) }.into())],
        entries: vec![Entry {
            collection: "timeline".into(),
            id: given::id(1),
            sequence: 1,
            body: b"{}".to_vec(),
        }],
        timers: vec![TimerWrite::Set(given::timer("expire/1", 50))],
        idempotency: vec![IdempotencyWrite::Put(given::answered(1, 1))],
        positions: vec![("payment".into(), given::source_position(5, 1, 10))],
        parked: vec![ParkedWrite::Park(Box::new(given::parked("payment", 9)))],
        snapshots: vec![Snapshot {
            stream: order(2),
            version: 1,
            evolve_version: 1,
            last_hash,
            state: b"{}".to_vec(),
        }],
        counters: vec![CounterValue { name: "orders/cafe".to_owned(), value: 1 }],
        ..pen.batch()
    }
}
