//! One connection: hyper on a socket that tells its pulse what happens.

use std::convert::Infallible;
use std::future::{Future, poll_fn};
use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::extract::ConnectInfo;
use axum::response::{IntoResponse, Response};
use http::header::{CONNECTION, HOST};
use http::{HeaderValue, Request, Version};
use http_body::{Frame, SizeHint};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tower::Service;

use crate::body_deadline::DeadlineBody;
use crate::listener::ListenerSettings;
use crate::problem::{Problem, ProblemKind};
use crate::pulse::{Order, Phase, Pulse};
use crate::raw_refusal::RawRefusal;

/// How long a connection that we closed is read on.
const LINGER: Duration = Duration::from_millis(500);

/// A connection as it was accepted.
pub(crate) struct Connection {
    pub(crate) stream: TcpStream,
    pub(crate) peer: SocketAddr,
    pub(crate) pulse: Arc<Pulse>,
    pub(crate) settings: Arc<ListenerSettings>,
}

/// Serves a connection until it ends, by itself or on order.
pub(crate) async fn serve_connection<S>(connection: Connection, app: S)
where
    S: Service<Request<Body>, Response = Response, Error = Infallible> + Clone,
    S::Future: Send,
{
    let Connection { stream, peer, pulse, settings } = connection;
    let body_timeout = settings.body_timeout;
    let answer = service_fn(|request: Request<Incoming>| {
        pulse.enter(Phase::Serving);
        let done = AnswerEnds(Arc::clone(&pulse));
        let hosted = names_one_host(&request);
        let mut request = request.map(|body| Body::new(DeadlineBody::new(body, body_timeout)));
        request.extensions_mut().insert(ConnectInfo(peer));
        let mut app = app.clone();
        async move {
            if !hosted {
                let problem = Problem::of(ProblemKind::MalformedRequest).field("Host", "given once");
                let mut response = problem.into_response();
                // What follows on this connection may be a part of the same trick.
                response.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
                return Ok(response.map(|body| AnswerBody { body, done }));
            }
            poll_fn(|cx| app.poll_ready(cx)).await?;
            let response = app.call(request).await?;
            Ok::<_, Infallible>(response.map(|body| AnswerBody { body, done }))
        }
    });
    let socket =
        TokioIo::new(PulsedSocket { stream, pulse: Arc::clone(&pulse), refusal: RawRefusal::default() });
    let mut hyper = http1::Builder::new()
        // The pulse does that, and the time between requests as well.
        .header_read_timeout(None)
        .max_headers(settings.headers_max)
        .max_buf_size(settings.head_bytes_max.max(8_192))
        .serve_connection(socket, answer);

    let mut draining = false;
    let ended_by_itself = poll_fn(|cx| {
        loop {
            // What a client did wrong is no news, and it has been answered if it could be.
            if Pin::new(&mut hyper).poll(cx).is_ready() {
                return Poll::Ready(!draining);
            }
            match pulse.poll_order(cx) {
                Order::End => return Poll::Ready(false),
                Order::Drain if !draining => {
                    draining = true;
                    Pin::new(&mut hyper).graceful_shutdown();
                }
                Order::Drain | Order::None => return Poll::Pending,
            }
        }
    })
    .await;
    if ended_by_itself {
        let socket = hyper.into_parts().io.into_inner();
        linger(socket.stream).await;
    }
}

/// Reads on for a moment before closing. A socket that is closed with something unread resets
/// the connection, and the client would lose the answer that says what was wrong (too large,
/// most often) while it is still sending.
async fn linger(mut stream: TcpStream) {
    let mut discarded = [0; 4_096];
    let to_the_end = async { while let Ok(1..) = stream.read(&mut discarded).await {} };
    let _over = tokio::time::timeout(LINGER, to_the_end).await;
}

/// RFC 9112 3.2: a request without `Host`, or with two, is refused; two programs in a row might
/// disagree on whom it is for.
fn names_one_host(request: &Request<Incoming>) -> bool {
    let mut hosts = request.headers().get_all(HOST).iter();
    match (hosts.next(), hosts.next()) {
        (Some(_), None) => true,
        (None, _) => request.version() != Version::HTTP_11,
        (Some(_), Some(_)) => false,
    }
}

/// Notes the end of an answer, however it ends.
struct AnswerEnds(Arc<Pulse>);

impl Drop for AnswerEnds {
    fn drop(&mut self) {
        self.0.enter(Phase::Idle);
    }
}

/// The body of an answer; when hyper lets go of it, the answer is over.
struct AnswerBody {
    body: Body,
    #[expect(dead_code, reason = "held for its drop")]
    done: AnswerEnds,
}

impl http_body::Body for AnswerBody {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        Pin::new(&mut self.body).poll_frame(cx)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

/// A socket that tells its pulse when bytes come and when they cannot go.
struct PulsedSocket {
    stream: TcpStream,
    pulse: Arc<Pulse>,
    refusal: RawRefusal,
}

impl PulsedSocket {
    fn tell<T>(&self, went: Poll<T>) -> Poll<T> {
        match went {
            Poll::Ready(_) => self.pulse.write_went(),
            Poll::Pending => self.pulse.write_waits(),
        }
        went
    }
}

impl AsyncRead for PulsedSocket {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        let read = Pin::new(&mut self.stream).poll_read(cx, buffer);
        if buffer.filled().len() > before {
            self.pulse.bytes_came();
        }
        read
    }
}

impl AsyncWrite for PulsedSocket {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let Self { stream, refusal, .. } = &mut *self;
        let went = loop {
            let Some(problem) = refusal.instead_of(bytes) else {
                break Pin::new(stream).poll_write(cx, bytes);
            };
            match Pin::new(&mut *stream).poll_write(cx, problem) {
                Poll::Ready(Ok(count)) if count > 0 => {
                    if refusal.wrote(count) {
                        break Poll::Ready(Ok(bytes.len()));
                    }
                }
                other => break other,
            }
        };
        self.tell(went)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let first = slices.iter().find(|slice| !slice.is_empty());
        if let Some(first) = first
            && self.refusal.instead_of(first).is_some()
        {
            return self.poll_write(cx, first);
        }
        let went = Pin::new(&mut self.stream).poll_write_vectored(cx, slices);
        self.tell(went)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}
