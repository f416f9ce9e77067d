//! Draining: what is under way is answered, what is idle is closed, what hangs is cut.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::routing::get;
use edge::listener::{Drained, ListenerSettings};
use edge::sse::sse;
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;
use tokio::sync::Notify;

use crate::house::{PATIENCE, open, read_to_close, read_until, routes};

fn patient() -> ListenerSettings {
    ListenerSettings { drain_timeout: PATIENCE, ..ListenerSettings::default() }
}

#[tokio::test]
async fn a_request_under_way_is_answered_and_the_others_are_closed() {
    let (arrived, go_on) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
    let (arrives, gate) = (Arc::clone(&arrived), Arc::clone(&go_on));
    let slow = get(async move || {
        arrives.notify_one();
        gate.notified().await;
        "late"
    });
    let house = open(patient(), routes().route("/slow", slow)).await;
    let mut idle = house.connect().await;
    idle.write_all(b"GET /fine HTTP/1.1\r\nhost: x\r\n\r\n").await.unwrap();
    read_until(&mut idle, "\r\n\r\nfine").await;
    let mut fresh = house.connect().await;
    let mut busy = house.connect().await;
    busy.write_all(b"GET /slow HTTP/1.1\r\nhost: x\r\n\r\n").await.unwrap();
    arrived.notified().await;

    house.shutdown.cancel();
    assert_eq!(read_to_close(&mut idle).await, "");
    assert_eq!(read_to_close(&mut fresh).await, "");
    assert!(TcpStream::connect(house.addr).await.is_err(), "still accepting");
    go_on.notify_one();

    let answer = read_to_close(&mut busy).await;
    assert!(answer.contains("connection: close"), "{answer}");
    assert!(answer.ends_with("late"), "{answer}");
    assert_eq!(house.served.await.unwrap(), Drained { cut: 0 });
}

#[tokio::test]
async fn a_request_that_hangs_is_cut_at_the_end_of_the_drain() {
    let settings = ListenerSettings { drain_timeout: Duration::from_millis(50), ..patient() };
    let (arrived, arrives) = {
        let notify = Arc::new(Notify::new());
        (Arc::clone(&notify), notify)
    };
    let hangs = get(async move || {
        arrives.notify_one();
        std::future::pending::<&'static str>().await
    });
    let house = open(settings, Router::new().route("/hangs-too", hangs)).await;
    let mut stream = house.connect().await;
    stream.write_all(b"GET /hangs-too HTTP/1.1\r\nhost: x\r\n\r\n").await.unwrap();
    arrived.notified().await;

    house.shutdown.cancel();

    assert_eq!(house.served.await.unwrap(), Drained { cut: 1 });
    assert_eq!(read_to_close(&mut stream).await, "");
}

#[tokio::test]
async fn a_stream_of_events_ends_on_shutdown() {
    let ends = tokio_util::sync::CancellationToken::new();
    let token = ends.clone();
    let stream = get(async move || sse(futures::stream::pending(), token));
    let house = open(patient(), Router::new().route("/events", stream)).await;
    let mut client = house.connect().await;
    client.write_all(b"GET /events HTTP/1.1\r\nhost: x\r\n\r\n").await.unwrap();
    read_until(&mut client, "text/event-stream").await;

    house.shutdown.cancel();
    ends.cancel();

    read_to_close(&mut client).await;
    assert_eq!(house.served.await.unwrap(), Drained { cut: 0 });
}
