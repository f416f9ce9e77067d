//! What customers are told: in order, once, and never at an order's cost.

use std::path::Path;
use std::sync::{Arc, Mutex};

use journeys::{Answer, Basket, House, Order, Server, Shop, eventually, run};
use notification_contract::WebhookSecret;
use notification_service::channels::signature_is_right;
use reqwest::Method;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// Every change of an order of the cafe that goes well and is told.
const ALL: [&str; 4] = ["paid", "accepted", "started", "prepared"];

/// The lines of the file of messages that are of one order.
fn in_the_file(data: &Path, order: &Order) -> Vec<Value> {
    let text = std::fs::read_to_string(data.join("notification/messages.jsonl")).unwrap_or_default();
    let lines = text.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    lines.filter(|line| line["order"] == json!(order.id)).collect()
}

fn words(messages: &[Value], field: &str) -> Vec<String> {
    messages.iter().map(|message| message[field].as_str().unwrap_or_default().to_owned()).collect()
}

async fn goes_its_way(cafe: &Shop, order: &Order) {
    let staff = cafe.staff("kim");
    cafe.ticket_is(order, "open").await;
    let _ = staff.accepts(order).await.is(200);
    let _ = staff.starts(order).await.is(200);
    let _ = staff.completes(order).await.is(200);
    let _ = staff.hands_over(order).await.is(200);
}

async fn all_are_sent(cafe: &Shop, order: &Order, count: usize) -> Vec<Value> {
    eventually(
        "every message of the order",
        async || cafe.get(&format!("/messages?order={}&limit=100", order.id)).await.is(200).items(),
        |messages| messages.len() == count && messages.iter().all(|message| message["state"] == "sent"),
    )
    .await
}

#[tokio::test]
async fn a_customer_of_the_cafe_is_told_of_every_change_in_order() {
    let mut house = House::open(&["cafe"]).await;
    let cafe = house.shop("cafe");
    let order = cafe.customer("mina").orders(Basket::of("1", 2).saying("name", json!("미나"))).await;
    goes_its_way(&cafe, &order).await;
    let shown = all_are_sent(&cafe, &order, ALL.len()).await;
    let told = in_the_file(&house.data(), &order);
    assert_eq!(words(&told, "milestone"), ALL);
    assert_eq!(words(&shown, "text"), words(&told, "text"));
    assert_eq!(told.iter().map(|line| line["sequence"].as_u64().unwrap()).collect::<Vec<_>>(), [1, 2, 3, 4]);
    assert_eq!(told[0]["text"], "[주문 카페] 1번 주문의 결제를 확인했습니다: 9,000원");
    assert_eq!(told[0]["to"]["name"], "미나");
    let by_number = cafe.get("/messages/4").await.is(200).json();
    assert_eq!((&by_number["milestone"], &by_number["id"]), (&json!("prepared"), &told[3]["message"]));

    assert_eq!(cafe.get("/messages?order=1&limit=100").await.is(200).items(), shown);
    let nobody = format!("/messages?order={}", "00000000-0000-4000-8000-000000000000");
    assert_eq!(cafe.get(&nobody).await.is(200).items().len(), 0);

    let refused = cafe.customer("mina").asks_for(&Basket::of("1", 1).paid_with("tok_decline")).await;
    assert_eq!(refused.status, 402);
    let wished = cafe.customer("mina").orders(Basket::of("1", 1)).await;
    let _ = cafe.customer("mina").cancels(&wished).await;
    let cancelled = all_are_sent(&cafe, &wished, 3).await;
    assert_eq!(words(&cancelled, "milestone")[1..], ["cancelled", "refunded"]);
    assert_eq!(cafe.get("/messages?limit=100").await.items().len(), 7, "nobody hears of what never stood");

    let data = house.data();
    assert!(house.stop().await.success());
    let verified = run(["verify", "--data", data.to_str().unwrap()]);
    let said = String::from_utf8_lossy(&verified.stdout).into_owned();
    assert!(verified.status.success(), "{said}");
    assert!(said.contains("ok   I16 I23"), "{said}");
}

#[tokio::test]
async fn while_notification_is_stopped_nothing_else_notices_and_afterwards_everything_is_told_in_order() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let roles = "catalog,ordering,payment,inventory,kitchen,delivery,tracking";
    let others = Server::start(&data, &["cafe", "--roles", roles]).await;
    let cafe = Shop::through(&others.public, "cafe");
    let mut orders = Vec::new();
    for _ in 0..5 {
        let order = cafe.customer("mina").orders(Basket::of("1", 1)).await;
        goes_its_way(&cafe, &order).await;
        cafe.shows(&order, "completed").await;
        orders.push(order);
    }
    cafe.get("/messages").await.problem(503, "not-held-here");
    let _notification = Server::start(&data, &["cafe", "--roles", "notification"]).await;
    for order in &orders {
        let told =
            eventually("what was missed", async || in_the_file(&data, order), |told| told.len() == ALL.len());
        assert_eq!(words(&told.await, "milestone"), ALL);
    }
}

/// A system of the shop that is called.
#[derive(Clone, Default)]
struct Receiver {
    up: Arc<Mutex<bool>>,
    calls: Arc<Mutex<Vec<Call>>>,
}

/// A call, as it was received.
#[derive(Debug, Clone)]
struct Call {
    taken: bool,
    id: String,
    timestamp: i64,
    signature: String,
    body: Vec<u8>,
}

impl Call {
    fn data(&self) -> Value {
        serde_json::from_slice::<Value>(&self.body).unwrap()["data"].clone()
    }
}

impl Receiver {
    /// Opens it; its address.
    async fn open(up: bool) -> (Self, String) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}/hooks", listener.local_addr().unwrap());
        let receiver = Self::default();
        receiver.is_up(up);
        let own = receiver.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(own.clone().serve(stream));
            }
        });
        (receiver, address)
    }

    fn is_up(&self, up: bool) {
        *self.up.lock().unwrap() = up;
    }

    fn calls(&self) -> Vec<Call> {
        self.calls.lock().unwrap().clone()
    }

    async fn serve(self, mut stream: TcpStream) {
        let mut bytes = Vec::new();
        let head_end = loop {
            let mut piece = [0; 4_096];
            let read = stream.read(&mut piece).await.unwrap_or(0);
            if read == 0 {
                return;
            }
            bytes.extend_from_slice(&piece[..read]);
            if let Some(at) = bytes.windows(4).position(|four| four == b"\r\n\r\n") {
                break at + 4;
            }
        };
        let head = String::from_utf8_lossy(&bytes[..head_end]).to_lowercase();
        let original = String::from_utf8_lossy(&bytes[..head_end]).into_owned();
        let header = |name: &str| {
            let line =
                head.lines().zip(original.lines()).find(|(line, _)| line.starts_with(&format!("{name}:")));
            line.map(|(_, line)| line.split_once(':').unwrap().1.trim().to_owned()).unwrap_or_default()
        };
        let length: usize = header("content-length").parse().unwrap();
        while bytes.len() < head_end + length {
            let mut piece = [0; 4_096];
            let read = stream.read(&mut piece).await.unwrap_or(0);
            bytes.extend_from_slice(&piece[..read]);
        }
        let taken = *self.up.lock().unwrap();
        self.calls.lock().unwrap().push(Call {
            taken,
            id: header("webhook-id"),
            timestamp: header("webhook-timestamp").parse().unwrap(),
            signature: header("webhook-signature"),
            body: bytes[head_end..].to_vec(),
        });
        let status = if taken { "204 No Content" } else { "503 Service Unavailable" };
        let _gone = stream
            .write_all(
                format!("HTTP/1.1 {status}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n").as_bytes(),
            )
            .await;
    }
}

async fn registers(cafe: &Shop, url: &str) -> (String, WebhookSecret) {
    let registered = cafe.staff("kim").posts("/webhooks", json!({ "url": url })).await.is(201).json();
    let text = |field: &str| registered[field].as_str().unwrap().to_owned();
    (text("id"), WebhookSecret { secret: text("secret") })
}

fn is_signed(call: &Call, secret: &WebhookSecret) -> bool {
    signature_is_right(secret, &call.id, call.timestamp, &call.body, &call.signature, call.timestamp)
}

#[tokio::test]
async fn a_webhook_that_was_down_is_told_everything_once_it_is_back_in_order_and_signed() {
    let house = House::open_with(&["cafe"], &["--webhooks-to", "anywhere"]).await;
    let cafe = house.shop("cafe");
    let (receiver, url) = Receiver::open(false).await;
    let (_, secret) = registers(&cafe, &url).await;
    let first = cafe.customer("mina").orders(Basket::of("1", 1)).await;
    let second = cafe.customer("joon").orders(Basket::of("2", 1).with("temperature", "hot")).await;
    goes_its_way(&cafe, &first).await;
    cafe.shows(&first, "completed").await;
    eventually("a call in vain", async || receiver.calls().len(), |calls| *calls >= 2).await;
    receiver.is_up(true);
    let sent = all_are_sent(&cafe, &first, ALL.len()).await;
    assert!(sent.iter().all(|message| message["channel"] == "webhook"), "{sent:#?}");
    all_are_sent(&cafe, &second, 1).await;

    let calls = receiver.calls();
    assert!(calls.iter().all(|call| is_signed(call, &secret)));
    let taken: Vec<&Call> = calls.iter().filter(|call| call.taken).collect();
    for (order, count) in [(&first, ALL.len()), (&second, 1)] {
        let of_order: Vec<&&Call> =
            taken.iter().filter(|call| call.data()["order"] == json!(order.id)).collect();
        let sequences: Vec<_> =
            of_order.iter().map(|call| call.data()["sequence"].as_u64().unwrap()).collect();
        assert_eq!(sequences, (1..=count as u64).collect::<Vec<_>>());
    }
    // What was refused came again under the same id.
    for lost in calls.iter().filter(|call| !call.taken) {
        assert_eq!(taken.iter().filter(|call| call.id == lost.id).count(), 1, "{lost:?}");
    }
}

#[tokio::test]
async fn a_webhook_is_told_again_from_a_number_on_under_the_same_ids_and_a_new_secret() {
    let house = House::open_with(&["cafe"], &["--webhooks-to", "anywhere"]).await;
    let cafe = house.shop("cafe");
    let order = cafe.customer("mina").orders(Basket::of("1", 1)).await;
    goes_its_way(&cafe, &order).await;
    let sent = all_are_sent(&cafe, &order, ALL.len()).await;

    let (receiver, url) = Receiver::open(true).await;
    let (webhook, first_secret) = registers(&cafe, &url).await;
    let staff = cafe.staff("kim");
    let rotated = staff.posts(&format!("/webhooks/{webhook}/rotate"), json!({})).await.is(200).json();
    let secret = WebhookSecret { secret: rotated["secret"].as_str().unwrap().to_owned() };
    let replayed = staff.posts(&format!("/webhooks/{webhook}/replay"), json!({ "after": 2 })).await.is(202);
    assert_eq!(replayed.json()["replay_until"], 4);
    eventually("the replay", async || receiver.calls().len(), |calls| *calls == 2).await;
    let calls = receiver.calls();
    let ids: Vec<_> = calls.iter().map(|call| call.id.clone()).collect();
    assert_eq!(ids, words(&sent, "id")[2..]);
    assert!(calls.iter().all(|call| is_signed(call, &secret) && is_signed(call, &first_secret)));

    let again = async || {
        let request = staff.request(Method::POST, "/webhooks").header("Idempotency-Key", "second");
        Answer::to(request.json(&json!({ "url": url }))).await
    };
    let (once, twice) = (again().await.is(201), again().await.is(201));
    assert_eq!(once.text(), twice.text(), "the same webhook with the same secret");
    let second = format!("/webhooks/{}", once.json()["id"].as_str().unwrap());
    assert_eq!(staff.request(Method::DELETE, &second).send().await.unwrap().status(), 204);

    let listed = cafe.get("/webhooks").await.is(200);
    assert!(!listed.text().contains("whsec_"), "a secret is shown once");
    let removed = staff.request(Method::DELETE, &format!("/webhooks/{webhook}")).send().await.unwrap();
    assert_eq!(removed.status(), 204);
    assert_eq!(cafe.get("/webhooks").await.items().len(), 0);
}

#[tokio::test]
async fn a_webhook_that_leads_inside_is_refused_and_never_called() {
    let house = House::open(&["cafe"]).await;
    let cafe = house.shop("cafe");
    let (receiver, url) = Receiver::open(true).await;
    for inside in
        [url.as_str(), "http://169.254.169.254/latest", "http://[::1]/", "http://0x7f000001/", "ftp://a/"]
    {
        let refused = cafe.staff("kim").posts("/webhooks", json!({ "url": inside })).await;
        assert_eq!(refused.problem(400, "invalid-field")["errors"][0]["field"], "url", "{inside}");
    }
    // A name that leads inside is found out when it is called: the message takes the next way.
    let named = url.replace("127.0.0.1", "localhost");
    let _ = cafe.staff("kim").posts("/webhooks", json!({ "url": named })).await.is(201);
    let order = cafe.customer("mina").orders(Basket::of("1", 1)).await;
    let sent = all_are_sent(&cafe, &order, 1).await;
    assert!(sent.iter().all(|message| message["channel"] == "file"), "{sent:#?}");
    assert_eq!(receiver.calls().len(), 0);
}

#[test]
fn what_customers_would_read_is_shown() {
    let said = |arguments: &[&str]| {
        let output = run(arguments);
        (
            output.status.success(),
            String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr),
        )
    };
    let (_, both) = said(&["messages", "preview", "cafe"]);
    insta::assert_snapshot!("messages_preview_cafe", both);
    let (_, one) = said(&["messages", "preview", "cafe", "--event", "prepared", "--language", "en"]);
    assert!(one.contains("Number 42: your Americano 2"), "{one}");
    assert!(!one.contains("  ko  "), "{one}");
    let (_, nothing) = said(&["messages", "preview", "kiosk"]);
    assert!(nothing.contains("kiosk"), "{nothing}");
    let (well, unknown) = said(&["messages", "preview", "cafe", "--event", "cooked"]);
    assert!(!well && unknown.contains("expected one of placed"), "{unknown}");
}
