//! S22: there is no HTTP/2 to attack. Neither its preface nor an upgrade to it is taken up.

use journeys::{House, raw};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn neither_a_preface_nor_an_upgrade_opens_http_2() {
    let house = House::open(&["cafe"]).await;
    let base = house.url("");
    let preface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
    // A thousand frames that open and reset streams.
    let reset: Vec<u8> = (0..1_000_u32)
        .flat_map(|stream| {
            let stream = (stream * 2 + 1).to_be_bytes();
            [&[0, 0, 1, 1, 5][..], &stream, &[0x82], &[0, 0, 4, 3, 0], &stream, &[0, 0, 0, 8]].concat()
        })
        .collect();
    let answer = raw(&base, &[preface.as_bytes(), &[0, 0, 0, 4, 0, 0, 0, 0, 0], &reset].concat());
    assert_eq!(answer, "", "closed without a word");
    for upgrade in ["h2c", "websocket", "TLS/1.0"] {
        let request = format!(
            "GET /v1/shops/cafe/menu/1 HTTP/1.1\r\nHost: x\r\nConnection: Upgrade, HTTP2-Settings, close\r\n\
             Upgrade: {upgrade}\r\nHTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA\r\n\r\n"
        );
        let answer = raw(&base, request.as_bytes());
        assert!(answer.starts_with("HTTP/1.1 200"), "{upgrade}: {answer}");
        assert!(!answer.contains("\r\nupgrade:"), "{upgrade}: {answer}");
    }
    let _served = house.get("/v1/shops/cafe/menu").await.is(200);
}
