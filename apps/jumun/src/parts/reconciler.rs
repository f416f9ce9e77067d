use std::future::Future;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use anyhow::Result;
use journal::Position;
use kernel::{Actor, Causation, OrderId, Timestamp};
use payment_contract::DiscrepancyFoundV1;
use payment_service::provider::{Charged, Examined, FarProvider};
use payment_service::reconcile::{Books, Question};
use payment_service::{Command, PaymentService};
use runtime::{Handle, Readers};
use tokio::time::Instant;

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

/// Lines of the provider's book read at once: what both books are compared in, one behind the other, so that
/// neither is ever held in memory as a whole.
const LINES: usize = 16_384;

/// Pages after which what is old is left alone, where there are many.
const TIDIED_PAGES: u64 = 64;

/// For every moment that it reads it leaves orders so many: a book of millions has minutes.
const RESTS: u32 = 15;

/// From then on it leaves them fewer: what comes in between two comparisons is to be read until the one after.
const HURRIES_AFTER: Duration = Duration::from_secs(5 * 60);
const RESTS_IN_A_HURRY: u32 = 3;

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
        let pace = Pace::begin();
        let tidy = |books: &mut Books, now: Timestamp| books.leave_alone(now.plus_millis(-ASKED_FOR_MILLIS));
        self.read_ours(books, &pace, tidy).await?;
        let read_at = self.house.clock.now();
        let questions = books.questions(read_at.plus_millis(-ASKED_FOR_MILLIS), read_at);
        let said = answers_to(questions, |question: Question| async move {
            provider.examine(&question.key, question.code.as_deref()).await
        })
        .await;
        self.read_ours(books, &pace, |_, _| {}).await?;
        Ok(said.iter().flat_map(|(order, charged)| books.examined(*order, charged, read_at)).collect())
    }

    /// What differs by now. Only what is new is read; where that fails, all of it is read the next time.
    async fn differences(&self, books: &mut Books, book: &Path) -> Result<Vec<DiscrepancyFoundV1>> {
        let (mut reading, pace) = (std::mem::take(books), Pace::begin());
        let read_at = self.house.clock.now();
        // Theirs first: whatever it says, ours has the intent of it then.
        loop {
            let (began, path) = (Instant::now(), book.to_owned());
            let read = move || reading.read_theirs(&path, LINES).map(|more| (reading, more));
            let more;
            (reading, more) = tokio::task::spawn_blocking(read).await??;
            if !more {
                break;
            }
            pace.rest_from(began).await;
            let head = self.head().await?;
            while !reading.are_level() && self.read_page(&mut reading, &pace, head).await? {}
            // What agrees so far is set aside; what differs so far may be further on in the other book.
            let _so_far = reading.differences(read_at);
        }
        self.read_ours(&mut reading, &pace, |_, _| {}).await?;
        let found = reading.differences(read_at);
        *books = reading;
        Ok(found)
    }

    /// Reads ours to where it ends now: what is committed meanwhile is for the next time.
    async fn read_ours(
        &self,
        books: &mut Books,
        pace: &Pace,
        mut tidy: impl FnMut(&mut Books, Timestamp),
    ) -> Result<()> {
        let head = self.head().await?;
        let mut pages = 0;
        while self.read_page(books, pace, head).await? {
            pages += 1;
            if pages % TIDIED_PAGES == 0 {
                tidy(books, self.house.clock.now());
            }
        }
        for order in books.wanted() {
            let stream = self.readers.read(move |store| store.load(order.0, 0)).await?;
            books.reload(order, &stream);
        }
        Ok(())
    }

    async fn head(&self) -> Result<Position> {
        Ok(self.readers.read(|store| store.head()).await?)
    }

    /// Reads the next page of ours; whether there was one before a position.
    async fn read_page(&self, books: &mut Books, pace: &Pace, head: Position) -> Result<bool> {
        let (began, after) = (Instant::now(), books.position());
        if after >= head {
            return Ok(false);
        }
        let events = self.readers.read(move |store| store.read_after(after, PAGE)).await?;
        events.iter().for_each(|event| books.take_ours(event));
        pace.rest_from(began).await;
        Ok(!events.is_empty())
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

/// How fast a comparison reads: the machine is left to others in proportion to what was taken of it.
struct Pace {
    began: Instant,
}

impl Pace {
    fn begin() -> Self {
        Self { began: Instant::now() }
    }

    async fn rest_from(&self, began: Instant) {
        tokio::time::sleep(began.elapsed() * rests(self.began.elapsed())).await;
    }
}

/// How many moments of rest a moment of reading is followed by, in a comparison that has lasted so long.
fn rests(lasted: Duration) -> u32 {
    if lasted < HURRIES_AFTER { RESTS } else { RESTS_IN_A_HURRY }
}

/// Asks about each charge. One that the provider says nothing of is asked about the next time, and holds up
/// none of those behind it.
async fn answers_to<Asking>(
    questions: Vec<Question>,
    ask: impl Fn(Question) -> Asking,
) -> Vec<(OrderId, Charged)>
where
    Asking: Future<Output = Examined>,
{
    let (mut said, mut unsaid) = (Vec::new(), Vec::new());
    for question in questions {
        let order = question.order;
        let asked = tokio::time::timeout(PATIENCE, ask(question)).await;
        match asked.unwrap_or_else(|_| Err("no answer in time".to_owned())) {
            Ok(charged) => said.push((order, charged)),
            Err(cause) => unsaid.push((order, cause)),
        }
        tokio::time::sleep(BETWEEN).await;
    }
    // One line for all of them: a provider that is away says nothing of any.
    if let Some((order, cause)) = unsaid.last() {
        tracing::warn!(charges = unsaid.len(), %order, cause, "the provider does not say what its book has");
    }
    said
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_comparison_that_lasts_rests_less() {
        let due_again = EVERY;

        assert!(rests(due_again) < rests(Duration::ZERO));
    }

    #[tokio::test]
    async fn a_charge_that_the_provider_says_nothing_of_holds_up_none_behind_it() {
        let question = |number: u128| {
            let order = OrderId(uuid::Uuid::from_u128(number));
            Question { order, key: format!("{order}/1"), code: None }
        };
        let (first, lost, last) = (question(1), question(2), question(3));
        let (orders, nowhere) = ([first.order, last.order], lost.order);
        let said = answers_to(vec![first, lost, last], |question| async move {
            if question.order == nowhere { Err("not now".to_owned()) } else { Ok(Charged::default()) }
        })
        .await;
        assert_eq!(said.into_iter().map(|(order, _)| order).collect::<Vec<_>>(), orders);
    }
}
