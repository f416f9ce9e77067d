//! Whatever is said, in whatever order and however often: the invariants of an order hold.

use catalog_contract::{Completes, ShopLife, Stage};
use kernel::{Aggregate, Personal, Published};
use ordering_contract::{CancelReason, OrderAddress, OrderEvent};
use ordering_domain::{Order, OrderCommand};
use proptest::prelude::*;

use crate::dialogue::*;

fn shops() -> impl Strategy<Value = ShopLife> {
    prop::sample::select(vec![cafe(), kiosk(), bakery(), restaurant(), stall(), courier(), bistro()])
}

fn to(address: &str) -> Personal<OrderAddress> {
    Personal::new(OrderAddress { address: address.to_owned() })
}

fn command(life: &ShopLife) -> impl Strategy<Value = OrderCommand> + use<> {
    let at_prepared = Completes::AtStage { stage: Stage::Prepared };
    let commands = vec![
        place(life.clone()),
        cancel(CancelReason::ByCustomer),
        cancel(CancelReason::ByStaff),
        OrderCommand::Complete,
        OrderCommand::Expire,
        OrderCommand::ComeDue,
        OrderCommand::AbandonPayment,
        note_reserved(life.clone()),
        note_short(life.clone()),
        note_paid(),
        note_declined(),
        OrderCommand::NoteVoided,
        note_refunded(),
        OrderCommand::NoteAccepted,
        note_rejected(),
        OrderCommand::NoteStarted,
        note_prepared(BY_HAND),
        note_prepared(at_prepared),
        OrderCommand::NoteDeliveryStarted,
        OrderCommand::NoteDelivered { completes: BY_HAND },
        OrderCommand::NoteDelivered { completes: Completes::AtStage { stage: Stage::Delivered } },
        OrderCommand::NoteReturned { reason: "nobody at home".to_owned(), refund: true },
        OrderCommand::NoteReleased,
        OrderCommand::NoteCancelDenied,
        OrderCommand::ChangeAddress { personal: to("one"), client_key: None },
        OrderCommand::ChangeAddress { personal: to("two"), client_key: None },
        OrderCommand::NoteAddressChanged { personal: to("one") },
        OrderCommand::NoteAddressChangeDenied,
    ];
    prop::sample::select(commands)
}

/// A placed order and what is said about it afterwards: mostly what a shop sees, sometimes nonsense.
fn story() -> impl Strategy<Value = Vec<OrderCommand>> {
    shops().prop_flat_map(|life| {
        let stands = vec![place(life.clone()), note_reserved(life.clone()), note_paid()];
        let begin = prop::sample::select(vec![vec![], vec![place(life.clone())], stands]);
        (begin, prop::collection::vec(command(&life), 0..24)).prop_map(|(begin, rest)| [begin, rest].concat())
    })
}

/// The facts of a story; refusals leave none.
fn told(story: &[OrderCommand]) -> (Order, Vec<OrderEvent>) {
    let mut state = Order::default();
    let mut facts = Vec::new();
    for command in story {
        for fact in state.decide(command.clone()).unwrap_or_default() {
            state = state.evolve(&fact);
            facts.push(fact);
        }
    }
    (state, facts)
}

fn is_end(fact: &OrderEvent) -> bool {
    matches!(fact, OrderEvent::Completed(_) | OrderEvent::Cancelled(_) | OrderEvent::Refused(_))
}

fn count(facts: &[OrderEvent], of: impl Fn(&OrderEvent) -> bool) -> usize {
    facts.iter().filter(|fact| of(fact)).count()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn an_order_ends_at_most_once_and_then_only_its_money_comes_back(story in story()) {
        let (_, facts) = told(&story);
        let end = facts.iter().position(is_end);
        let after = end.map_or(&[][..], |end| &facts[end + 1..]);

        prop_assert!(count(&facts, is_end) <= 1, "{facts:?}");
        prop_assert!(after.len() <= 1, "{facts:?}");
        prop_assert!(after.iter().all(|fact| matches!(fact, OrderEvent::Refunded(_))), "{facts:?}");
    }

    #[test]
    fn an_order_says_that_it_has_ended_exactly_when_it_has(story in story()) {
        let (state, facts) = told(&story);

        prop_assert_eq!(state.has_ended(), facts.iter().any(is_end), "{:?}", facts);
    }

    #[test]
    fn an_order_is_placed_paid_confirmed_and_refunded_at_most_once(story in story()) {
        let (_, facts) = told(&story);

        prop_assert!(count(&facts, |fact| matches!(fact, OrderEvent::Placed(_))) <= 1);
        prop_assert!(count(&facts, |fact| matches!(fact, OrderEvent::Paid(_))) <= 1);
        prop_assert!(count(&facts, |fact| matches!(fact, OrderEvent::Confirmed(_))) <= 1);
        prop_assert!(count(&facts, |fact| matches!(fact, OrderEvent::Refunded(_))) <= 1);
    }

    #[test]
    fn a_paid_order_that_is_cancelled_calls_its_money_back(story in story()) {
        let (_, facts) = told(&story);
        let paid = facts.iter().any(|fact| matches!(fact, OrderEvent::Paid(_)));

        for fact in &facts {
            if let OrderEvent::Cancelled(cancelled) = fact && paid {
                prop_assert!(cancelled.calls_money_back, "{facts:?}");
            }
        }
    }

    #[test]
    fn a_paid_order_is_never_refused(story in story()) {
        let (_, facts) = told(&story);
        let has = |of: fn(&OrderEvent) -> bool| facts.iter().any(of);

        let paid = has(|fact| matches!(fact, OrderEvent::Paid(_)));
        let refused = has(|fact| matches!(fact, OrderEvent::Refused(_)));
        prop_assert!(!(paid && refused), "{facts:?}");
    }

    #[test]
    fn what_is_said_twice_brings_no_second_fact(story in story()) {
        let mut state = Order::default();
        for command in story {
            let Ok(facts) = state.decide(command.clone()) else { continue };
            state = facts.iter().fold(state, Order::evolve);

            let again = state.decide(command.clone());

            prop_assert!(again.as_ref().map_or(true, Vec::is_empty), "{command:?} twice: {again:?}");
        }
    }

    #[test]
    fn an_order_read_back_from_its_stored_facts_is_the_same(story in story()) {
        let (state, facts) = told(&story);

        let read_back = facts.iter().fold(Order::default(), |order, fact| {
            let stored = fact.encode();
            let read = OrderEvent::decode(fact.event_type(), &stored.data, stored.personal.as_deref());
            order.evolve(&read.unwrap_or_else(|error| panic!("{fact:?}: {error}")))
        });

        prop_assert_eq!(read_back, state);
    }

    #[test]
    fn facts_in_any_order_are_folded_without_harm(story in story(), seed in any::<prop::sample::Index>()) {
        let (_, mut facts) = told(&story);
        if !facts.is_empty() {
            let middle = seed.index(facts.len());
            facts.rotate_left(middle);
        }

        let state = facts.iter().fold(Order::default(), Order::evolve);

        prop_assert!(state.placed().is_some() || !facts.iter().any(|fact| matches!(fact, OrderEvent::Placed(_))));
    }
}
