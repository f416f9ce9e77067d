//! Clients that are slow, silent or greedy.

use std::time::Duration;

use edge::listener::ListenerSettings;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use crate::house::{PATIENCE, open, read_to_close, read_until, routes};

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
    let house = open(brisk(), routes()).await;
    let mut drips = tokio::task::JoinSet::new();
    for _ in 0..300 {
        let mut stream = house.connect().await;
        drips.spawn(async move {
            stream.write_all(b"GET /fine HTTP/1.1\r\nx-drip: ").await.unwrap();
            let mut piece = [0; 64];
            loop {
                tokio::select! {
                    read = stream.read(&mut piece) => return read.unwrap_or(0),
                    () = tokio::time::sleep(Duration::from_millis(50)) => {
                        if stream.write_all(b"a").await.is_err() {
                            return 0;
                        }
                    }
                }
            }
        });
    }

    let mut served = 0;
    let all_closed = tokio::time::timeout(PATIENCE, async {
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

    assert!(answer.len() < 32 << 20, "{}", answer.len());
}

#[tokio::test]
async fn a_client_that_reads_slowly_but_steadily_gets_everything() {
    let settings = ListenerSettings {
        idle_timeout: Duration::from_secs(1),
        write_timeout: Duration::from_secs(1),
        ..brisk()
    };
    let house = open(settings, routes()).await;
    let mut stream = house.connect().await;
    stream.write_all(LARGE).await.unwrap();

    let mut piece = vec![0; 4 << 20];
    for _ in 0..7 {
        stream.read_exact(&mut piece).await.unwrap();
        tokio::time::sleep(Duration::from_millis(250)).await;
    }
    let rest = read_to_close(&mut stream).await;

    assert!(rest.len() > 4 << 20, "cut after {}", rest.len());
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
