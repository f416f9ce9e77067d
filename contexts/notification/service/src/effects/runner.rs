//! Performs the effects through the channels.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use catalog_contract::Channel;
use futures::future::join_all;
use journal::{Reader, RowOrder, RowQuery, StoreError};
use kernel::Clock;
use notification_contract::MessageView;
use runtime::{EffectRunner, EffectStart, Readers};
use uuid::Uuid;

use super::letter::{Found, Letter, read_letter, read_targets};
use super::replay::{REPLAY, ReplayOutcome, ReplayWork};
use super::send::{SEND, SendOutcome, SendWork};
use crate::channels::Channels;
use crate::command::NotificationCommand;
use crate::config::NotificationConfig;
use crate::service::NotificationService;
use crate::views::{self, MESSAGES};

/// Runs notification's effects.
pub struct ChannelRunner {
    readers: Readers,
    clock: Arc<dyn Clock>,
    channels: Arc<dyn Channels>,
    replay_page: usize,
    replay_page_millis: i64,
}

impl ChannelRunner {
    /// Through these channels; messages and webhooks are read from these readers of the own store.
    #[must_use]
    pub fn new(
        readers: Readers,
        clock: Arc<dyn Clock>,
        channels: Arc<dyn Channels>,
        config: &NotificationConfig,
    ) -> Self {
        let (replay_page, replay_page_millis) = (config.replay_page, config.replay_page_millis);
        Self { readers, clock, channels, replay_page, replay_page_millis }
    }

    async fn perform(&self, effect: EffectStart) -> Option<NotificationCommand> {
        let attempt = effect.attempt;
        match effect.kind.as_str() {
            SEND => {
                let work: SendWork = serde_json::from_slice(&effect.payload).ok()?;
                let outcome = self.send(&work).await;
                Some(NotificationCommand::RecordAttempt { work, attempt, outcome })
            }
            REPLAY => {
                let work: ReplayWork = serde_json::from_slice(&effect.payload).ok()?;
                let outcome = self.replay(&work).await;
                Some(NotificationCommand::RecordReplay { work, attempt, outcome })
            }
            kind => {
                tracing::error!(kind, "an effect that notification does not know");
                None
            }
        }
    }

    async fn send(&self, work: &SendWork) -> SendOutcome {
        let (order, message) = (work.order, work.message);
        let read = self.readers.read(move |store| read_letter(store, order, message)).await;
        let Found { letter, owed_on, taken_by } = match read {
            Ok(Some(found)) => found,
            Ok(None) => return SendOutcome::Impossible { cause: "the message is not there".into() },
            Err(error) => return broken(&error),
        };
        // Another attempt was quicker.
        if owed_on != Some(work.channel) {
            return SendOutcome::NotOwed;
        }
        if work.channel.is_set_up() {
            return self.channels.carry(work.channel, &letter, &*self.clock).await;
        }
        if work.channel != Channel::Webhook {
            return match self.channels.put(work.channel, &letter) {
                Ok(()) => SendOutcome::Taken,
                Err(cause) => SendOutcome::Failed { cause, taken_by: vec![] },
            };
        }
        let (shop, now) = (work.shop.clone(), self.clock.now());
        let targets = match self.readers.read(move |store| read_targets(store, &shop, now)).await {
            Ok(targets) => targets,
            Err(error) => return broken(&error),
        };
        if targets.is_empty() {
            return SendOutcome::Impossible { cause: "the shop has no webhook".into() };
        }
        // At once: one that is slow takes from no other's time, nor from the lease.
        let left = targets.iter().filter(|target| !taken_by.contains(&target.webhook));
        let calls = left.map(async |target| (target.webhook, self.channels.call(target, &letter, now).await));
        let (mut newly_taken, mut failure) = (Vec::new(), None);
        for (webhook, answer) in join_all(calls).await {
            match answer {
                Ok(()) => newly_taken.push(webhook),
                Err(cause) => failure = Some(cause),
            }
        }
        match failure {
            None => SendOutcome::Taken,
            Some(cause) => SendOutcome::Failed { cause, taken_by: newly_taken },
        }
    }

    async fn replay(&self, work: &ReplayWork) -> ReplayOutcome {
        let mut outcome = ReplayOutcome { reached: work.reached, messages: 0, failure: None };
        let (page, now) = (self.replay_page, self.clock.now());
        let asked = work.clone();
        let read = self
            .readers
            .read(move |store| {
                let targets = read_targets(store, &asked.shop, now)?;
                let target = targets.into_iter().find(|target| target.webhook == asked.webhook);
                Ok((target, read_page(store, &asked, page)?))
            })
            .await;
        let (target, letters) = match read {
            Ok((Some(target), letters)) => (target, letters),
            Ok((None, _)) => {
                return ReplayOutcome { failure: Some("the webhook was removed".into()), ..outcome };
            }
            Err(error) => return ReplayOutcome { failure: Some(error.to_string()), ..outcome },
        };
        if letters.is_empty() {
            return ReplayOutcome { reached: work.until, ..outcome };
        }
        for letter in letters {
            let called_at = self.clock.now();
            if called_at.millis_since(now) > self.replay_page_millis {
                break;
            }
            if let Err(cause) = self.channels.call(&target, &letter, called_at).await {
                outcome.failure = Some(cause);
                break;
            }
            outcome.reached = letter.number;
            outcome.messages += 1;
        }
        outcome
    }
}

/// The next messages to tell again, in the order in which they were intended.
fn read_page(store: &mut dyn Reader, work: &ReplayWork, page: usize) -> Result<Vec<Letter>, StoreError> {
    let query = RowQuery {
        collection: MESSAGES.to_owned(),
        shop: Some(work.shop.as_str().to_owned()),
        order: RowOrder::OldestFirst,
        after: Some((work.reached, Uuid::max())),
        limit: page,
        ..RowQuery::default()
    };
    let messages: Vec<MessageView> =
        store.rows(&query)?.iter().map(views::read_message).collect::<Result<_, _>>()?;
    let mut letters = Vec::new();
    for message in messages.into_iter().filter(|message| message.number <= work.until) {
        letters.extend(read_letter(store, message.order, message.id)?.map(|found| found.letter));
    }
    Ok(letters)
}

fn broken(error: &StoreError) -> SendOutcome {
    SendOutcome::Failed { cause: error.to_string(), taken_by: vec![] }
}

impl EffectRunner<NotificationService> for ChannelRunner {
    fn run(
        &self,
        effect: EffectStart,
    ) -> Pin<Box<dyn Future<Output = Option<NotificationCommand>> + Send + '_>> {
        Box::pin(self.perform(effect))
    }
}
