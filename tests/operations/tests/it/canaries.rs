//! Secrets and people's data go through every flow, the failing ones too; what watches the program
//! sees none of it, and the stores keep it where it can be erased.

use journal::{Reader, RowQuery};
use journeys::{Answer, Basket, House, Messenger, free_port};
use operations::store;
use reqwest::Method;
use serde_json::{Value, json};

use crate::collector::Collector;

/// Nobody but payment may ever see it.
const TOKEN: &str = "tok_canary_5f0e77";
/// Sent in fields and headers that nobody reads.
const CARD: &str = "4111-canary-card";
const JWT: &str = "canary-jwt-payload";
const KEY: &str = "key-canary-31c9";
const SECRETS: [&str; 3] = [CARD, JWT, KEY];
/// About a person.
const NAME: &str = "name-canary-c0ffee";
const NOTE: &str = "note-canary-d00d";
const PHONE: &str = "010-0000-73910";
const EMAIL: &str = "mail-canary@example.com";
/// As a relay is told it.
const DIGITS: &str = "010000073910";
const PERSONAL: [&str; 5] = [NAME, NOTE, PHONE, EMAIL, DIGITS];
const ROLES: [&str; 8] =
    ["catalog", "ordering", "payment", "inventory", "kitchen", "delivery", "notification", "tracking"];

struct Flows {
    house: House,
    refused: Vec<Answer>,
    keys: u32,
}

impl Flows {
    async fn orders(&mut self, body: &Value) -> Answer {
        self.keys += 1;
        let key = format!("{KEY}-{}", self.keys);
        self.orders_with(&key, body).await
    }

    async fn orders_with(&mut self, key: &str, body: &Value) -> Answer {
        let customer = self.house.shop("cafe").customer("mina");
        let request = customer.request(Method::POST, "/orders").header("Idempotency-Key", key);
        let answer = Answer::to(request.header("Authorization", format!("Bearer {JWT}")).json(body)).await;
        if answer.status >= 400 {
            self.refused.push(answer.clone());
        }
        answer
    }

    async fn is_refused(&mut self, status: u16, field: &str, value: Value) {
        let mut body = wish();
        body[field] = value;
        let _refused = self.orders(&body).await.is(status);
    }
}

/// An order with everything that is somebody's.
fn wish() -> Value {
    let basket = Basket::of("1", 1).saying("name", json!(NAME)).saying("note", json!(NOTE));
    basket.saying("phone", json!(PHONE)).saying("email", json!(EMAIL)).to_json()
}

async fn good_flows(flows: &mut Flows) {
    let first = flows.orders(&wish()).await.is(201);
    let order = journeys::Order::of(first);
    let cafe = flows.house.shop("cafe");
    let (customer, staff) = (cafe.customer("mina"), cafe.staff("kim"));
    cafe.ticket_is(&order, "open").await;
    let _accepted = staff.accepts(&order).await.is(200);
    let _cancelled = customer.cancels(&order).await.is(200);
    cafe.tells(&order, "refunded").await;
}

async fn failing_flows(flows: &mut Flows) {
    let mut unknown = wish();
    unknown["payment_method"] = json!(TOKEN);
    let _declined = flows.orders(&unknown).await.is(402);
    flows.is_refused(400, "payment_method", json!({ "token": TOKEN })).await;
    flows.is_refused(400, "payment_method", json!(TOKEN.repeat(40))).await;
    flows.is_refused(400, "card_number", json!(CARD)).await;
    flows.is_refused(400, "note", json!(NOTE.repeat(60))).await;
    flows.is_refused(400, "phone", json!(PHONE.repeat(9))).await;
    flows.is_refused(400, "email", json!(format!("{EMAIL}, {EMAIL}"))).await;
    flows.is_refused(400, "name", json!([NAME])).await;
    flows.is_refused(409, "total", json!({ "amount": 1, "currency": "KRW" })).await;
    let _long = flows.orders_with(&KEY.repeat(60), &wish()).await.is(400);
    let _first = flows.orders_with(KEY, &wish()).await.is(201);
    let _reused = flows.orders_with(KEY, &unknown).await.is(422);
    for door in ["failing", "hung"] {
        flows.house.operators().payment_is(door).await;
        let _unavailable = flows.orders(&unknown).await.is(503);
    }
    flows.house.operators().payment_is("normal").await;
}

fn has_none(text: &str, what: &str, canaries: &[&str]) {
    for canary in canaries {
        if let Some(at) = text.find(canary) {
            let from = text.floor_char_boundary(at.saturating_sub(300));
            let until = text.floor_char_boundary((at + 200).min(text.len()));
            panic!("{canary} is in {what}: {}", &text[from..until]);
        }
    }
}

/// Everything that a store holds outside of the personal parts.
fn impersonal(data: &std::path::Path, role: &str) -> String {
    let mut store = store(data, role);
    let mut text = String::new();
    for event in store.read_after(0, 100_000).unwrap() {
        text.push_str(&format!("{event:?} {}\n", String::from_utf8_lossy(&event.data)));
    }
    for timer in store.timers().unwrap() {
        text.push_str(&format!("{timer:?} {}\n", String::from_utf8_lossy(&timer.payload)));
    }
    text
}

/// Every byte of a role's folder, as text.
fn bytes(data: &std::path::Path, role: &str) -> String {
    let files = std::fs::read_dir(data.join(role)).unwrap().map(|entry| std::fs::read(entry.unwrap().path()));
    files.map(|bytes| String::from_utf8_lossy(&bytes.unwrap()).into_owned()).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn secrets_and_people_are_in_nothing_that_watches_the_program() {
    let (collector, endpoint) = Collector::open().await;
    // Relays that nobody is at: what fails is told of too.
    let folder = tempfile::tempdir().unwrap();
    let config = folder.path().join("settings.toml");
    std::fs::write(&config, Messenger::settings(free_port(), free_port())).unwrap();
    let config = config.display().to_string();
    let arguments =
        ["--otlp-endpoint", &endpoint, "--log", "trace", "--log-form", "json", "--config", &config];
    let house = House::open_with(&["cafe"], &arguments).await;
    let mut flows = Flows { house, refused: Vec::new(), keys: 0 };

    good_flows(&mut flows).await;
    failing_flows(&mut flows).await;
    let metrics = flows.house.operators().get("/metrics").await.is(200).text();
    flows.house.server().ask_to_stop();
    let data = flows.house.data();
    let log = journeys::eventually(
        "the end",
        async || flows.house.server().log(),
        |_| !std::path::Path::new(&data).join("ordering").join("holder.json").exists(),
    )
    .await;
    let traces = format!("{:?}", collector.spans());

    assert!(log.lines().count() > 5 && !collector.spans().is_empty(), "nothing was watched: {log}");
    assert!(!log.contains("panicked"), "{log}");
    let watched = [("the log", &log), ("the metrics", &metrics), ("the traces", &traces)];
    for (what, text) in watched {
        has_none(text, what, &[TOKEN]);
        has_none(text, what, &SECRETS);
        has_none(text, what, &PERSONAL);
    }
    for answer in &flows.refused {
        let text = answer.text();
        has_none(&text, "an answer", &[TOKEN]);
        has_none(&text, "an answer", &SECRETS);
        has_none(&text, "an answer", &PERSONAL);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn people_are_kept_in_personal_parts_only_and_secrets_nowhere() {
    let house = House::open(&["cafe"]).await;
    let mut flows = Flows { house, refused: Vec::new(), keys: 0 };
    good_flows(&mut flows).await;
    failing_flows(&mut flows).await;
    let data = flows.house.data();
    assert!(flows.house.stop().await.success());

    let mut keeps = 0;
    for role in ROLES {
        has_none(&impersonal(&data, role), &format!("what {role} keeps of events and timers"), &PERSONAL);
        has_none(&bytes(&data, role), &format!("the folder of {role}"), &SECRETS);
        // Whoever shows people's data has it in rows of its own list; nobody else has any.
        keeps += u32::from(PERSONAL.iter().any(|canary| bytes(&data, role).contains(canary)));
        if !["ordering", "payment"].contains(&role) {
            has_none(&bytes(&data, role), &format!("the folder of {role}"), &[TOKEN]);
        }
    }
    assert!(keeps > 0, "the test looks in the wrong places");
    let views =
        RowQuery { collection: "stories.1".to_owned(), limit: 100, hidden: true, ..RowQuery::default() };
    // A story is a row that shows people's data, like the lists of orders: name, phone and address stand
    // in it for whoever brings or tells, its steps and everything beside it say nothing of them.
    for row in store(&data, "tracking").rows(&views).unwrap() {
        let body: serde_json::Value = serde_json::from_slice(&row.body).unwrap();
        has_none(&row.search, "what stories are found by", &PERSONAL);
        has_none(&body["steps"].to_string(), "the steps of a story", &PERSONAL);
        has_none(&body.to_string(), "a story", &[TOKEN]);
    }
}
