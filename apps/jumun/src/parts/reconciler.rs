use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Result;
use kernel::{Actor, Causation};
use payment_contract::DiscrepancyFoundV1;
use payment_service::reconcile::Books;
use payment_service::{Command, PaymentService};
use runtime::{Handle, Readers};

use crate::house::House;

/// How long after the start the books are compared for the first time: what the last run left under
/// way is done by then.
const FIRST_AFTER: Duration = Duration::from_secs(5);

/// How often from then on.
const EVERY: Duration = Duration::from_secs(10 * 60);

/// Events read at once: requests are served in between.
const PAGE: usize = 512;

/// Compares the provider's book with ours every so often, and has what differs settled.
pub(super) struct Reconciler {
    pub(super) house: Arc<House>,
    pub(super) handle: Handle<PaymentService>,
    pub(super) readers: Readers,
    pub(super) book: PathBuf,
}

impl Reconciler {
    /// Goes on for as long as it is polled.
    pub(super) async fn keep_comparing(self) {
        tokio::time::sleep(FIRST_AFTER).await;
        let mut books = Books::default();
        loop {
            match self.differences(&mut books).await {
                Ok(found) => self.settle(found).await,
                Err(error) => tracing::warn!("the books could not be compared: {error:#}"),
            }
            tokio::time::sleep(EVERY).await;
        }
    }

    /// What differs by now. Only what is new is read; where that fails, all of it is read the next time.
    async fn differences(&self, books: &mut Books) -> Result<Vec<DiscrepancyFoundV1>> {
        // Theirs first: whatever it says, ours has the intent of it then.
        let (read_at, path) = (self.house.clock.now(), self.book.clone());
        let mut reading = std::mem::take(books);
        let read = tokio::task::spawn_blocking(move || reading.read_theirs(&path).map(|()| reading));
        let mut reading = read.await??;
        self.read_ours(&mut reading).await?;
        let found = reading.differences(read_at);
        *books = reading;
        Ok(found)
    }

    async fn read_ours(&self, books: &mut Books) -> Result<()> {
        loop {
            let after = books.position();
            let events = self.readers.read(move |store| store.read_after(after, PAGE)).await?;
            if events.is_empty() {
                break;
            }
            events.iter().for_each(|event| books.take_ours(event));
            tokio::task::yield_now().await;
        }
        for order in books.wanted() {
            let stream = self.readers.read(move |store| store.load(order.0, 0)).await?;
            books.reload(order, &stream);
        }
        Ok(())
    }

    async fn settle(&self, found: Vec<DiscrepancyFoundV1>) {
        for found in found {
            let causation = Causation::command(self.house.ids.next_id(self.house.clock.now()));
            let command = Command::Settle(Box::new(found));
            if let Err(error) = self.handle.call(command, Actor::system(), causation).await {
                tracing::warn!("a difference between the books could not be settled: {error:?}");
            }
        }
    }
}
