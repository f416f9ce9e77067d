//! Calls out of the house: connections that are kept, TLS where the address asks for it, answers read
//! whole and no further than a limit.
//!
//! Nobody is followed to another place, no proxy of the machine is used, and nothing is sent twice. The
//! certificates that are believed are those of the binary, not of the machine.

use std::fmt;
use std::io::IoSlice;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use http::{Request, StatusCode, Uri};
use http_body_util::{BodyExt, Full, LengthLimitError, Limited};
use hyper::body::Bytes;
use hyper::rt::ReadBufCursor;
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::{Connected, Connection, HttpConnector};
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::ServerName;
use tokio_rustls::rustls::{ClientConfig, Error as TlsError, RootCertStore};
use tower::Service;

/// Speaks TLS with servers whose certificates one of these roots vouches for.
///
/// # Errors
/// When TLS cannot be set up at all.
pub fn tls(roots: RootCertStore) -> Result<TlsConnector, TlsError> {
    let versions = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()?;
    Ok(TlsConnector::from(Arc::new(versions.with_root_certificates(roots).with_no_client_auth())))
}

/// The roots that browsers trust, as they were when the program was built.
#[must_use]
pub fn roots_of_the_web() -> RootCertStore {
    RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() }
}

/// How calls go out.
#[derive(Debug, Clone)]
pub struct OutwardSettings {
    /// How long making a connection may take.
    pub connect_timeout: Duration,
    /// How long an unused connection is kept.
    pub idle_timeout: Duration,
    /// Most bytes that an answer's body may have.
    pub body_bytes_max: usize,
}

impl Default for OutwardSettings {
    fn default() -> Self {
        Self {
            connect_timeout: Duration::from_secs(1),
            idle_timeout: Duration::from_secs(15),
            body_bytes_max: 256 * 1024,
        }
    }
}

/// Why there is no answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NoAnswer {
    /// No connection was made, so nothing was asked.
    NotConnected(String),
    /// The connection broke; what was asked may have been done.
    Broken(String),
    /// The answer is longer than anybody wants to read.
    TooLong {
        /// The limit.
        bytes_max: usize,
    },
}

impl fmt::Display for NoAnswer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotConnected(cause) => write!(f, "no connection: {cause}"),
            Self::Broken(cause) => write!(f, "the connection broke: {cause}"),
            Self::TooLong { bytes_max } => write!(f, "the answer is longer than {bytes_max} bytes"),
        }
    }
}

impl std::error::Error for NoAnswer {}

/// Calls out; clones share their connections.
#[derive(Debug, Clone)]
pub struct Outward {
    client: Client<Connector, Full<Bytes>>,
    body_bytes_max: usize,
}

impl Outward {
    /// A caller without connections yet, who believes what these roots vouch for.
    ///
    /// # Errors
    /// When TLS cannot be set up at all.
    pub fn new(settings: &OutwardSettings, roots: RootCertStore) -> Result<Self, TlsError> {
        let mut http = HttpConnector::new();
        http.set_nodelay(true);
        http.enforce_http(false);
        http.set_connect_timeout(Some(settings.connect_timeout));
        let client = Client::builder(TokioExecutor::new())
            .pool_timer(TokioTimer::new())
            .pool_idle_timeout(settings.idle_timeout)
            .build(Connector { http, tls: tls(roots)? });
        Ok(Self { client, body_bytes_max: settings.body_bytes_max })
    }

    /// Sends a request to the absolute address that it names, and reads the answer.
    ///
    /// # Errors
    /// [`NoAnswer`]; the caller brings its own patience.
    pub async fn send(&self, request: Request<Full<Bytes>>) -> Result<(StatusCode, Bytes), NoAnswer> {
        let response = self.client.request(request).await.map_err(|error| {
            let cause = innermost(&error);
            if error.is_connect() { NoAnswer::NotConnected(cause) } else { NoAnswer::Broken(cause) }
        })?;
        let status = response.status();
        let body = Limited::new(response.into_body(), self.body_bytes_max).collect().await;
        match body {
            Ok(body) => Ok((status, body.to_bytes())),
            Err(error) if error.is::<LengthLimitError>() => {
                Err(NoAnswer::TooLong { bytes_max: self.body_bytes_max })
            }
            Err(error) => Err(NoAnswer::Broken(innermost(&*error))),
        }
    }
}

/// What is at the bottom of an error: the part that says something.
fn innermost(error: &dyn std::error::Error) -> String {
    let mut at = error;
    while let Some(source) = at.source() {
        at = source;
    }
    at.to_string()
}

/// Makes connections.
#[derive(Clone)]
struct Connector {
    http: HttpConnector,
    tls: TlsConnector,
}

impl fmt::Debug for Connector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Connector")
    }
}

type Failure = Box<dyn std::error::Error + Send + Sync>;

impl Service<Uri> for Connector {
    type Response = Line;
    type Error = Failure;
    type Future = Pin<Box<dyn Future<Output = Result<Line, Failure>> + Send>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Failure>> {
        self.http.poll_ready(context).map_err(Into::into)
    }

    fn call(&mut self, uri: Uri) -> Self::Future {
        let connecting = self.http.call(uri.clone());
        let tls = self.tls.clone();
        Box::pin(async move {
            let stream = connecting.await?.into_inner();
            if uri.scheme_str() != Some("https") {
                return Ok(Line(TokioIo::new(Box::new(stream))));
            }
            let host = uri.host().unwrap_or_default().trim_matches(['[', ']']).to_owned();
            let secured = tls.connect(ServerName::try_from(host)?, stream).await?;
            Ok(Line(TokioIo::new(Box::new(secured))))
        })
    }
}

trait BothWays: AsyncRead + AsyncWrite + Send + Unpin {}
impl<S: AsyncRead + AsyncWrite + Send + Unpin> BothWays for S {}

/// A connection, secured or not.
struct Line(TokioIo<Box<dyn BothWays>>);

impl Connection for Line {
    fn connected(&self) -> Connected {
        Connected::new()
    }
}

impl hyper::rt::Read for Line {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: ReadBufCursor<'_>,
    ) -> Poll<std::io::Result<()>> {
        Pin::new(&mut self.0).poll_read(context, buffer)
    }
}

impl hyper::rt::Write for Line {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<std::io::Result<usize>> {
        Pin::new(&mut self.0).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<std::io::Result<()>> {
        Pin::new(&mut self.0).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<std::io::Result<()>> {
        Pin::new(&mut self.0).poll_shutdown(context)
    }

    fn is_write_vectored(&self) -> bool {
        self.0.is_write_vectored()
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<std::io::Result<usize>> {
        Pin::new(&mut self.0).poll_write_vectored(context, slices)
    }
}
