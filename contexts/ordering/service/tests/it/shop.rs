//! The routes over a running writer, with a payment that answers as it is told to.

use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Body;
use axum::http::Request;
use bus::{Bell, Feed};
use delivery_contract::DeliveryEvent;
use edge::idempotency::Fingerprints;
use http_body_util::BodyExt;
use journal::{Journal, JournalIdentity, MemoryJournal, Position, StoreError};
use kernel::{ManualClock, OrderId, Published, Recorded, SeededIds, Subject};
use kitchen_contract::KitchenEvent;
use ordering_service::OrderingService;
use ordering_service::effects::{AskPaymentEffect, PaymentGate};
use ordering_service::rest::{KeptAnswers, OrderingApi, routes};
use payment_contract::{AskError, AskPayment, Asking, PaymentClient, PaymentEvent};
use runtime::{FeedOpener, Handle, News, Readers, SilentObserver, Watch, Writer, WriterOptions};
use serde_json::Value;
use tower::ServiceExt;
use uuid::Uuid;

use crate::house::*;

/// What a neighbour has said so far, and whom it wakes.
#[derive(Clone, Default)]
pub(crate) struct Voice {
    said: Arc<Mutex<Vec<Arc<Recorded>>>>,
    bell: Arc<Mutex<Bell>>,
}

impl Voice {
    fn say(&self, event: &impl Published, subject: Subject) {
        let mut said = self.said.lock().unwrap();
        let position = said.len() as u64 + 1;
        said.push(recorded(event, subject, position, START));
        self.bell.lock().unwrap().ring();
    }
}

impl Feed for Voice {
    fn identity(&mut self) -> Result<JournalIdentity, StoreError> {
        Ok(JournalIdentity { journal: Uuid::nil(), epoch: 0 })
    }

    fn head(&mut self) -> Result<Position, StoreError> {
        // Read on from wherever ordering stands.
        Ok(Position::MAX)
    }

    fn read_after(&mut self, after: Position, _: usize) -> Result<Vec<Arc<Recorded>>, StoreError> {
        let said = self.said.lock().unwrap();
        Ok(said.iter().filter(|event| event.position > after).cloned().collect())
    }
}

/// What payment does with the next ask.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Payment {
    Approves,
    Declines,
    IsNotReached,
}

#[derive(Clone)]
struct Provider {
    voice: Voice,
    does: Arc<Mutex<Payment>>,
}

impl PaymentClient for Provider {
    fn ask(&self, ask: AskPayment) -> Asking {
        let subject = Subject::order(ask.shop, ask.order, ask.order_number);
        let answer = match *self.does.lock().unwrap() {
            Payment::Approves => Some(approved()),
            Payment::Declines => Some(declined()),
            Payment::IsNotReached => None,
        };
        let result = match answer {
            Some(event) => {
                self.voice.say(&event, subject);
                Ok(())
            }
            None => Err(AskError::NotTaken("nobody is there".to_owned())),
        };
        Box::pin(std::future::ready(result))
    }
}

pub(crate) struct Shop {
    router: Router,
    pub(crate) handle: Handle<OrderingService>,
    provider: Provider,
    kitchen: Voice,
    delivery: Voice,
}

pub(crate) struct Answer {
    pub(crate) status: u16,
    headers: axum::http::HeaderMap,
    pub(crate) bytes: Vec<u8>,
}

impl Answer {
    pub(crate) fn header(&self, name: &str) -> Option<String> {
        self.headers.get(name).map(|value| value.to_str().unwrap().to_owned())
    }

    /// Where the order is, and its tag.
    pub(crate) fn headers_of_an_order(&self) -> (Option<String>, Option<String>) {
        (self.header("location"), self.header("etag"))
    }

    pub(crate) fn body(&self) -> Value {
        serde_json::from_slice(&self.bytes).unwrap()
    }

    pub(crate) fn text(&self, field: &str) -> String {
        self.body()[field].as_str().unwrap_or_default().to_owned()
    }

    /// The last part of a problem's type.
    pub(crate) fn problem(&self) -> (u16, String) {
        (self.status, self.text("type").rsplit('/').next().unwrap_or_default().to_owned())
    }

    /// The first field that a problem names.
    pub(crate) fn field(&self) -> String {
        self.body()["errors"][0]["field"].as_str().unwrap_or_default().to_owned()
    }

    pub(crate) fn order(&self) -> OrderId {
        OrderId(Uuid::parse_str(&self.text("id")).unwrap())
    }
}

impl Shop {
    pub(crate) fn open() -> Self {
        Self::of(House::open())
    }

    /// On what a house has heard so far.
    pub(crate) fn of(mut house: House) -> Self {
        let shops = house.processor.service().shops().clone();
        let paces = house.processor.service().paces().clone();
        let journal = house.processor.journal().clone();
        let handle = Writer::<OrderingService, MemoryJournal>::handle(64, 64);
        let clock = Arc::new(ManualClock::at(house.now));
        let (payment, kitchen, delivery) = (Voice::default(), Voice::default(), Voice::default());
        for voice in [&payment, &kitchen, &delivery] {
            *voice.bell.lock().unwrap() = handle.bell();
        }
        let provider = Provider { voice: payment.clone(), does: Arc::new(Mutex::new(Payment::Approves)) };
        let feeds =
            [Voice::default(), payment, Voice::default(), kitchen.clone(), delivery.clone()].map(|voice| {
                let opener: FeedOpener = Box::new(move || Ok(Box::new(voice.clone())));
                opener
            });
        let options = WriterOptions {
            clock: clock.clone(),
            feeds: feeds.into(),
            far_sources: false,
            commands_max: 64,
            tail_events: 64,
            observer: Box::new(SilentObserver),
            on_stop: Box::new(|_| {}),
        };
        let effect = AskPaymentEffect::new(Arc::new(provider.clone()));
        Writer::start(&handle, house.processor, Arc::new(effect), options).unwrap();
        let api = OrderingApi {
            kept: KeptAnswers::beside(&handle),
            handle: handle.clone(),
            readers: Readers::new(2, Arc::new(move || journal.reader())),
            shops,
            paces,
            gate: PaymentGate::new(clock.clone()),
            fingerprints: Arc::new(Fingerprints::new(b"secret")),
            ids: Arc::new(SeededIds::new(9)),
            clock,
        };
        let (router, _) = routes().split_for_parts();
        Self { router: router.with_state(Arc::new(api)), handle, provider, kitchen, delivery }
    }

    /// From now on payment does this with every ask.
    pub(crate) fn let_payment(&self, does: Payment) {
        *self.provider.does.lock().unwrap() = does;
    }

    pub(crate) fn payment_says(&self, order: OrderId, event: &PaymentEvent) {
        self.provider.voice.say(event, Subject::order(CAFE.into(), order, 1));
    }

    pub(crate) fn kitchen_says(&self, order: OrderId, event: &KitchenEvent) {
        self.kitchen_says_in(CAFE, order, event);
    }

    pub(crate) fn kitchen_says_in(&self, shop: &str, order: OrderId, event: &KitchenEvent) {
        self.kitchen.say(event, Subject::order(shop.into(), order, 1));
    }

    /// Delivery says something, the order's second event or a later one.
    pub(crate) fn delivery_says(&self, order: OrderId, event: &DeliveryEvent) {
        self.delivery.say(event, Subject::order(COURIER.into(), order, 1));
    }

    /// The kitchen says something, and ordering has followed it.
    pub(crate) async fn kitchen_says_and_ordering_follows(&self, order: OrderId, event: &KitchenEvent) {
        let mut watch = self.handle.waiters().watch(order.0);
        self.kitchen_says(order, event);
        while !matches!(watch.next().await, Some(runtime::News::Row(_))) {}
    }

    /// Waits until an event of an order is committed.
    pub(crate) async fn hears(watch: &mut Watch, event_type: &str) {
        while !matches!(watch.next().await, Some(News::Event(event)) if &*event.event_type == event_type) {}
    }

    pub(crate) async fn put(&self, path: &str, headers: &[(&str, &str)], body: &str) -> Answer {
        let mut request = Request::put(path).header("content-type", "application/json");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        self.send(request.body(Body::from(body.to_owned())).unwrap()).await
    }

    async fn send(&self, request: Request<Body>) -> Answer {
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let bytes = response.into_body().collect().await.unwrap().to_bytes().to_vec();
        Answer { status, headers, bytes }
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.get_with(path, &[]).await
    }

    pub(crate) async fn get_with(&self, path: &str, headers: &[(&str, &str)]) -> Answer {
        let mut request = Request::get(path);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        self.send(request.body(Body::empty()).unwrap()).await
    }

    pub(crate) async fn post(&self, path: &str, headers: &[(&str, &str)], body: &str) -> Answer {
        let mut request = Request::post(path).header("content-type", "application/json");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        self.send(request.body(Body::from(body.to_owned())).unwrap()).await
    }

    /// Orders two americanos under a key.
    pub(crate) async fn order(&self, shop: &str, key: &str) -> Answer {
        self.order_as("anonymous", shop, key, TWO_AMERICANOS).await
    }

    pub(crate) async fn order_as(&self, actor: &str, shop: &str, key: &str, body: &str) -> Answer {
        let headers = [("Idempotency-Key", key), ("Jumun-Actor", actor)];
        self.post(&format!("/v1/shops/{shop}/orders"), &headers, body).await
    }
}

pub(crate) const TWO_AMERICANOS: &str = r#"{"lines":[{"item":"americano","quantity":2}]}"#;

impl Drop for Shop {
    fn drop(&mut self) {
        self.handle.stop();
    }
}
