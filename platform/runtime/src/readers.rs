use std::sync::{Arc, Mutex, PoisonError};

use journal::{Reader, ReaderOpener, StoreError};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Readers of a service's store, each lent to one request at a time, and opened when all others are lent.
///
/// A read runs where it is asked: a row from a warm page takes some tens of microseconds, which is
/// less than handing it to another thread and back.
#[derive(Clone)]
pub struct Readers {
    open: ReaderOpener,
    idle: Arc<Mutex<Vec<Box<dyn Reader>>>>,
    free: Arc<Semaphore>,
}

impl Readers {
    /// So many requests read at once, others wait.
    #[must_use]
    pub fn new(most: usize, open: ReaderOpener) -> Self {
        Self { open, idle: Arc::default(), free: Arc::new(Semaphore::new(most)) }
    }

    /// Reads a committed state.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn read<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut dyn Reader) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let free = self.free.clone();
        let permit = free.acquire_owned().await.map_err(|_| unavailable())?;
        let mut lent = self.lend(permit)?;
        match &mut lent.reader {
            Some(reader) => work(reader.as_mut()),
            None => Err(unavailable()),
        }
    }

    fn lend(&self, permit: OwnedSemaphorePermit) -> Result<Lent, StoreError> {
        let idle = lock(&self.idle).pop();
        let reader = match idle {
            Some(reader) => reader,
            None => (self.open)()?,
        };
        Ok(Lent { reader: Some(reader), idle: self.idle.clone(), _permit: permit })
    }
}

/// Goes back when it is dropped, whatever happened to the request; the permit after it.
struct Lent {
    reader: Option<Box<dyn Reader>>,
    idle: Arc<Mutex<Vec<Box<dyn Reader>>>>,
    _permit: OwnedSemaphorePermit,
}

impl Drop for Lent {
    fn drop(&mut self) {
        if let Some(mut reader) = self.reader.take() {
            // A request that broke off in the middle of a view would leave it open for the next.
            reader.end_view();
            lock(&self.idle).push(reader);
        }
    }
}

fn lock(idle: &Mutex<Vec<Box<dyn Reader>>>) -> std::sync::MutexGuard<'_, Vec<Box<dyn Reader>>> {
    idle.lock().unwrap_or_else(PoisonError::into_inner)
}

fn unavailable() -> StoreError {
    StoreError::Unavailable("no reader of the store is left".into())
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests may panic")]
    use std::sync::atomic::{AtomicUsize, Ordering};

    use journal::{Journal as _, MemoryJournal};
    use uuid::Uuid;

    use super::*;

    /// Readers of an empty journal that count how many were opened; the first so many cannot be.
    fn counted(most: usize, broken: usize) -> (Readers, Arc<AtomicUsize>) {
        let (opened, journal) = (Arc::new(AtomicUsize::new(0)), MemoryJournal::new(Uuid::nil()));
        let count = opened.clone();
        let open = move || match count.fetch_add(1, Ordering::Relaxed) {
            nth if nth < broken => Err(unavailable()),
            _ => journal.reader(),
        };
        (Readers::new(most, Arc::new(open)), opened)
    }

    #[tokio::test]
    async fn only_as_many_are_opened_as_read_at_once() {
        let (readers, opened) = counted(4, 0);
        assert_eq!(opened.load(Ordering::Relaxed), 0);

        for _ in 0..3 {
            assert_eq!(readers.read(|store| store.head()).await, Ok(0));
        }
        assert_eq!(opened.load(Ordering::Relaxed), 1);

        let free = readers.free.clone();
        let lent = readers.lend(free.acquire_owned().await.unwrap()).unwrap();
        assert_eq!(readers.read(|store| store.head()).await, Ok(0));
        drop(lent);
        assert_eq!(opened.load(Ordering::Relaxed), 2);
    }

    #[tokio::test]
    async fn one_that_cannot_be_opened_takes_nobodys_place() {
        let (readers, _opened) = counted(1, 1);

        assert_eq!(readers.read(|store| store.head()).await, Err(unavailable()));
        assert_eq!(readers.read(|store| store.head()).await, Ok(0));
    }
}
