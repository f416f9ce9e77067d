//! One process in front, another that holds the role.

use std::net::SocketAddr;

use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use axum::routing::{any, get};
use edge::forward::{ForwardSettings, Forwarder};
use edge::listener::ListenerSettings;
use edge::sse::{EventId, SseItem, sse};
use futures::StreamExt;
use tokio::io::AsyncWriteExt;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use crate::house::{House, open, read_until, routes};

async fn front_of(holder: SocketAddr) -> House {
    let forwarder = Forwarder::new(&ForwardSettings::default());
    let pass_on = any(async move |request: Request| forwarder.forward(request, holder, "ordering").await);
    open(ListenerSettings::default(), Router::new().fallback_service(pass_on)).await
}

/// Tells what it was sent.
async fn mirror(request: Request) -> axum::response::Response {
    let (parts, body) = request.into_parts();
    let told = |name: &str| {
        let value = parts.headers.get(name).and_then(|value| value.to_str().ok());
        value.unwrap_or("-").to_owned()
    };
    axum::response::Response::builder()
        .status(201)
        .header("location", parts.uri.to_string())
        .header("x-saw", format!("{} {}", parts.method, told("x-forwarded-for")))
        .header("x-key", told("idempotency-key"))
        .header("connection", "x-inner")
        .header("x-inner", "1")
        .body(body)
        .unwrap()
}

#[tokio::test]
async fn method_address_headers_body_and_answer_pass_unchanged() {
    let holder = open(ListenerSettings::default(), Router::new().fallback(mirror)).await;
    let front = front_of(holder.addr).await;

    let answer = front
        .exchange(
            b"PUT /v1/orders/7?x=%20y HTTP/1.1\r\nhost: shop\r\nidempotency-key: k1\r\n\
              x-forwarded-for: 6.6.6.6\r\ncontent-length: 5\r\nconnection: close\r\n\r\nhello",
        )
        .await;

    assert!(answer.starts_with("HTTP/1.1 201"), "{answer}");
    assert!(answer.contains("location: /v1/orders/7?x=%20y\r\n"), "{answer}");
    assert!(answer.contains("x-saw: PUT 127.0.0.1\r\n"), "{answer}");
    assert!(answer.contains("x-key: k1\r\n"), "{answer}");
    assert!(!answer.contains("x-inner: 1"), "{answer}");
    assert!(answer.ends_with("\r\n\r\nhello"), "{answer}");
}

#[tokio::test]
async fn a_body_of_several_megabytes_streams_both_ways() {
    let holder = open(ListenerSettings::default(), Router::new().fallback(mirror)).await;
    let forwarder = Forwarder::new(&ForwardSettings::default());
    let pieces = futures::stream::iter(0..128_u8).map(|n| Ok::<_, std::io::Error>(vec![n; 65_536]));
    let request = Request::post("/").header("host", "x").body(Body::from_stream(pieces)).unwrap();

    let response = forwarder.forward(request, holder.addr, "ordering").await.unwrap();

    let body = axum::body::to_bytes(response.into_body(), usize::MAX).await.unwrap();
    assert_eq!(body.len(), 128 * 65_536);
    assert_eq!((body[0], body[body.len() - 1]), (0, 127));
}

#[tokio::test]
async fn nobody_there_is_a_503_not_held_here_with_retry_after() {
    let gone = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let front = front_of(gone).await;

    let answer = front.exchange(b"GET /v1/orders HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n").await;

    assert!(answer.starts_with("HTTP/1.1 503"), "{answer}");
    assert!(answer.contains("retry-after: "), "{answer}");
    assert!(answer.contains("not-held-here"), "{answer}");
}

#[tokio::test]
async fn a_holder_that_breaks_off_is_a_503_whose_outcome_is_unknown() {
    let holder = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let front = front_of(holder.local_addr().unwrap()).await;
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = holder.accept().await {
            read_until(&mut stream, "\r\n\r\n").await;
        }
    });

    let answer = front
        .exchange(b"POST /v1/orders HTTP/1.1\r\nhost: x\r\ncontent-length: 0\r\nconnection: close\r\n\r\n")
        .await;

    assert!(answer.starts_with("HTTP/1.1 503"), "{answer}");
    assert!(answer.contains("neighbour-unavailable"), "{answer}");
}

#[tokio::test]
async fn a_body_that_is_none_is_the_client_s_fault_and_not_the_holder_s() {
    let holder = open(ListenerSettings::default(), routes()).await;
    let front = front_of(holder.addr).await;
    for chunks in ["zz\r\n21\r\n", "2\r\n21x\r\n0\r\n\r\n", "ffffffffffffffffff\r\n21\r\n"] {
        let request = format!(
            "POST /double HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n\
             transfer-encoding: chunked\r\n\r\n{chunks}"
        );

        let answer = front.exchange(request.as_bytes()).await;

        assert!(answer.starts_with("HTTP/1.1 400"), "{chunks:?}: {answer}");
        assert!(answer.contains("malformed-request"), "{chunks:?}: {answer}");
    }
}

#[tokio::test]
async fn two_processes_never_pass_a_request_to_and_fro() {
    let inner = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let middle = front_of(inner).await;
    let front = front_of(middle.addr).await;

    let answer = front.exchange(b"GET / HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n").await;

    assert!(answer.contains("not-held-here"), "{answer}");
    assert!(answer.contains("said to hold ordering"), "{answer}");
}

#[tokio::test]
async fn events_pass_one_by_one_while_the_stream_is_open() {
    let (sender, receiver) = tokio::sync::mpsc::channel::<SseItem>(1);
    let receiver = std::sync::Arc::new(tokio::sync::Mutex::new(Some(receiver)));
    let events = get(async move || {
        let receiver = receiver.lock().await.take().unwrap();
        let items =
            futures::stream::unfold(receiver, async |mut receiver| Some((receiver.recv().await?, receiver)));
        sse(items, CancellationToken::new())
    });
    let holder = open(ListenerSettings::default(), Router::new().route("/events", events)).await;
    let front = front_of(holder.addr).await;
    let mut client = front.connect().await;
    client.write_all(b"GET /events HTTP/1.1\r\nhost: x\r\n\r\n").await.unwrap();
    read_until(&mut client, "text/event-stream").await;

    for position in 1..=3 {
        let id = EventId { generation: 1, position };
        sender.send(SseItem::json(id, "order", &position).unwrap()).await.unwrap();
        read_until(&mut client, &format!("id: 1-{position}")).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_requests_at_once_each_get_their_own_answer() {
    let holder = open(ListenerSettings::default(), Router::new().fallback(mirror)).await;
    let forwarder = Forwarder::new(&ForwardSettings::default());
    let answers = (0..64).map(|n| {
        let (forwarder, holder) = (forwarder.clone(), holder.addr);
        async move {
            let body = Body::from(n.to_string());
            let request = Request::post("/").header("host", "x").body(body).unwrap();
            let response = forwarder.forward(request, holder, "ordering").await.unwrap();
            let body = axum::body::to_bytes(response.into_body(), 64).await.unwrap();
            assert_eq!(body, n.to_string());
        }
    });

    futures::future::join_all(answers).await;
}
