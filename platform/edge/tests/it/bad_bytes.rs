//! Bytes that are no HTTP, or HTTP that two programs could read in two ways.

use std::time::Duration;

use edge::listener::ListenerSettings;
use tokio::io::AsyncWriteExt;

use crate::house::{open, read_to_close, routes};

#[tokio::test]
async fn bytes_that_are_no_http_are_refused_with_a_problem_and_the_connection_ends() {
    let house = open(ListenerSettings::default(), routes()).await;
    let post = "POST /double HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n";
    let many: String = (0..200).map(|n| format!("x-{n}: 1\r\n")).collect();
    let cases: Vec<(String, u16)> = vec![
        ("\0\0\0\0\r\n\r\n".to_owned(), 400),
        ("GET  /fine HTTP/1.1\r\nhost: x\r\n\r\n".to_owned(), 400),
        ("GET /fine HTTP/3.9\r\nhost: x\r\n\r\n".to_owned(), 400),
        ("GET /fine HTTP/1.1\r\nno colon\r\n\r\n".to_owned(), 400),
        ("GET /fine HTTP/1.1\r\nhost : x\r\n\r\n".to_owned(), 400),
        ("GET /fine HTTP/1.1\r\nhost: x\r\nx: a\0b\r\n\r\n".to_owned(), 400),
        ("GET /fine HTTP/1.1\r\nhost: x\r\nx: a\r\n b\r\n\r\n".to_owned(), 400),
        ("GET /\u{1}fine HTTP/1.1\r\nhost: x\r\n\r\n".to_owned(), 400),
        (format!("{post}content-length: +2\r\n\r\n21"), 400),
        (format!("{post}content-length: -2\r\n\r\n21"), 400),
        (format!("{post}content-length: 2, 3\r\n\r\n21"), 400),
        (format!("{post}content-length: 2\r\ncontent-length: 3\r\n\r\n21"), 400),
        (format!("{post}content-length: 99999999999999999999\r\n\r\n21"), 400),
        (format!("{post}transfer-encoding: gzip\r\n\r\n21"), 400),
        (format!("{post}transfer-encoding: chunked, gzip\r\n\r\n21"), 400),
        (format!("GET /fine HTTP/1.1\r\nhost: x\r\n{many}\r\n"), 431),
        (format!("GET /fine HTTP/1.1\r\nhost: x\r\nx: {}\r\n\r\n", "a".repeat(64 << 10)), 431),
    ];
    for (bytes, status) in cases {
        let answer = house.exchange(bytes.as_bytes()).await;

        let shown = bytes.escape_debug().to_string();
        assert!(answer.starts_with(&format!("HTTP/1.1 {status}")), "{shown} was answered with {answer}");
        assert!(answer.contains("application/problem+json"), "{shown}: {answer}");
        assert!(answer.contains("https://jumun.dev/problems/"), "{shown}: {answer}");
    }
    assert!(house.is_served().await);
}

#[tokio::test]
async fn a_request_without_a_host_or_with_two_is_a_400() {
    let house = open(ListenerSettings::default(), routes()).await;
    for hosts in ["", "host: a\r\nhost: b\r\n"] {
        let request = format!("GET /fine HTTP/1.1\r\n{hosts}\r\n");

        let answer = house.exchange(request.as_bytes()).await;

        assert!(answer.starts_with("HTTP/1.1 400"), "{answer}");
        assert!(answer.contains("malformed-request"), "{answer}");
        assert!(answer.contains("connection: close"), "{answer}");
    }
}

/// RFC 9112 6.3: chunks count, the length is forgotten, and the connection ends.
#[tokio::test]
async fn a_length_beside_chunks_does_not_smuggle_a_second_request() {
    let house = open(ListenerSettings::default(), routes()).await;
    let (length, chunked) = ("content-length: 5\r\n", "transfer-encoding: chunked\r\n");
    for headers in [format!("{length}{chunked}"), format!("{chunked}{length}")] {
        let request = format!(
            "POST /double HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n{headers}\r\n\
             2\r\n21\r\n0\r\n\r\nGET /fine HTTP/1.1\r\nhost: x\r\n\r\n"
        );

        let answer = house.exchange(request.as_bytes()).await;

        assert!(answer.ends_with("\r\n\r\n42"), "{answer}");
        assert_eq!(answer.matches("HTTP/1.1").count(), 1, "{answer}");
    }
}

#[tokio::test]
async fn broken_chunks_are_a_400() {
    let house = open(ListenerSettings::default(), routes()).await;
    for chunks in ["zz\r\n21\r\n", "-1\r\n", "ffffffffffffffffff\r\n21\r\n", "2\r\n21x\r\n0\r\n\r\n"] {
        let request = format!(
            "POST /double HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n\
             transfer-encoding: chunked\r\n\r\n{chunks}"
        );

        let answer = house.exchange(request.as_bytes()).await;

        assert!(answer.starts_with("HTTP/1.1 400"), "{chunks:?}: {answer}");
        assert!(answer.contains("application/problem+json"), "{chunks:?}: {answer}");
    }
}

#[tokio::test]
async fn a_body_without_end_is_cut_at_the_limit() {
    let house = open(ListenerSettings::default(), routes()).await;
    let chunk = format!("2000\r\n{}\r\n", " ".repeat(0x2000));
    let request = format!(
        "POST /double HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n\
         transfer-encoding: chunked\r\nconnection: close\r\n\r\n{}",
        chunk.repeat(12)
    );

    let answer = house.exchange(request.as_bytes()).await;

    assert!(answer.starts_with("HTTP/1.1 413"), "{answer}");
}

#[tokio::test]
async fn pipelined_requests_are_answered_in_their_order() {
    let house = open(ListenerSettings::default(), routes()).await;

    let answer = house
        .exchange(
            b"GET /fine HTTP/1.1\r\nhost: x\r\n\r\nGET /nowhere HTTP/1.1\r\nhost: x\r\n\
              connection: close\r\n\r\n",
        )
        .await;

    let (first, second) = (answer.find(" 200 ").unwrap(), answer.find(" 404 ").unwrap());
    assert!(first < second, "{answer}");
}

#[tokio::test]
async fn a_refused_client_that_is_still_sending_is_not_reset() {
    let house = open(ListenerSettings::default(), routes()).await;
    let mut stream = house.connect().await;
    let head = "POST /double HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n\
                content-length: 4000000\r\n\r\n";
    stream.write_all(head.as_bytes()).await.unwrap();
    let answer = read_to_close(&mut stream).await;
    assert!(answer.starts_with("HTTP/1.1 413"), "{answer}");

    // A reset would fail the write after the one that caused it.
    for _ in 0..5 {
        stream.write_all(&[b' '; 1_000]).await.unwrap();
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}
