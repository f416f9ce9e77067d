//! What staff and couriers do with the deliveries of their shop.

use delivery_contract::{DeliveryState, DeliveryView};
use delivery_domain::DeliveryRejection;
use delivery_service::{DeliveryRefusal, DeliveryReply, DeliveryStep, KeyUse, Step};
use runtime::Failure;

use crate::house::{House, PARCELS, PIZZA, Said, command, if_match};

fn requested() -> House {
    let mut house = House::open();
    house.request(PIZZA, 1);
    house
}

fn delivery(said: Said) -> DeliveryView {
    match said {
        Ok(DeliveryReply::Delivery(delivery)) => *delivery,
        other => panic!("{other:?}"),
    }
}

fn assign() -> Step {
    Step::Assign { courier: "lee".to_owned() }
}

fn keyed(step: Step) -> DeliveryStep {
    let body_hash = [u8::from(step == Step::Start); 16];
    DeliveryStep { key: Some(KeyUse { scope: [1; 16], body_hash }), ..command(PIZZA, 1, step) }
}

#[test]
fn a_courier_takes_a_delivery_to_its_end_and_its_row_follows() {
    let mut house = requested();
    for (step, state, version) in [
        (assign(), DeliveryState::Assigned, 2),
        (Step::Start, DeliveryState::Started, 3),
        (Step::Complete, DeliveryState::Completed, 4),
    ] {
        let shown = delivery(house.take(PIZZA, 1, step));
        assert_eq!((shown.state, shown.version), (state, version));
        assert_eq!(shown.courier.as_deref(), Some("lee"));
        assert_eq!(house.delivery(1), Some(shown));
    }
}

#[test]
fn a_failed_attempt_shows_why() {
    let mut house = requested();
    house.take(PIZZA, 1, assign()).unwrap();
    house.take(PIZZA, 1, Step::Start).unwrap();
    let shown = delivery(house.take(PIZZA, 1, Step::Fail { reason: "nobody at home".to_owned() }));
    assert_eq!((shown.state, shown.attempts), (DeliveryState::Failed, 1));
    assert_eq!(shown.fail_reason.as_deref(), Some("nobody at home"));
}

#[test]
fn a_delivery_of_another_shop_is_not_there() {
    let refused = requested().take(PARCELS, 1, assign());
    let none = Failure::Refused(DeliveryRefusal::Delivery(DeliveryRejection::NoDelivery));
    assert_eq!(refused, Err(none));
}

#[test]
fn a_step_on_what_was_not_read_is_refused() {
    let mut house = requested();
    let step = DeliveryStep { if_match: if_match(Some("\"7\"")), ..command(PIZZA, 1, assign()) };
    let refused = house.command(step);
    assert_eq!(refused, Err(Failure::Refused(DeliveryRefusal::Changed { version: 1 })));
}

#[test]
fn a_key_is_answered_as_first_whatever_became_of_the_delivery() {
    let mut house = requested();
    let first = house.command(keyed(assign()));
    house.take(PIZZA, 1, Step::Start).unwrap();
    assert_eq!(house.command(keyed(assign())), first);
    assert_eq!(house.command(keyed(Step::Start)), Err(Failure::Refused(DeliveryRefusal::KeyReused)));
}

#[test]
fn a_refusal_is_kept_under_its_key() {
    let mut house = requested();
    let first = house.command(keyed(Step::Complete));
    assert!(matches!(first, Ok(DeliveryReply::KeptRefusal { .. })), "{first:?}");
    assert_eq!(house.command(keyed(Step::Complete)), first);
}
