//! A listener on loopback with a few routes, and a raw client for it.

use std::net::SocketAddr;
use std::time::Duration;

use axum::Router;
use axum::routing::{get, post};
use edge::body::StrictJson;
use edge::layers::{EdgeLayer, EdgeSettings};
use edge::listener::{Drained, Listener, ListenerSettings};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

/// Longer than any test should take: a test that would hang fails instead.
pub(crate) const PATIENCE: Duration = Duration::from_secs(20);

/// The length of `/large`, in bytes: more than sockets hold.
pub(crate) const LARGE_LEN: usize = 32 << 20;

pub(crate) struct House {
    pub(crate) addr: SocketAddr,
    pub(crate) shutdown: CancellationToken,
    pub(crate) served: JoinHandle<Drained>,
}

pub(crate) fn routes() -> Router {
    Router::new()
        .route("/fine", get(async || "fine"))
        .route("/large", get(async || "x".repeat(LARGE_LEN)))
        .route("/hangs", get(std::future::pending::<&'static str>))
        .route("/double", post(async |StrictJson(n): StrictJson<u32>| (n * 2).to_string()))
}

pub(crate) async fn open(settings: ListenerSettings, routes: Router) -> House {
    let listener = Listener::bind("127.0.0.1:0".parse().unwrap(), settings).await.unwrap();
    let addr = listener.local_addr();
    let shutdown = CancellationToken::new();
    let app = routes.layer(EdgeLayer::new(&EdgeSettings { timeout_millis: 0, ..EdgeSettings::default() }));
    let served = tokio::spawn(listener.serve(app, shutdown.clone()));
    House { addr, shutdown, served }
}

impl House {
    pub(crate) async fn connect(&self) -> TcpStream {
        TcpStream::connect(self.addr).await.unwrap()
    }

    /// Sends bytes on a connection of their own and reads until it is closed.
    pub(crate) async fn exchange(&self, bytes: &[u8]) -> String {
        let mut stream = self.connect().await;
        // The other side may close before it has read everything.
        let _closed = stream.write_all(bytes).await;
        read_to_close(&mut stream).await
    }

    /// One good request; whether it was answered well.
    pub(crate) async fn is_served(&self) -> bool {
        let request = b"GET /fine HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n";
        let answer = self.exchange(request).await;
        answer.starts_with("HTTP/1.1 200") && answer.ends_with("fine")
    }
}

/// Everything until the other side closes.
pub(crate) async fn read_to_close(stream: &mut TcpStream) -> String {
    let mut bytes = Vec::new();
    let mut piece = [0; 4096];
    let all = async {
        while let Ok(count @ 1..) = stream.read(&mut piece).await {
            bytes.extend_from_slice(&piece[..count]);
        }
    };
    tokio::time::timeout(PATIENCE, all).await.expect("closed in time");
    String::from_utf8_lossy(&bytes).into_owned()
}

/// Reads until the text has come.
pub(crate) async fn read_until(stream: &mut TcpStream, text: &str) -> String {
    let mut bytes = Vec::new();
    let mut piece = [0; 4096];
    let all = async {
        while !String::from_utf8_lossy(&bytes).contains(text) {
            let count = stream.read(&mut piece).await.unwrap();
            assert_ne!(count, 0, "closed before {text:?}, after {bytes:?}");
            bytes.extend_from_slice(&piece[..count]);
        }
    };
    tokio::time::timeout(PATIENCE, all).await.expect("text in time");
    String::from_utf8_lossy(&bytes).into_owned()
}
