//! What becomes of messages on their way.

use catalog_contract::Channel;
use journal::Reader;
use notification_contract::MessageState;
use notification_service::effects::SendOutcome;

use crate::house::{CAFE, House, accepted, failed};

#[test]
fn the_messages_of_an_order_go_out_one_after_the_other() {
    let mut house = House::open();
    house.stands(1);
    assert_eq!(house.effects.len(), 1, "only the first is on its way");
    let sent: Vec<_> = house.send_all().into_iter().map(|work| work.message).collect();
    let owed: Vec<_> = house.messages().into_iter().map(|message| message.id).collect();
    assert_eq!(sent, owed);
    assert!(house.messages().iter().all(|message| message.state == MessageState::Sent));
}

#[test]
fn orders_do_not_wait_for_each_other() {
    let mut house = House::open();
    house.stands(1);
    house.stands(2);
    assert_eq!(house.effects.len(), 2);
}

#[test]
fn a_failed_attempt_is_made_again_under_the_same_id_and_holds_back_what_follows() {
    let mut house = House::open();
    house.stands(1);
    let first = house.comes_back(failed());
    house.passes(500);
    assert!(house.effects.is_empty(), "not before its time");
    house.passes(600);
    assert_eq!(house.effects.len(), 1);
    assert_eq!(house.effects[0].attempt, 2);
    let again = house.comes_back(SendOutcome::Taken);
    assert_eq!(first.message, again.message);
    assert_eq!(house.effects.len(), 1, "the next one is on its way now");
}

#[test]
fn a_webhook_that_keeps_failing_is_given_up_for_the_file() {
    let mut house = House::open();
    house.register(1);
    house.stands(1);
    for wait in [1_100, 5_100, 0] {
        assert_eq!(house.comes_back(failed()).channel, Channel::Webhook);
        house.passes(wait);
    }
    let by_file = house.comes_back(SendOutcome::Taken);
    assert_eq!(by_file.channel, Channel::File);
    let first = house.messages().remove(0);
    assert_eq!((first.state, first.channel), (MessageState::Sent, Channel::File));
}

#[test]
fn a_message_that_nothing_takes_is_given_up_quietly_and_the_next_goes_out() {
    let mut house = House::open();
    house.stands(1);
    let first = house.effects[0].clone();
    for _ in 0..12 {
        assert_eq!(house.effects[0].key, first.key);
        house.comes_back(failed());
        house.passes(25 * 60 * 60 * 1_000);
    }
    assert_eq!(house.messages()[0].state, MessageState::Undelivered);
    assert_ne!(house.effects[0].key, first.key);
    house.send_all();
    assert_eq!(house.messages()[2].state, MessageState::Sent);
    assert!(house.processor.journal().timers().unwrap().is_empty(), "nothing is left behind");
}

#[test]
fn what_never_can_be_sent_is_not_tried_again() {
    let mut house = House::open();
    house.stands(1);
    house.comes_back(SendOutcome::Impossible { cause: "the message is too large".into() });
    assert_eq!(house.messages()[0].state, MessageState::Undelivered);
}

#[test]
fn what_was_on_its_way_when_the_program_ended_is_sent_again_under_its_id() {
    let mut house = House::open();
    house.stands(1);
    let lost = house.effects[0].clone();
    house.restart();
    house.passes(1);
    assert_eq!(house.effects.len(), 1);
    assert_eq!((house.effects[0].key.as_str(), house.effects[0].attempt), (lost.key.as_str(), 2));
    assert_eq!(house.send_all().len(), 3);
}

#[test]
fn a_message_that_is_owed_later_goes_out_when_nothing_is_before_it() {
    let mut house = House::open();
    house.stands(1);
    house.send_all();
    house.tell(CAFE, 1, &accepted());
    house.hear();
    assert_eq!(house.send_all().len(), 1);
}

#[test]
fn what_a_lease_holds_says_nothing_about_a_person() {
    let mut house = House::open();
    house.stands(1);
    for timer in house.processor.journal().timers().unwrap() {
        let payload = String::from_utf8(timer.payload).unwrap();
        assert!(!payload.contains("김하늘") && !payload.contains("아메리카노"), "{payload}");
    }
}
