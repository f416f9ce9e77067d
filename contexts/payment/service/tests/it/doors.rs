//! How ordering asks: near, far, and through a door that somebody switched.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use payment_contract::{AskError, AskPayment, PaymentClient, PaymentState, PaymentView};
use payment_service::client::{DoorState, FarPayment, NearPayment, PaymentSwitch};
use payment_service::rest::internal_router;
use tokio::net::TcpListener;

use crate::house::{PRICE, cafe, order, won};
use crate::program::Program;

fn ask(number: u64, amount: i64) -> AskPayment {
    AskPayment {
        order: order(number),
        shop: cafe(),
        order_number: number,
        customer: None,
        amount: won(amount),
        method: "tok_approve".to_owned(),
        by_customer: false,
    }
}

/// The internal listener of a program, and a client that asks it from afar.
async fn far(near: NearPayment) -> FarPayment {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, internal_router(near)).await });
    at(Some(address))
}

fn at(address: Option<SocketAddr>) -> FarPayment {
    FarPayment::try_new(Arc::new(move || address), None).unwrap()
}

#[tokio::test]
async fn near_and_far_are_the_same() {
    let program = Program::start();
    let near = program.near();
    let far = far(near.clone()).await;
    let clients: [(u64, &dyn PaymentClient); 2] = [(1, &near), (2, &far)];

    for (number, client) in clients {
        assert_eq!(client.ask(ask(number, PRICE)).await, Ok(()));
        assert_eq!(client.ask(ask(number, PRICE)).await, Ok(()), "asking again is safe");
        let other = client.ask(ask(number, 1)).await;
        let reason = "the payment was asked for with other terms: 9000 KRW".to_owned();
        assert_eq!(other, Err(AskError::Refused(reason)));

        let payment: PaymentView = program.until(number, PaymentState::Approved).await;
        assert_eq!(payment.amount, won(PRICE));
    }
}

#[tokio::test]
async fn nobody_there_means_that_nothing_was_kept() {
    // A port that was free a moment ago: nobody listens there.
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);

    for client in [at(None), at(Some(address))] {
        let answer = client.ask(ask(1, PRICE)).await;

        assert!(matches!(answer, Err(AskError::NotTaken(_))), "{answer:?}");
    }
}

#[tokio::test]
async fn a_program_that_has_stopped_leaves_the_outcome_open() {
    let program = Program::start();
    let near = program.near();
    let far = far(near.clone()).await;
    program.stop();

    for answer in [near.ask(ask(1, PRICE)).await, far.ask(ask(1, PRICE)).await] {
        assert!(matches!(answer, Err(AskError::OutcomeUnknown(_))), "{answer:?}");
    }
}

#[tokio::test]
async fn a_failing_door_turns_near_and_far_away() {
    let program = Program::start();
    let near = program.near();
    let far = far(near.clone()).await;
    program.switch.set(DoorState::Failing);

    for answer in [near.ask(ask(1, PRICE)).await, far.ask(ask(1, PRICE)).await] {
        assert!(matches!(answer, Err(AskError::NotTaken(_))), "{answer:?}");
    }

    program.switch.set(DoorState::Normal);
    assert_eq!(near.ask(ask(1, PRICE)).await, Ok(()));
}

#[tokio::test]
async fn a_hung_door_never_opens() {
    let program = Program::start();
    program.switch.set(DoorState::Hung);

    let waited = tokio::time::timeout(Duration::from_millis(20), program.near().ask(ask(1, PRICE))).await;

    assert!(waited.is_err());
}

#[tokio::test]
async fn a_slow_door_opens_late() {
    let program = Program::start();

    program.switch.set(DoorState::Slow { millis: 3_600_000 });
    let waited = tokio::time::timeout(Duration::from_millis(20), program.near().ask(ask(1, PRICE))).await;
    assert!(waited.is_err());

    program.switch.set(DoorState::Slow { millis: 1 });
    assert_eq!(program.near().ask(ask(1, PRICE)).await, Ok(()));
}

#[test]
fn the_switch_is_normal_until_somebody_sets_it() {
    let switch = PaymentSwitch::default();
    assert_eq!(switch.state(), DoorState::Normal);

    switch.clone().set(DoorState::Slow { millis: 7 });

    assert_eq!(switch.state(), DoorState::Slow { millis: 7 });
}

#[test]
fn an_ask_is_the_same_after_its_journey() {
    let sent = AskPayment { customer: Some("1".into()), ..ask(1, PRICE) };

    let received: AskPayment = serde_json::from_slice(&serde_json::to_vec(&sent).unwrap()).unwrap();

    assert_eq!(received, sent);
}
