//! A change of the address: what is decided here, what delivery is asked, and what a key is answered.

use delivery_contract::{
    DeliveryAddressChangeDeniedV1, DeliveryAddressChangedV1, DeliveryEvent, DeliveryStartedV1,
};
use edge::etag::IfMatch;
use kernel::Personal;
use ordering_contract::{ClientKey, OrderAddress, OrderState};
use ordering_service::{
    AddressReply, ChangeAddress, NewOrder, OrderingCommand, OrderingRefusal, OrderingReply,
};
use runtime::Failure;

use crate::house::*;

fn to(address: &str) -> Personal<OrderAddress> {
    Personal::new(OrderAddress { address: address.to_owned() })
}

impl House {
    fn readdress(
        &mut self,
        actor: &str,
        address: &str,
        key: Option<ClientKey>,
    ) -> Result<AddressReply, OrderingRefusal> {
        let if_match = IfMatch::default();
        let change = ChangeAddress { order: order(1), personal: to(address), if_match, key };
        match self.command(actor, OrderingCommand::ChangeAddress(change)) {
            Ok(OrderingReply::Address(reply)) => Ok(reply),
            Err(Failure::Refused(refusal)) => Err(refusal),
            other => panic!("{other:?}"),
        }
    }

    fn ordered(&mut self) {
        let wish = NewOrder { address: Some("1 Sample Street".to_owned()), ..americanos(1) };
        self.place(order(1), COURIER, wish).unwrap();
    }

    fn ordered_and_made(&mut self) {
        self.ordered();
        for step in [started(), finished()] {
            self.kitchen_says(order(1), step);
        }
        self.hear();
    }

    fn address(&mut self) -> Option<String> {
        self.view(order(1)).address
    }
}

fn changed(address: &str) -> DeliveryEvent {
    DeliveryEvent::AddressChanged(DeliveryAddressChangedV1 { personal: to(address) })
}

fn too_late() -> [DeliveryEvent; 2] {
    [
        DeliveryEvent::Started(DeliveryStartedV1 { attempt: 1 }),
        DeliveryEvent::AddressChangeDenied(DeliveryAddressChangeDeniedV1 {}),
    ]
}

#[test]
fn before_delivery_has_it_the_address_changes_at_once() {
    let mut house = House::open();
    house.ordered();

    let reply = house.readdress("anonymous", "2 Sample Street", None);

    assert_eq!(reply, Ok(AddressReply::Changed { version: 3 }));
    assert_eq!(house.address().as_deref(), Some("2 Sample Street"));
    assert_eq!(house.facts(order(1)), ["placed", "confirmed", "address-changed"]);
}

#[test]
fn once_delivery_has_it_its_word_counts_and_the_key_is_answered_with_it() {
    let mut house = House::open();
    house.ordered_and_made();
    let key = key(1, 1);

    let asked = house.readdress("anonymous", "2 Sample Street", Some(key)).unwrap();
    assert_eq!(asked, AddressReply::Asked { version: 6 });
    assert!(house.view(order(1)).address_change_requested);
    assert_eq!(house.address().as_deref(), Some("1 Sample Street"));
    // The same again waits for the same answer.
    assert_eq!(house.readdress("anonymous", "2 Sample Street", Some(key)), Ok(asked));

    house.delivery_says(order(1), changed("2 Sample Street"));
    house.hear();

    assert_eq!(house.address().as_deref(), Some("2 Sample Street"));
    assert!(!house.view(order(1)).address_change_requested);
    assert_eq!(house.answer(&key), Some((200, 7)));
    let again = house.readdress("anonymous", "2 Sample Street", Some(key));
    assert!(matches!(again, Ok(AddressReply::Again { outcome }) if outcome.version == 7));
}

#[test]
fn a_start_that_wins_the_race_keeps_the_address_and_the_key_is_answered_too_late() {
    let mut house = House::open();
    house.ordered_and_made();
    let key = key(1, 1);
    house.readdress("anonymous", "2 Sample Street", Some(key)).unwrap();

    for event in too_late() {
        house.delivery_says(order(1), event);
    }
    house.hear();

    assert_eq!(house.address().as_deref(), Some("1 Sample Street"));
    assert_eq!(house.facts(order(1))[6..], ["delivery-started", "address-change-denied"]);
    let kept = house.remembered(&key).unwrap().outcome.unwrap();
    assert_eq!(kept.status, 409);
    assert!(String::from_utf8(kept.body).unwrap().contains("delivery-started"));
}

#[test]
fn a_key_whose_wish_went_down_with_its_order_is_too_late() {
    let mut house = House::open();
    house.ordered_and_made();
    let key = key(1, 1);
    house.readdress("anonymous", "2 Sample Street", Some(key)).unwrap();
    let reason = "nobody at home".to_owned();
    let returned = delivery_contract::DeliveryReturnedV1 { reason, refund: true };
    house.delivery_says(order(1), DeliveryEvent::Returned(returned));
    house.hear();
    assert_eq!(house.answer(&key), None);

    let again = house.readdress("anonymous", "2 Sample Street", Some(key)).unwrap();

    assert!(matches!(again, AddressReply::Again { outcome } if outcome.status == 409));
    assert_eq!(house.answer(&key).map(|(status, _)| status), Some(409));
}

#[test]
fn without_a_key_too_late_is_a_refusal_that_names_the_state() {
    let mut house = House::open();
    house.ordered_and_made();
    house.delivery_says(order(1), DeliveryEvent::Started(DeliveryStartedV1 { attempt: 1 }));
    house.hear();

    let refusal = house.readdress("anonymous", "2 Sample Street", None).unwrap_err();

    assert_eq!(refusal, OrderingRefusal::TooLateToReaddress(OrderState::DeliveryStarted));
}

#[test]
fn a_key_is_for_one_address() {
    let mut house = House::open();
    house.ordered();
    house.readdress("anonymous", "2 Sample Street", Some(key(1, 1))).unwrap();
    let other = house.readdress("anonymous", "3 Sample Street", Some(key(1, 2)));
    assert_eq!(other, Err(OrderingRefusal::KeyReused));
}

#[test]
fn a_second_change_waits_until_the_first_is_answered() {
    let mut house = House::open();
    house.ordered_and_made();
    house.readdress("anonymous", "2 Sample Street", None).unwrap();
    let second = house.readdress("anonymous", "3 Sample Street", None);
    assert_eq!(second, Err(OrderingRefusal::AddressAsked(OrderState::Prepared)));
}

#[test]
fn customers_change_their_own_orders_and_staff_any() {
    let mut house = House::open();
    let wish = NewOrder { address: Some("1 Sample Street".to_owned()), ..americanos(1) };
    house.command("customer:lee", place(order(1), COURIER, wish, None)).unwrap();

    let parks = house.readdress("customer:park", "2 Sample Street", None);
    assert_eq!(parks, Err(OrderingRefusal::UnknownOrder));
    for (actor, address) in [("customer:lee", "3 Sample Street"), ("staff:kim", "4 Sample Street")] {
        house.readdress(actor, address, None).unwrap();
        assert_eq!(house.address().as_deref(), Some(address));
    }
}

#[test]
fn what_is_heard_again_and_what_is_asked_across_a_restart_is_answered_once() {
    let mut house = House::open();
    house.ordered_and_made();
    house.readdress("anonymous", "2 Sample Street", Some(key(1, 1))).unwrap();
    house.restart();
    house.delivery_says(order(1), changed("2 Sample Street"));
    house.hear();
    house.hear_again();
    assert_eq!(house.facts(order(1))[5..], ["address-change-requested", "address-changed"]);
}
