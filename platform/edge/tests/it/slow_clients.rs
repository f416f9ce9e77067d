//! Clients that are slow, silent or greedy.

use std::time::Duration;

use edge::listener::ListenerSettings;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::task::JoinSet;

use crate::house::{LARGE_LEN, PATIENCE, open, read_to_close, read_until, routes};

fn brisk() -> ListenerSettings {
    ListenerSettings {
        head_timeout: Duration::from_millis(400),
        idle_timeout: Duration::from_millis(400),
        body_timeout: Duration::from_millis(400),
        write_timeout: Duration::from_millis(400),
        ..ListenerSettings::default()
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn three_hundred_clients_that_drip_their_headers_are_closed_while_others_are_served() {
    closes_drips_while_others_are_served(brisk(), 300, Duration::from_millis(50), PATIENCE).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "the full size, with the limits that ship: takes six seconds and 2,000 open files"]
async fn a_thousand_clients_that_send_a_byte_in_five_seconds_are_closed_within_ten() {
    let (every, within) = (Duration::from_secs(5), Duration::from_secs(10));
    closes_drips_while_others_are_served(ListenerSettings::default(), 1_000, every, within).await;
}

/// Clients that send the start of a head and then one byte at a time.
async fn closes_drips_while_others_are_served(
    settings: ListenerSettings,
    clients: usize,
    every: Duration,
    within: Duration,
) {
    let house = open(settings, routes()).await;
    let mut drips = JoinSet::new();
    for _ in 0..clients {
        drips.spawn(drip(house.connect().await, every));
    }

    let mut served = 0;
    let all_closed = tokio::time::timeout(within, async {
        while !drips.is_empty() {
            assert!(house.is_served().await);
            served += 1;
            while let Some(read) = drips.try_join_next() {
                assert_eq!(read.unwrap(), 0, "closed without an answer");
            }
        }
    });

    all_closed.await.expect("every slow client is closed");
    assert!(served > 0);
}

/// Goes on until the other side closes; how many bytes it answered.
async fn drip(mut stream: TcpStream, every: Duration) -> usize {
    stream.write_all(b"GET /fine HTTP/1.1\r\nx-drip: ").await.unwrap();
    let mut piece = [0; 64];
    loop {
        tokio::select! {
            read = stream.read(&mut piece) => return read.unwrap_or(0),
            () = tokio::time::sleep(every) => {
                if stream.write_all(b"a").await.is_err() {
                    return 0;
                }
            }
        }
    }
}

#[tokio::test]
async fn a_client_that_says_nothing_at_all_is_closed() {
    let house = open(brisk(), routes()).await;
    let mut stream = house.connect().await;

    assert_eq!(read_to_close(&mut stream).await, "");
}

#[tokio::test]
async fn a_connection_is_used_again_and_closed_when_it_is_idle_for_too_long() {
    let house = open(brisk(), routes()).await;
    let mut stream = house.connect().await;

    for _ in 0..3 {
        stream.write_all(b"GET /fine HTTP/1.1\r\nhost: x\r\n\r\n").await.unwrap();
        read_until(&mut stream, "\r\n\r\nfine").await;
    }

    assert_eq!(read_to_close(&mut stream).await, "");
}

#[tokio::test]
async fn a_second_head_that_drips_is_closed_like_a_first() {
    let settings = ListenerSettings { idle_timeout: PATIENCE * 10, ..brisk() };
    let house = open(settings, routes()).await;
    let mut stream = house.connect().await;
    stream.write_all(b"GET /fine HTTP/1.1\r\nhost: x\r\n\r\n").await.unwrap();
    read_until(&mut stream, "\r\n\r\nfine").await;

    stream.write_all(b"G").await.unwrap();

    assert_eq!(read_to_close(&mut stream).await, "");
}

#[tokio::test]
async fn a_body_that_drips_is_a_408() {
    let house = open(brisk(), routes()).await;

    let answer = house
        .exchange(
            b"POST /double HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n\
              content-length: 10\r\n\r\n1",
        )
        .await;

    assert!(answer.starts_with("HTTP/1.1 408"), "{answer}");
    assert!(answer.contains("body-too-slow"), "{answer}");
}

const LARGE: &[u8] = b"GET /large HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n";

#[tokio::test]
async fn a_client_that_does_not_read_is_cut() {
    let settings = ListenerSettings { idle_timeout: PATIENCE * 10, ..brisk() };
    let house = open(settings, routes()).await;
    let mut stream = house.connect().await;
    stream.write_all(LARGE).await.unwrap();

    // Reading begins only when the other side has given up: what the system holds comes out,
    // then the end, long before all of it.
    tokio::time::sleep(Duration::from_millis(1_500)).await;
    let answer = read_to_close(&mut stream).await;

    assert!(answer.len() < LARGE_LEN, "{}", answer.len());
}

#[tokio::test]
async fn a_client_that_reads_slowly_but_steadily_gets_everything_and_may_ask_again() {
    let settings = ListenerSettings {
        idle_timeout: Duration::from_secs(1),
        write_timeout: Duration::from_secs(1),
        ..brisk()
    };
    let house = open(settings, routes()).await;
    let mut stream = house.connect().await;
    stream.write_all(b"GET /large HTTP/1.1\r\nhost: x\r\n\r\n").await.unwrap();
    let head = read_until(&mut stream, "\r\n\r\n").await;
    let (_, begun) = head.split_once("\r\n\r\n").unwrap();

    let mut left = vec![0; LARGE_LEN - begun.len()];
    for piece in left.chunks_mut(5 << 20) {
        stream.read_exact(piece).await.unwrap();
        tokio::time::sleep(Duration::from_millis(250)).await;
    }
    stream.write_all(b"GET /fine HTTP/1.1\r\nhost: x\r\n\r\n").await.unwrap();

    read_until(&mut stream, "\r\n\r\nfine").await;
}

#[tokio::test]
async fn connections_over_the_cap_wait_for_a_place() {
    let settings = ListenerSettings { connections_max: 1, head_timeout: PATIENCE * 10, ..brisk() };
    let house = open(settings, routes()).await;
    let mut first = house.connect().await;
    first.write_all(b"GET /hangs HTTP/1.1\r\nhost: x\r\n\r\n").await.unwrap();
    let mut second = house.connect().await;
    second.write_all(b"GET /fine HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n").await.unwrap();
    let mut byte = [0; 1];
    let early = tokio::time::timeout(Duration::from_millis(100), second.read(&mut byte)).await;
    assert!(early.is_err(), "served beside the first");

    drop(first);

    assert!(read_to_close(&mut second).await.ends_with("fine"));
}
