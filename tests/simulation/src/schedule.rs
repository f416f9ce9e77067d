use std::cmp::Reverse;
use std::collections::BinaryHeap;

use crate::moment::Moment;

/// What happens when, by virtual time; what is planned first for a moment happens first.
pub(crate) struct Schedule<E> {
    now: Moment,
    planned: u64,
    queue: BinaryHeap<Reverse<Planned<E>>>,
}

struct Planned<E> {
    at: Moment,
    sequence: u64,
    event: E,
}

impl<E> Schedule<E> {
    pub(crate) const fn new() -> Self {
        Self { now: Moment(0), planned: 0, queue: BinaryHeap::new() }
    }

    pub(crate) const fn now(&self) -> Moment {
        self.now
    }

    /// Plans something so many milliseconds from now.
    pub(crate) fn after(&mut self, millis: u64, event: E) {
        self.at(self.now.plus(millis), event);
    }

    /// Plans something for a moment; one that is past already happens now.
    pub(crate) fn at(&mut self, at: Moment, event: E) {
        self.planned += 1;
        self.queue.push(Reverse(Planned { at: at.max(self.now), sequence: self.planned, event }));
    }

    /// Moves time to what happens next.
    pub(crate) fn next(&mut self) -> Option<E> {
        let Reverse(planned) = self.queue.pop()?;
        self.now = planned.at;
        Some(planned.event)
    }
}

impl<E> PartialEq for Planned<E> {
    fn eq(&self, other: &Self) -> bool {
        self.sequence == other.sequence
    }
}

impl<E> Eq for Planned<E> {}

impl<E> PartialOrd for Planned<E> {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl<E> Ord for Planned<E> {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        (self.at, self.sequence).cmp(&(other.at, other.sequence))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn things_happen_by_time_and_then_in_the_order_of_planning() {
        let mut schedule = Schedule::new();
        schedule.after(5, "late");
        schedule.after(1, "first");
        schedule.after(1, "second");
        let order: Vec<_> = std::iter::from_fn(|| schedule.next()).collect();
        assert_eq!(order, ["first", "second", "late"]);
        assert_eq!(schedule.now(), Moment(5));
    }

    #[test]
    fn what_is_planned_for_the_past_happens_now() {
        let mut schedule = Schedule::new();
        schedule.after(5, "now");
        schedule.next();
        schedule.at(Moment(1), "past");
        schedule.next();
        assert_eq!(schedule.now(), Moment(5));
    }
}
