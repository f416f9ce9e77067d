use super::conflicts::full_batch;
use super::given::{self, Pen, order};
use super::{Damage, Workshop, named};
use crate::{Batch, Journal, Reader, StoreError};

named![
    the_audit_of_a_sound_journal_finds_nothing,
    a_changed_payload_is_found_when_it_is_read,
    a_changed_personal_part_is_found_when_it_is_read,
    an_erased_personal_part_breaks_no_chain,
    changed_times_are_found_by_the_audit,
    a_lost_tail_is_found,
    a_changed_row_is_found_when_it_is_read,
    a_changed_line_of_a_log_is_found_when_it_is_read,
    a_changed_timer_is_found_when_it_is_read,
    a_changed_idempotency_record_is_found_when_it_is_read,
    a_changed_counter_is_found_when_it_is_read,
    a_changed_source_position_is_found_when_it_is_read,
];

const VERSIONS: u64 = 3;

fn the_audit_of_a_sound_journal_finds_nothing<W: Workshop>(workshop: &mut W) {
    fill(workshop);
    assert_eq!(workshop.open().audit().unwrap(), []);
}

fn a_changed_payload_is_found_when_it_is_read<W: Workshop>(workshop: &mut W) {
    let damage = Damage::EventData { stream_id: order(1).id, version: 2 };
    let Some(mut journal) = damaged(workshop, &damage) else {
        return;
    };
    found(journal.load(order(1).id, 0));
    found(journal.read_after(0, 99));
    found(journal.read_heard_after(0, 99, &|_| true));
    assert!(journal.load(order(2).id, 0).is_ok());
    assert!(!journal.audit().unwrap().is_empty());
}

fn a_changed_personal_part_is_found_when_it_is_read<W: Workshop>(workshop: &mut W) {
    let damage = Damage::PersonalPart { stream_id: order(1).id, version: 2 };
    let Some(mut journal) = damaged(workshop, &damage) else {
        return;
    };
    found(journal.load(order(1).id, 0));
    found(journal.read_after(0, 99));
}

fn an_erased_personal_part_breaks_no_chain<W: Workshop>(workshop: &mut W) {
    let mut pen = fill(workshop);
    workshop.erase_personal(order(1).id, 2);
    let mut journal = workshop.open();
    let loaded = journal.load(order(1).id, 0).unwrap();
    assert_eq!(loaded[1].personal, Some(given::personal("")));
    assert_eq!(loaded[2].personal, Some(given::personal("kim 3")));
    assert_eq!(journal.audit().unwrap(), []);
    journal.commit(pen.batch_of(&[order(1)])).unwrap();
}

fn changed_times_are_found_by_the_audit<W: Workshop>(workshop: &mut W) {
    if let Some(mut journal) = damaged(workshop, &Damage::EventTimes) {
        assert!(!journal.audit().unwrap().is_empty());
    }
}

fn a_lost_tail_is_found<W: Workshop>(workshop: &mut W) {
    fill(workshop);
    if !workshop.damage(&Damage::LostTail) {
        return;
    }
    // A writer would use lost positions again: it may as well refuse to open.
    match workshop.try_open() {
        Ok(mut journal) => assert!(!journal.audit().unwrap().is_empty()),
        Err(error) => assert!(matches!(error, StoreError::Damaged { .. }), "{error}"),
    }
}

fn a_changed_row_is_found_when_it_is_read<W: Workshop>(workshop: &mut W) {
    let row = given::row("cafe", 1);
    let damage = Damage::RowBody { collection: "orders", id: row.id };
    let Some(mut journal) = damaged(workshop, &damage) else {
        return;
    };
    found(journal.row("orders", row.id));
    found(journal.row_by_number("orders", "cafe", 1));
    found(journal.rows(&crate::RowQuery {
        collection: "orders".to_owned(),
        limit: 9,
        ..crate::RowQuery::default()
    }));
    assert!(!journal.audit().unwrap().is_empty());
}

fn a_changed_line_of_a_log_is_found_when_it_is_read<W: Workshop>(workshop: &mut W) {
    let damage = Damage::EntryBody { collection: "timeline", id: given::id(1) };
    let Some(mut journal) = damaged(workshop, &damage) else {
        return;
    };
    found(journal.entries("timeline", given::id(1), 0, 9));
    assert!(!journal.audit().unwrap().is_empty());
}

fn a_changed_timer_is_found_when_it_is_read<W: Workshop>(workshop: &mut W) {
    let Some(mut journal) = damaged(workshop, &Damage::TimerTimes) else {
        return;
    };
    found(journal.timers());
    found(journal.due_timers(given::at(i64::MAX), 9));
    assert!(!journal.audit().unwrap().is_empty());
}

fn a_changed_idempotency_record_is_found_when_it_is_read<W: Workshop>(workshop: &mut W) {
    let Some(mut journal) = damaged(workshop, &Damage::IdempotencyOrders) else {
        return;
    };
    found(journal.idempotency(&given::hash(1)));
    assert!(!journal.audit().unwrap().is_empty());
}

fn a_changed_counter_is_found_when_it_is_read<W: Workshop>(workshop: &mut W) {
    let Some(mut journal) = damaged(workshop, &Damage::CounterValues) else {
        return;
    };
    found(journal.counter("orders/cafe"));
    assert!(!journal.audit().unwrap().is_empty());
}

fn a_changed_source_position_is_found_when_it_is_read<W: Workshop>(workshop: &mut W) {
    let Some(mut journal) = damaged(workshop, &Damage::SourcePositions) else {
        return;
    };
    found(journal.positions());
    assert!(!journal.audit().unwrap().is_empty());
}

/// Something in every part; order 1 at version 3, order 2 at 1.
fn fill<W: Workshop>(workshop: &mut W) -> Pen {
    let (mut journal, mut pen) = (workshop.open(), Pen::default());
    for version in 1..=VERSIONS {
        let event = pen.event_with(order(1), "{}", |event| {
            event.personal = Some(given::personal(&format!("kim {version}")));
        });
        journal.commit(Batch { events: vec![event], ..pen.batch() }).unwrap();
    }
    let events = vec![pen.event(order(2), "{}")];
    journal.commit(full_batch(&mut pen, events)).unwrap();
    pen
}

/// A filled store after the damage; `None` where it cannot be harmed so.
fn damaged<W: Workshop>(workshop: &mut W, damage: &Damage) -> Option<W::Store> {
    fill(workshop);
    workshop.damage(damage).then(|| workshop.open())
}

fn found<T: std::fmt::Debug>(read: Result<T, StoreError>) {
    assert!(matches!(read, Err(StoreError::Damaged { .. })), "served: {read:?}");
}
