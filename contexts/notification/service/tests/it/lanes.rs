//! What becomes of messages whose channel is down, busy, or back.

use catalog_contract::Channel::{File, Kakao, Sms};
use journal::Reader;
use notification_contract::MessageState;
use notification_service::effects::SendOutcome;

use crate::house::{House, came_back, failed, order_id};

const HOUR: i64 = 60 * 60 * 1_000;

fn down() -> SendOutcome {
    SendOutcome::Down { cause: "failed too often".to_owned() }
}

/// The orders that what is on its way is about.
fn under_way(house: &House) -> Vec<String> {
    house.effects.iter().map(|effect| effect.order.unwrap().to_string()).collect()
}

#[test]
fn what_is_refused_goes_the_next_way_at_once_and_says_why() {
    let mut house = House::telling_by(&[Kakao, Sms], Some(HOUR));
    house.stands(1);
    let cause = "the order says no phone number".to_owned();
    assert_eq!(house.comes_back(SendOutcome::Impossible { cause: cause.clone() }).channel, Kakao);
    assert_eq!(house.comes_back(SendOutcome::Taken).channel, Sms);
    let first = house.messages().remove(0);
    assert_eq!((first.state, first.channel), (MessageState::Sent, Sms));
    assert_eq!(first.last_failure, Some(cause));
}

#[test]
fn the_last_channel_is_waited_for_while_it_is_down_and_no_look_at_it_counts() {
    let mut house = House::telling_by(&[Kakao], None);
    house.stands(1);
    let facts = house.facts(1).len();
    for _ in 0..100 {
        house.comes_back(down());
        house.passes(61_000);
        assert_eq!(house.effects.len(), 1, "it looks again within a minute");
    }
    assert_eq!(house.facts(1).len(), facts, "nothing was tried, so there is nothing to tell");
    house.comes_back(SendOutcome::TakenAgain);
    assert_eq!(house.messages()[0].state, MessageState::Sent);
}

#[test]
fn a_channel_that_is_down_is_given_up_for_the_next_after_three_looks() {
    let mut house = House::telling_by(&[Kakao, File], None);
    house.stands(1);
    for wait in [1_100, 5_100, 0] {
        assert_eq!(house.comes_back(down()).channel, Kakao);
        house.passes(wait);
    }
    assert_eq!(house.comes_back(SendOutcome::Taken).channel, File);
}

#[test]
fn a_shop_that_says_so_lets_its_messages_wait_before_they_go_the_next_way() {
    let mut house = House::telling_by(&[Kakao, File], Some(HOUR));
    house.stands(1);
    let end = house.now.plus_millis(HOUR);
    let mut tries = 0;
    while house.now.plus_millis(30_000) < end {
        let outcome = if tries % 2 == 0 { failed() } else { down() };
        assert_eq!(house.comes_back(outcome).channel, Kakao);
        tries += 1;
        while house.effects.is_empty() {
            house.passes(1_000);
        }
    }
    house.passes((end.millis() - house.now.millis()).max(0));
    assert_eq!(house.comes_back(down()).channel, Kakao, "the last look");
    assert_eq!(house.comes_back(SendOutcome::Taken).channel, File);
    assert!(tries > 6, "{tries}");
}

#[test]
fn what_is_only_busy_is_held_back_and_never_given_up() {
    let mut house = House::telling_by(&[Kakao, File], None);
    house.stands(1);
    for _ in 0..20 {
        assert_eq!(house.comes_back(SendOutcome::Busy).channel, Kakao);
        house.passes(61_000);
    }
    assert_eq!(house.comes_back(SendOutcome::Taken).channel, Kakao);
}

#[test]
fn once_a_channel_is_back_all_that_waits_for_it_goes_out_in_order() {
    let mut house = House::telling_by(&[Kakao], None);
    for order in 1..=20 {
        house.stands(order);
    }
    // Every one has failed often enough to wait for half an hour and more.
    for wait in [1_100, 5_100, 30_100, 300_100, 0] {
        let tried = house.effects.len();
        (0..tried).for_each(|_| {
            house.comes_back(failed());
        });
        house.passes(wait);
    }
    assert!(house.effects.is_empty(), "nobody is due for half an hour");
    house.stands(21);
    house.comes_back(SendOutcome::TakenAgain);
    house.effects.clear();
    house.passes(100);
    let orders: Vec<String> = (1..=20).map(|order| order_id(order).to_string()).collect();
    let woken: Vec<String> = under_way(&house).into_iter().filter(|order| orders.contains(order)).collect();
    assert_eq!(woken, orders);
}

#[test]
fn what_waits_for_another_channel_is_not_woken() {
    let mut house = House::telling_by(&[Kakao, Sms], None);
    house.stands(1);
    house.comes_back(SendOutcome::Impossible { cause: "no user".to_owned() });
    for wait in [1_100, 5_100, 30_100, 0] {
        assert_eq!(house.comes_back(failed()).channel, Sms);
        house.passes(wait);
    }
    house.stands(2);
    assert_eq!(house.comes_back(SendOutcome::TakenAgain).channel, Kakao);
    house.effects.clear();
    house.passes(100);
    assert!(house.effects.is_empty(), "{:?}", house.effects);
}

#[test]
fn a_second_answer_of_a_channel_leaves_nothing_behind() {
    let mut house = House::telling_by(&[Kakao], None);
    house.stands(1);
    let twice = house.effects[0].clone();
    house.send_all();
    house.effects.push(twice);
    house.comes_back(SendOutcome::TakenAgain);
    assert!(house.processor.journal().timers().unwrap().is_empty());
}

/// How long order 1's first message waits after each of its first attempts in vain.
const WAITS: [i64; 4] = [1_100, 5_100, 30_100, 300_100];

#[test]
fn what_is_under_way_when_its_channel_is_back_is_not_sent_beside_itself() {
    // given a message whose fifth attempt is under way, with a lease as long as others wait
    let mut house = House::telling_by(&[Kakao], None);
    house.stands(1);
    for wait in WAITS {
        house.comes_back(failed());
        house.passes(wait);
    }
    let under_way = house.effects.remove(0);
    assert_eq!(under_way.attempt, 5);

    // when another one finds the channel back
    house.stands(2);
    house.comes_back(SendOutcome::TakenAgain);
    house.effects.clear();
    house.passes(100);

    // then it is not begun once more, and its own answer counts
    assert!(house.effects.is_empty(), "{:?}", house.effects);
    house.effects.push(under_way);
    house.comes_back(SendOutcome::Taken);
    assert_eq!(house.messages()[0].state, MessageState::Sent);
}

#[test]
fn what_is_sent_in_the_batch_that_finds_its_channel_back_is_not_sent_again() {
    // given a message that waits, and whose late answer comes with the one that finds the channel back
    let mut house = House::telling_by(&[Kakao], None);
    house.stands(1);
    for wait in &WAITS[..3] {
        house.comes_back(failed());
        house.passes(*wait);
    }
    let late = house.effects[0].clone();
    house.comes_back(failed());
    house.stands(2);
    let other = house.effects.remove(0);

    // when both come together
    let late_attempt = runtime::EffectStart { attempt: late.attempt + 1, ..late.clone() };
    house.commands(vec![
        came_back(&late_attempt, SendOutcome::Taken),
        came_back(&other, SendOutcome::TakenAgain),
    ]);
    house.effects.clear();
    house.passes(100);

    // then the message stays sent
    let again = house.effects.iter().any(|effect| effect.key == late.key);
    assert!(!again, "{:?}", house.effects);
}

#[test]
fn what_is_not_owed_any_longer_leaves_nothing_behind() {
    let mut house = House::telling_by(&[Kakao], None);
    house.stands(1);
    let second = house.effects[0].clone();
    house.send_all();
    house.effects.push(second);
    house.comes_back(SendOutcome::NotOwed);
    assert!(house.effects.is_empty());
    assert!(house.processor.journal().timers().unwrap().is_empty());
    assert_eq!(house.messages()[0].state, MessageState::Sent);
}
