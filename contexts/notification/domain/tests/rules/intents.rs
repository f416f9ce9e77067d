//! What is owed: once per change, in the order of the changes.

use catalog_contract::{Channel, Milestone};
use kernel::{Aggregate, Personal};
use notification_contract::{ConversationReaddressedV1, MessageId};
use notification_domain::{Conversation, ConversationCommand};
use ordering_contract::OrderAddress;
use uuid::Uuid;

use crate::house::{Talk, at, text};

const ALL: [Milestone; 3] = [Milestone::Placed, Milestone::Accepted, Milestone::Prepared];

#[test]
fn what_is_brought_elsewhere_is_told_with_its_new_address() {
    let mut talk = Talk::open(&[Milestone::DeliveryStarted], &[Channel::File]);
    let personal = Personal::new(OrderAddress { address: "새 주소 2".to_owned() });
    talk.does(ConversationCommand::Readdress(ConversationReaddressedV1 { personal }));
    let told = talk.changes(Milestone::DeliveryStarted);
    assert!(text(&told[0]).contains("새 주소 2") && text(&told[0]).contains("김하늘"), "{}", text(&told[0]));
    let silent = Conversation::Silent;
    let personal = Personal::new(OrderAddress { address: "새 주소 2".to_owned() });
    let nothing = silent.decide(ConversationCommand::Readdress(ConversationReaddressedV1 { personal }));
    assert_eq!(nothing, Ok(vec![]));
}

#[test]
fn every_change_that_is_told_is_one_message_in_its_place() {
    let mut talk = Talk::open(&ALL, &[Channel::File]);
    let told: Vec<_> = [Milestone::Placed, Milestone::Accepted, Milestone::Prepared]
        .map(|change| talk.changes(change))
        .concat();
    let places: Vec<_> = told.iter().map(|told| (told.sequence, told.number, told.milestone)).collect();
    assert_eq!(places, [(1, 1, Milestone::Placed), (2, 2, Milestone::Accepted), (3, 3, Milestone::Prepared)]);
}

#[test]
fn a_change_that_the_shop_does_not_tell_is_no_message() {
    let mut talk = Talk::open(&ALL, &[Channel::File]);
    assert!(talk.changes(Milestone::Started).is_empty());
    assert!(talk.changes(Milestone::Paid).is_empty());
}

#[test]
fn a_change_that_is_heard_twice_is_one_message() {
    let mut talk = Talk::open(&ALL, &[Channel::File]);
    let first = talk.hears(talk.tell_of(Milestone::Accepted, 4));
    let again = talk.hears(talk.tell_of(Milestone::Accepted, 4));
    assert_eq!((first.len(), again.len()), (1, 0));
}

#[test]
fn the_same_happening_twice_is_two_messages() {
    let mut talk = Talk::open(&[Milestone::CancelDenied], &[Channel::File]);
    let first = talk.changes(Milestone::CancelDenied);
    let second = talk.changes(Milestone::CancelDenied);
    assert_ne!(first[0].message, second[0].message);
}

#[test]
fn the_id_of_a_message_is_that_of_its_change_and_first_channel() {
    let id = |channels: &[Channel]| Talk::open(&ALL, channels).changes(Milestone::Accepted)[0].message;
    assert_eq!(id(&[Channel::File, Channel::Log]), id(&[Channel::File]));
    assert_ne!(id(&[Channel::Log]), id(&[Channel::File]));
}

#[test]
fn an_order_that_shows_once_it_is_paid_is_told_of_as_placed_then_and_before_that() {
    let mut talk = Talk::held_back(&[Milestone::Placed, Milestone::Paid], &[Channel::File]);
    assert!(talk.changes(Milestone::Placed).is_empty());
    let told = talk.changes(Milestone::Paid);
    let milestones: Vec<_> = told.iter().map(|told| told.milestone).collect();
    assert_eq!(milestones, [Milestone::Placed, Milestone::Paid]);
    assert_eq!((told[0].message, told[0].changed_at), (MessageId(Uuid::from_u128(9)), at(0)));
}

#[test]
fn what_was_held_back_is_told_with_the_first_change_even_one_that_is_not_told_itself() {
    let mut talk = Talk::held_back(&[Milestone::Placed], &[Channel::File]);
    assert_eq!(talk.changes(Milestone::Paid).len(), 1);
    assert!(talk.changes(Milestone::Accepted).is_empty());
}

#[test]
fn a_cancel_of_what_is_on_its_way_is_told_as_that_and_only_once() {
    let tells = [Milestone::DeliveryStarted, Milestone::DeliveryCancelled, Milestone::Cancelled];
    let mut on_its_way = Talk::open(&tells, &[Channel::File]);
    on_its_way.changes(Milestone::DeliveryStarted);
    let told = on_its_way.changes(Milestone::Cancelled);
    assert_eq!(told.iter().map(|told| told.milestone).collect::<Vec<_>>(), [Milestone::DeliveryCancelled]);

    let mut at_home = Talk::open(&tells, &[Channel::File]);
    let told = at_home.changes(Milestone::Cancelled);
    assert_eq!(told.iter().map(|told| told.milestone).collect::<Vec<_>>(), [Milestone::Cancelled]);
}

#[test]
fn without_webhooks_a_message_takes_no_way_that_leads_nowhere() {
    let mut talk = Talk::open(&ALL, &[Channel::Webhook, Channel::File]);
    let mut tell = talk.tell_of(Milestone::Accepted, 1);
    tell.closed.insert(Channel::Webhook);
    assert_eq!(talk.hears(tell)[0].channels, [Channel::File]);

    let mut only = Talk::open(&ALL, &[Channel::Webhook]);
    let mut tell = only.tell_of(Milestone::Accepted, 1);
    tell.closed.insert(Channel::Webhook);
    assert_eq!(only.hears(tell)[0].channels, [Channel::Webhook]);
}

#[test]
fn a_channel_that_nobody_has_set_up_is_left_out_and_the_log_takes_what_nothing_else_can() {
    let closed = |channels: &[Channel], told_by: &[Channel]| {
        let mut talk = Talk::open(&ALL, channels);
        let mut tell = talk.tell_of(Milestone::Accepted, 1);
        tell.closed.extend([Channel::Kakao, Channel::Sms, Channel::Webhook]);
        assert_eq!(talk.hears(tell)[0].channels, told_by);
    };
    closed(&[Channel::Kakao, Channel::Webhook, Channel::File], &[Channel::File]);
    closed(&[Channel::Kakao, Channel::Sms], &[Channel::Kakao, Channel::Sms, Channel::Log]);
    closed(&[Channel::Mail], &[Channel::Mail]);
}
