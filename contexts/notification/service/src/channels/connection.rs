//! A connection to a webhook or a relay: to one of the addresses that were looked at, under TLS where the
//! address asks for it, for one call.

use std::net::{IpAddr, SocketAddr};

use http_body_util::{BodyExt, Full, Limited};
use hyper::body::Bytes;
use hyper::client::conn::http1;
use hyper::{Request, StatusCode};
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::task::JoinSet;
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::pki_types::ServerName;
use url::Url;

/// Sends one request to one of these addresses and tells its status; the rest of the answer is not read.
///
/// # Errors
/// What went wrong, without the address, which may hold a secret of its own.
pub(super) async fn send(
    tls: &TlsConnector,
    url: &Url,
    addresses: &[SocketAddr],
    request: Request<Full<Bytes>>,
) -> Result<StatusCode, String> {
    Ok(ask(tls, url, addresses, request, 0).await?.0)
}

/// The same, with so much of the answer's body; none of a longer one.
///
/// # Errors
/// As [`send`].
pub(super) async fn ask(
    tls: &TlsConnector,
    url: &Url,
    addresses: &[SocketAddr],
    request: Request<Full<Bytes>>,
    body_bytes_max: usize,
) -> Result<(StatusCode, Bytes), String> {
    let stream = TcpStream::connect(addresses).await.map_err(|_| "cannot be connected to".to_owned())?;
    if url.scheme() != "https" {
        return exchange(stream, request, body_bytes_max).await;
    }
    let host = host_of(url);
    let name = ServerName::try_from(host).map_err(|_| "its name cannot be in a certificate".to_owned())?;
    let secured = tls.connect(name, stream).await;
    // What rustls says names the certificate's fault, and nothing of the address's path.
    let secured = secured.map_err(|error| format!("no secure connection: {error}"))?;
    exchange(secured, request, body_bytes_max).await
}

/// The addresses that a host stands for.
///
/// # Errors
/// When it stands for none.
pub(super) async fn look_up(url: &Url) -> Result<Vec<SocketAddr>, String> {
    let port = url.port_or_known_default().unwrap_or(443);
    let found = tokio::net::lookup_host((host_of(url), port)).await;
    let addresses: Vec<SocketAddr> = found.map_err(|_| "the host is not known".to_owned())?.collect();
    if addresses.is_empty() { Err("the host is not known".to_owned()) } else { Ok(addresses) }
}

/// Path and query, as a request names them.
pub(super) fn target_of(url: &Url) -> String {
    let query = url.query().map(|query| format!("?{query}")).unwrap_or_default();
    format!("{}{query}", url.path())
}

/// Host and port, as a request names them.
pub(super) fn authority_of(url: &Url) -> String {
    let port = url.port().map(|port| format!(":{port}")).unwrap_or_default();
    format!("{}{port}", url.host_str().unwrap_or_default())
}

/// The host as it is looked up, and as a certificate must name it.
pub(super) fn host_of(url: &Url) -> String {
    url.host_str().unwrap_or_default().trim_matches(['[', ']']).to_owned()
}

/// Whether an address leads to this machine by what it says: no name is looked up.
pub(super) fn is_this_machine(url: &Url) -> bool {
    let host = host_of(url);
    host == "localhost" || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

async fn exchange<S>(
    stream: S,
    request: Request<Full<Bytes>>,
    body_bytes_max: usize,
) -> Result<(StatusCode, Bytes), String>
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let broke = |_| "the connection broke".to_owned();
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await.map_err(broke)?;
    // Dropped with this call, and the connection with it.
    let mut connections = JoinSet::new();
    connections.spawn(connection);
    let (head, body) = sender.send_request(request).await.map_err(broke)?.into_parts();
    if body_bytes_max == 0 {
        return Ok((head.status, Bytes::new()));
    }
    let body = Limited::new(body, body_bytes_max).collect().await;
    Ok((head.status, body.map_err(|_| "the answer broke off, or was too long".to_owned())?.to_bytes()))
}
