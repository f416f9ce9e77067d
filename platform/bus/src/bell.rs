use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::Duration;

use kernel::planted::{self, Bug};

/// Wakes one waiter. A ring that nobody waits for is kept: the next wait returns at once.
#[derive(Clone, Default)]
pub struct Bell(Arc<Inner>);

#[derive(Default)]
struct Inner {
    rung: Mutex<bool>,
    waiting: Condvar,
}

impl Bell {
    /// Rings: whoever waits, or waits next, wakes.
    pub fn ring(&self) {
        let mut rung = self.0.rung.lock().unwrap_or_else(PoisonError::into_inner);
        if !*rung {
            // Planted bug B17: a ring that nobody waits for is lost.
            *rung = !planted::is(Bug::B17);
            self.0.waiting.notify_one();
        }
    }

    /// Waits for a ring, or until the time is over. Whether it rang.
    #[must_use]
    pub fn wait(&self, at_most: Duration) -> bool {
        let mut rung = self.0.rung.lock().unwrap_or_else(PoisonError::into_inner);
        if !*rung {
            rung = self.0.waiting.wait_timeout(rung, at_most).unwrap_or_else(PoisonError::into_inner).0;
        }
        std::mem::take(&mut *rung)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ring_before_the_wait_is_not_lost() {
        let bell = Bell::default();
        bell.ring();
        assert!(bell.wait(Duration::from_secs(5)));
        assert!(!bell.wait(Duration::ZERO));
    }
}
