//! A change of the address: ordering's word until delivery has the order, delivery's from then on.

use kernel::{Aggregate, Personal};
use ordering_contract::{
    CancelReason, ClientKey, DeliveryAddress, OrderAddress, OrderAddressChangeDeniedV1,
    OrderAddressChangeRequestedV1, OrderAddressChangedV1, OrderDeliveryStartedV1, OrderEvent, OrderState,
};
use ordering_domain::{Order, OrderCommand, Rejection};

use crate::dialogue::*;

const KEY: ClientKey = ClientKey { scope: [1; 16], body: [2; 16] };

fn to(address: &str) -> Personal<OrderAddress> {
    Personal::new(OrderAddress { address: address.to_owned() })
}

fn readdress(address: &str) -> OrderCommand {
    OrderCommand::ChangeAddress { personal: to(address), client_key: Some(KEY) }
}

fn changed(address: &str) -> OrderEvent {
    OrderEvent::AddressChanged(OrderAddressChangedV1 { client_key: Some(KEY), personal: to(address) })
}

fn asked(address: &str) -> OrderEvent {
    let personal = to(address);
    OrderEvent::AddressChangeRequested(OrderAddressChangeRequestedV1 { client_key: Some(KEY), personal })
}

fn denied() -> OrderEvent {
    OrderEvent::AddressChangeDenied(OrderAddressChangeDeniedV1 { client_key: Some(KEY) })
}

fn note_changed(address: &str) -> OrderCommand {
    OrderCommand::NoteAddressChanged { personal: to(address) }
}

fn on_its_way() -> OrderEvent {
    OrderEvent::DeliveryStarted(OrderDeliveryStartedV1 {})
}

fn brought(facts: impl IntoIterator<Item = OrderEvent>) -> Vec<OrderEvent> {
    [placed(courier()), paid(), confirmed()].into_iter().chain(facts).collect()
}

fn address_of(facts: &[OrderEvent]) -> Option<String> {
    let state = facts.iter().fold(Order::default(), Order::evolve);
    state.address().map(ToOwned::to_owned)
}

#[test]
fn until_it_is_made_ordering_changes_the_address_itself() {
    given([placed(courier())]).when(readdress("new")).then([changed("new")]);
    for facts in [vec![], vec![accepted()], vec![accepted(), started()]] {
        given(brought(facts)).when(readdress("new")).then([changed("new")]);
    }
    assert_eq!(address_of(&brought([changed("one"), changed("two")])).as_deref(), Some("two"));
}

#[test]
fn the_courier_is_sent_to_the_address_that_was_said_last() {
    let facts = brought([started(), changed("new")]);
    let state = facts.iter().fold(Order::default(), Order::evolve);
    let told = state.decide(note_prepared(BY_HAND)).unwrap_or_default();
    let Some(OrderEvent::DeliveryRequested(request)) = told.get(1) else { panic!("{told:?}") };
    let expected = DeliveryAddress { name: None, phone: None, address: Some("new".to_owned()) };
    assert_eq!(request.personal.reveal(), Some(&expected));
}

#[test]
fn once_delivery_has_it_delivery_is_asked_and_its_word_is_followed() {
    let made = || brought([started(), prepared()]);
    given(made()).when(readdress("new")).then([asked("new")]);
    let wished = [made(), vec![asked("new")]].concat();
    given(wished.clone()).when(note_changed("new")).then([changed("new")]);
    given(wished.clone()).when(OrderCommand::NoteAddressChangeDenied).then([denied()]);
    assert_eq!(address_of(&wished), None, "asked is not changed");
    assert_eq!(address_of(&[wished, vec![changed("new")]].concat()).as_deref(), Some("new"));
}

#[test]
fn one_change_waits_for_its_answer_before_the_next() {
    let wished = brought([prepared(), asked("new")]);
    given(wished.clone())
        .when(readdress("other"))
        .then_refused(Rejection::AddressAsked(OrderState::Prepared));
    given([wished, vec![denied()]].concat()).when(readdress("other")).then([asked("other")]);
}

#[test]
fn a_courier_who_has_set_out_is_not_called_back() {
    let way = brought([prepared(), on_its_way()]);
    given(way)
        .when(readdress("new"))
        .then_refused(Rejection::TooLateToReaddress(OrderState::DeliveryStarted));
    let wished = brought([prepared(), asked("new"), on_its_way()]);
    given(wished).when(OrderCommand::NoteAddressChangeDenied).then([denied()]);
}

#[test]
fn the_same_address_again_changes_nothing() {
    given(brought([changed("new")])).when(readdress("new")).then_nothing_new();
    given(brought([changed("new"), prepared()])).when(readdress("new")).then_nothing_new();
}

#[test]
fn what_nobody_brings_has_no_address_to_change() {
    given(standing()).when(readdress("new")).then_refused(Rejection::BroughtNowhere);
}

#[test]
fn an_order_that_is_no_more_is_brought_nowhere_else() {
    let gone = brought([cancelled_as_wished(CancelReason::ByStaff, &MONEY)]);
    given(gone.clone())
        .when(readdress("new"))
        .then_refused(Rejection::TooLateToReaddress(OrderState::Cancelled));
    for late in [note_changed("new"), OrderCommand::NoteAddressChangeDenied] {
        given(gone.clone()).when(late).then_nothing_new();
    }
    given([]).when(readdress("new")).then_refused(Rejection::Unknown);
}

#[test]
fn an_answer_that_nobody_waits_for_changes_nothing() {
    for fact in [note_changed("new"), OrderCommand::NoteAddressChangeDenied] {
        given(brought([prepared()])).when(fact).then_nothing_new();
    }
}
