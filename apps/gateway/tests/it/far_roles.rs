use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use axum::routing::any;
use edge::breaker::BreakerState;
use edge::forward::{ForwardSettings, Forwarder};
use edge::listener::{Listener, ListenerSettings};
use gateway::FarRoles;
use kernel::{ManualClock, Timestamp};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

const ROLE: &str = "kitchen";

fn far() -> (Arc<ManualClock>, FarRoles) {
    let clock = Arc::new(ManualClock::at(Timestamp::from_millis(1_000_000)));
    (clock.clone(), FarRoles::new(Forwarder::new(&ForwardSettings::default()), clock))
}

async fn well() -> SocketAddr {
    let routes = Router::new().fallback(any(async || "well"));
    let address = SocketAddr::from(([127, 0, 0, 1], 0));
    let listener = Listener::bind(address, ListenerSettings::default()).await.unwrap();
    let address = listener.local_addr();
    tokio::spawn(listener.serve(routes, CancellationToken::new()));
    address
}

/// Takes connections and breaks every one off; how many it has taken.
async fn broken() -> (SocketAddr, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let (address, taken) = (listener.local_addr().unwrap(), Arc::new(AtomicUsize::new(0)));
    let count = taken.clone();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            count.fetch_add(1, Ordering::SeqCst);
            let mut head = [0; 1_024];
            let _read = tokio::io::AsyncReadExt::read(&mut stream, &mut head).await;
        }
    });
    (address, taken)
}

async fn nobody() -> SocketAddr {
    TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap()
}

fn request(method: &str) -> Request {
    Request::builder().method(method).uri("/").header("host", "shop").body(Body::empty()).unwrap()
}

#[tokio::test]
async fn a_read_that_broke_off_is_made_again_at_whoever_holds_the_role_by_then() {
    let (_clock, far) = far();
    let places = [nobody().await, well().await];
    let asked = AtomicUsize::new(0);
    let holder = || places.get(asked.fetch_add(1, Ordering::SeqCst)).copied();
    let answer = far.forward(request("GET"), ROLE, holder).await;
    assert_eq!(answer.status(), 200);
}

#[tokio::test]
async fn what_may_change_something_is_never_made_a_second_time() {
    let (_clock, far) = far();
    let (address, taken) = broken().await;
    let answer = far.forward(request("POST"), ROLE, || Some(address)).await;
    assert_eq!(answer.status(), 503);
    assert_eq!(taken.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn a_role_that_breaks_off_again_and_again_is_left_alone_and_tried_again_later() {
    let (clock, far) = far();
    let (address, taken) = broken().await;
    for _ in 0..40 {
        assert_eq!(far.forward(request("POST"), ROLE, || Some(address)).await.status(), 503);
    }
    assert_eq!(far.states()[0].breaker, BreakerState::Open);
    assert!(taken.load(Ordering::SeqCst) < 40, "it was asked every time");

    clock.advance_millis(1_000);
    let address = well().await;
    for _ in 0..4 {
        assert_eq!(far.forward(request("POST"), ROLE, || Some(address)).await.status(), 200);
    }
    assert_eq!(far.states()[0].breaker, BreakerState::Closed);
}

#[tokio::test]
async fn a_role_that_nobody_holds_says_so_and_is_served_at_once_when_somebody_does() {
    let (_clock, far) = far();
    let gone = nobody().await;
    for _ in 0..40 {
        assert_eq!(far.forward(request("POST"), ROLE, || Some(gone)).await.status(), 503);
        assert_eq!(far.forward(request("POST"), ROLE, || None).await.status(), 503);
    }
    let address = well().await;
    assert_eq!(far.forward(request("POST"), ROLE, || Some(address)).await.status(), 200);
}
