use std::borrow::Cow;

use super::given::{self, Pen, id};
use super::{Workshop, named};
use crate::{Batch, Entry, Journal, Reader, RowWrite};

named![
    a_log_is_read_in_order_and_in_pages,
    the_same_sequence_again_replaces_the_line,
    logs_do_not_mix,
    clearing_a_list_takes_its_log_too,
];

fn a_log_is_read_in_order_and_in_pages<W: Workshop>(workshop: &mut W) {
    let mut journal = workshop.open();
    let entries = [3, 1, 2, 300].map(|sequence| line("timeline", 1, sequence));
    write(&mut journal, &mut Pen::default(), entries.into());
    assert_eq!(sequences(&mut journal, 0, 9), [1, 2, 3, 300]);
    assert_eq!(sequences(&mut journal, 1, 2), [2, 3]);
    assert!(sequences(&mut journal, 300, 9).is_empty());
    assert!(sequences(&mut journal, 0, 0).is_empty());
}

fn the_same_sequence_again_replaces_the_line<W: Workshop>(workshop: &mut W) {
    let (mut journal, mut pen) = (workshop.open(), Pen::default());
    write(&mut journal, &mut pen, vec![line("timeline", 1, 1)]);
    let again = Entry { body: b"told again".to_vec(), ..line("timeline", 1, 1) };
    write(&mut journal, &mut pen, vec![again.clone()]);
    assert_eq!(journal.entries("timeline", id(1), 0, 9).unwrap(), [again]);
}

fn logs_do_not_mix<W: Workshop>(workshop: &mut W) {
    let mut journal = workshop.open();
    let entries = vec![line("timeline", 1, 1), line("timeline", 2, 2), line("audit", 1, 3)];
    write(&mut journal, &mut Pen::default(), entries);
    assert_eq!(sequences(&mut journal, 0, 9), [1]);
    assert!(journal.entries("none", id(1), 0, 9).unwrap().is_empty());
}

fn clearing_a_list_takes_its_log_too<W: Workshop>(workshop: &mut W) {
    let (mut journal, mut pen) = (workshop.open(), Pen::default());
    write(&mut journal, &mut pen, vec![line("timeline", 1, 1), line("audit", 1, 1)]);
    let clear = RowWrite::Clear { collection: Cow::Borrowed("timeline") };
    // Rows come before entries: the new line of the same batch stays.
    let batch = Batch { rows: vec![clear], entries: vec![line("timeline", 1, 5)], ..pen.batch() };
    journal.commit(batch).unwrap();
    assert_eq!(sequences(&mut journal, 0, 9), [5]);
    assert_eq!(journal.entries("audit", id(1), 0, 9).unwrap(), [line("audit", 1, 1)]);
}

fn line(collection: &'static str, whose: u128, sequence: u64) -> Entry {
    let body = format!("line {sequence} of {whose} at {:?}", given::at(1)).into_bytes();
    Entry { collection: Cow::Borrowed(collection), id: id(whose), sequence, body }
}

fn write(journal: &mut impl Journal, pen: &mut Pen, entries: Vec<Entry>) {
    journal.commit(Batch { entries, ..pen.batch() }).unwrap();
}

fn sequences(reader: &mut impl Reader, after: u64, limit: usize) -> Vec<u64> {
    let entries = reader.entries("timeline", id(1), after, limit).unwrap();
    entries.into_iter().map(|entry| entry.sequence).collect()
}
