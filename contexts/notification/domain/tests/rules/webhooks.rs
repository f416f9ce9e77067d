//! What a shop may do with its webhooks.

use kernel::{Aggregate, Personal};
use notification_contract::{
    WebhookRegisteredV1, WebhookReplayEndedV1, WebhookReplayStartedV1, WebhookSecret, WebhookSecretRotatedV1,
};
use notification_domain::{Webhook, WebhookCommand, WebhookRejection};

use crate::house::at;

fn secret(text: &str) -> WebhookSecret {
    WebhookSecret { secret: text.to_owned() }
}

fn after(commands: Vec<WebhookCommand>) -> Webhook {
    commands.into_iter().fold(Webhook::default(), |state, command| {
        let events = state.decide(command).unwrap();
        events.iter().fold(state, Aggregate::evolve)
    })
}

fn register() -> WebhookCommand {
    let url = "https://shop.example/hooks".to_owned();
    WebhookCommand::Register(WebhookRegisteredV1 { url, personal: Personal::new(secret("first")) })
}

fn rotate(text: &str) -> WebhookCommand {
    let personal = Personal::new(secret(text));
    WebhookCommand::Rotate(WebhookSecretRotatedV1 { previous_until: at(60), personal })
}

fn replay() -> WebhookCommand {
    WebhookCommand::StartReplay(WebhookReplayStartedV1 { after: 0, until: 9 })
}

fn end_replay() -> WebhookCommand {
    WebhookCommand::EndReplay(WebhookReplayEndedV1 { reached: 9, messages: 9, cause: None })
}

#[test]
fn after_a_rotation_both_secrets_are_good_for_a_while() {
    let webhook = after(vec![register(), rotate("second")]);
    assert_eq!(webhook.secrets_at(at(59)), [&secret("second"), &secret("first")]);
    assert_eq!(webhook.secrets_at(at(60)), [&secret("second")]);
}

#[test]
fn of_three_secrets_the_first_is_forgotten() {
    let webhook = after(vec![register(), rotate("second"), rotate("third")]);
    assert_eq!(webhook.secrets_at(at(0)), [&secret("third"), &secret("second")]);
}

#[test]
fn a_removed_webhook_has_no_address_and_signs_nothing() {
    let webhook = after(vec![register(), WebhookCommand::Remove]);
    assert_eq!((webhook.url(), webhook.secrets_at(at(0)).len()), (None, 0));
    assert_eq!(webhook.decide(rotate("second")), Err(WebhookRejection::NotThere));
    assert_eq!(webhook.decide(WebhookCommand::Remove), Ok(vec![]));
}

#[test]
fn what_is_not_there_is_not_told() {
    for command in [rotate("second"), replay(), WebhookCommand::Remove] {
        assert_eq!(Webhook::default().decide(command), Err(WebhookRejection::NotThere));
    }
}

#[test]
fn one_replay_at_a_time() {
    let webhook = after(vec![register(), replay()]);
    assert_eq!(webhook.decide(replay()), Err(WebhookRejection::ReplayUnderWay));
    let webhook = after(vec![register(), replay(), end_replay()]);
    assert_eq!(webhook.decide(replay()).unwrap().len(), 1);
}

#[test]
fn the_end_of_a_replay_that_is_over_says_nothing() {
    assert_eq!(after(vec![register()]).decide(end_replay()), Ok(vec![]));
}
