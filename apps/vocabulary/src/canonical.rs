use std::sync::Arc;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::Request;
use edge::actor::JUMUN_ACTOR;
use edge::authority::Credentials;
use edge::problem::{Problem, ProblemKind};
use http::header::{AUTHORIZATION, CONTENT_TYPE, ETAG, IF_NONE_MATCH};
use http::request::Builder;
use http::{HeaderValue, Method, StatusCode};
use http_body_util::BodyExt;
use kernel::{Clock, IdSource};
use serde::de::DeserializeOwned;
use serde_json::Value;
use tower::ServiceExt;

/// The canonical API, asked through the router that everybody comes by.
#[derive(Clone)]
pub(crate) struct Canonical {
    routes: Router,
    ids: Arc<dyn IdSource>,
    clock: Arc<dyn Clock>,
}

/// What the canonical API answered.
pub(crate) struct Reply {
    pub(crate) status: StatusCode,
    pub(crate) tag: Option<HeaderValue>,
    pub(crate) body: Bytes,
}

/// Who asks: as the credentials say that were looked at, or, where nobody looks at any, as the client does.
#[derive(Clone, Default)]
pub(crate) struct Asker {
    actor: Option<HeaderValue>,
    credentials: Option<Credentials>,
    authorization: Option<HeaderValue>,
}

impl Asker {
    /// Who asks with a request.
    pub(crate) fn of(request: &Request) -> Self {
        Self {
            actor: request.headers().get(JUMUN_ACTOR).cloned(),
            credentials: request.extensions().get::<Credentials>().cloned(),
            authorization: request.headers().get(AUTHORIZATION).cloned(),
        }
    }

    /// Whether it is said who asks.
    pub(crate) fn is_somebody(&self) -> bool {
        self.actor.is_some() || self.credentials.is_some()
    }

    /// Taken for somebody where nobody says who asks; never where credentials are looked at.
    pub(crate) fn or(mut self, somebody: impl FnOnce() -> Option<HeaderValue>) -> Self {
        if !self.is_somebody() {
            self.actor = somebody();
        }
        self
    }

    /// Goes with a request: the token too, for the process that it may be passed on to.
    fn go_with(self, request: &mut Request) {
        match self.credentials {
            Some(credentials) => {
                request.extensions_mut().insert(credentials);
                if let Some(authorization) = self.authorization {
                    request.headers_mut().insert(AUTHORIZATION, authorization);
                }
            }
            None => {
                if let Some(actor) = self.actor {
                    request.headers_mut().insert(JUMUN_ACTOR, actor);
                }
            }
        }
    }
}

/// Who acts, and with which key.
#[derive(Clone, Default)]
pub(crate) struct As {
    pub(crate) who: Asker,
    pub(crate) key: Option<HeaderValue>,
}

impl Canonical {
    pub(crate) fn new(routes: Router, ids: Arc<dyn IdSource>, clock: Arc<dyn Clock>) -> Self {
        Self { routes, ids, clock }
    }

    /// A key for a request that came without one: its answer is never asked for again.
    pub(crate) fn fresh_key(&self) -> Option<HeaderValue> {
        HeaderValue::from_str(&self.ids.next_id(self.clock.now()).to_string()).ok()
    }

    /// Reads something; `None` where it is not there.
    pub(crate) async fn read<T: DeserializeOwned>(
        &self,
        path: &str,
        who: &Asker,
    ) -> Result<Option<T>, Problem> {
        let who = As { who: who.clone(), key: None };
        let reply = self.send(Method::GET, path, who, None).await?;
        match reply.status {
            StatusCode::NOT_FOUND => Ok(None),
            status if status.is_success() => reply.json().map(Some),
            _ => Err(reply.problem()),
        }
    }

    /// Reads something once it is another than the one of a tag, or is there at all; after a while as it is.
    pub(crate) async fn read_news(
        &self,
        path: &str,
        who: &Asker,
        known: Option<&HeaderValue>,
    ) -> Result<Reply, Problem> {
        let mut request = Request::builder().method(Method::GET).uri(path).header("prefer", "wait=1");
        if let Some(tag) = known {
            request = request.header(IF_NONE_MATCH, tag);
        }
        self.ask(request, who.clone(), Body::empty()).await
    }

    /// Posts something.
    pub(crate) async fn post(&self, path: &str, who: As, body: Option<&Value>) -> Result<Reply, Problem> {
        self.send(Method::POST, path, who, body).await
    }

    async fn send(
        &self,
        method: Method,
        path: &str,
        who: As,
        body: Option<&Value>,
    ) -> Result<Reply, Problem> {
        let mut request = Request::builder().method(method).uri(path);
        if let Some(key) = who.key {
            request = request.header("idempotency-key", key);
        }
        let body = match body {
            Some(body) => {
                request = request.header(CONTENT_TYPE, "application/json");
                Body::from(body.to_string())
            }
            None => Body::empty(),
        };
        self.ask(request, who.who, body).await
    }

    async fn ask(&self, request: Builder, who: Asker, body: Body) -> Result<Reply, Problem> {
        let broken = |_| Problem::of(ProblemKind::Internal);
        let mut request = request.body(body).map_err(|_| Problem::of(ProblemKind::NotFound))?;
        who.go_with(&mut request);
        let answered = self.routes.clone().oneshot(request).await;
        let (parts, body) = answered.unwrap_or_else(|never| match never {}).into_parts();
        let body = body.collect().await.map_err(broken)?.to_bytes();
        Ok(Reply { status: parts.status, tag: parts.headers.get(ETAG).cloned(), body })
    }
}

impl Reply {
    /// What it says.
    pub(crate) fn json<T: DeserializeOwned>(&self) -> Result<T, Problem> {
        serde_json::from_slice(&self.body).map_err(|error| {
            tracing_lost(&error);
            Problem::of(ProblemKind::Internal)
        })
    }

    /// The problem that it is.
    pub(crate) fn problem(&self) -> Problem {
        Problem::from_json(&self.body).unwrap_or_else(|_| Problem::from_status(self.status))
    }
}

/// Both sides are of one program; only a neighbour of another version can say what is not understood.
fn tracing_lost(error: &serde_json::Error) {
    tracing::error!(%error, "an answer of the canonical API is not understood");
}
