//! Clients' idempotency keys: what was answered once is answered so again.

use journal::{Reader as _, RowQuery};
use notification_contract::{WebhookId, WebhookSecret, WebhookView};
use notification_service::channels::new_secret;
use notification_service::{KeyUse, NotificationCommand, NotificationRefusal, NotificationReply, WEBHOOKS};
use runtime::Failure;
use uuid::Uuid;

use crate::house::{CAFE, House, Said};

const fn key(scope: u8, body: u8) -> Option<KeyUse> {
    Some(KeyUse { scope: [scope; 16], body_hash: [body; 16] })
}

/// As the route would send it: each try with another id and another secret.
fn register(house: &mut House, attempt: u8, key: Option<KeyUse>) -> Said {
    house.command(NotificationCommand::RegisterWebhook {
        shop: CAFE.into(),
        webhook: WebhookId(Uuid::from_u128(u128::from(attempt))),
        url: "https://shop.example/hooks".to_owned(),
        secret: new_secret(&[attempt; 32]),
        key,
    })
}

fn rotate(house: &mut House, webhook: WebhookId, attempt: u8, key: Option<KeyUse>) -> Said {
    let secret = new_secret(&[attempt; 32]);
    house.command(NotificationCommand::RotateSecret { shop: CAFE.into(), webhook, secret, key })
}

fn replay(house: &mut House, webhook: WebhookId, key: Option<KeyUse>) -> Said {
    house.command(NotificationCommand::ReplayWebhook { shop: CAFE.into(), webhook, after: 0, key })
}

fn shown(said: Said) -> (WebhookView, WebhookSecret) {
    match said.unwrap() {
        NotificationReply::WithSecret(webhook, secret) => (*webhook, secret),
        other => panic!("no secret: {other:?}"),
    }
}

fn webhooks(house: &mut House) -> u64 {
    let query = RowQuery { collection: WEBHOOKS.to_owned(), ..RowQuery::default() };
    house.processor.journal().count_rows(&query).unwrap()
}

#[test]
fn a_webhook_registered_twice_under_one_key_is_one_and_shows_the_same_secret() {
    let mut house = House::open();
    let first = shown(register(&mut house, 1, key(1, 1)));
    assert_eq!(shown(register(&mut house, 2, key(1, 1))), first);
    assert_eq!(first.1, new_secret(&[1; 32]));
    assert_eq!(webhooks(&mut house), 1);
    house.restart();
    assert_eq!(shown(register(&mut house, 3, key(1, 1))), first);
    assert_ne!(shown(register(&mut house, 4, None)), first, "without a key it is another");
}

#[test]
fn a_repeated_rotation_shows_the_secret_of_then_whatever_came_later() {
    let mut house = House::open();
    let (webhook, _) = shown(register(&mut house, 1, None));
    let first = shown(rotate(&mut house, webhook.id, 2, key(2, 1)));
    shown(rotate(&mut house, webhook.id, 3, None));
    assert_eq!(shown(rotate(&mut house, webhook.id, 4, key(2, 1))), first);
    assert_eq!(first.1, new_secret(&[2; 32]));
}

#[test]
fn a_repeated_replay_is_one_replay() {
    let mut house = House::open();
    house.stands(1);
    house.send_all();
    let (webhook, _) = shown(register(&mut house, 1, None));
    let first = replay(&mut house, webhook.id, key(3, 1)).unwrap();
    assert_eq!(replay(&mut house, webhook.id, key(3, 1)).unwrap(), first);
    assert_eq!(house.effects.len(), 1);
}

#[test]
fn a_refusal_is_answered_again_under_its_key() {
    let mut house = House::open();
    let nobody = WebhookId(Uuid::from_u128(77));
    let first = rotate(&mut house, nobody, 1, key(4, 1)).unwrap();
    assert!(matches!(first, NotificationReply::RefusedAgain(_)));
    assert_eq!(rotate(&mut house, nobody, 2, key(4, 1)).unwrap(), first);
}

#[test]
fn a_key_that_comes_with_another_body_is_refused() {
    let mut house = House::open();
    shown(register(&mut house, 1, key(5, 1)));
    assert_eq!(register(&mut house, 2, key(5, 2)), Err(Failure::Refused(NotificationRefusal::KeyReused)));
    assert_eq!(webhooks(&mut house), 1);
}

#[test]
fn keys_are_forgotten_after_a_day() {
    let mut house = House::open();
    let first = shown(register(&mut house, 1, key(6, 1)));
    house.passes(26 * 60 * 60 * 1_000);
    assert_ne!(shown(register(&mut house, 2, key(6, 1))), first);
    assert_eq!(webhooks(&mut house), 2);
}
