use super::given::{Pen, answered, at, hash, running};
use super::{Workshop, named};
use crate::{Batch, IdempotencyWrite, Journal, Reader};

named![
    an_unknown_key_has_no_record,
    a_running_key_has_no_outcome,
    an_outcome_takes_the_place_of_running,
    a_removed_key_may_be_used_again,
    records_are_forgotten_by_their_time,
    a_record_put_again_is_forgotten_by_its_new_time,
];

fn an_unknown_key_has_no_record<W: Workshop>(workshop: &mut W) {
    assert_eq!(workshop.open().idempotency(&hash(1)).unwrap(), None);
}

fn a_running_key_has_no_outcome<W: Workshop>(workshop: &mut W) {
    let mut journal = workshop.open();
    write(&mut journal, &mut Pen::default(), vec![IdempotencyWrite::Put(running(1, 10))]);
    assert_eq!(journal.idempotency(&hash(1)).unwrap(), Some(running(1, 10)));
    assert_eq!(journal.idempotency(&hash(2)).unwrap(), None);
}

fn an_outcome_takes_the_place_of_running<W: Workshop>(workshop: &mut W) {
    let (mut journal, mut pen) = (workshop.open(), Pen::default());
    write(&mut journal, &mut pen, vec![IdempotencyWrite::Put(running(1, 10))]);
    write(&mut journal, &mut pen, vec![IdempotencyWrite::Put(answered(1, 10))]);
    assert_eq!(journal.idempotency(&hash(1)).unwrap(), Some(answered(1, 10)));
}

fn a_removed_key_may_be_used_again<W: Workshop>(workshop: &mut W) {
    let (mut journal, mut pen) = (workshop.open(), Pen::default());
    write(&mut journal, &mut pen, vec![IdempotencyWrite::Put(running(1, 10))]);
    let remove = |scope| IdempotencyWrite::Remove { scope: hash(scope) };
    write(&mut journal, &mut pen, vec![remove(1), remove(9)]);
    assert_eq!(journal.idempotency(&hash(1)).unwrap(), None);
    write(&mut journal, &mut pen, vec![IdempotencyWrite::Put(answered(1, 20))]);
    assert_eq!(journal.idempotency(&hash(1)).unwrap(), Some(answered(1, 20)));
}

fn records_are_forgotten_by_their_time<W: Workshop>(workshop: &mut W) {
    let (mut journal, mut pen) = (workshop.open(), Pen::default());
    let records =
        [(1, 10), (2, 20), (3, 30)].map(|(scope, millis)| IdempotencyWrite::Put(answered(scope, millis)));
    write(&mut journal, &mut pen, records.into());
    write(&mut journal, &mut pen, vec![IdempotencyWrite::Forget { before: at(20) }]);
    assert_eq!(journal.idempotency(&hash(1)).unwrap(), None);
    assert!(journal.idempotency(&hash(2)).unwrap().is_some());
    assert!(journal.idempotency(&hash(3)).unwrap().is_some());
}

fn a_record_put_again_is_forgotten_by_its_new_time<W: Workshop>(workshop: &mut W) {
    let (mut journal, mut pen) = (workshop.open(), Pen::default());
    for millis in [10, 40] {
        write(&mut journal, &mut pen, vec![IdempotencyWrite::Put(answered(1, millis))]);
    }
    write(&mut journal, &mut pen, vec![IdempotencyWrite::Forget { before: at(20) }]);
    assert_eq!(journal.idempotency(&hash(1)).unwrap(), Some(answered(1, 40)));
}

fn write(journal: &mut impl Journal, pen: &mut Pen, idempotency: Vec<IdempotencyWrite>) {
    journal.commit(Batch { idempotency, ..pen.batch() }).unwrap();
}
