//! Whatever batches come, the file answers as the reference store does.

use std::borrow::Cow;

use journal::suite::Workshop;
use journal::suite::given::{self, Pen, id};
use journal::{
    Batch, CounterValue, Entry, IdempotencyWrite, Journal, MemoryJournal, ParkedWrite, Reader, Row, RowOrder,
    RowQuery, RowWrite, Snapshot, TimerWrite,
};
use kernel::{Causation, ShopKey, StreamId, Subject};
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use uuid::Uuid;

use crate::workshop::Folder;

const COLLECTIONS: [&str; 2] = ["orders", "tickets"];
const SHOPS: [&str; 3] = ["cafe", "kiosk", "bar"];
const STATES: [&str; 3] = ["placed", "paid", "done"];
const JOURNAL: u128 = 77;

/// Two of three say their time, in the order of their numbers; the others are like hashes.
const fn thing(number: u128) -> Uuid {
    match number % 3 {
        0 => Uuid::from_u128(u128::MAX - number),
        _ => Uuid::from_u128((number << 80) | (7 << 76) | (2 << 62)),
    }
}

const fn stream(number: u8) -> StreamId {
    StreamId::new("order", thing(number as u128))
}

#[derive(Debug, Clone)]
enum Part {
    Event {
        stream: u8,
        data: String,
        personal: bool,
    },
    /// An event that leaves out one version: a conflict.
    Hole {
        stream: u8,
    },
    Row(RowWrite),
    Entry(Entry),
    Timer(TimerWrite),
    Idempotency(IdempotencyWrite),
    Position {
        source: u8,
        epoch: u32,
        position: u32,
    },
    Parked(ParkedWrite),
    Snapshot {
        stream: u8,
        version: u64,
    },
    Counter {
        name: u8,
        value: u32,
    },
}

#[derive(Debug, Clone)]
enum Step {
    Commit(Vec<Part>),
    /// So many batches of others that what was young is no longer.
    Meanwhile,
    Reopen,
    TidyUp,
    Query(RowQuery),
}

fn row() -> impl Strategy<Value = Row> {
    let place = (0..2usize, 0..6u128, 0..3usize, 0..5u64);
    let filters = (option::of(0..3u8), 0..3usize, -50..50i64, any::<bool>(), "[ab%]{0,3}");
    (place, filters, any::<u16>(), ".{0,8}").prop_map(|(place, filters, version, body)| Row {
        collection: Cow::Borrowed(COLLECTIONS[place.0]),
        id: thing(place.1),
        shop: ShopKey::from(SHOPS[place.2]),
        number: place.3,
        customer: filters.0.map(|customer| format!("customer:{customer}")),
        state: Cow::Borrowed(STATES[filters.1]),
        at: given::at(filters.2),
        search: filters.4,
        version: version.into(),
        hidden: filters.3,
        body: body.into_bytes(),
    })
}

fn row_write() -> impl Strategy<Value = RowWrite> {
    prop_oneof![
        12 => row().prop_map(|row| RowWrite::Put(row.into())),
        3 => (0..2usize, 0..6u128).prop_map(|(collection, row)| RowWrite::Delete {
            collection: Cow::Borrowed(COLLECTIONS[collection]),
            id: thing(row),
        }),
        1 => (0..2usize).prop_map(|collection| RowWrite::Clear { collection: Cow::Borrowed(COLLECTIONS[collection]) }),
    ]
}

fn entry() -> impl Strategy<Value = Entry> {
    (0..2usize, 0..3u128, 1..6u64, ".{0,8}").prop_map(|(collection, whose, sequence, body)| Entry {
        collection: Cow::Borrowed(COLLECTIONS[collection]),
        id: thing(whose),
        sequence,
        body: body.into_bytes(),
    })
}

fn timer_write() -> impl Strategy<Value = TimerWrite> {
    prop_oneof![
        3 => ("[abc]", -20..20i64).prop_map(|(key, at)| TimerWrite::Set(given::timer(&key, at))),
        1 => "[abc]".prop_map(|key| TimerWrite::Cancel { key }),
    ]
}

fn idempotency_write() -> impl Strategy<Value = IdempotencyWrite> {
    prop_oneof![
        2 => (0..5u8, -9..20i64).prop_map(|(scope, at)| IdempotencyWrite::Put(given::running(scope, at))),
        3 => (0..5u8, -9..20i64).prop_map(|(scope, at)| IdempotencyWrite::Put(given::answered(scope, at))),
        1 => (0..5u8).prop_map(|scope| IdempotencyWrite::Remove { scope: given::hash(scope) }),
        1 => (-9..20i64).prop_map(|before| IdempotencyWrite::Forget { before: given::at(before) }),
    ]
}

fn parked_write() -> impl Strategy<Value = ParkedWrite> {
    let source = prop_oneof![Just("payment"), Just("kitchen")];
    (source, 1..4u64, any::<bool>()).prop_map(|(source, position, park)| match park {
        true => ParkedWrite::Park(Box::new(given::parked(source, position))),
        false => ParkedWrite::Release { source: Cow::Borrowed(source), position },
    })
}

fn part() -> impl Strategy<Value = Part> {
    prop_oneof![
        6 => (0..4u8, ".{0,12}", any::<bool>())
            .prop_map(|(stream, data, personal)| Part::Event { stream, data, personal }),
        6 => row_write().prop_map(Part::Row),
        2 => entry().prop_map(Part::Entry),
        2 => timer_write().prop_map(Part::Timer),
        2 => idempotency_write().prop_map(Part::Idempotency),
        1 => (0..3u8, 1..3u32, any::<u32>())
            .prop_map(|(source, epoch, position)| Part::Position { source, epoch, position }),
        1 => parked_write().prop_map(Part::Parked),
        1 => (0..4u8, 0..9u64).prop_map(|(stream, version)| Part::Snapshot { stream, version }),
        1 => (0..3u8, any::<u32>()).prop_map(|(name, value)| Part::Counter { name, value }),
    ]
}

fn query() -> impl Strategy<Value = RowQuery> {
    let filters = (0..2usize, option::of(0..3usize), option::of(0..3u8), option::of(0..3usize));
    let more =
        (option::of("[ab%]{0,2}"), option::of(0..5u64), option::of(-50..50i64), option::of(-50..50i64));
    let page = (any::<bool>(), any::<bool>(), option::of((0..5u64, 0..6u128)), 0..3u64, 0..6usize);
    (filters, more, page).prop_map(|(filters, more, page)| RowQuery {
        collection: COLLECTIONS[filters.0].to_owned(),
        shop: filters.1.map(|shop| SHOPS[shop].to_owned()),
        customer: filters.2.map(|customer| format!("customer:{customer}")),
        state: filters.3.map(|state| STATES[state].to_owned()),
        search: more.0,
        number: more.1,
        from: more.2.map(given::at),
        until: more.3.map(given::at),
        hidden: page.0,
        order: if page.1 { RowOrder::NewestFirst } else { RowOrder::OldestFirst },
        after: page.2.map(|(number, row)| (number, thing(row))),
        skip: page.3,
        limit: page.4,
    })
}

fn step() -> impl Strategy<Value = Step> {
    let hole = (vec(part(), 0..4), 0..4u8).prop_map(|(mut parts, stream)| {
        parts.push(Part::Hole { stream });
        Step::Commit(parts)
    });
    prop_oneof![
        10 => vec(part(), 0..10).prop_map(Step::Commit),
        1 => hole,
        1 => Just(Step::Reopen),
        1 => Just(Step::Meanwhile),
        1 => Just(Step::TidyUp),
        8 => query().prop_map(Step::Query),
    ]
}

fn add(part: Part, batch: &mut Batch, pen: &mut Pen) {
    match part {
        Part::Event { stream, data, personal } => {
            batch.events.push(pen.event_with(self::stream(stream), &data, |event| {
                event.personal = personal.then(|| given::personal(&data));
                if stream == 0 {
                    event.stream = StreamId::new("menu", event.stream.id);
                    event.subject = Subject::shop(ShopKey::from("kiosk"));
                    event.causation = Causation::from_text("command/not-an-id");
                }
            }))
        }
        Part::Hole { stream } => {
            pen.event(self::stream(stream), "never committed");
            batch.events.push(pen.event(self::stream(stream), "{}"));
        }
        Part::Row(write) => batch.rows.push(write),
        Part::Entry(entry) => batch.entries.push(entry),
        Part::Timer(write) => batch.timers.push(write),
        Part::Idempotency(write) => batch.idempotency.push(write),
        Part::Position { source, epoch, position } => {
            let position = given::source_position(source.into(), epoch, position.into());
            batch.positions.push((format!("source-{source}").into(), position));
        }
        Part::Parked(write) => batch.parked.push(write),
        Part::Snapshot { stream, version } => batch.snapshots.push(Snapshot {
            stream: self::stream(stream),
            version,
            evolve_version: 1,
            last_hash: given::hash(stream),
            state: vec![stream; 3],
        }),
        Part::Counter { name, value } => {
            batch.counters.push(CounterValue { name: format!("counter-{name}"), value: value.into() });
        }
    }
}

/// Everything that can be read without a query, in words that can be compared.
fn everything(journal: &mut impl Journal) -> Vec<String> {
    let mut read = vec![
        format!("{:?}", journal.identity()),
        format!("{:?}", journal.head()),
        format!("{:?}", journal.read_after(0, 1000)),
        format!("{:?}", journal.timers()),
        format!("{:?}", journal.due_timers(given::at(3), 4)),
        format!("{:?}", journal.next_timer_at()),
        format!("{:?}", journal.positions()),
        format!("{:?}", journal.parked()),
        format!("{:?}", journal.audit()),
    ];
    for number in 0..6 {
        read.push(format!("{:?}", journal.load(thing(number), 0)));
        read.push(format!("{:?}", journal.load(thing(number), 2)));
        read.push(format!("{:?}", journal.snapshot(thing(number))));
        read.push(format!("{:?}", journal.idempotency(&given::hash(number as u8))));
        read.push(format!("{:?}", journal.counter(&format!("counter-{number}"))));
        for collection in COLLECTIONS {
            read.push(format!("{:?}", journal.row(collection, thing(number))));
            read.push(format!("{:?}", journal.entries(collection, thing(number), 1, 3)));
            for shop in SHOPS {
                read.push(format!("{:?}", journal.row_by_number(collection, shop, number as u64)));
            }
        }
    }
    read
}

/// A folder without a disk behind it where there is one: here nothing is about syncs.
fn folder() -> Folder {
    let options = journal_sqlite::Options {
        new_journal: Some(id(JOURNAL)),
        log_cap_bytes: 64 * 1024,
        checkpoint_bytes: 16 * 1024,
        ..journal_sqlite::Options::default()
    };
    Folder::without_disk(options)
}

fn run(steps: Vec<Step>) -> Result<(), TestCaseError> {
    let mut folder = folder();
    let mut model = MemoryJournal::new(id(JOURNAL));
    let (mut journal, mut pen) = (folder.open(), Pen::default());
    for step in steps {
        match step {
            Step::Commit(parts) => {
                let before = pen.clone();
                let mut batch = pen.batch();
                parts.into_iter().for_each(|part| add(part, &mut batch, &mut pen));
                let expected = model.commit(batch.clone());
                if expected.is_err() {
                    pen = before;
                    pen.batch();
                }
                prop_assert_eq!(journal.holds_batch(batch.id), Ok(false));
                prop_assert_eq!(journal.commit(batch.clone()), expected.clone());
                prop_assert_eq!(journal.holds_batch(batch.id), Ok(expected.is_ok()));
                for number in 0..6 {
                    let (id, scope) = (thing(number.into()), given::hash(number));
                    prop_assert_eq!(journal.load(id, 0), model.load(id, 0));
                    prop_assert_eq!(journal.row(COLLECTIONS[0], id), model.row(COLLECTIONS[0], id));
                    prop_assert_eq!(journal.idempotency(&scope), model.idempotency(&scope));
                }
            }
            Step::Meanwhile => {
                for value in 0..70 {
                    let counters = vec![CounterValue { name: "meanwhile".to_owned(), value }];
                    let batch = Batch { counters, ..pen.batch() };
                    prop_assert_eq!(journal.commit(batch.clone()), model.commit(batch));
                }
            }
            Step::Reopen => {
                drop(journal);
                journal = folder.open();
            }
            Step::TidyUp => journal.tidy_up().unwrap(),
            Step::Query(query) => {
                prop_assert_eq!(journal.rows(&query), model.rows(&query), "{:?}", query);
                prop_assert_eq!(journal.count_rows(&query), model.count_rows(&query), "{:?}", query);
            }
        }
    }
    let mut reader = journal.reader().unwrap();
    prop_assert_eq!(reader.read_after(0, 1000), model.read_after(0, 1000));
    prop_assert_eq!(everything(&mut journal), everything(&mut model));
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_file_answers_as_the_reference_store_does(steps in vec(step(), 1..24)) {
        run(steps)?;
    }
}
