//! What becomes of a message: taken, tried again, by the next channel, quietly given up.

use catalog_contract::{Channel, Milestone};
use kernel::Aggregate;
use notification_contract::WebhookId;
use notification_domain::{ConversationCommand, Outcome, Progress};
use uuid::Uuid;

use crate::house::{Talk, failed};

const TWO: [Channel; 2] = [Channel::Webhook, Channel::File];

fn two_owed() -> Talk {
    let mut talk = Talk::open(&[Milestone::Accepted, Milestone::Prepared], &TWO);
    talk.changes(Milestone::Accepted);
    talk.changes(Milestone::Prepared);
    talk
}

#[test]
fn the_next_message_is_on_its_way_once_the_one_before_was_taken() {
    let mut talk = two_owed();
    let first = talk.state.next().unwrap().0;
    assert_eq!(talk.records(1, Outcome::Taken), ["message-sent.v1"]);
    let second = talk.state.next().unwrap().0;
    assert_ne!(first, second);
    assert_eq!(talk.records(1, Outcome::Taken), ["message-sent.v1"]);
    assert_eq!(talk.state.next(), None);
}

#[test]
fn a_failed_attempt_leaves_the_message_where_it_is() {
    let mut talk = two_owed();
    let before = talk.state.next();
    assert_eq!(talk.records(1, failed(false)), ["message-attempt-failed.v1"]);
    assert_eq!(talk.state.next(), before);
}

#[test]
fn a_channel_that_is_given_up_hands_the_message_to_the_next_under_the_same_id() {
    let mut talk = two_owed();
    let (message, _) = talk.state.next().unwrap();
    assert_eq!(talk.records(3, failed(true)), ["message-attempt-failed.v1", "message-rerouted.v1"]);
    assert_eq!(talk.state.next(), Some((message, Channel::File)));
    assert_eq!(talk.records(1, Outcome::Taken), ["message-sent.v1"], "attempts are counted anew");
}

#[test]
fn a_message_that_no_channel_takes_is_given_up_and_the_next_goes_on() {
    let mut talk = two_owed();
    let (message, _) = talk.state.next().unwrap();
    talk.records(1, failed(true));
    assert_eq!(talk.records(1, failed(true)), ["message-attempt-failed.v1", "message-undelivered.v1"]);
    assert_eq!(talk.state.message(message).unwrap().progress, Progress::Undelivered);
    assert_ne!(talk.state.next().unwrap().0, message);
}

#[test]
fn a_result_that_comes_late_or_twice_says_nothing_new() {
    let mut talk = two_owed();
    let (message, channel) = talk.state.next().unwrap();
    talk.records(2, failed(false));
    let late = |attempt, outcome| ConversationCommand::Record { message, channel, attempt, outcome };
    assert!(talk.does(late(1, failed(false))).is_empty(), "an attempt before");
    talk.records(3, Outcome::Taken);
    assert!(talk.does(late(4, Outcome::Taken)).is_empty(), "taken already");
    assert!(talk.does(late(5, failed(true))).is_empty(), "taken already");
}

#[test]
fn a_result_of_a_channel_that_was_given_up_changes_nothing() {
    let mut talk = two_owed();
    let (message, channel) = talk.state.next().unwrap();
    talk.records(1, failed(true));
    let late = ConversationCommand::Record { message, channel, attempt: 2, outcome: Outcome::Taken };
    assert!(talk.does(late).is_empty());
}

#[test]
fn webhooks_that_took_a_message_are_remembered_while_others_did_not() {
    let mut talk = two_owed();
    let took = WebhookId(Uuid::from_u128(1));
    let (message, _) = talk.state.next().unwrap();
    talk.records(1, Outcome::Failed { cause: "410 Gone".into(), taken_by: vec![took], gives_up: false });
    assert!(talk.state.message(message).unwrap().taken_by.contains(&took));
}

#[test]
fn the_stream_folds_to_the_same_state_again() {
    let mut talk = two_owed();
    talk.records(1, failed(true));
    talk.records(1, Outcome::Taken);
    let again = talk.facts.iter().fold(notification_domain::Conversation::default(), Aggregate::evolve);
    assert_eq!(again, talk.state);
}
