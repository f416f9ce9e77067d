//! Forwarding of a request, byte for byte, to the process that holds the role.
//!
//! Every process serves the edge; what it does not hold itself it passes on over loopback.
//! Bodies stream both ways. If nobody is there the answer is 503 `not-held-here`; if somebody
//! was there and broke off, 503 `neighbour-unavailable`: then the outcome is not known and the
//! client repeats with its `Idempotency-Key`.

use std::error::Error as _;
use std::fmt;
use std::net::SocketAddr;
use std::time::Duration;

use axum::body::Body;
use axum::extract::{ConnectInfo, Request};
use axum::response::Response;
use http::header::{
    CONNECTION, EXPECT, HOST, HeaderName, PROXY_AUTHENTICATE, PROXY_AUTHORIZATION, TE, TRAILER,
    TRANSFER_ENCODING, UPGRADE,
};
use http::uri::{PathAndQuery, Scheme};
use http::{HeaderMap, HeaderValue, Uri, Version};
use http_body_util::BodyExt;
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::{TokioExecutor, TokioTimer};

use crate::problem::{Problem, ProblemKind};

const FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");
const FORWARDED_HOST: HeaderName = HeaderName::from_static("x-forwarded-host");
const FORWARDED_PROTO: HeaderName = HeaderName::from_static("x-forwarded-proto");
/// Marks what was forwarded already, so that two processes never pass a request to and fro.
const JUMUN_FORWARDED: HeaderName = HeaderName::from_static("jumun-forwarded");

/// Headers that are about one connection (RFC 9110, 7.6.1) and end at it.
const HOP_BY_HOP: [HeaderName; 10] = [
    CONNECTION,
    HeaderName::from_static("keep-alive"),
    HeaderName::from_static("proxy-connection"),
    PROXY_AUTHENTICATE,
    PROXY_AUTHORIZATION,
    TE,
    TRAILER,
    TRANSFER_ENCODING,
    UPGRADE,
    EXPECT,
];

/// How requests are forwarded.
#[derive(Debug, Clone)]
pub struct ForwardSettings {
    /// How long making a connection may take.
    pub connect_timeout: Duration,
    /// How long an unused connection is kept.
    pub idle_timeout: Duration,
    /// Most unused connections kept per address.
    pub idle_max: usize,
    /// Whether the `X-Forwarded-*` headers of a client are believed: only behind a proxy of
    /// your own that sets them.
    pub trusts_forwarded: bool,
}

impl Default for ForwardSettings {
    fn default() -> Self {
        Self {
            connect_timeout: Duration::from_secs(1),
            // Shorter than the listener's: a connection is not taken up while it is being closed.
            idle_timeout: Duration::from_secs(15),
            idle_max: 256,
            trusts_forwarded: false,
        }
    }
}

/// Forwards requests; clones share their connections.
#[derive(Debug, Clone)]
pub struct Forwarder {
    client: Client<HttpConnector, Body>,
    trusts_forwarded: bool,
}

impl Forwarder {
    /// A forwarder without connections yet.
    #[must_use]
    pub fn new(settings: &ForwardSettings) -> Self {
        let mut connector = HttpConnector::new();
        connector.set_nodelay(true);
        connector.set_connect_timeout(Some(settings.connect_timeout));
        let client = Client::builder(TokioExecutor::new())
            .pool_timer(TokioTimer::new())
            .pool_idle_timeout(settings.idle_timeout)
            .pool_max_idle_per_host(settings.idle_max)
            .build(connector);
        Self { client, trusts_forwarded: settings.trusts_forwarded }
    }

    /// Forwards a request to the process at `holder`, which is said to hold `role`. What that process
    /// answers is the answer, a problem of its own too.
    ///
    /// # Errors
    /// [`ProblemKind::NotHeldHere`] where nobody listens there, [`ProblemKind::NeighbourUnavailable`]
    /// where somebody broke off, and what is wrong with the request itself.
    pub async fn forward(
        &self,
        request: Request,
        holder: SocketAddr,
        role: &str,
    ) -> Result<Response, Problem> {
        let request = self.prepare(request, holder, role)?;
        let response = self.client.request(request).await.map_err(|error| broken(&error, role))?;
        let (mut parts, body) = response.into_parts();
        strip_hop_by_hop(&mut parts.headers);
        parts.version = Version::HTTP_11;
        // The connection's own particulars are of no use to whoever comes next.
        parts.extensions.clear();
        Ok(Response::from_parts(parts, Body::new(body)))
    }

    fn prepare(&self, request: Request, holder: SocketAddr, role: &str) -> Result<Request, Problem> {
        let (mut parts, body) = request.into_parts();
        let body = Body::new(body.map_err(ClientBroke));
        if parts.headers.contains_key(&JUMUN_FORWARDED) {
            return Err(Problem::of(ProblemKind::NotHeldHere)
                .detail(format!("the process that was said to hold {role} does not")));
        }
        let peer = parts.extensions.get::<ConnectInfo<SocketAddr>>().map(|ConnectInfo(peer)| *peer);
        strip_hop_by_hop(&mut parts.headers);
        self.say_who_asked(&mut parts.headers, peer);
        parts.uri = address(holder, &parts.uri)?;
        parts.version = Version::HTTP_11;
        parts.extensions.clear();
        Ok(Request::from_parts(parts, body))
    }

    fn say_who_asked(&self, headers: &mut HeaderMap, peer: Option<SocketAddr>) {
        headers.insert(JUMUN_FORWARDED, HeaderValue::from_static("1"));
        if !self.trusts_forwarded {
            for name in [&FORWARDED_FOR, &FORWARDED_HOST, &FORWARDED_PROTO] {
                headers.remove(name);
            }
            headers.remove(http::header::FORWARDED);
        }
        if let Some(host) = headers.get(HOST).cloned() {
            headers.entry(FORWARDED_HOST).or_insert(host);
        }
        headers.entry(FORWARDED_PROTO).or_insert(HeaderValue::from_static("http"));
        if let Some(peer) = peer.and_then(|peer| peer.ip().to_string().parse().ok()) {
            headers.append(FORWARDED_FOR, peer);
        }
    }
}

fn address(holder: SocketAddr, asked: &Uri) -> Result<Uri, Problem> {
    let path = asked.path_and_query().cloned().unwrap_or(PathAndQuery::from_static("/"));
    Uri::builder()
        .scheme(Scheme::HTTP)
        .authority(holder.to_string())
        .path_and_query(path)
        .build()
        .map_err(|_| Problem::of(ProblemKind::MalformedRequest))
}

/// Takes out what is about one connection only, also what `Connection` itself names.
fn strip_hop_by_hop(headers: &mut HeaderMap) {
    let named: Vec<HeaderName> = headers
        .get_all(CONNECTION)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .filter_map(|name| name.trim().parse().ok())
        .collect();
    for name in HOP_BY_HOP.iter().chain(&named) {
        // The length belongs to the body and stays, whatever the client calls it.
        if name != http::header::CONTENT_LENGTH && name != HOST {
            headers.remove(name);
        }
    }
}

fn broken(error: &hyper_util::client::legacy::Error, role: &str) -> Problem {
    if error.is_connect() {
        return Problem::of(ProblemKind::NotHeldHere).detail(format!("{role} is not running"));
    }
    if let Some(refused) = error.source().and_then(client_body_error) {
        return refused;
    }
    tracing::warn!(role, %error, "a forwarded request broke off");
    Problem::of(ProblemKind::NeighbourUnavailable).detail(format!("{role} broke off"))
}

/// The client's body broke off or was none; no fault of whom it was passed on to.
#[derive(Debug)]
struct ClientBroke(axum::Error);

impl fmt::Display for ClientBroke {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the client's body broke off")
    }
}

impl std::error::Error for ClientBroke {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(&self.0)
    }
}

/// A client that sends its body too slowly, or sends what is none, breaks the forwarding too.
fn client_body_error(error: &(dyn std::error::Error + 'static)) -> Option<Problem> {
    let mut cause = Some(error);
    let mut broke = None;
    while let Some(error) = cause {
        if error.is::<crate::body_deadline::BodyDeadlinePassed>() {
            return Some(Problem::of(ProblemKind::BodyTooSlow));
        }
        if error.is::<ClientBroke>() {
            let refused = Problem::of(ProblemKind::MalformedRequest);
            broke = Some(refused.detail("the body ended before it was complete"));
        }
        cause = error.source();
    }
    broke
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests may panic")]
    use super::*;

    fn holder() -> SocketAddr {
        "127.0.0.1:9".parse().unwrap()
    }

    fn prepared(trusts_forwarded: bool) -> HeaderMap {
        let settings = ForwardSettings { trusts_forwarded, ..ForwardSettings::default() };
        let mut request = Request::get("/v1/orders?state=paid")
            .header(HOST, "shop.example")
            .header(CONNECTION, "close, x-secret")
            .header("x-secret", "1")
            .header("te", "trailers")
            .header("x-forwarded-for", "6.6.6.6")
            .header("jumun-actor", "staff:kim")
            .body(Body::empty())
            .unwrap();
        let peer: SocketAddr = "10.0.0.7:1234".parse().unwrap();
        request.extensions_mut().insert(ConnectInfo(peer));

        let request = Forwarder::new(&settings).prepare(request, holder(), "ordering").unwrap();

        assert_eq!(request.uri(), "http://127.0.0.1:9/v1/orders?state=paid");
        request.headers().clone()
    }

    #[tokio::test]
    async fn what_is_about_one_connection_stays_behind() {
        let headers = prepared(false);

        for name in ["connection", "x-secret", "te"] {
            assert!(!headers.contains_key(name), "{name}");
        }
        assert_eq!(headers["jumun-actor"], "staff:kim");
        assert_eq!(headers[HOST], "shop.example");
    }

    #[tokio::test]
    async fn a_client_cannot_say_for_whom_it_forwards() {
        let told = |headers: &HeaderMap| -> Vec<String> {
            let values = headers.get_all(FORWARDED_FOR).iter();
            values.map(|value| value.to_str().unwrap().to_owned()).collect()
        };

        assert_eq!(told(&prepared(false)), ["10.0.0.7"]);
        assert_eq!(told(&prepared(true)), ["6.6.6.6", "10.0.0.7"]);
        assert_eq!(prepared(false)[FORWARDED_HOST], "shop.example");
    }

    #[tokio::test]
    async fn a_request_is_forwarded_once() {
        let request = Request::get("/").header(JUMUN_FORWARDED, "1").body(Body::empty()).unwrap();

        let forwarder = Forwarder::new(&ForwardSettings::default());
        let refused = forwarder.forward(request, holder(), "payment").await.unwrap_err();

        assert_eq!(refused.kind(), ProblemKind::NotHeldHere);
    }
}
