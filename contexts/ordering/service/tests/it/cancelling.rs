//! Cancelling: here while nobody can have begun, by the kitchen otherwise, for whoever may.

use ordering_contract::{CancelReason, OrderEvent, OrderState};
use ordering_service::{CancelReply, OrderingRefusal, OrderingReply};

use crate::house::*;

const CANCELLED: OrderingReply = OrderingReply::Cancel(CancelReply::Cancelled);
const ASKED: OrderingReply = OrderingReply::Cancel(CancelReply::Asked);

#[test]
fn an_order_that_nobody_can_have_begun_is_cancelled_at_once() {
    let mut house = House::open();
    house.place(order(1), KIOSK, americanos(1)).unwrap();

    assert_eq!(house.cancel("anonymous", order(1)), Ok(CANCELLED));

    let Some(OrderEvent::Cancelled(cancelled)) = house.events(order(1)).pop() else {
        panic!("not cancelled")
    };
    assert_eq!((cancelled.calls_money_back, cancelled.holds_stock), (false, true));
}

#[test]
fn the_kitchen_lets_a_paid_order_go_and_its_money_is_called_back() {
    let mut house = House::open();
    let standing = house.standing();

    assert_eq!(house.cancel("anonymous", standing), Ok(ASKED));
    assert!(house.view(standing).cancel_requested);
    house.kitchen_says(standing, released());
    house.hear();

    let Some(OrderEvent::Cancelled(cancelled)) = house.events(standing).pop() else {
        panic!("not cancelled")
    };
    assert!(cancelled.calls_money_back);
    assert_eq!(cancelled.text.as_deref(), Some("changed my mind"));
    house.payment_says(standing, refunded(true));
    house.hear();
    assert_eq!(house.shown(standing), (OrderState::Refunded, false));
}

#[test]
fn a_part_of_the_money_does_not_make_the_order_refunded() {
    let mut house = House::open();
    let standing = house.standing();
    house.cancel("anonymous", standing).unwrap();
    house.kitchen_says(standing, released());
    house.payment_says(standing, refunded(false));
    house.hear();

    assert_eq!(house.shown(standing).0, OrderState::Cancelled);
}

#[test]
fn a_start_that_wins_the_race_keeps_the_order() {
    let mut house = House::open();
    let standing = house.standing();
    house.cancel("anonymous", standing).unwrap();

    house.kitchen_says(standing, started());
    house.kitchen_says(standing, cancel_denied());
    house.hear();

    assert_eq!(house.facts(standing)[3..], ["cancel-requested", "started", "cancel-denied"]);
    let view = house.view(standing);
    assert_eq!((view.state, view.cancel_requested), (OrderState::Started, false));
}

#[test]
fn a_start_and_a_cancel_in_one_batch_are_decided_by_the_kitchen() {
    let mut house = House::open();
    let standing = house.standing();
    house.kitchen_says(standing, started());
    // The command is taken before the event, in the same batch.
    house.cancel("anonymous", standing).unwrap();
    house.hear();

    assert_eq!(house.facts(standing)[3..], ["cancel-requested", "started"]);
    house.kitchen_says(standing, cancel_denied());
    house.hear();
    assert!(!house.view(standing).cancel_requested);
}

#[test]
fn a_cancel_after_start_is_refused_to_the_customer_and_asked_for_staff() {
    let mut house = House::open();
    let standing = house.standing();
    house.kitchen_says(standing, started());
    house.hear();

    assert_eq!(house.cancel("anonymous", standing), Err(OrderingRefusal::TooLate(OrderState::Started)));
    assert_eq!(house.cancel("staff:kim", standing), Ok(ASKED));
    let Some(OrderEvent::CancelRequested(asked)) = house.events(standing).pop() else { panic!("not asked") };
    assert_eq!(asked.reason, CancelReason::ByStaff);
}

#[test]
fn cancelling_twice_is_fine_and_asks_once() {
    let mut house = House::open();
    let standing = house.standing();

    assert_eq!(house.cancel("anonymous", standing), Ok(ASKED));
    assert_eq!(house.cancel("anonymous", standing), Ok(ASKED));
    house.kitchen_says(standing, released());
    house.hear();
    assert_eq!(house.cancel("anonymous", standing), Ok(CANCELLED));

    assert_eq!(house.facts(standing)[3..], ["cancel-requested", "cancelled"]);
}

#[test]
fn an_order_that_has_changed_since_it_was_read_is_not_cancelled() {
    let mut house = House::open();
    let standing = house.standing();

    let refusal = house.cancel_if("anonymous", standing, Some(2)).unwrap_err();

    assert_eq!(refusal, OrderingRefusal::VersionDiffers { version: 3 });
    assert_eq!(house.cancel_if("anonymous", standing, Some(3)), Ok(ASKED));
}

#[test]
fn an_order_that_shows_nowhere_is_unknown() {
    let mut house = House::open();
    house.place(order(1), CAFE, americanos(1)).unwrap();

    for order in [order(1), order(99)] {
        assert_eq!(house.cancel("staff:kim", order), Err(OrderingRefusal::UnknownOrder));
    }
}

#[test]
fn somebody_elses_order_is_unknown_to_a_customer() {
    let mut house = House::open();
    let lees = place(order(1), KIOSK, americanos(1), None);
    house.command("customer:lee", lees).unwrap();

    assert_eq!(house.cancel("customer:park", order(1)), Err(OrderingRefusal::UnknownOrder));
    assert_eq!(house.cancel("customer:lee", order(1)), Ok(CANCELLED));
}

#[test]
fn an_order_that_the_shop_rejects_is_cancelled_in_the_shops_words() {
    let mut house = House::open();
    let standing = house.standing();
    let reason = "no milk left".to_owned();
    house.kitchen_says(
        standing,
        kitchen_contract::KitchenEvent::Rejected(kitchen_contract::TicketRejectedV1 { reason }),
    );
    house.hear();

    let Some(OrderEvent::Cancelled(cancelled)) = house.events(standing).pop() else {
        panic!("not cancelled")
    };
    assert_eq!((cancelled.reason, cancelled.calls_money_back), (CancelReason::RejectedByShop, true));
    assert_eq!(cancelled.text.as_deref(), Some("no milk left"));
}
