//! Text that is made to break a log: every line stays one JSON object without control bytes.

use journeys::{Answer, Basket, House};
use reqwest::Method;
use serde_json::{Value, json};

const HOSTILE: [&str; 4] =
    ["a\r\nINFO forged", "\u{1b}[31mred\u{1b}[0m", "${jndi:ldap://x/a}", "\u{0}\u{8}\u{7f}"];

#[tokio::test]
async fn every_line_of_the_log_is_one_object_whatever_is_sent() {
    let mut house = House::open_with(&["cafe"], &["--log", "trace", "--log-form", "json"]).await;
    let cafe = house.shop("cafe");
    let customer = cafe.customer("mina");
    for text in HOSTILE {
        for field in ["note", "name", "phone", "customer", "payment_method", text] {
            let _any = customer.asks_for(&Basket::of("1", 1).saying(field, json!(text))).await;
        }
        let _unknown = customer.asks_for(&Basket::of(text, 1)).await;
        let encoded: String = text.bytes().map(|byte| format!("%{byte:02x}")).collect();
        let _path = cafe.get(&format!("/orders/{encoded}")).await;
        let _filter = cafe.get(&format!("/stories?item={encoded}&state={encoded}")).await;
        let rejects = customer.request(Method::POST, "/orders/1/cancel").json(&json!({ "reason": text }));
        let _reason = Answer::to(rejects).await;
    }
    let huge = "x".repeat(1 << 20);
    let _huge = customer.asks_for(&Basket::of("1", 1).saying("note", json!(huge))).await;
    let _agent = Answer::to(customer.request(Method::GET, "/menu").header("User-Agent", "\t${jndi:x}")).await;

    let data = house.data();
    house.server().ask_to_stop();
    journeys::eventually("the end", async || data.join("ordering/holder.json").exists(), |there| !there)
        .await;
    let log = house.server().log();
    let _ended = house.take_server().ended().await;

    assert!(log.lines().count() > 3, "{log}");
    assert!(!log.contains("panicked"), "{log}");
    for line in log.split('\n').filter(|line| !line.is_empty()) {
        let object: Value = serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line:?}"));
        assert!(object.is_object(), "{line}");
        assert!(!line.bytes().any(|byte| byte < 0x20 || byte == 0x7f), "a raw control byte: {line:?}");
    }
}
