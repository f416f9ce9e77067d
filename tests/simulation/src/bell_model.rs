//! The bell between a journal and its subscriber, under every schedule that chance finds.
//!
//! The bell is the shipped one, compiled against `shuttle` (see `build.rs`); its timeout never
//! comes here, so a wake-up that is lost is a deadlock, and a deadlock is found.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Duration;

use shuttle::scheduler::RandomScheduler;
use shuttle::sync::Arc;
use shuttle::sync::atomic::{AtomicU64, Ordering};
use shuttle::{Config, FailurePersistence, Runner, thread};

mod bell {
    #![expect(unreachable_pub, reason = "the shipped bell, as it is written")]
    include!(concat!(env!("OUT_DIR"), "/bell.rs"));
}

const SCHEDULES: usize = 2_000;
const EVENTS: u64 = 3;

/// Explores the schedules; what was found, where a wake-up is lost.
#[must_use]
pub fn lost_wake_up() -> Option<String> {
    let mut config = Config::new();
    config.failure_persistence = FailurePersistence::None;
    let runner = Runner::new(RandomScheduler::new_from_seed(17, SCHEDULES), config);
    let found = catch_unwind(AssertUnwindSafe(|| runner.run(follow_to_the_end)));
    let panic = found.err()?;
    let text = panic.downcast_ref::<String>().cloned();
    Some(text.unwrap_or_else(|| "the model does not come to its end".to_owned()))
}

/// A writer appends events and rings; the subscriber reads behind its position and waits where it
/// finds nothing. It must come to the end.
fn follow_to_the_end() {
    let (bell, head) = (bell::Bell::default(), Arc::new(AtomicU64::new(0)));
    let writer = {
        let (bell, head) = (bell.clone(), head.clone());
        thread::spawn(move || {
            for position in 1..=EVENTS {
                head.store(position, Ordering::SeqCst);
                bell.ring();
            }
        })
    };
    let mut position = 0;
    while position < EVENTS {
        let seen = head.load(Ordering::SeqCst);
        if seen > position {
            position = seen;
        } else {
            let _rang = bell.wait(Duration::from_secs(3_600));
        }
    }
    let _ended = writer.join();
}

#[cfg(test)]
mod tests {
    #[test]
    fn no_schedule_loses_a_wake_up() {
        assert_eq!(super::lost_wake_up(), None);
    }
}
