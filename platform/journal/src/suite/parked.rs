use super::given::{self, Pen};
use super::{Workshop, named};
use crate::{Batch, Journal, ParkedEvent, ParkedWrite, Reader};

named![
    a_parked_event_is_kept_as_it_was_read,
    parked_events_stand_by_source_and_position,
    parking_again_takes_the_place_of_the_former,
    a_released_event_is_gone,
    parked_events_survive_reopening,
];

fn a_parked_event_is_kept_as_it_was_read<W: Workshop>(workshop: &mut W) {
    let mut journal = workshop.open();
    let behind = ParkedEvent { cause: None, ..given::parked("payment", 10) };
    let about_shop = {
        let mut parked = given::parked("payment", 11);
        parked.event.subject = kernel::Subject::shop("kiosk".into());
        parked.event.personal = None;
        parked
    };
    let all = vec![given::parked("payment", 9), behind, about_shop];
    write(&mut journal, &mut Pen::default(), all.iter().cloned().map(park).collect());
    assert_eq!(journal.parked().unwrap(), all);
}

fn parked_events_stand_by_source_and_position<W: Workshop>(workshop: &mut W) {
    let mut journal = workshop.open();
    let writes = [("payment", 300), ("kitchen", 7), ("payment", 2)]
        .map(|(source, position)| park(given::parked(source, position)));
    write(&mut journal, &mut Pen::default(), writes.into());
    let places: Vec<_> =
        journal.parked().unwrap().into_iter().map(|parked| (parked.source, parked.event.position)).collect();
    assert_eq!(places, [("kitchen".into(), 7), ("payment".into(), 2), ("payment".into(), 300)]);
}

fn parking_again_takes_the_place_of_the_former<W: Workshop>(workshop: &mut W) {
    let (mut journal, mut pen) = (workshop.open(), Pen::default());
    write(&mut journal, &mut pen, vec![park(given::parked("payment", 9))]);
    let again =
        ParkedEvent { attempts: 2, cause: Some("still malformed".to_owned()), ..given::parked("payment", 9) };
    write(&mut journal, &mut pen, vec![park(again.clone())]);
    assert_eq!(journal.parked().unwrap(), [again]);
}

fn a_released_event_is_gone<W: Workshop>(workshop: &mut W) {
    let (mut journal, mut pen) = (workshop.open(), Pen::default());
    let parked = [9, 10].map(|position| park(given::parked("payment", position)));
    write(&mut journal, &mut pen, parked.into());
    let release = |source: &'static str, position| ParkedWrite::Release { source: source.into(), position };
    write(&mut journal, &mut pen, vec![release("payment", 9), release("kitchen", 10)]);
    assert_eq!(journal.parked().unwrap(), [given::parked("payment", 10)]);
}

fn parked_events_survive_reopening<W: Workshop>(workshop: &mut W) {
    let mut journal = workshop.open();
    write(&mut journal, &mut Pen::default(), vec![park(given::parked("payment", 9))]);
    drop(journal);
    assert_eq!(workshop.open().parked().unwrap(), [given::parked("payment", 9)]);
}

fn park(parked: ParkedEvent) -> ParkedWrite {
    ParkedWrite::Park(Box::new(parked))
}

fn write(journal: &mut impl Journal, pen: &mut Pen, parked: Vec<ParkedWrite>) {
    journal.commit(Batch { parked, ..pen.batch() }).unwrap();
}
