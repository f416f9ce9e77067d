use std::sync::{Arc, Mutex, PoisonError};

use journal::{Reader, StoreError};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Readers of a service's store, each lent to one request at a time.
///
/// A read runs where it is asked: a row from a warm page takes some tens of microseconds, which is
/// less than handing it to another thread and back.
#[derive(Clone)]
pub struct Readers {
    idle: Arc<Mutex<Vec<Box<dyn Reader>>>>,
    free: Arc<Semaphore>,
}

impl Readers {
    /// Lends these: as many requests read at once, others wait.
    #[must_use]
    pub fn new(readers: Vec<Box<dyn Reader>>) -> Self {
        let free = Arc::new(Semaphore::new(readers.len()));
        let idle = Arc::new(Mutex::new(readers));
        Self { idle, free }
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
        let reader = lock(&self.idle).pop().ok_or_else(unavailable)?;
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
