use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Result;
use kernel::{Actor, Causation};
use payment_contract::DiscrepancyFoundV1;
use payment_service::provider::sandbox::OurBook;
use payment_service::reconcile::{ProviderReport, reconcile};
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
        loop {
            match self.differences().await {
                Ok(found) => self.settle(found).await,
                Err(error) => tracing::warn!("the books could not be compared: {error:#}"),
            }
            tokio::time::sleep(EVERY).await;
        }
    }

    async fn differences(&self) -> Result<Vec<DiscrepancyFoundV1>> {
        // Theirs first: whatever it says, ours has the intent of it then.
        let (read_at, book) = (self.house.clock.now(), self.book.clone());
        let theirs = tokio::task::spawn_blocking(move || ProviderReport::load(&book)).await??;
        let ours = self.our_book().await?;
        Ok(reconcile(&ours, &theirs, read_at))
    }

    async fn our_book(&self) -> Result<OurBook> {
        let (mut ours, mut after) = (OurBook::default(), 0);
        loop {
            let events = self.readers.read(move |store| store.read_after(after, PAGE)).await?;
            let Some(last) = events.last() else { return Ok(ours) };
            after = last.position;
            events.iter().for_each(|event| ours.take(event));
            tokio::task::yield_now().await;
        }
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
