//! An installation with an issuer, and another process on the same folder.

use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Request, StatusCode};
use edge::authority::Authority;
use edge::principal::Authenticate;
use gateway::ClientAddress;
use identity::{Chance, Verifier};
use issuer::Issuer;
use kernel::{ManualClock, Timestamp};
use serde_json::{Value, json};
use tempfile::TempDir;
use tower::ServiceExt;

pub(crate) const PASSWORD: &str = "correct horse battery";

pub(crate) struct Installation {
    pub(crate) home: TempDir,
    pub(crate) clock: Arc<ManualClock>,
    pub(crate) issuer: Arc<Issuer>,
    routes: Router,
}

/// What came back.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Value,
}

impl Answer {
    #[track_caller]
    pub(crate) fn is(self, status: u16) -> Self {
        assert_eq!(self.status.as_u16(), status, "{self:?}");
        self
    }

    #[track_caller]
    pub(crate) fn text(&self, name: &str) -> String {
        self.body[name].as_str().unwrap_or_else(|| panic!("no {name}: {self:?}")).to_owned()
    }
}

fn chance() -> Arc<dyn Chance> {
    static NEXT: AtomicU64 = AtomicU64::new(1);
    Arc::new(|bytes: &mut [u8]| {
        for chunk in bytes.chunks_mut(32) {
            let number = NEXT.fetch_add(1, Ordering::Relaxed);
            chunk.copy_from_slice(&blake3::hash(&number.to_le_bytes()).as_bytes()[..chunk.len()]);
        }
    })
}

impl Installation {
    pub(crate) fn new() -> Self {
        let home = tempfile::tempdir().unwrap();
        let clock = Arc::new(ManualClock::at(Timestamp::from_millis(1_800_000_000_000)));
        let (issuer, routes) = process(&home, &clock);
        Self { home, clock, issuer, routes }
    }

    /// One in which kim works as staff of one shop and is a customer.
    pub(crate) fn with_kim() -> Self {
        let installation = Self::new();
        let roles = ["customer".to_owned(), "staff@corner".to_owned()];
        installation.issuer.add("kim", &roles, PASSWORD, Some("2580")).unwrap();
        installation
    }

    /// Another process on the same folder.
    pub(crate) fn elsewhere(&self) -> Self {
        let (issuer, routes) = process(&self.home, &self.clock);
        Self { home: tempfile::tempdir().unwrap(), clock: self.clock.clone(), issuer, routes }
    }

    pub(crate) async fn post(&self, path: &str, body: Value) -> Answer {
        self.post_from([10, 0, 0, 1], path, body).await
    }

    pub(crate) async fn post_from(&self, address: [u8; 4], path: &str, body: Value) -> Answer {
        let request = Request::post(format!("/v1/identity/{path}"))
            .header("content-type", "application/json")
            .extension(ClientAddress(IpAddr::from(address)))
            .body(Body::from(body.to_string()))
            .unwrap();
        self.send(request).await
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.send(Request::get(path).body(Body::empty()).unwrap()).await
    }

    pub(crate) async fn log_in(&self, name: &str, password: &str) -> Answer {
        self.post("login", json!({ "name": name, "password": password })).await
    }

    pub(crate) async fn refresh(&self, token: &str) -> Answer {
        self.post("refresh", json!({ "refresh_token": token })).await
    }

    /// Who carries a token, as this process knows it.
    pub(crate) async fn me(&self, token: &str) -> Answer {
        let request = Request::get("/v1/identity/me").header("authorization", format!("Bearer {token}"));
        self.send(request.body(Body::empty()).unwrap()).await
    }

    async fn send(&self, request: Request<Body>) -> Answer {
        let response = self.routes.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let bytes = to_bytes(body, 1 << 20).await.unwrap();
        let body = serde_json::from_slice(&bytes).unwrap_or(Value::Null);
        Answer { status: parts.status, headers: parts.headers, body }
    }
}

fn process(home: &TempDir, clock: &Arc<ManualClock>) -> (Arc<Issuer>, Router) {
    let issuer = Arc::new(Issuer::open(&home.path().join("identity"), clock.clone(), chance()).unwrap());
    issuer.prepare(None, "http://127.0.0.1:8088").unwrap();
    let tokens: Arc<dyn Authenticate> = Arc::new(Verifier::new(issuer.trust(), clock.clone()));
    let authority = Authority::new(tokens, []);
    {
        let routes = issuer::rest::served(Some(issuer.clone()), true);
        (issuer, Router::new().fallback_service(authority.identify(routes)))
    }
}
