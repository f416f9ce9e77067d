use std::sync::Arc;
use std::thread;

use kernel::{Actor, PersonalPart, Recorded, ShopKey, StreamId, Subject};

use super::given::{self, Pen, order};
use super::{Workshop, named};
use crate::{Batch, Journal, Reader};

named![
    an_empty_journal_stands_at_zero,
    positions_are_consecutive_behind_the_head,
    what_a_commit_returns_is_what_is_read,
    an_event_keeps_everything_it_says,
    a_stream_is_loaded_in_order,
    a_stream_is_loaded_after_a_version,
    streams_do_not_mix,
    one_batch_may_bring_several_events_of_one_stream,
    reading_after_a_position_pages_without_holes,
    who_hears_some_events_still_meets_every_position,
    events_survive_reopening,
    a_reader_sees_what_is_committed,
    a_tailing_reader_meets_no_hole_and_no_turn,
];

fn an_empty_journal_stands_at_zero<W: Workshop>(workshop: &mut W) {
    let mut journal = workshop.open();
    assert_eq!(journal.head().unwrap(), 0);
    assert!(journal.read_after(0, 10).unwrap().is_empty());
    assert!(journal.load(given::id(1), 0).unwrap().is_empty());
}

fn positions_are_consecutive_behind_the_head<W: Workshop>(workshop: &mut W) {
    let (mut journal, mut pen) = (workshop.open(), Pen::default());
    let first = journal.commit(pen.batch_of(&[order(1), order(2)])).unwrap();
    let second = journal.commit(pen.batch_of(&[order(1)])).unwrap();
    assert_eq!(positions(&first), [1, 2]);
    assert_eq!(positions(&second), [3]);
    assert_eq!(journal.head().unwrap(), 3);
}

fn what_a_commit_returns_is_what_is_read<W: Workshop>(workshop: &mut W) {
    let (mut journal, mut pen) = (workshop.open(), Pen::default());
    let returned = journal.commit(pen.batch_of(&[order(1), order(2)])).unwrap();
    assert_eq!(journal.read_after(0, 10).unwrap(), returned);
}

fn an_event_keeps_everything_it_says<W: Workshop>(workshop: &mut W) {
    let (mut journal, mut pen) = (workshop.open(), Pen::default());
    let large = "얼음".repeat(20_000);
    let about_order = pen.event_with(order(1), &large, |event| {
        event.actor = Actor::parse("customer:kim").unwrap();
        event.personal = Some(PersonalPart { key_id: Some(given::id(9)), ..given::personal("+82 10") });
    });
    let about_shop = pen.event_with(StreamId::new("menu", given::id(2)), "", |event| {
        event.subject = Subject::shop(ShopKey::from("kiosk"));
        event.personal = Some(given::personal(""));
    });
    let batch = Batch { events: vec![about_order.clone(), about_shop.clone()], ..pen.batch() };
    let committed_at = batch.at;
    journal.commit(batch).unwrap();
    for (read, written) in journal.read_after(0, 10).unwrap().iter().zip([about_order, about_shop]) {
        assert_eq!(&*read.stream_kind, written.stream.kind);
        assert_eq!((read.stream_id, read.version), (written.stream.id, written.version));
        assert_eq!((&*read.event_type, read.at), (written.event_type, committed_at));
        assert_eq!((&read.subject, &read.causation), (&written.subject, &written.causation));
        assert_eq!((&read.actor, &read.data), (&written.actor, &written.data));
        assert_eq!(read.personal, written.personal);
        assert_eq!((read.previous_hash, read.hash), (written.previous_hash, written.hash));
    }
}

fn a_stream_is_loaded_in_order<W: Workshop>(workshop: &mut W) {
    let (mut journal, mut pen) = (workshop.open(), Pen::default());
    for _ in 0..3 {
        journal.commit(pen.batch_of(&[order(1), order(2)])).unwrap();
    }
    let loaded = journal.load(order(1).id, 0).unwrap();
    assert_eq!(versions(&loaded), [1, 2, 3]);
    assert_eq!(loaded[2].previous_hash, loaded[1].hash);
}

fn a_stream_is_loaded_after_a_version<W: Workshop>(workshop: &mut W) {
    let (mut journal, mut pen) = (workshop.open(), Pen::default());
    for _ in 0..4 {
        journal.commit(pen.batch_of(&[order(1)])).unwrap();
    }
    assert_eq!(versions(&journal.load(order(1).id, 2).unwrap()), [3, 4]);
    assert!(journal.load(order(1).id, 4).unwrap().is_empty());
    assert!(journal.load(order(1).id, 9).unwrap().is_empty());
}

fn streams_do_not_mix<W: Workshop>(workshop: &mut W) {
    let (mut journal, mut pen) = (workshop.open(), Pen::default());
    journal.commit(pen.batch_of(&[order(1), order(2), order(1)])).unwrap();
    let loaded = journal.load(order(2).id, 0).unwrap();
    assert!(loaded.iter().all(|event| event.stream_id == order(2).id));
    assert_eq!(loaded.len(), 1);
}

fn one_batch_may_bring_several_events_of_one_stream<W: Workshop>(workshop: &mut W) {
    let (mut journal, mut pen) = (workshop.open(), Pen::default());
    journal.commit(pen.batch_of(&[order(1), order(1), order(1)])).unwrap();
    journal.commit(pen.batch_of(&[order(1)])).unwrap();
    assert_eq!(versions(&journal.load(order(1).id, 0).unwrap()), [1, 2, 3, 4]);
}

fn reading_after_a_position_pages_without_holes<W: Workshop>(workshop: &mut W) {
    let (mut journal, mut pen) = (workshop.open(), Pen::default());
    for number in 0..7 {
        journal.commit(pen.batch_of(&[order(number), order(number + 1)])).unwrap();
    }
    let (mut after, mut seen) = (0, Vec::new());
    loop {
        let page = journal.read_after(after, 3).unwrap();
        let Some(last) = page.last() else { break };
        after = last.position;
        seen.extend(positions(&page));
    }
    assert_eq!(seen, (1..=14).collect::<Vec<_>>());
    assert!(journal.read_after(99, 3).unwrap().is_empty());
    assert!(journal.read_after(0, 0).unwrap().is_empty());
}

fn who_hears_some_events_still_meets_every_position<W: Workshop>(workshop: &mut W) {
    let (mut journal, mut pen) = (workshop.open(), Pen::default());
    let whisper = |pen: &mut Pen| pen.event_with(order(2), "{}", |event| event.event_type = "whispered.v2");
    for _ in 0..4 {
        let events = vec![whisper(&mut pen), pen.event(order(1), "{}"), whisper(&mut pen), whisper(&mut pen)];
        journal.commit(Batch { events, ..pen.batch() }).unwrap();
    }
    let spoken: Vec<_> = journal.read_after(0, 99).unwrap();
    let spoken: Vec<_> =
        spoken.into_iter().filter(|event| &*event.event_type == "thing-happened.v1").collect();
    let (mut after, mut met, mut heard) = (0, Vec::new(), Vec::new());
    loop {
        let stretch = journal.read_heard_after(after, 3, &|event| event == "thing-happened").unwrap();
        let Some(last) = stretch.last() else { break };
        assert_eq!((stretch.first(), stretch.positions() as u64), (Some(after + 1), last - after));
        met.extend(stretch.unheard.into_iter().flatten());
        met.extend(positions(&stretch.events));
        heard.extend(stretch.events.into_iter().filter(|event| &*event.event_type == "thing-happened.v1"));
        after = last;
    }
    met.sort_unstable();
    assert_eq!(met, (1..=16).collect::<Vec<_>>());
    assert_eq!(heard, spoken);
}

fn events_survive_reopening<W: Workshop>(workshop: &mut W) {
    let (mut journal, mut pen) = (workshop.open(), Pen::default());
    let returned = journal.commit(pen.batch_of(&[order(1), order(2)])).unwrap();
    drop(journal);
    let mut journal = workshop.open();
    assert_eq!(journal.read_after(0, 10).unwrap(), returned);
    assert_eq!(positions(&journal.commit(pen.batch_of(&[order(1)])).unwrap()), [3]);
}

fn a_reader_sees_what_is_committed<W: Workshop>(workshop: &mut W) {
    let (mut journal, mut pen) = (workshop.open(), Pen::default());
    let mut reader = journal.reader().unwrap();
    assert_eq!(reader.head().unwrap(), 0);
    let returned = journal.commit(pen.batch_of(&[order(1)])).unwrap();
    assert_eq!(reader.read_after(0, 10).unwrap(), returned);
    assert_eq!(reader.identity().unwrap(), journal.identity().unwrap());
}

fn a_tailing_reader_meets_no_hole_and_no_turn<W: Workshop>(workshop: &mut W) {
    const BATCHES: u128 = 60;
    let (mut journal, mut pen) = (workshop.open(), Pen::default());
    let mut reader = journal.reader().unwrap();
    let tail = thread::spawn(move || tail(&mut *reader, 2 * BATCHES as u64));
    for number in 0..BATCHES {
        journal.commit(pen.batch_of(&[order(number), order(number + 1)])).unwrap();
    }
    assert_eq!(tail.join().unwrap(), (1..=2 * BATCHES as u64).collect::<Vec<_>>());
}

/// Reads on until `last` has been seen; every position as it was met.
fn tail(reader: &mut dyn Reader, last: u64) -> Vec<u64> {
    let mut seen = Vec::new();
    while seen.last().is_none_or(|position| *position < last) {
        let after = seen.last().copied().unwrap_or_default();
        seen.extend(positions(&reader.read_after(after, 5).unwrap()));
        thread::yield_now();
    }
    seen
}

fn positions(events: &[Arc<Recorded>]) -> Vec<u64> {
    events.iter().map(|event| event.position).collect()
}

fn versions(events: &[Recorded]) -> Vec<u64> {
    events.iter().map(|event| event.version).collect()
}
