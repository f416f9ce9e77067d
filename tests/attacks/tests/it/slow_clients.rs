//! S21: clients that are slow, silent or greedy are closed in time, and others are served meanwhile, at the
//! door of one program and at a gateway before another.

use std::time::Duration;

use attacks::Village;
use futures::future::join_all;
use journeys::House;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::Instant;

/// How many drip their headers.
const DRIPS: usize = 1_000;
const EVERY: Duration = Duration::from_secs(5);
/// By when they must be gone.
const WITHIN: Duration = Duration::from_secs(10);
/// How long others are served alone before, to know how long that takes them.
const ALONE: Duration = Duration::from_secs(5);
/// By when a slow body or an idle connection must be gone: what ships, and some patience.
const LATER: Duration = Duration::from_secs(20);

fn address(base: &str) -> String {
    base.trim_start_matches("http://").to_owned()
}

/// Sends a byte now and then until the other side closes; how long that took, and what it answered.
async fn drip(base: &str, begin: &str, every: Duration) -> (Duration, String) {
    let mut connection = TcpStream::connect(address(base)).await.unwrap();
    connection.write_all(begin.as_bytes()).await.unwrap();
    let began = Instant::now();
    let mut answer = Vec::new();
    let mut piece = [0; 1_024];
    loop {
        tokio::select! {
            read = connection.read(&mut piece) => match read {
                Ok(count @ 1..) => answer.extend_from_slice(&piece[..count]),
                _ => return (began.elapsed(), String::from_utf8_lossy(&answer).into_owned()),
            },
            () = tokio::time::sleep(every) => {
                if connection.write_all(b"a").await.is_err() {
                    return (began.elapsed(), String::from_utf8_lossy(&answer).into_owned());
                }
            }
        }
    }
}

/// One good request on a connection of its own.
async fn is_served(base: &str) -> bool {
    let mut connection = TcpStream::connect(address(base)).await.unwrap();
    let request = b"GET /v1/shops/cafe/menu/1 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
    connection.write_all(request).await.unwrap();
    let mut answer = Vec::new();
    connection.read_to_end(&mut answer).await.unwrap();
    answer.starts_with(b"HTTP/1.1 200")
}

/// Serves others as long as `slow` goes on; how many were served, and the slowest of each hundred.
async fn served_beside<T>(base: &str, slow: impl Future<Output = T>) -> (u32, Duration, T) {
    tokio::pin!(slow);
    let (mut served, mut took) = (0, Vec::new());
    loop {
        let began = Instant::now();
        tokio::select! {
            gone = &mut slow => {
                took.sort();
                let slow = took.get(took.len() * 99 / 100).copied().unwrap_or_default();
                return (served, slow, gone);
            }
            well = is_served(base) => {
                assert!(well, "nobody else is served");
                served += 1;
                took.push(began.elapsed());
            }
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// What is tried at a door.
async fn slow_clients_are_closed(base: &str) {
    let (_, alone, ()) = served_beside(base, tokio::time::sleep(ALONE)).await;
    let heads = async {
        let begin = "GET /v1/shops/cafe/menu HTTP/1.1\r\nX-Drip: ";
        join_all((0..DRIPS).map(|_| drip(base, begin, EVERY))).await
    };
    let (served, slowest, drips) = served_beside(base, heads).await;
    for (took, answer) in &drips {
        assert!(*took <= WITHIN && answer.is_empty(), "closed after {took:?} with {answer}");
    }
    println!(
        "{} drips gone, {served} others served meanwhile, 99 of 100 within {slowest:?}, alone {alone:?}",
        drips.len()
    );
    assert!(served >= 50, "{served}");
    assert!(slowest < Duration::from_secs(2), "{slowest:?}");

    let body = "POST /v1/shops/cafe/quotes HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n\
                Content-Length: 100\r\n\r\n{";
    let others = async {
        tokio::join!(
            join_all((0..50).map(|_| drip(base, body, Duration::from_secs(1)))),
            // Says nothing at all.
            join_all((0..50).map(|_| drip(base, "", LATER * 2))),
            join_all((0..50).map(|_| never_reads(base))),
        )
    };
    let (served, _, (bodies, silent, readers)) = served_beside(base, others).await;
    for (took, answer) in &bodies {
        assert!(*took <= LATER, "a slow body was closed after {took:?}");
        assert!(answer.starts_with("HTTP/1.1 408"), "{answer}");
    }
    assert!(silent.iter().all(|(took, _)| *took <= WITHIN), "{silent:?}");
    assert!(readers.iter().all(|bytes| *bytes > 0));
    assert!(served > 0);
}

/// Asks for the largest answer again and again and reads nothing, until the other side takes no more; how
/// much it took. That it is cut then is proven beside the listener, with shorter limits.
async fn never_reads(base: &str) -> usize {
    let mut connection = TcpStream::connect(address(base)).await.unwrap();
    let request = b"GET /openapi.json HTTP/1.1\r\nHost: x\r\n\r\n";
    let until = Instant::now() + Duration::from_secs(3);
    let mut sent = 0;
    while let Ok(Ok(())) = tokio::time::timeout_at(until, connection.write_all(request)).await {
        sent += request.len();
        if sent > 1 << 20 {
            break;
        }
    }
    sent
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_thousand_slow_clients_are_closed_within_ten_seconds_while_others_are_served() {
    let house = House::open(&["cafe"]).await;
    slow_clients_are_closed(&house.url("")).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_same_through_a_gateway_to_a_role() {
    let village = Village::open("cafe", &[]).await;
    slow_clients_are_closed(&village.gateway.public).await;
    // The role behind was held by nobody either.
    assert!(is_served(&village.roles.public).await);
}
