//! What becomes of webhooks.

use catalog_contract::Channel;
use journal::Reader as _;
use notification_domain::WebhookRejection;
use notification_service::channels::new_secret;
use notification_service::effects::{ReplayOutcome, ReplayWork};
use notification_service::{NotificationCommand, NotificationRefusal, NotificationReply};
use runtime::Failure;

use crate::house::{CAFE, House, QUIET, Said};

fn replay(house: &mut House, webhook: notification_contract::WebhookId, after: u64) -> Said {
    house.command(NotificationCommand::ReplayWebhook { shop: CAFE.into(), webhook, after, key: None })
}

fn page_comes_back(house: &mut House, outcome: ReplayOutcome) -> ReplayWork {
    let effect = house.effects.remove(0);
    let work: ReplayWork = serde_json::from_slice(&effect.payload).unwrap();
    let attempt = effect.attempt;
    house.command(NotificationCommand::RecordReplay { work: work.clone(), attempt, outcome }).unwrap();
    work
}

fn view(said: Said) -> notification_contract::WebhookView {
    match said.unwrap() {
        NotificationReply::Webhook(view) => *view,
        other => panic!("no webhook: {other:?}"),
    }
}

#[test]
fn once_a_webhook_is_there_messages_take_it() {
    let mut house = House::open();
    house.stands(1);
    house.register(1);
    house.stands(2);
    let channels: Vec<_> = house.messages().iter().map(|message| message.channel).collect();
    assert_eq!(channels, [[Channel::File; 3], [Channel::Webhook; 3]].concat());
}

#[test]
fn a_restart_knows_that_a_shop_has_a_webhook() {
    let mut house = House::open();
    house.register(1);
    house.restart();
    house.stands(1);
    assert_eq!(house.messages()[0].channel, Channel::Webhook);
}

#[test]
fn once_the_last_webhook_is_removed_messages_take_it_no_longer() {
    let mut house = House::open();
    let webhook = house.register(1);
    house.command(NotificationCommand::RemoveWebhook { shop: CAFE.into(), webhook }).unwrap();
    house.stands(1);
    assert_eq!(house.messages()[0].channel, Channel::File);
}

#[test]
fn another_shops_webhook_is_not_there() {
    let mut house = House::open();
    let webhook = house.register(1);
    let said = house.command(NotificationCommand::RemoveWebhook { shop: QUIET.into(), webhook });
    let not_there = NotificationRefusal::Webhook(WebhookRejection::NotThere);
    assert_eq!(said, Err(Failure::Refused(not_there)));
}

#[test]
fn a_shop_has_so_many_webhooks_and_no_more() {
    let mut house = House::open();
    for webhook in 1..=10 {
        house.register(webhook);
    }
    let said = house.command(NotificationCommand::RegisterWebhook {
        shop: CAFE.into(),
        webhook: notification_contract::WebhookId(uuid::Uuid::from_u128(11)),
        url: "https://shop.example/".to_owned(),
        secret: new_secret(&[1; 32]),
        key: None,
    });
    assert_eq!(said, Err(Failure::Refused(NotificationRefusal::TooManyWebhooks)));
}

#[test]
fn a_replay_goes_on_page_by_page_to_its_end() {
    let mut house = House::open();
    house.stands(1);
    house.send_all();
    let webhook = house.register(1);
    let started = view(replay(&mut house, webhook, 1));
    assert_eq!((started.replay_reached, started.replay_until), (Some(1), Some(3)));
    let first = page_comes_back(&mut house, ReplayOutcome { reached: 2, messages: 1, failure: None });
    assert_eq!((first.reached, first.until), (1, 3));
    let second = page_comes_back(&mut house, ReplayOutcome { reached: 3, messages: 1, failure: None });
    assert_eq!(second.reached, 2);
    assert!(house.effects.is_empty());
    let again = view(replay(&mut house, webhook, 0));
    assert_eq!(again.replay_reached, Some(0), "it may be told again");
}

#[test]
fn a_page_that_is_told_twice_goes_on_once() {
    let mut house = House::open();
    house.stands(1);
    house.send_all();
    let webhook = house.register(1);
    replay(&mut house, webhook, 0).unwrap();
    // Its lease ran out, and it was begun once more.
    let again = house.effects[0].clone();
    page_comes_back(&mut house, ReplayOutcome { reached: 1, messages: 1, failure: None });
    house.effects.insert(0, again);
    page_comes_back(&mut house, ReplayOutcome { reached: 1, messages: 1, failure: None });
    assert_eq!(house.effects.len(), 1, "one page is on its way");
    let next = page_comes_back(&mut house, ReplayOutcome { reached: 3, messages: 2, failure: None });
    assert_eq!((next.reached, next.messages), (1, 1));
    assert!(house.effects.is_empty());
    assert!(house.processor.journal().timers().unwrap().is_empty(), "nothing is left behind");
}

#[test]
fn a_late_page_begins_no_replay_that_has_ended() {
    let mut house = House::open();
    house.stands(1);
    house.send_all();
    let webhook = house.register(1);
    replay(&mut house, webhook, 0).unwrap();
    let late = house.effects[0].clone();
    for wait in [1_100, 5_100, 0] {
        let failure = Some("answered 500".to_owned());
        page_comes_back(&mut house, ReplayOutcome { reached: 0, messages: 0, failure });
        house.passes(wait);
    }
    house.effects.push(late);
    page_comes_back(&mut house, ReplayOutcome { reached: 1, messages: 1, failure: None });
    assert!(house.effects.is_empty());
}

#[test]
fn a_replay_that_keeps_failing_ends_with_where_it_came_to_and_why() {
    let mut house = House::open();
    house.stands(1);
    house.send_all();
    let webhook = house.register(1);
    replay(&mut house, webhook, 0).unwrap();
    for wait in [1_100, 5_100, 0] {
        let failure = Some("answered 500".to_owned());
        page_comes_back(&mut house, ReplayOutcome { reached: 0, messages: 0, failure });
        house.passes(wait);
    }
    assert!(house.effects.is_empty());
    assert_eq!(view(replay(&mut house, webhook, 0)).replay_failure, None, "it may be tried again");
}

#[test]
fn there_is_nothing_to_tell_again_behind_the_last_message() {
    let mut house = House::open();
    let webhook = house.register(1);
    assert_eq!(view(replay(&mut house, webhook, 0)).replay_until, None);
    assert!(house.effects.is_empty());
}
