//! Layers that look at a request and then at its answer, and wait for nothing in between but the routes:
//! [`Around`] says what, [`AroundLayer`] makes a layer of it.
//!
//! A function as a layer ([`axum::middleware::from_fn`]) may do more, and costs every request three
//! allocations and some moves for it. What needs to wait is written as one, or as a service of its own
//! ([`crate::authority::Identified`]).

use std::convert::Infallible;
use std::future::Future;
use std::ops::ControlFlow;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use axum::extract::Request;
use axum::response::Response;
use pin_project_lite::pin_project;
use tower::{Layer, Service};

/// Looks at every request, and at its answer.
pub trait Around: Send + Sync + 'static {
    /// What it keeps of a request until the answer is there.
    type Kept: Send + 'static;

    /// Lets a request pass, or answers it itself: then [`Self::after`] is not asked.
    fn before(&self, request: &mut Request) -> ControlFlow<Response, Self::Kept>;

    /// Looks at the answer of a request that it has let pass; by default it stays as it is.
    fn after(&self, _kept: Self::Kept, response: Response) -> Response {
        response
    }
}

/// The layer of an [`Around`].
#[derive(Debug)]
pub struct AroundLayer<A>(pub Arc<A>);

impl<A> Clone for AroundLayer<A> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<A: Around, S> Layer<S> for AroundLayer<A> {
    type Service = AroundService<A, S>;

    fn layer(&self, inner: S) -> Self::Service {
        AroundService { around: self.0.clone(), inner }
    }
}

/// A service inside an [`AroundLayer`].
#[derive(Debug)]
pub struct AroundService<A, S> {
    around: Arc<A>,
    inner: S,
}

impl<A, S: Clone> Clone for AroundService<A, S> {
    fn clone(&self) -> Self {
        Self { around: self.around.clone(), inner: self.inner.clone() }
    }
}

impl<A, S> Service<Request> for AroundService<A, S>
where
    A: Around,
    S: Service<Request, Response = Response, Error = Infallible>,
{
    type Response = Response;
    type Error = Infallible;
    type Future = Answering<A, S::Future>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, mut request: Request) -> Self::Future {
        let state = match self.around.before(&mut request) {
            ControlFlow::Continue(kept) => State::Passed {
                answer: self.inner.call(request),
                around: self.around.clone(),
                kept: Some(kept),
            },
            ControlFlow::Break(response) => State::Answered { response: Some(response) },
        };
        Answering { state }
    }
}

pin_project! {
    /// The answer of a service inside an [`AroundLayer`].
    pub struct Answering<A: Around, F> {
        #[pin]
        state: State<A, F>,
    }
}

pin_project! {
    #[project = StateNow]
    enum State<A: Around, F> {
        Passed {
            #[pin]
            answer: F,
            around: Arc<A>,
            kept: Option<A::Kept>,
        },
        Answered {
            response: Option<Response>,
        },
    }
}

impl<A, F> Future for Answering<A, F>
where
    A: Around,
    F: Future<Output = Result<Response, Infallible>>,
{
    type Output = Result<Response, Infallible>;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let response = match self.project().state.project() {
            StateNow::Answered { response } => response.take(),
            StateNow::Passed { answer, around, kept } => {
                let Ok(response) = ready!(answer.poll(context));
                Some(match kept.take() {
                    Some(kept) => around.after(kept, response),
                    None => response,
                })
            }
        };
        // Whoever asks again for an answer that they have got waits for ever.
        response.map_or(Poll::Pending, |response| Poll::Ready(Ok(response)))
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests may panic")]
    use axum::Router;
    use axum::body::Body;
    use axum::response::IntoResponse;
    use axum::routing::get;
    use http::{HeaderValue, StatusCode};
    use tower::ServiceExt;

    use super::*;

    /// Turns away who asks for `/closed`; tells everybody else what they asked for.
    #[derive(Debug)]
    struct Porter;

    impl Around for Porter {
        type Kept = HeaderValue;

        fn before(&self, request: &mut Request) -> ControlFlow<Response, HeaderValue> {
            match request.uri().path() {
                "/closed" => ControlFlow::Break(StatusCode::FORBIDDEN.into_response()),
                path => ControlFlow::Continue(HeaderValue::from_str(path).unwrap()),
            }
        }

        fn after(&self, asked_for: HeaderValue, mut response: Response) -> Response {
            response.headers_mut().insert("asked-for", asked_for);
            response
        }
    }

    async fn ask(path: &str) -> Response {
        let routes = Router::new()
            .route("/open", get(async || "come in"))
            .route("/closed", get(async || "never said"))
            .layer(AroundLayer(Arc::new(Porter)));
        routes.oneshot(Request::get(path).body(Body::empty()).unwrap()).await.unwrap()
    }

    #[tokio::test]
    async fn who_is_let_pass_is_answered_by_the_route_and_what_was_kept_of_them_comes_back() {
        let response = ask("/open").await;
        assert_eq!(response.status(), StatusCode::OK);
        assert_eq!(response.headers()["asked-for"], "/open");
    }

    #[tokio::test]
    async fn who_is_turned_away_reaches_no_route_and_is_not_looked_at_again() {
        let response = ask("/closed").await;
        assert_eq!(response.status(), StatusCode::FORBIDDEN);
        assert!(!response.headers().contains_key("asked-for"));
    }
}
