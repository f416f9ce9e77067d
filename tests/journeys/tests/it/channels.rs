//! The ways to customers: each may be down, slow or lossy; no order notices, and what waited goes out once,
//! in order.

use std::path::{Path, PathBuf};

use journeys::{Basket, House, Messenger, Order, Server, Shop, eventually, free_port, house_shop, run};
use serde_json::{Value, json};
use tempfile::TempDir;

const PHONE: &str = "010-1234-5678";
/// Every change of an order of the cafe that goes well and is told.
const ALL: [&str; 4] = ["paid", "accepted", "started", "prepared"];

/// Settings of a program whose messages the sandbox at a port takes.
fn settings(folder: &TempDir, port: u16) -> String {
    settings_with_mail(folder, port, free_port())
}

/// The same, with mails at another port.
fn settings_with_mail(folder: &TempDir, port: u16, mail_port: u16) -> String {
    let path = folder.path().join("settings.toml");
    std::fs::write(&path, Messenger::settings(port, mail_port)).unwrap();
    path.display().to_string()
}

/// A shop like the cafe that reaches its customers by other ways.
fn shop_by(folder: &TempDir, key: &str, channels: &str) -> String {
    let text = std::fs::read_to_string(house_shop("cafe")).unwrap();
    let lines = text.lines().filter(|line| !line.starts_with("next_after"));
    let keeps_templates = channels.contains("kakao");
    let lines = lines.filter(|line| keeps_templates || !line.starts_with("template"));
    let lines: Vec<String> = lines
        .map(|line| match line.split_once(" = ") {
            Some(("channels", _)) => format!("channels = {channels}"),
            Some(("key", "\"cafe\"")) => format!("key = \"{key}\""),
            _ => line.to_owned(),
        })
        .collect();
    let path = folder.path().join(key).with_extension("toml");
    std::fs::write(&path, lines.join("\n")).unwrap();
    path.display().to_string()
}

fn of_mina() -> Basket {
    Basket::of("1", 1).saying("name", json!("미나")).saying("phone", json!(PHONE))
}

async fn goes_its_way(shop: &Shop, order: &Order) {
    let staff = shop.staff("kim");
    shop.ticket_is(order, "open").await;
    let _ = staff.accepts(order).await.is(200);
    let _ = staff.starts(order).await.is(200);
    let _ = staff.completes(order).await.is(200);
    let _ = staff.hands_over(order).await.is(200);
    shop.shows(order, "completed").await;
}

async fn all_are_sent(shop: &Shop, order: &Order) -> Vec<Value> {
    eventually(
        "every message of the order",
        async || shop.get(&format!("/messages?order={}&limit=100", order.id)).await.is(200).items(),
        |messages| messages.len() == ALL.len() && messages.iter().all(|message| message["state"] == "sent"),
    )
    .await
}

fn words(messages: &[Value], field: &str) -> Vec<String> {
    messages.iter().map(|message| message[field].as_str().unwrap_or_default().to_owned()).collect()
}

/// Every order's messages arrived, each once, and those of one order one after the other.
async fn arrived_once_and_in_order(messenger: &Messenger, shop: &Shop, orders: &[Order]) {
    for order in orders {
        let sent = words(&all_are_sent(shop, order).await, "id");
        let received = messenger.received("channel=kakao").await;
        let arrived: Vec<String> =
            words(&received, "id").into_iter().filter(|id| sent.contains(id)).collect();
        assert_eq!(arrived, sent, "order {}", order.id);
    }
    assert_eq!(messenger.received("channel=kakao").await.len(), orders.len() * ALL.len());
}

fn is_verified(data: &Path) {
    let verified = run(["verify", "--data", data.to_str().unwrap()]);
    let said = String::from_utf8_lossy(&verified.stdout).into_owned();
    assert!(verified.status.success() && said.contains("ok   I16 I23"), "{said}");
}

#[tokio::test]
async fn a_customer_of_the_cafe_has_a_kakao_talk_message_of_every_change_under_its_approved_template() {
    let folder = tempfile::tempdir().unwrap();
    let port = free_port();
    let record = folder.path().join("record.jsonl");
    let arguments = ["--approved", "cafe", "--record", record.to_str().unwrap()];
    let messenger = Messenger::open(port, &arguments).await;
    let house = House::open_with(&["cafe"], &["--config", &settings(&folder, port)]).await;
    let cafe = house.shop("cafe");
    let order = cafe.customer("mina").orders(of_mina()).await;
    goes_its_way(&cafe, &order).await;
    let shown = all_are_sent(&cafe, &order).await;
    assert!(shown.iter().all(|message| message["channel"] == "kakao"), "{shown:#?}");

    let received = messenger.received("to=01012345678").await;
    assert_eq!(words(&received, "id"), words(&shown, "id"));
    assert_eq!(words(&received, "text"), words(&shown, "text"));
    assert_eq!(words(&received, "template"), ["CAFE_PAID", "CAFE_ACCEPTED", "CAFE_STARTED", "CAFE_READY"]);
    assert_eq!(received[3]["variables"]["call_number"], json!("1"));
    assert_eq!(std::fs::read_to_string(record).unwrap().lines().count(), ALL.len());

    // Who says no phone number is told another way, and why is kept.
    let nameless = cafe.customer("joon").orders(Basket::of("1", 1)).await;
    goes_its_way(&cafe, &nameless).await;
    let shown = all_are_sent(&cafe, &nameless).await;
    for message in shown {
        assert_eq!(message["channel"], "file");
        assert_eq!(message["last_failure"], "the order says no phone number");
    }
    assert_eq!(messenger.received("").await.len(), ALL.len());
}

#[tokio::test]
async fn what_kakao_talk_refuses_goes_by_text_message_at_once_and_one_channel_holds_up_no_other() {
    let folder = tempfile::tempdir().unwrap();
    let port = free_port();
    let messenger = Messenger::open(port, &[]).await;
    let shops = [
        shop_by(&folder, "stand", "[\"kakao\", \"sms\"]"),
        shop_by(&folder, "booth", "[\"kakao\"]"),
        shop_by(&folder, "cart", "[\"sms\"]"),
    ];
    let shops = shops.each_ref().map(String::as_str);
    let house = House::open_with(&shops, &["--config", &settings(&folder, port)]).await;
    let [stand, booth, cart] = ["stand", "booth", "cart"].map(|key| house.shop(key));

    messenger.is("kakao", &json!({ "mode": "refuses" })).await;
    let order = stand.customer("mina").orders(of_mina()).await;
    goes_its_way(&stand, &order).await;
    let shown = all_are_sent(&stand, &order).await;
    for message in &shown {
        assert_eq!((&message["channel"], &message["failed_attempts"]), (&json!("sms"), &json!(0)));
        assert_eq!(message["last_failure"], "refused with code 3016");
    }
    assert_eq!(words(&messenger.received("channel=sms").await, "id"), words(&shown, "id"));

    // One shop waits for KakaoTalk, and the other goes on by text message.
    messenger.is("kakao", &json!({ "mode": "down" })).await;
    let waits = booth.customer("mina").orders(of_mina()).await;
    goes_its_way(&booth, &waits).await;
    let goes_on = cart.customer("mina").orders(of_mina()).await;
    goes_its_way(&cart, &goes_on).await;
    let shown = all_are_sent(&cart, &goes_on).await;
    assert!(shown.iter().all(|message| message["channel"] == "sms"), "{shown:#?}");
    assert_eq!(messenger.received("channel=kakao").await.len(), 0);

    messenger.is("kakao", &json!({ "mode": "healthy" })).await;
    let shown = all_are_sent(&booth, &waits).await;
    assert!(shown.iter().all(|message| message["channel"] == "kakao"), "{shown:#?}");
}

#[tokio::test]
async fn thirty_orders_of_an_outage_are_told_once_and_in_order_when_the_relay_is_back() {
    let folder = tempfile::tempdir().unwrap();
    let port = free_port();
    let mut house = House::open_with(&["cafe"], &["--config", &settings(&folder, port)]).await;
    let cafe = house.shop("cafe");
    let mut orders = Vec::new();
    for _ in 0..30 {
        let order = cafe.customer("mina").orders(of_mina()).await;
        goes_its_way(&cafe, &order).await;
        orders.push(order);
    }
    let owed = cafe.get("/messages?state=owed&limit=200").await.is(200).items();
    assert_eq!(owed.len(), orders.len() * ALL.len(), "nothing was sent, and nothing given up");

    let messenger = Messenger::open(port, &["--approved", "cafe"]).await;
    arrived_once_and_in_order(&messenger, &cafe, &orders).await;
    let data = house.data();
    assert!(house.stop().await.success());
    is_verified(&data);
}

#[tokio::test]
async fn killed_and_started_again_beside_a_lossy_relay_notification_tells_everything_once() {
    let folder = tempfile::tempdir().unwrap();
    let data: PathBuf = folder.path().join("data");
    let port = free_port();
    let settings = settings(&folder, port);
    let roles = "gateway,catalog,ordering,payment,inventory,kitchen,delivery,tracking";
    let others = Server::start(&data, &["cafe", "--roles", roles]).await;
    let cafe = Shop::through(&others.public, "cafe");
    let arguments = ["cafe", "--roles", "notification", "--config", &settings];
    let notification = Server::start(&data, &arguments).await;

    let messenger = Messenger::open(port, &[]).await;
    messenger.is("kakao", &json!({ "mode": "lossy", "percent": 40, "seed": 11 })).await;
    let mut orders = Vec::new();
    for _ in 0..4 {
        let order = cafe.customer("mina").orders(of_mina()).await;
        goes_its_way(&cafe, &order).await;
        orders.push(order);
    }
    notification.kill().await;
    for _ in 0..4 {
        let order = cafe.customer("mina").orders(of_mina()).await;
        goes_its_way(&cafe, &order).await;
        orders.push(order);
    }
    messenger.is("kakao", &json!({ "mode": "slow", "millis": 20 })).await;
    let _notification = Server::start(&data, &arguments).await;
    arrived_once_and_in_order(&messenger, &cafe, &orders).await;
}

#[tokio::test]
async fn mails_that_waited_for_their_server_go_out_once_in_order_and_in_korean() {
    let folder = tempfile::tempdir().unwrap();
    let (port, mail_port) = (free_port(), free_port());
    let by_mail = shop_by(&folder, "letters", "[\"mail\"]");
    let settings = settings_with_mail(&folder, port, mail_port);
    let house = House::open_with(&[&by_mail], &["--config", &settings]).await;
    let shop = house.shop("letters");
    for wrong in ["mina", "mina@", "mina@example.com\nBcc: other@example.com"] {
        let refused = shop.customer("mina").asks_for(&of_mina().saying("email", json!(wrong))).await;
        assert_eq!(refused.problem(400, "invalid-field")["errors"][0]["field"], "email", "{wrong:?}");
    }
    let name = "미나\nBcc: other@example.com";
    let basket = of_mina().saying("name", json!(name)).saying("email", json!("mina@example.com"));
    let order = shop.customer("mina").orders(basket).await;
    goes_its_way(&shop, &order).await;
    let owed = async || shop.get("/messages?state=owed").await.is(200).items().len();
    eventually("all of them are owed", owed, |count| *count == ALL.len()).await;

    let mails = format!("127.0.0.1:{mail_port}");
    let messenger = Messenger::open(port, &["--smtp-listen", &mails]).await;
    let shown = all_are_sent(&shop, &order).await;
    let received = messenger.received("channel=mail").await;
    assert_eq!(words(&received, "id"), words(&shown, "id"));
    assert_eq!(words(&received, "text"), words(&shown, "text"));
    assert_eq!(words(&received, "subject")[0], "[주문 카페] 주문 1번 안내");
    assert!(received.iter().all(|mail| mail["to"] == "mina@example.com"), "{received:#?}");
}
