//! How many orders of a shop there are to list.

use ordering_contract::{OrderEvent, OrderRefusedV1, OrderState, RefusalReason};
use proptest::prelude::*;
use tracking_domain::{Census, Enlisted, Story};

use crate::house::{Fact, cancelled, order, placed, story, tell, whole_life};

/// The census of a shop with one order, whose story is enlisted after each of these many facts.
fn census_of(facts: &[Fact], answers_when_paid: bool, batches: &[usize]) -> Census {
    let (mut story, mut enlisted, mut census) = (Story::default(), Enlisted::default(), Census::default());
    for (number, fact) in facts.iter().enumerate() {
        tell(&mut story, fact);
        if batches.contains(&number) {
            let hidden = story.is_hidden(answers_when_paid);
            enlisted.enlist(&story, hidden, &mut census);
            // Read back from its row.
            enlisted = Enlisted::of(&story, hidden);
        }
    }
    enlisted.enlist(&story, story.is_hidden(answers_when_paid), &mut census);
    census
}

fn refused(minutes: i64) -> Fact {
    let refused = OrderRefusedV1 { reason: RefusalReason::PaymentDeclined, detail: None, holds_stock: false };
    order(minutes, OrderEvent::Refused(refused))
}

#[test]
fn an_order_is_counted_once_it_stands_and_under_every_state_that_it_came_to() {
    let whole = census_of(&whole_life(), true, &[]);
    assert_eq!((whole.count(None), whole.count(Some(OrderState::Placed))), (1, 1));
    for state in [OrderState::Paid, OrderState::Accepted, OrderState::Prepared, OrderState::Completed] {
        assert_eq!(whole.count(Some(state)), 1, "{state:?}");
    }
    assert_eq!(whole.count(Some(OrderState::DeliveryStarted)), 0);
}

#[test]
fn an_order_that_does_not_stand_yet_is_counted_by_nobody() {
    assert_eq!(census_of(&[placed(0)], true, &[]).count(None), 0);
    assert_eq!(census_of(&[placed(0)], false, &[]).count(None), 1);
}

#[test]
fn an_order_that_never_stood_is_taken_out_again_however_often_it_was_looked_at() {
    let facts = [placed(0), refused(1)];
    assert_eq!(census_of(&facts, false, &[0]).count(None), 0);
    assert_eq!(census_of(&facts, false, &[0]), census_of(&facts, false, &[]));
}

#[test]
fn a_cancelled_order_stays_counted() {
    assert_eq!(census_of(&[placed(0), cancelled(1)], false, &[0]).count(None), 1);
    assert!(story(&[placed(0), cancelled(1)]).has_reached(OrderState::Cancelled));
}

proptest! {
    #[test]
    fn however_the_facts_are_batched_the_census_is_the_same(
        batches in prop::collection::vec(0_usize..8, 0..6),
        answers_when_paid in any::<bool>(),
    ) {
        let whole = census_of(&whole_life(), answers_when_paid, &[]);
        prop_assert_eq!(census_of(&whole_life(), answers_when_paid, &batches), whole);
    }
}
