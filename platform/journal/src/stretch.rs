use std::ops::RangeInclusive;
use std::sync::Arc;

use kernel::Recorded;

use crate::Position;

/// A stretch of a journal as somebody reads it who hears only some of its events: those, and where the
/// others lie. It has no holes: whoever goes through it meets every position between its ends.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Stretch {
    /// What is heard, in order.
    pub events: Vec<Arc<Recorded>>,
    /// Positions of events that are there and are not heard, in order.
    pub unheard: Vec<RangeInclusive<Position>>,
}

impl From<Vec<Arc<Recorded>>> for Stretch {
    fn from(events: Vec<Arc<Recorded>>) -> Self {
        Self { events, unheard: Vec::new() }
    }
}

impl Stretch {
    /// Whether it has no position.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.events.is_empty() && self.unheard.is_empty()
    }

    /// How many positions it has.
    #[must_use]
    pub fn positions(&self) -> usize {
        let unheard: u64 = self.unheard.iter().map(|range| range.end() - range.start() + 1).sum();
        self.events.len() + usize::try_from(unheard).unwrap_or(usize::MAX)
    }

    /// Its first position.
    #[must_use]
    pub fn first(&self) -> Option<Position> {
        let heard = self.events.first().map(|event| event.position);
        heard.into_iter().chain(self.unheard.first().map(|range| *range.start())).min()
    }

    /// Its last position.
    #[must_use]
    pub fn last(&self) -> Option<Position> {
        let heard = self.events.last().map(|event| event.position);
        heard.into_iter().chain(self.unheard.last().map(|range| *range.end())).max()
    }

    /// Goes on with an event that is not heard, behind everything there is so far.
    pub fn pass_by(&mut self, position: Position) {
        match self.unheard.last_mut() {
            Some(range) if range.end() + 1 == position => *range = *range.start()..=position,
            _ => self.unheard.push(position..=position),
        }
    }

    /// Goes on with the stretch that follows.
    pub fn append(&mut self, mut following: Self) {
        self.events.append(&mut following.events);
        self.unheard.append(&mut following.unheard);
    }

    /// Keeps what comes before a heard event, named by its place among them, and answers the rest.
    #[must_use]
    pub fn split_off(&mut self, first: usize) -> Self {
        let events = self.events.split_off(first);
        let Some(position) = events.first().map(|event| event.position) else {
            return Self::default();
        };
        let before = self.unheard.partition_point(|range| *range.end() < position);
        Self { events, unheard: self.unheard.split_off(before) }
    }
}

#[cfg(test)]
mod tests {
    use kernel::{Actor, Causation, Subject, Timestamp};
    use uuid::Uuid;

    use super::*;

    fn stretch(heard: &[Position], unheard: &[Position]) -> Stretch {
        let event = |position: &Position| Recorded {
            position: *position,
            stream_kind: "jar".into(),
            stream_id: Uuid::nil(),
            version: *position,
            event_type: "marbles-put.v1".into(),
            at: Timestamp::default(),
            subject: Subject::shop("toy".into()),
            causation: Causation::command(Uuid::nil()),
            actor: Actor::system(),
            data: Vec::new(),
            personal: None,
            previous_hash: Default::default(),
            hash: Default::default(),
        };
        let mut stretch = Stretch::from(heard.iter().map(event).map(Arc::new).collect::<Vec<_>>());
        unheard.iter().for_each(|position| stretch.pass_by(*position));
        stretch
    }

    #[test]
    fn it_reaches_from_its_first_position_to_its_last_whether_they_are_heard_or_not() {
        let ends = |stretch: Stretch| (stretch.first(), stretch.last(), stretch.positions());

        assert_eq!(ends(Stretch::default()), (None, None, 0));
        assert_eq!(ends(stretch(&[8, 10], &[9])), (Some(8), Some(10), 3));
        assert_eq!(ends(stretch(&[10], &[8, 9, 11, 12])), (Some(8), Some(12), 5));
        assert_eq!(ends(stretch(&[], &[8, 9])), (Some(8), Some(9), 2));
    }

    #[test]
    fn what_is_not_heard_in_a_row_takes_the_room_of_one() {
        assert_eq!(stretch(&[10], &[8, 9, 11, 12, 13]).unheard, [8..=9, 11..=13]);
    }

    #[test]
    fn cut_before_a_heard_event_and_put_together_it_is_what_it_was() {
        let whole = stretch(&[10, 14], &[8, 9, 11, 12, 13, 15]);

        let mut before = whole.clone();
        let behind = before.split_off(1);

        assert_eq!((before.first(), before.last()), (Some(8), Some(13)));
        assert_eq!((behind.first(), behind.last()), (Some(14), Some(15)));
        before.append(behind);
        assert_eq!(before, whole);
    }
}
