//! The whole program in one process, without a socket.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::http::header::{AUTHORIZATION, CONTENT_TYPE};
use axum::http::{HeaderMap, Method, Request, StatusCode};
use edge::forward::{ForwardSettings, Forwarder};
use edge::idempotency::Fingerprints;
use gateway::{FarRoles, Gateway, GatewaySettings};
use http_body_util::BodyExt;
use kernel::{Clock, SeededIds};
use notification_service::channels::{Reach, SetUp};
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;
use tower::ServiceExt;
use vocabulary::DoorSettings;

use super::people::{HERE, Names, ONE, OTHER, Person, STAFF, STAFF_THERE, THERE};
use crate::clock::SystemClock;
use crate::data_folder::{DataFolder, RoleLock};
use crate::house::House;
use crate::identity::Identified;
use crate::neighbours::Neighbours;
use crate::observers::Observers;
use crate::parts::{self, Parts};
use crate::roles::Role;
use crate::settings::{ProviderName, ProviderSettings};
use crate::{door, issuing, serve, shops, words};

/// What belongs to the first customer and to nobody else.
pub(super) const CANARY_ONE: &str = "canary-one";
/// The same of the other customer.
pub(super) const CANARY_OTHER: &str = "canary-other";

/// How long something may take to be known everywhere.
const PATIENCE: Duration = Duration::from_secs(20);

/// The program, open.
pub(super) struct World {
    /// Through the gateway.
    pub(super) public: Router,
    /// As other processes reach it.
    pub(super) neighbours: Router,
    parts: Parts,
    shutdown: CancellationToken,
    keys: AtomicU64,
    _locks: Vec<RoleLock>,
    _folder: tempfile::TempDir,
}

/// An order that somebody placed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Placed {
    pub(super) id: String,
    pub(super) number: String,
}

/// What was answered.
#[derive(Debug, Clone)]
pub(super) struct Answer {
    pub(super) status: StatusCode,
    pub(super) headers: HeaderMap,
    /// Empty of a stream, which does not end.
    pub(super) body: Bytes,
}

impl Answer {
    pub(super) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or(Value::Null)
    }

    pub(super) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }
}

/// Something that is asked.
#[derive(Debug, Clone)]
pub(super) struct Ask {
    pub(super) method: Method,
    pub(super) path: String,
    pub(super) body: Option<Value>,
    pub(super) headers: Vec<(&'static str, String)>,
}

impl Ask {
    pub(super) fn of(method: Method, path: impl Into<String>) -> Self {
        Self { method, path: path.into(), body: None, headers: Vec::new() }
    }

    pub(super) fn with(mut self, body: Value) -> Self {
        self.body = Some(body);
        self
    }
}

impl World {
    /// Opens the shops that the program carries, on a folder of their own.
    pub(super) async fn open() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let data = DataFolder::open(folder.path()).unwrap();
        let address = SocketAddr::from(([127, 0, 0, 1], 9));
        let locks = Role::contexts().map(|role| data.hold(role, address).unwrap()).collect();
        let clock: Arc<dyn Clock> = Arc::new(SystemClock::start());
        let shutdown = CancellationToken::new();
        let identity = Identified::new(Arc::new(Names), Arc::new(Names));
        let authority = identity.authority.clone();
        let (sender, _stopped) = tokio::sync::mpsc::unbounded_channel();
        let house = Arc::new(House::new(
            data.clone(),
            clock.clone(),
            Arc::new(SeededIds::from_system()),
            Arc::new(Fingerprints::new(&serve::fresh_secret())),
            None,
            Some(identity),
            ProviderSettings { name: ProviderName::Sandbox, far: None },
            Role::all().collect(),
            address,
            sender,
            Observers::silent(clock.clone()),
        ));
        let neighbours = Neighbours::new(data);
        let parts = parts::start(&house, &neighbours, &shutdown, Reach::Anywhere, SetUp::default()).unwrap();
        let words = words::listen(&house, shutdown.clone()).unwrap();
        let spoken = DoorSettings {
            shops: words.shops.clone(),
            alone: None,
            public_url: None,
            ids: house.ids.clone(),
            clock: clock.clone(),
        };
        let settings = GatewaySettings::default();
        let (gateway, timeouts) = (Gateway::new(&settings, clock.clone()), settings.timeouts);
        let far = FarRoles::new(Forwarder::new(&ForwardSettings::default()), clock);
        let issuer = Arc::new(issuing::open_issuer(folder.path(), house.clock.clone()).unwrap());
        issuer.prepare(None, "http://127.0.0.1:9").unwrap();
        let of_identity = issuer::rest::served(Some(issuer), true);
        let (running, table) = (&parts.running, Some(&authority));
        let doors = door::doors(
            &house.observers,
            running,
            &neighbours,
            spoken,
            &gateway,
            timeouts,
            &far,
            table,
            of_identity,
        );
        let catalog = parts.catalog.as_ref().unwrap();
        shops::open(catalog, shops::named(&[]).unwrap(), &house).await.unwrap();
        serve::wait_until_ready(&parts, &words).await;
        Self {
            public: doors.public,
            neighbours: doors.neighbours,
            parts,
            shutdown,
            keys: AtomicU64::new(0),
            _locks: locks,
            _folder: folder,
        }
    }

    /// Lets every writer end.
    pub(super) async fn close(mut self) {
        self.shutdown.cancel();
        self.parts.running.iter().for_each(|part| part.control.stop());
        let mut running = std::mem::take(&mut self.parts.running);
        tokio::task::spawn_blocking(move || running.iter_mut().for_each(|part| part.join())).await.unwrap();
    }

    /// Asks through the gateway.
    pub(super) async fn ask(&self, person: &Person, ask: &Ask) -> Answer {
        self.ask_at(&self.public, person, ask).await
    }

    /// Asks at one of the doors.
    pub(super) async fn ask_at(&self, door: &Router, person: &Person, ask: &Ask) -> Answer {
        let mut request = Request::builder().method(ask.method.clone()).uri(&ask.path);
        if let Some(token) = person.token {
            request = request.header(AUTHORIZATION, format!("Bearer {token}"));
        }
        for (name, value) in &ask.headers {
            request = request.header(*name, value);
        }
        if ask.method != Method::GET && !ask.headers.iter().any(|(name, _)| *name == "idempotency-key") {
            let key = self.keys.fetch_add(1, Ordering::Relaxed);
            request = request.header("idempotency-key", format!("trial-{key}"));
        }
        let body = match &ask.body {
            Some(body) => {
                request = request.header(CONTENT_TYPE, "application/json");
                Body::from(body.to_string())
            }
            None => Body::empty(),
        };
        let response = door.clone().oneshot(request.body(body).unwrap()).await.unwrap();
        let (parts, body) = response.into_parts();
        let is_stream =
            parts.headers.get(CONTENT_TYPE).is_some_and(|kind| kind.as_bytes().starts_with(b"text/event"));
        let body = if is_stream { Bytes::new() } else { body.collect().await.unwrap().to_bytes() };
        Answer { status: parts.status, headers: parts.headers, body }
    }

    /// Places an order in a shop, with everything personal marked.
    pub(super) async fn place(&self, shop: &str, person: &Person, canary: &str) -> Placed {
        let item = if shop == HERE { "cola" } else { "12" };
        let mut wish = json!({
            "lines": [{ "item": item, "quantity": 1 }],
            "name": format!("{canary} name"),
            "phone": format!("{canary} phone"),
            "note": format!("{canary} note"),
            "labels": { "kept": format!("{canary} label") },
        });
        if shop == HERE {
            wish["address"] = json!(format!("{canary} address"));
        }
        let ask = Ask::of(Method::POST, format!("/v1/shops/{shop}/orders")).with(wish);
        let answer = self.ask(person, &ask).await;
        assert_eq!(answer.status, 201, "{}", answer.text());
        let order = answer.json();
        Placed {
            id: order["id"].as_str().unwrap().to_owned(),
            number: order["number"].as_u64().unwrap().to_string(),
        }
    }

    /// An order of each of two customers, made and waiting for whoever delivers it, and known everywhere.
    pub(super) async fn one_of_each(&self) -> (Placed, Placed) {
        let one = self.place(HERE, &ONE, CANARY_ONE).await;
        let other = self.place(HERE, &OTHER, CANARY_OTHER).await;
        for (placed, customer) in [(&one, &ONE), (&other, &OTHER)] {
            let at = |rest: &str| format!("/v1/shops/{HERE}/{}", rest.replace("{order}", &placed.id));
            self.until(&STAFF, &Ask::of(Method::POST, at("tickets/{order}/start"))).await;
            for path in ["deliveries/{order}", "tickets/{order}", "orders/{order}/payment"] {
                self.until(&STAFF, &Ask::of(Method::GET, at(path))).await;
            }
            self.until(customer, &Ask::of(Method::GET, at("orders/{order}/receipt"))).await;
        }
        self.place(THERE, &STAFF_THERE, "canary-of-nobody").await;
        (one, other)
    }

    /// Asks until it is answered well.
    pub(super) async fn until(&self, person: &Person, ask: &Ask) -> Answer {
        let deadline = tokio::time::Instant::now() + PATIENCE;
        loop {
            let answer = self.ask(person, ask).await;
            if answer.status.is_success() {
                return answer;
            }
            assert!(tokio::time::Instant::now() < deadline, "{ask:?}: {} {}", answer.status, answer.text());
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }
}
