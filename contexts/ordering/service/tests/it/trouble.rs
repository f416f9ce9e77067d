//! What goes wrong between the contexts: what cannot be read, what comes for nobody, what is lost.

use journal::{Reader, StoreError};
use ordering_contract::OrderState;
use runtime::{Admin, AdminReply, Inputs};

use crate::house::*;

fn two_that_wait() -> House {
    let mut house = House::open();
    for number in 1..=2 {
        house.place(order(number), CAFE, americanos(2)).unwrap();
    }
    house
}

#[test]
fn an_event_that_cannot_be_read_blocks_only_its_order() {
    let mut house = two_that_wait();

    house.payment_says_gibberish(order(1));
    house.payment_says(order(1), approved());
    house.payment_says(order(2), approved());
    let outputs = house.hear();

    assert_eq!(outputs.parked, 2);
    assert_eq!(house.shown(order(1)).0, OrderState::Placed);
    assert_eq!(house.shown(order(2)).0, OrderState::Confirmed);
}

#[test]
fn an_order_goes_on_when_what_could_not_be_read_is_resolved() {
    let mut house = two_that_wait();
    house.payment_says_gibberish(order(1));
    house.payment_says(order(1), approved());
    house.hear();

    let resolve =
        Admin::ResolveParked { source: "payment".into(), position: 1, note: "as the provider shows".into() };
    let retry = Admin::RetryParked { blocks: order(1).0 };
    let kim = kernel::Actor::parse("operator:kim").unwrap();
    let outputs =
        house.step(Inputs { admin: vec![(1, kim.clone(), resolve), (2, kim, retry)], ..Inputs::default() });

    assert_eq!(outputs.admin[1].1, AdminReply::Retried { applied: 1, waiting: 0 });
    assert_eq!(house.shown(order(1)).0, OrderState::Confirmed);
}

#[test]
fn what_is_said_of_an_order_that_nobody_placed_changes_nothing() {
    let mut house = House::open();
    house.payment_says(order(9), approved());
    house.inventory_says(order(9), reserved());
    house.kitchen_says(order(9), started());
    let outputs = house.hear();

    assert_eq!((outputs.parked, outputs.stalls.len()), (0, 0));
    assert!(house.row(order(9)).is_none());
}

#[test]
fn a_commit_that_fails_keeps_nothing_and_the_same_wish_may_come_again() {
    let mut house = House::open();
    let no_answer = StoreError::Unavailable("the cable is out".into());
    house.processor.journal().fail_next_commit(no_answer.clone());
    let wish = || place(order(1), CAFE, americanos(2), Some(key(1, 1)));
    let envelope = runtime::CommandEnvelope {
        ticket: 1,
        command: wish(),
        actor: kernel::Actor::anonymous(),
        causation: kernel::Causation::command(order(1).0),
    };
    let inputs = Inputs { commands: vec![envelope], ..Inputs::default() };

    assert_eq!(house.processor.step(house.now, inputs).unwrap_err(), no_answer);

    assert!(house.row(order(1)).is_none());
    house.command("anonymous", wish()).unwrap();
    assert_eq!(house.view(order(1)).number, 1);
}

#[test]
fn an_approval_that_waited_while_ordering_was_down_comes_before_the_bound() {
    let mut house = two_that_wait();
    house.payment_says(order(1), approved());
    house.now = house.now.plus_millis(TIMEOUT_MILLIS * 10);
    house.restart();
    let identity = house.processor.journal().identity().unwrap();
    house.processor.meet_source(PAYMENT, identity, 1).unwrap();

    house.wait(0);
    assert_eq!(house.facts(order(2)), ["placed"], "nothing is concluded before payment was heard");
    house.hear();

    assert_eq!(house.facts(order(1)), ["placed", "paid", "confirmed"]);
    assert_eq!(house.facts(order(2)), ["placed", "payment-abandoned"]);
}

#[test]
fn what_is_stored_of_a_whole_life_is_sound() {
    let mut house = House::open();
    let made = house.made();
    house.kitchen_says(made, handed_over());
    house.hear();

    assert_eq!(house.processor.journal().audit().unwrap(), []);
}
