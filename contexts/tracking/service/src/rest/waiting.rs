use std::sync::Arc;

use runtime::{Waiters, Watch};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use tokio::time::{Instant, timeout_at};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

/// So many wait at a time: a request that waits is one of those that the edge holds at once.
const WAITING_MAX: usize = 1_024;

/// Whoever waits for stories to go on.
#[derive(Clone)]
pub struct Waiting(Arc<Semaphore>);

impl Default for Waiting {
    fn default() -> Self {
        Self(Arc::new(Semaphore::new(WAITING_MAX)))
    }
}

/// What one of them waits for. Asked for before the first look, nothing is missed.
pub(super) struct News {
    of: Told,
    _place: OwnedSemaphorePermit,
}

/// Whatever may have told more of an order: what is committed of its id, or, where only its number is known,
/// anything at all.
enum Told {
    OfOrder(Watch),
    OfAny(watch::Receiver<u64>),
}

impl Waiting {
    /// What may be told of an order. `None` where it is neither an id nor a number, so that nothing ever will
    /// be, and where too many wait: who comes then is answered at once.
    pub(super) fn for_news_of(&self, order: &str, waiters: &Waiters) -> Option<News> {
        let place = Arc::clone(&self.0).try_acquire_owned().ok()?;
        let of = match (Uuid::try_parse(order), order.parse::<u64>()) {
            (Ok(id), _) => Told::OfOrder(waiters.watch(id)),
            (_, Ok(_)) => Told::OfAny(waiters.commits()),
            _ => return None,
        };
        Some(News { of, _place: place })
    }
}

impl News {
    /// Waits for some; false where none came by then, or none will come any more.
    pub(super) async fn came_by(&mut self, deadline: Instant, shutdown: &CancellationToken) -> bool {
        let news = async {
            match &mut self.of {
                Told::OfOrder(watch) => watch.next().await.is_some(),
                Told::OfAny(commits) => commits.changed().await.is_ok(),
            }
        };
        tokio::select! {
            came = timeout_at(deadline, news) => came.unwrap_or(false),
            () = shutdown.cancelled() => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_comes_when_too_many_wait_does_not_wait() {
        let (waiting, waiters) = (Waiting::default(), Waiters::default());
        let mut all: Vec<_> = (0..WAITING_MAX).map(|_| waiting.for_news_of("1", &waiters)).collect();

        assert!(all.iter().all(Option::is_some) && waiting.for_news_of("1", &waiters).is_none());
        all.pop();
        assert!(waiting.for_news_of("1", &waiters).is_some());
    }

    #[test]
    fn nobody_waits_for_what_names_no_order() {
        let (waiting, waiters) = (Waiting::default(), Waiters::default());

        assert!(waiting.for_news_of("never", &waiters).is_none());
        assert!(waiting.for_news_of("01a1fcbb-0000-7000-8000-000000000001", &waiters).is_some());
    }
}
