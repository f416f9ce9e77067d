//! How messages are carried by whoever performs the effects, through channels that the test stands for.

use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use catalog_contract::Channel;
use journal::Journal as _;
use kernel::{Clock, ManualClock, Timestamp};
use notification_service::channels::Channels;
use notification_service::effects::{ChannelRunner, Letter, ReplayOutcome, SendOutcome, Target};
use notification_service::{NotificationCommand, NotificationConfig};
use runtime::{EffectRunner as _, EffectStart, Readers};
use tokio::sync::Barrier;

use crate::house::{CAFE, House};

/// Longer than anything here takes, shorter than a lost test.
const PATIENCE: Duration = Duration::from_secs(60);

type Call = dyn Fn(u64) -> Pin<Box<dyn Future<Output = Result<(), String>> + Send>> + Send + Sync;

/// Webhooks that answer as the test says, and what they were called with.
struct Webhooks {
    answer: Box<Call>,
    called: Mutex<Vec<u64>>,
}

impl Webhooks {
    fn that<Answer>(answer: impl Fn(u64) -> Answer + Send + Sync + 'static) -> Arc<Self>
    where
        Answer: Future<Output = Result<(), String>> + Send + 'static,
    {
        let answer = Box::new(move |number| Box::pin(answer(number)) as Pin<Box<_>>);
        Arc::new(Self { answer, called: Mutex::default() })
    }

    fn called(&self) -> Vec<u64> {
        self.called.lock().unwrap().clone()
    }
}

impl Channels for Webhooks {
    fn put(&self, _: Channel, letter: &Letter) -> Result<(), String> {
        self.called.lock().unwrap().push(letter.number);
        Ok(())
    }

    fn carry<'a>(
        &'a self,
        _: Channel,
        _: &'a Letter,
        _: &'a dyn Clock,
    ) -> Pin<Box<dyn Future<Output = SendOutcome> + Send + 'a>> {
        Box::pin(std::future::ready(SendOutcome::Taken))
    }

    fn call<'a>(
        &'a self,
        _: &'a Target,
        letter: &'a Letter,
        _: Timestamp,
    ) -> Pin<Box<dyn Future<Output = Result<(), String>> + Send + 'a>> {
        self.called.lock().unwrap().push(letter.number);
        (self.answer)(letter.number)
    }
}

/// Performs an effect on what the house has kept.
async fn performed(
    house: &mut House,
    clock: &Arc<ManualClock>,
    webhooks: &Arc<Webhooks>,
    effect: EffectStart,
) -> NotificationCommand {
    let journal = house.processor.journal().reopen();
    let readers = Readers::new(1, Arc::new(move || journal.reader()));
    let runner = ChannelRunner::new(readers, clock.clone(), webhooks.clone(), &NotificationConfig::default());
    let ended = tokio::time::timeout(PATIENCE, runner.run(effect)).await;
    ended.expect("it ends").expect("it is an effect of notification")
}

#[tokio::test]
async fn a_page_of_a_replay_begins_no_call_that_its_lease_may_not_outlast() {
    // given a webhook that takes longer for a message than a page begins calls for
    let mut house = House::open();
    house.stands(1);
    house.send_all();
    let webhook = house.register(1);
    let wish = NotificationCommand::ReplayWebhook { shop: CAFE.into(), webhook, after: 0, key: None };
    house.command(wish).unwrap();
    let clock = Arc::new(ManualClock::at(house.now));
    let slow = clock.clone();
    let webhooks = Webhooks::that(move |_| {
        slow.advance_millis(NotificationConfig::default().replay_page_millis + 1);
        std::future::ready(Ok(()))
    });

    // when the page is told
    let page = house.effects.remove(0);
    let told = performed(&mut house, &clock, &webhooks, page).await;

    // then it ends after the first message, and the replay goes on from there
    let NotificationCommand::RecordReplay { outcome, .. } = &told else { panic!("{told:?}") };
    assert_eq!(*outcome, ReplayOutcome { reached: 1, messages: 1, failure: None });
    assert_eq!(webhooks.called(), [1]);
    house.command(told).unwrap();
    assert_eq!(house.effects.len(), 1);
}

#[tokio::test]
async fn all_webhooks_of_a_shop_are_called_at_once() {
    // given three webhooks, none of which answers before all of them are called
    let mut house = House::open();
    for webhook in 1..=3 {
        house.register(webhook);
    }
    house.stands(1);
    let clock = Arc::new(ManualClock::at(house.now));
    let all = Arc::new(Barrier::new(3));
    let webhooks = Webhooks::that(move |_| {
        let all = all.clone();
        async move {
            all.wait().await;
            Ok(())
        }
    });

    // when a message is sent
    let first = house.effects.remove(0);
    let sent = performed(&mut house, &clock, &webhooks, first).await;

    // then each has taken it
    let NotificationCommand::RecordAttempt { outcome, .. } = sent else { panic!("{sent:?}") };
    assert_eq!(outcome, SendOutcome::Taken);
    assert_eq!(webhooks.called(), [1, 1, 1]);
}

#[tokio::test]
async fn what_one_webhook_does_not_take_the_others_have_taken() {
    let mut house = House::open();
    let (first, second) = (house.register(1), house.register(2));
    house.stands(1);
    let clock = Arc::new(ManualClock::at(house.now));
    let calls = Arc::new(Mutex::new(0));
    let webhooks = Webhooks::that(move |_| {
        let mut calls = calls.lock().unwrap();
        *calls += 1;
        std::future::ready(if *calls == 1 { Err("answered 500".to_owned()) } else { Ok(()) })
    });
    let effect = house.effects.remove(0);
    let sent = performed(&mut house, &clock, &webhooks, effect.clone()).await;
    let NotificationCommand::RecordAttempt { outcome, .. } = &sent else { panic!("{sent:?}") };
    let SendOutcome::Failed { taken_by, .. } = outcome else { panic!("{outcome:?}") };
    assert!(*taken_by == [first] || *taken_by == [second], "{taken_by:?}");

    house.command(sent).unwrap();
    performed(&mut house, &clock, &webhooks, EffectStart { attempt: 2, ..effect }).await;
    assert_eq!(webhooks.called().len(), 3, "only who has not taken it is called again");
}

#[tokio::test]
async fn what_another_attempt_has_sent_is_not_sent_again() {
    // given a message that a later attempt has brought to the file
    let mut house = House::open();
    house.stands(1);
    let early = house.effects[0].clone();
    house.comes_back(SendOutcome::Taken);

    // when the earlier one comes to it
    let clock = Arc::new(ManualClock::at(house.now));
    let webhooks = Webhooks::that(|_| std::future::ready(Ok(())));
    let sent = performed(&mut house, &clock, &webhooks, early).await;

    // then it puts nothing there
    let NotificationCommand::RecordAttempt { outcome, .. } = sent else { panic!("{sent:?}") };
    assert_eq!(outcome, SendOutcome::NotOwed);
    assert!(webhooks.called().is_empty());
}
