use std::time::Duration;

use bus::Feed;
use journal::{Position, StoreError, Stretch};
use kernel::Timestamp;
use tokio::time::Instant;

use crate::inputs::EventsFrom;

/// A source as its writer follows it.
#[derive(Default)]
pub(crate) struct Subscription {
    /// Opened when it is first read, and again after a breakdown.
    pub(crate) feed: Option<Box<dyn Feed>>,
    pub(crate) stalled_until: Timestamp,
    pub(crate) stalls: u32,
    /// What was read and is not taken yet.
    pub(crate) held: Stretch,
}

impl Subscription {
    /// Up to `limit` positions behind one, those first that were held back.
    ///
    /// # Errors
    /// When the neighbour's journal cannot be read now.
    pub(crate) fn read_after(
        &mut self,
        position: Position,
        limit: usize,
        hears: &dyn Fn(&str) -> bool,
    ) -> Result<Stretch, StoreError> {
        let mut stretch = std::mem::take(&mut self.held);
        if stretch.first().is_some_and(|first| first != position + 1) {
            stretch = Stretch::default();
        }
        let held = stretch.positions();
        if let Some(feed) = &mut self.feed
            && held < limit
        {
            let read_up_to = stretch.last().unwrap_or(position);
            stretch.append(feed.read_heard_after(read_up_to, limit - held, hears)?);
        }
        Ok(stretch)
    }
}

/// Takes out what came later than the sources that have more waiting have been read up to, so that what
/// happened together is applied together, whatever each source has queued. A source has more where as many
/// events came as were asked for. Answers what is held back, by source.
///
/// The one that is furthest behind keeps all of its events: something is always left to apply.
pub(crate) fn hold_back(events: &mut Vec<EventsFrom>, asked_for: usize) -> Vec<EventsFrom> {
    let full = events.iter().map(|from| &from.stretch).filter(|stretch| stretch.positions() >= asked_for);
    let Some(horizon) = full.filter_map(|stretch| stretch.events.last()).map(|event| event.at).min() else {
        return Vec::new();
    };
    let later = |from: &mut EventsFrom| {
        let first = from.stretch.events.iter().position(|event| event.at > horizon)?;
        Some(EventsFrom { source: from.source, stretch: from.stretch.split_off(first) })
    };
    let held = events.iter_mut().filter_map(later).collect();
    events.retain(|from| !from.stretch.is_empty());
    held
}

/// Events that wait for something else to do together with them, each for as long as its source may. By the
/// time that really passes: it is no matter of the business, and passes where the writer's time stands still.
#[derive(Debug, Default)]
pub(crate) struct Company {
    until: Option<Instant>,
}

impl Company {
    /// Whether events of sources with so much patience wait a little longer; none: nothing waits. The least
    /// patient one decides.
    pub(crate) fn is_awaited(&mut self, now: Instant, patience: impl Iterator<Item = Duration>) -> bool {
        let until = match patience.min() {
            Some(patience) if !patience.is_zero() => *self.until.get_or_insert(now + patience),
            _ => now,
        };
        let waits = until > now;
        if !waits {
            self.until = None;
        }
        waits
    }

    /// Something else is there.
    pub(crate) fn came(&mut self) {
        self.until = None;
    }

    /// For how long what waits alone waits at most, where something does.
    pub(crate) fn rest(&self, now: Instant) -> Option<Duration> {
        self.until.map(|until| until.saturating_duration_since(now))
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use kernel::{Actor, Causation, Recorded, Subject};
    use uuid::Uuid;

    use super::*;

    fn event(position: u64, millis: i64) -> Arc<Recorded> {
        Arc::new(Recorded {
            position,
            stream_kind: "jar".into(),
            stream_id: Uuid::nil(),
            version: position,
            event_type: "marbles-put.v1".into(),
            at: Timestamp::from_millis(millis),
            subject: Subject::shop("toy".into()),
            causation: Causation::command(Uuid::nil()),
            actor: Actor::system(),
            data: Vec::new(),
            personal: None,
            previous_hash: Default::default(),
            hash: Default::default(),
        })
    }

    fn from(source: usize, at_millis: &[i64]) -> EventsFrom {
        let events = (1..).zip(at_millis).map(|(position, millis)| event(position, *millis));
        EventsFrom { source, stretch: events.collect::<Vec<_>>().into() }
    }

    fn times(all: &[EventsFrom]) -> Vec<(usize, Vec<i64>)> {
        let times = |from: &EventsFrom| from.stretch.events.iter().map(|event| event.at.millis()).collect();
        all.iter().map(|from| (from.source, times(from))).collect()
    }

    #[test]
    fn sources_with_a_backlog_are_taken_up_to_the_same_time() {
        let mut events = vec![from(0, &[1, 2, 3]), from(1, &[1, 5, 9]), from(2, &[8]), from(3, &[2])];

        let held = hold_back(&mut events, 3);

        assert_eq!(times(&events), [(0, vec![1, 2, 3]), (1, vec![1]), (3, vec![2])]);
        assert_eq!(times(&held), [(1, vec![5, 9]), (2, vec![8])]);
    }

    #[test]
    fn where_no_source_has_more_waiting_nothing_is_held_back() {
        let mut events = vec![from(0, &[1, 2]), from(1, &[7])];

        let held = hold_back(&mut events, 3);

        assert_eq!((times(&events).len(), times(&held)), (2, vec![]));
    }

    struct Journal(u64);

    impl Feed for Journal {
        fn identity(&mut self) -> Result<journal::JournalIdentity, StoreError> {
            Err(StoreError::Unavailable("not asked for".to_owned()))
        }

        fn head(&mut self) -> Result<Position, StoreError> {
            Ok(self.0)
        }

        fn read_after(&mut self, after: Position, limit: usize) -> Result<Vec<Arc<Recorded>>, StoreError> {
            Ok((after + 1..=self.0).take(limit).map(|position| event(position, 0)).collect())
        }
    }

    fn positions(stretch: &Stretch) -> Vec<u64> {
        stretch.events.iter().map(|event| event.position).collect()
    }

    const EVERYTHING: &dyn Fn(&str) -> bool = &|_| true;

    #[test]
    fn what_was_held_back_comes_first_and_is_filled_up() -> Result<(), StoreError> {
        let mut source = Subscription { feed: Some(Box::new(Journal(9))), ..Subscription::default() };
        let mut read = source.read_after(0, 4, EVERYTHING)?;
        source.held = read.split_off(1);

        assert_eq!(positions(&source.read_after(1, 4, EVERYTHING)?), [2, 3, 4, 5]);
        Ok(())
    }

    #[test]
    fn what_was_held_back_is_read_again_where_the_position_is_another() -> Result<(), StoreError> {
        let mut source = Subscription { feed: Some(Box::new(Journal(9))), ..Subscription::default() };
        source.held = source.read_after(4, 3, EVERYTHING)?;

        assert_eq!(positions(&source.read_after(3, 3, EVERYTHING)?), [4, 5, 6]);
        Ok(())
    }

    #[test]
    fn events_wait_for_company_from_when_the_first_came_and_no_longer_than_they_may() {
        let (mut company, began) = (Company::default(), Instant::now());
        let after = |millis| began + Duration::from_millis(millis);
        let [none, some] = [0, 3].map(Duration::from_millis);

        assert!(company.is_awaited(after(10), [some].into_iter()));
        assert!(company.is_awaited(after(12), [some].into_iter()));
        assert_eq!(company.rest(after(12)), Some(Duration::from_millis(1)));
        assert!(!company.is_awaited(after(13), [some].into_iter()));
        assert!(company.is_awaited(after(14), [some].into_iter()));
        assert!(
            !company.is_awaited(after(15), [some, none].into_iter()),
            "one of a source that may not wait"
        );
        assert_eq!(company.rest(after(15)), None);
    }
}
