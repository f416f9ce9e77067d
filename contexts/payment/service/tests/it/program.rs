//! A payment service as the program runs it: a writer with its thread, a sandbox, routes.

use std::sync::{Arc, OnceLock};

use axum::Router;
use axum::body::Body;
use axum::http::Request;
use edge::idempotency::Fingerprints;
use http_body_util::BodyExt as _;
use journal::{Journal as _, MemoryJournal};
use kernel::{Clock as _, ManualClock, SeededIds};
use payment_contract::{PaymentState, PaymentView};
use payment_service::client::{NearPayment, PaymentSwitch};
use payment_service::effects::ProviderRunner;
use payment_service::provider::callback::{CallbackDoor, CallbackSecret, CallbackWords, SignedCallback};
use payment_service::provider::sandbox::{CallbackLine, Sandbox};
use payment_service::rest::{PaymentApi, router};
use payment_service::{PAYMENTS, PaymentConfig, PaymentService};
use runtime::{Handle, Readers, SilentObserver, Writer, WriterOptions};
use serde_json::Value;
use tower::ServiceExt as _;

use crate::house::{House, order};

pub(crate) struct Program {
    pub(crate) switch: PaymentSwitch,
    handle: Handle<PaymentService>,
    readers: Readers,
    router: Router,
}

/// What the sandbox signs its callbacks with.
pub(crate) fn callback_secret() -> CallbackSecret {
    CallbackSecret::of(&[7; 32])
}

/// An answer over HTTP.
pub(crate) struct Said {
    pub(crate) status: u16,
    pub(crate) etag: Option<String>,
    pub(crate) bytes: Vec<u8>,
}

impl Said {
    #[track_caller]
    pub(crate) fn body(&self) -> Value {
        serde_json::from_slice(&self.bytes).unwrap()
    }

    /// The last part of a problem's type.
    pub(crate) fn slug(&self) -> String {
        let kind = self.body()["type"].as_str().unwrap_or_default().to_owned();
        kind.rsplit('/').next().unwrap_or_default().to_owned()
    }

    /// The first wrong field of a problem.
    pub(crate) fn field(&self) -> String {
        self.body()["errors"][0]["field"].as_str().unwrap_or_default().to_owned()
    }
}

impl Program {
    pub(crate) fn start() -> Self {
        let mut house = House::open();
        house.cafe_opens();
        Self::of(house)
    }

    /// Goes on where a house that was stepped by hand stands.
    pub(crate) fn of(mut house: House) -> Self {
        let shops = house.processor.service().shops().clone();
        let journal = house.processor.journal().clone();
        let readers = Readers::new(2, Arc::new(move || journal.reader()));
        let handle = Writer::<PaymentService, MemoryJournal>::handle(64, 64);
        let clock = Arc::new(ManualClock::at(house.now));
        let provider = Arc::new(Sandbox::in_memory());
        let options = WriterOptions {
            clock: clock.clone(),
            feeds: vec![],
            far_sources: false,
            commands_max: 64,
            tail_events: 64,
            observer: Box::new(SilentObserver),
            on_stop: Box::new(|_| {}),
        };
        let runner = ProviderRunner::new(provider.clone(), &PaymentConfig::default());
        let bring = Arc::new(OnceLock::<PaymentApi>::new());
        let line = bring.clone();
        let signed_at = clock.clone();
        provider.call_back_through(CallbackLine(Box::new(move |id, callback| {
            let api = line.get().unwrap().clone();
            let signed = SignedCallback::sign(&callback_secret(), &id, signed_at.now(), &callback);
            tokio::spawn(async move { drop(api.take_callback("sandbox", &signed).await) });
        })));
        Writer::start(&handle, house.processor, Arc::new(runner), options).unwrap();
        let api = PaymentApi {
            handle: handle.clone(),
            readers: readers.clone(),
            shops,
            callbacks: Arc::new(
                [
                    ("sandbox", CallbackWords::Own),
                    ("toss", CallbackWords::Toss),
                    ("stripe", CallbackWords::Stripe),
                ]
                .map(|(name, words)| (name.to_owned(), CallbackDoor { words, secret: callback_secret() }))
                .into(),
            ),
            fingerprints: Arc::new(Fingerprints::new(b"secret")),
            ids: Arc::new(SeededIds::new(9)),
            clock,
        };
        drop(bring.set(api.clone()));
        Self { switch: PaymentSwitch::default(), handle, readers, router: Router::from(router(api)) }
    }

    pub(crate) fn near(&self) -> NearPayment {
        NearPayment::new(self.handle.clone(), self.switch.clone())
    }

    pub(crate) fn stop(&self) {
        self.handle.stop();
    }

    /// The payment of an order, as soon as it stands at a state.
    pub(crate) async fn until(&self, number: u64, state: PaymentState) -> PaymentView {
        let mut watch = self.handle.waiters().watch(order(number).0);
        loop {
            let row = self.readers.read(move |store| store.row(PAYMENTS, order(number).0)).await.unwrap();
            match row.map(|row| serde_json::from_slice::<PaymentView>(&row.body).unwrap()) {
                Some(payment) if payment.state == state => return payment,
                _ => watch.next().await.unwrap(),
            };
        }
    }

    pub(crate) async fn get(&self, path: &str, headers: &[(&str, &str)]) -> Said {
        self.send("GET", path, "", headers).await
    }

    pub(crate) async fn post(&self, path: &str, body: &str, headers: &[(&str, &str)]) -> Said {
        self.send("POST", path, body, headers).await
    }

    async fn send(&self, method: &str, path: &str, body: &str, headers: &[(&str, &str)]) -> Said {
        let mut request =
            Request::builder().method(method).uri(path).header("content-type", "application/json");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let response =
            self.router.clone().oneshot(request.body(Body::from(body.to_owned())).unwrap()).await.unwrap();
        let status = response.status().as_u16();
        let etag = response.headers().get("etag").map(|tag| tag.to_str().unwrap().to_owned());
        let bytes = response.into_body().collect().await.unwrap().to_bytes().to_vec();
        Said { status, etag, bytes }
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        self.handle.stop();
    }
}
