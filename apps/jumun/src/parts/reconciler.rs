use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use anyhow::Result;
use kernel::{Actor, Causation};
use payment_contract::DiscrepancyFoundV1;
use payment_service::provider::FarProvider;
use payment_service::reconcile::Books;
use payment_service::{Command, PaymentService};
use runtime::{Handle, Readers};

use crate::house::House;

/// How long after the start the books are compared for the first time: what the last run left under
/// way is done by then.
const FIRST_AFTER: Duration = Duration::from_secs(5);

/// How often from then on.
const EVERY: Duration = Duration::from_secs(10 * 60);

/// How long the provider may take to say what it has of a charge.
const PATIENCE: Duration = Duration::from_secs(10);

/// Between two questions, so that orders come first.
const BETWEEN: Duration = Duration::from_millis(20);

/// How long after the last word about a charge the provider is still asked about it.
const ASKED_FOR_MILLIS: i64 = 7 * 24 * 3_600_000;

/// Events read at once: requests are served in between.
const PAGE: usize = 512;

/// Compares the provider's book with ours every so often, and has what differs settled.
pub(super) struct Reconciler {
    pub(super) house: Arc<House>,
    pub(super) handle: Handle<PaymentService>,
    pub(super) readers: Readers,
}

impl Reconciler {
    /// Reads the sandbox's book, for as long as it is polled.
    pub(super) async fn keep_comparing(self, book: PathBuf) {
        tokio::time::sleep(FIRST_AFTER).await;
        let mut books = Books::default();
        loop {
            match self.differences(&mut books, &book).await {
                Ok(found) => self.settle(found).await,
                Err(error) => tracing::warn!("the books could not be compared: {error:#}"),
            }
            tokio::time::sleep(EVERY).await;
        }
    }

    /// Asks a provider that shows no book about each charge that is over, for as long as it is polled. What it
    /// was never asked for here cannot be found so.
    pub(super) async fn keep_asking(self, provider: Arc<FarProvider>) {
        tokio::time::sleep(FIRST_AFTER).await;
        let mut books = Books::default();
        loop {
            match self.differences_there(&mut books, &provider).await {
                Ok(found) => self.settle(found).await,
                Err(error) => tracing::warn!("the books could not be compared: {error:#}"),
            }
            tokio::time::sleep(EVERY).await;
        }
    }

    async fn differences_there(
        &self,
        books: &mut Books,
        provider: &FarProvider,
    ) -> Result<Vec<DiscrepancyFoundV1>> {
        self.read_ours(books).await?;
        let read_at = self.house.clock.now();
        let mut said = Vec::new();
        for (order, key) in books.questions(read_at.plus_millis(-ASKED_FOR_MILLIS), read_at) {
            let asked = tokio::time::timeout(PATIENCE, provider.examine(&key)).await;
            match asked.unwrap_or_else(|_| Err("no answer in time".to_owned())) {
                Ok(charged) => said.push((order, charged)),
                // Away, or busy: the rest is asked the next time.
                Err(cause) => {
                    tracing::warn!(%order, cause, "the provider does not say what its book has");
                    break;
                }
            }
            tokio::time::sleep(BETWEEN).await;
        }
        self.read_ours(books).await?;
        Ok(said.iter().flat_map(|(order, charged)| books.examined(*order, charged, read_at)).collect())
    }

    /// What differs by now. Only what is new is read; where that fails, all of it is read the next time.
    async fn differences(&self, books: &mut Books, book: &Path) -> Result<Vec<DiscrepancyFoundV1>> {
        // Theirs first: whatever it says, ours has the intent of it then.
        let (read_at, path) = (self.house.clock.now(), book.to_owned());
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
