use kernel::Timestamp;

use super::given::{self, Pen, at, timer};
use super::{Workshop, named};
use crate::{Batch, Journal, Reader, TimerWrite};

named![
    no_timer_is_due_where_none_is_set,
    a_timer_is_due_at_its_time_and_not_before,
    due_timers_come_earliest_first_then_by_key,
    due_timers_are_limited,
    setting_a_key_again_moves_the_timer,
    a_cancelled_timer_is_gone,
    timers_are_written_in_the_order_of_the_batch,
    timers_survive_reopening,
    timers_of_long_ago_are_as_good_as_new_ones,
];

fn no_timer_is_due_where_none_is_set<W: Workshop>(workshop: &mut W) {
    let mut journal = workshop.open();
    assert_eq!(journal.next_timer_at().unwrap(), None);
    assert!(due(&mut journal, i64::MAX).is_empty());
}

fn a_timer_is_due_at_its_time_and_not_before<W: Workshop>(workshop: &mut W) {
    let mut journal = workshop.open();
    write(&mut journal, &mut Pen::default(), vec![set("a", 50)]);
    assert_eq!(journal.next_timer_at().unwrap(), Some(at(50)));
    assert!(due(&mut journal, 49).is_empty());
    assert_eq!(journal.due_timers(at(50), 9).unwrap(), [timer("a", 50)]);
}

fn due_timers_come_earliest_first_then_by_key<W: Workshop>(workshop: &mut W) {
    let mut journal = workshop.open();
    let timers = vec![set("c", 20), set("b", 20), set("d", 10), set("a", 30)];
    write(&mut journal, &mut Pen::default(), timers);
    assert_eq!(due(&mut journal, 30), ["d", "b", "c", "a"]);
    assert_eq!(journal.timers().unwrap(), journal.due_timers(at(30), 9).unwrap());
}

fn due_timers_are_limited<W: Workshop>(workshop: &mut W) {
    let mut journal = workshop.open();
    write(&mut journal, &mut Pen::default(), vec![set("b", 2), set("a", 1), set("c", 3)]);
    let keys: Vec<_> = journal.due_timers(at(9), 2).unwrap().into_iter().map(|timer| timer.key).collect();
    assert_eq!(keys, ["a", "b"]);
}

fn setting_a_key_again_moves_the_timer<W: Workshop>(workshop: &mut W) {
    let (mut journal, mut pen) = (workshop.open(), Pen::default());
    write(&mut journal, &mut pen, vec![set("a", 50)]);
    let moved = crate::Timer { attempt: 3, payload: b"{}".to_vec(), ..timer("a", 80) };
    write(&mut journal, &mut pen, vec![TimerWrite::Set(moved.clone())]);
    assert_eq!(journal.timers().unwrap(), [moved]);
    assert!(due(&mut journal, 79).is_empty());
    assert_eq!(journal.next_timer_at().unwrap(), Some(at(80)));
}

fn a_cancelled_timer_is_gone<W: Workshop>(workshop: &mut W) {
    let (mut journal, mut pen) = (workshop.open(), Pen::default());
    write(&mut journal, &mut pen, vec![set("a", 50), set("b", 60)]);
    write(&mut journal, &mut pen, vec![cancel("a"), cancel("none")]);
    assert_eq!(due(&mut journal, i64::MAX), ["b"]);
    assert_eq!(journal.next_timer_at().unwrap(), Some(at(60)));
}

fn timers_are_written_in_the_order_of_the_batch<W: Workshop>(workshop: &mut W) {
    let mut journal = workshop.open();
    let timers = vec![set("a", 1), cancel("a"), set("b", 1), set("b", 2), cancel("c"), set("c", 3)];
    write(&mut journal, &mut Pen::default(), timers);
    assert_eq!(journal.timers().unwrap(), [timer("b", 2), timer("c", 3)]);
}

fn timers_survive_reopening<W: Workshop>(workshop: &mut W) {
    let mut journal = workshop.open();
    write(&mut journal, &mut Pen::default(), vec![set("a", 50), set("b", -5)]);
    drop(journal);
    assert_eq!(due(&mut workshop.open(), 50), ["b", "a"]);
}

fn timers_of_long_ago_are_as_good_as_new_ones<W: Workshop>(workshop: &mut W) {
    let (mut journal, mut pen) = (workshop.open(), Pen::default());
    write(&mut journal, &mut pen, vec![set("kept", 30), set("moved", 10), set("cancelled", 20)]);
    let others = (0..150).map(|number| format!("other-{number:03}")).collect::<Vec<_>>();
    for other in &others {
        write(&mut journal, &mut pen, vec![set(other, 40), set("again and again", 50)]);
    }
    write(&mut journal, &mut pen, vec![set("moved", 60), cancel("cancelled"), cancel(&others[0])]);
    write(&mut journal, &mut pen, vec![cancel(&others[149])]);

    let expected =
        [&["kept".to_owned()], &others[1..149], &["again and again".to_owned(), "moved".to_owned()]];
    let keys = |journal: &mut W::Store| {
        let due = journal.due_timers(at(60), 1_000).unwrap();
        assert_eq!(journal.timers().unwrap(), due);
        due.into_iter().map(|timer| timer.key).collect::<Vec<_>>()
    };
    assert_eq!(keys(&mut journal), expected.concat());
    assert_eq!(journal.next_timer_at().unwrap(), Some(at(30)));
    drop(journal);
    let mut journal = workshop.open();
    assert_eq!(journal.next_timer_at().unwrap(), Some(at(30)));
    assert_eq!(keys(&mut journal), expected.concat());
}

fn write(journal: &mut impl Journal, pen: &mut Pen, timers: Vec<TimerWrite>) {
    journal.commit(Batch { timers, ..pen.batch() }).unwrap();
}

fn due(journal: &mut impl Journal, millis: i64) -> Vec<String> {
    let due = journal.due_timers(Timestamp::from_millis(millis), 100).unwrap();
    due.into_iter().map(|timer| timer.key).collect()
}

fn set(key: &str, millis: i64) -> TimerWrite {
    TimerWrite::Set(given::timer(key, millis))
}

fn cancel(key: &str) -> TimerWrite {
    TimerWrite::Cancel { key: key.to_owned() }
}
