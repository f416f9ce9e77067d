//! What customers come to be owed.

use catalog_contract::{Channel, Milestone};
use notification_contract::MessageState;
use ordering_contract::CancelReason;

use crate::house::{
    CAFE, House, QUIET, accepted, cancelled, confirmed, life, paid, placed, prepared, readdressed, refused,
    started,
};

fn told(house: &mut House) -> Vec<Milestone> {
    house.messages().iter().map(|message| message.milestone).collect()
}

#[test]
fn an_order_that_is_paid_when_it_is_placed_is_told_of_once_it_is_paid() {
    let mut house = House::open();
    house.tell(CAFE, 1, &placed(CAFE, true));
    house.hear();
    assert_eq!(told(&mut house), []);
    house.tell(CAFE, 1, &paid());
    house.tell(CAFE, 1, &confirmed(CAFE));
    house.hear();
    assert_eq!(told(&mut house), [Milestone::Placed, Milestone::Paid, Milestone::Confirmed]);
}

#[test]
fn an_order_that_never_stood_is_never_told_of() {
    let mut house = House::open();
    house.tell(CAFE, 1, &placed(CAFE, true));
    house.tell(CAFE, 1, &refused());
    house.hear();
    assert_eq!(told(&mut house), []);
}

#[test]
fn an_order_that_costs_nothing_is_told_of_at_once() {
    let mut house = House::open();
    house.tell(CAFE, 1, &placed(CAFE, false));
    house.hear();
    assert_eq!(told(&mut house), [Milestone::Placed]);
}

#[test]
fn a_shop_without_messages_tells_nothing() {
    let mut house = House::open();
    for event in [placed(QUIET, true), paid(), confirmed(QUIET), accepted()] {
        house.tell(QUIET, 1, &event);
    }
    house.hear();
    assert_eq!((told(&mut house), house.facts(1).len()), (vec![], 0));
}

#[test]
fn an_address_that_has_changed_is_kept_for_what_is_told_later_and_is_no_message_itself() {
    let mut house = House::open();
    house.stands(1);
    let before = house.messages().len();
    house.tell(CAFE, 1, &readdressed("새 주소 2"));
    house.tell(QUIET, 2, &readdressed("새 주소 2"));
    house.hear();
    assert_eq!(house.messages().len(), before);
    assert_eq!(house.facts(1).last().unwrap(), "conversation-readdressed.v1");
    assert_eq!(house.facts(2).len(), 0);
}

#[test]
fn what_is_heard_again_is_owed_once() {
    let mut house = House::open();
    house.stands(1);
    let before = house.messages();
    house.hear_again();
    assert_eq!(house.messages(), before);
}

#[test]
fn messages_are_numbered_without_holes_over_the_orders_of_a_shop() {
    let mut house = House::open();
    house.stands(1);
    house.stands(2);
    house.tell(CAFE, 1, &accepted());
    house.hear();
    let numbers: Vec<_> = house
        .messages()
        .iter()
        .map(|message| (message.number, message.order_number, message.sequence))
        .collect();
    assert_eq!(numbers, [(1, 1, 1), (2, 1, 2), (3, 1, 3), (4, 2, 1), (5, 2, 2), (6, 2, 3), (7, 1, 4)]);
}

#[test]
fn a_customer_reads_the_shop_the_items_and_why() {
    let mut house = House::open();
    house.stands(1);
    house.tell(CAFE, 1, &cancelled(CancelReason::RejectedByShop, Some("우유가 떨어졌어요")));
    house.hear();
    let texts: Vec<_> = house.messages().into_iter().map(|message| message.text).collect();
    assert_eq!(texts[0], "[주문 카페] 주문 1번을 받았습니다: 아메리카노 2, 합계 9,000원");
    assert_eq!(texts[1], "[주문 카페] 주문 1번 결제가 완료되었습니다: 9,000원");
    assert_eq!(texts[3], "[주문 카페] 주문 1번이 취소되었습니다: 우유가 떨어졌어요");
}

#[test]
fn an_order_of_a_life_that_is_not_heard_of_yet_waits_for_it() {
    let mut house = House::empty();
    house.tell(CAFE, 1, &placed(CAFE, false));
    let stepped = house.hear();
    assert!(stepped.stalls.iter().any(|stall| stall.expected));
    house.define(&life(CAFE, true));
    house.hear();
    house.hear();
    assert_eq!(told(&mut house), [Milestone::Placed]);
}

#[test]
fn after_an_outage_everything_is_owed_in_the_order_of_the_changes() {
    let mut house = House::open();
    for order in 1..=3 {
        for event in [placed(CAFE, true), paid(), confirmed(CAFE), accepted(), started(), prepared()] {
            house.tell(CAFE, order, &event);
        }
    }
    house.hear();
    let changes = [
        Milestone::Placed,
        Milestone::Paid,
        Milestone::Confirmed,
        Milestone::Accepted,
        Milestone::Started,
        Milestone::Prepared,
    ];
    for order in 1..=3 {
        let of_order: Vec<_> =
            house.messages().into_iter().filter(|message| message.order_number == order).collect();
        assert_eq!(of_order.iter().map(|message| message.milestone).collect::<Vec<_>>(), changes);
        assert!(of_order.iter().all(|message| message.state == MessageState::Owed));
        assert!(of_order.iter().all(|message| message.channel == Channel::File), "no webhook is there");
    }
}
