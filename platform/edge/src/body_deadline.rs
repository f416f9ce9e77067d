//! A body that must have arrived by a deadline, so that a slow sender cannot hold a handler.

use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::Bytes;
use axum::http::Request;
use http_body::{Body, Frame, SizeHint};
use tokio::time::Sleep;

/// A body with a deadline for all of it, counted from its first wait.
///
/// The timer is made only when the body has to be waited for: a body that came together with
/// its headers costs nothing.
pub struct DeadlineBody<B> {
    inner: B,
    limit: Duration,
    timer: Option<Pin<Box<Sleep>>>,
}

impl<B> DeadlineBody<B> {
    /// Gives `inner` at most `limit` from the first time that it has to be waited for.
    pub fn new(inner: B, limit: Duration) -> Self {
        Self { inner, limit, timer: None }
    }
}

impl<B> fmt::Debug for DeadlineBody<B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DeadlineBody").field("limit", &self.limit).finish_non_exhaustive()
    }
}

/// The deadline passed before the body had arrived.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BodyDeadlinePassed;

impl fmt::Display for BodyDeadlinePassed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the body did not arrive within its deadline")
    }
}

impl std::error::Error for BodyDeadlinePassed {}

impl<B> Body for DeadlineBody<B>
where
    B: Body<Data = Bytes> + Unpin,
    B::Error: Into<axum::BoxError>,
{
    type Data = Bytes;
    type Error = axum::BoxError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        if let Poll::Ready(frame) = Pin::new(&mut self.inner).poll_frame(cx) {
            return Poll::Ready(frame.map(|frame| frame.map_err(Into::into)));
        }
        let limit = self.limit;
        let timer = self.timer.get_or_insert_with(|| Box::pin(tokio::time::sleep(limit)));
        match timer.as_mut().poll(cx) {
            Poll::Ready(()) => Poll::Ready(Some(Err(BodyDeadlinePassed.into()))),
            Poll::Pending => Poll::Pending,
        }
    }

    fn is_end_stream(&self) -> bool {
        self.inner.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.inner.size_hint()
    }
}

/// Puts the deadline on the body of a request; for routers that are served by another listener
/// than [`crate::listener`], which does it itself.
#[must_use]
pub fn with_body_deadline(request: Request<axum::body::Body>, limit: Duration) -> Request<axum::body::Body> {
    request.map(|body| axum::body::Body::new(DeadlineBody::new(body, limit)))
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests may panic")]
    use super::*;
    use crate::body::StrictJson;
    use axum::extract::FromRequest;
    use futures::StreamExt;
    use http_body_util::BodyExt;

    #[tokio::test]
    async fn a_body_that_never_comes_is_a_408() {
        let silent =
            axum::body::Body::from_stream(futures::stream::pending::<Result<Bytes, std::io::Error>>());
        let request = Request::post("/").header("content-type", "application/json").body(silent).unwrap();
        let request = with_body_deadline(request, Duration::from_millis(10));

        let refused = StrictJson::<u32>::from_request(request, &()).await;

        assert_eq!(refused.unwrap_err().status(), 408);
    }

    #[tokio::test]
    async fn the_deadline_is_for_the_whole_body_not_for_each_piece() {
        let drops = futures::stream::unfold((), async |()| {
            tokio::time::sleep(Duration::from_millis(5)).await;
            Some((Ok::<_, std::io::Error>(Bytes::from_static(b" ")), ()))
        });
        let body = axum::body::Body::from_stream(drops.take(100_000));
        let body = DeadlineBody::new(body, Duration::from_millis(50));

        let failed = body.collect().await.unwrap_err();

        assert!(failed.is::<BodyDeadlinePassed>());
    }

    #[tokio::test]
    async fn a_body_that_is_there_passes_unchanged_and_needs_no_timer() {
        let mut body = DeadlineBody::new(axum::body::Body::from("abc"), Duration::ZERO);

        let frame = body.frame().await.unwrap().unwrap();

        assert_eq!(frame.into_data().unwrap(), "abc");
        assert!(body.timer.is_none());
    }
}
