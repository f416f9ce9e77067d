//! The listener: accepts connections, serves HTTP/1.1 on them, closes those that are slow, and
//! drains them all on shutdown.
//!
//! `axum::serve` cannot be told how long a client may take over its headers. Here every
//! connection has a pulse that says what it is doing and since when, and one watcher looks
//! at all of them a few times per second: a request costs no timer.
//!
//! ```no_run
//! # async fn run() -> std::io::Result<()> {
//! use edge::listener::{Listener, ListenerSettings};
//! let listener = Listener::bind("127.0.0.1:8088".parse().unwrap(), ListenerSettings::default()).await?;
//! println!("listening on http://{}", listener.local_addr());
//! let shutdown = tokio_util::sync::CancellationToken::new();
//! let drained = listener.serve(axum::Router::new(), shutdown).await;
//! assert_eq!(drained.cut, 0);
//! # Ok(())
//! # }
//! ```

use std::convert::Infallible;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::response::Response;
use http::Request;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tower::Service;

use crate::connection::{Connection, serve_connection};
use crate::pulse::{Order, Pulse, Pulses};

/// Limits of a listener.
#[derive(Debug, Clone)]
pub struct ListenerSettings {
    /// Most connections at a time; more wait in the backlog of the system. Keep it below the
    /// limit of open files.
    pub connections_max: usize,
    /// How long a client may take over the head of a request, from its first byte (from the
    /// connection, for the first request). A slow client is closed at the latest after this
    /// and half a second.
    pub head_timeout: Duration,
    /// How long a connection may be idle between requests.
    pub idle_timeout: Duration,
    /// How long a client may take over a body, from the first wait for it.
    pub body_timeout: Duration,
    /// How long a client may refuse to read while there is something to send.
    pub write_timeout: Duration,
    /// Most bytes in the head of a request; at least 8,192.
    pub head_bytes_max: usize,
    /// Most headers of a request.
    pub headers_max: usize,
    /// How long a shutdown waits for requests under way.
    pub drain_timeout: Duration,
}

impl Default for ListenerSettings {
    fn default() -> Self {
        Self {
            connections_max: 4_096,
            head_timeout: Duration::from_secs(5),
            idle_timeout: Duration::from_secs(30),
            body_timeout: Duration::from_secs(10),
            write_timeout: Duration::from_secs(30),
            head_bytes_max: 16 * 1024,
            headers_max: 100,
            drain_timeout: Duration::from_secs(10),
        }
    }
}

/// How a shutdown went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Drained {
    /// Connections that were cut because they were still busy at the end of the drain.
    pub cut: usize,
}

/// A bound socket, not yet accepting.
#[derive(Debug)]
pub struct Listener {
    socket: TcpListener,
    local_addr: SocketAddr,
    settings: ListenerSettings,
}

impl Listener {
    /// Binds; port 0 picks one.
    ///
    /// # Errors
    /// When the address cannot be had, such as a port in use.
    pub async fn bind(addr: SocketAddr, settings: ListenerSettings) -> io::Result<Self> {
        let socket = TcpListener::bind(addr).await?;
        let local_addr = socket.local_addr()?;
        Ok(Self { socket, local_addr, settings })
    }

    /// The address that was bound, with the port that was picked.
    #[must_use]
    pub fn local_addr(&self) -> SocketAddr {
        self.local_addr
    }

    /// Serves `app` until `shutdown` is cancelled and the requests under way are answered (or
    /// the drain's time is over). Streams must end by themselves on shutdown.
    pub async fn serve<S>(self, app: S, shutdown: CancellationToken) -> Drained
    where
        S: Service<Request<Body>, Response = Response, Error = Infallible> + Clone + Send + Sync + 'static,
        S::Future: Send + 'static,
    {
        let settings = Arc::new(self.settings);
        let pulses = Arc::new(Pulses::new());
        let connections = TaskTracker::new();
        let watcher = tokio::spawn(watch(Arc::clone(&pulses), Arc::clone(&settings)));
        let slots = Arc::new(Semaphore::new(settings.connections_max.clamp(1, Semaphore::MAX_PERMITS)));

        while let Some((stream, peer, slot)) = accept(&self.socket, &slots, &shutdown).await {
            let connection =
                Connection { stream, peer, pulse: pulses.begin(), settings: Arc::clone(&settings) };
            let app = app.clone();
            connections.spawn(async move {
                serve_connection(connection, app).await;
                drop(slot);
            });
        }

        drop(self.socket);
        connections.close();
        let drained = drain(&pulses, &connections, settings.drain_timeout).await;
        watcher.abort();
        drained
    }
}

/// The next connection; `None` on shutdown.
async fn accept(
    socket: &TcpListener,
    slots: &Arc<Semaphore>,
    shutdown: &CancellationToken,
) -> Option<(TcpStream, SocketAddr, OwnedSemaphorePermit)> {
    let accepted = async {
        // The semaphore is never closed.
        let slot = Arc::clone(slots).acquire_owned().await.ok()?;
        loop {
            match socket.accept().await {
                Ok((stream, peer)) => {
                    // Small answers should leave at once. A socket that is gone already fails
                    // here and is found out when it is read.
                    let _gone = stream.set_nodelay(true);
                    return Some((stream, peer, slot));
                }
                Err(error) if is_of_one_connection(&error) => {}
                Err(error) => {
                    // Out of files or memory: it stays in the backlog, another one must go first.
                    tracing::warn!(%error, "cannot accept connections");
                    tokio::time::sleep(Duration::from_millis(50)).await;
                }
            }
        }
    };
    tokio::select! {
        biased;
        () = shutdown.cancelled() => None,
        accepted = accepted => accepted,
    }
}

fn is_of_one_connection(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::ConnectionRefused | io::ErrorKind::ConnectionAborted | io::ErrorKind::ConnectionReset
    )
}

/// Looks at every connection again and again and ends those that overstay.
async fn watch(pulses: Arc<Pulses>, settings: Arc<ListenerSettings>) {
    let shortest = [settings.head_timeout, settings.idle_timeout, settings.write_timeout]
        .into_iter()
        .min()
        .unwrap_or(settings.head_timeout);
    let every = (shortest / 10).clamp(Duration::from_millis(5), Duration::from_millis(250));
    let mut ticks = tokio::time::interval(every);
    ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        ticks.tick().await;
        let now = pulses.tell_time();
        let overstays = |pulse: &Pulse| pulse.overstays(now, &settings, every);
        pulses.order(Order::End, overstays);
    }
}

async fn drain(pulses: &Pulses, connections: &TaskTracker, timeout: Duration) -> Drained {
    pulses.order(Order::Drain, |_| true);
    if tokio::time::timeout(timeout, connections.wait()).await.is_ok() {
        return Drained { cut: 0 };
    }
    let cut = connections.len();
    tracing::warn!(cut, "connections were still busy at the end of the drain");
    pulses.order(Order::End, |_| true);
    connections.wait().await;
    Drained { cut }
}
