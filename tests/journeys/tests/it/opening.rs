//! Opening hours, and a shop that staff close, make busy and open again.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use journeys::{Answer, Basket, House, Shop};
use kernel::Timestamp;
use reqwest::Method;
use serde_json::{Value, json};

async fn set(shop: &Shop, wish: Value) -> Answer {
    Answer::to(shop.staff("kim").request(Method::PUT, "/opening").json(&wish)).await
}

#[expect(clippy::disallowed_methods, reason = "the program that is walked through runs by the real time")]
fn in_millis(millis: i64) -> Timestamp {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_millis();
    Timestamp::from_millis(i64::try_from(now).unwrap() + millis)
}

#[tokio::test]
async fn a_busy_shop_takes_no_orders_until_its_time_and_then_by_itself() {
    let house = House::open(&["cafe", "kiosk"]).await;
    let cafe = house.shop("cafe");
    let until = in_millis(3_000);

    let opening = set(&cafe, json!({ "state": "busy", "until": until.to_string() })).await.is(200).json();

    assert_eq!((&opening["state"], &opening["until"]), (&json!("busy"), &json!(until.millis())));
    let refused = cafe.becomes_refused("shop-busy").await;
    assert_eq!(refused["until"], json!(until.to_string()));
    assert_eq!(cafe.get("/orders").await.items().len(), 0);
    // Other shops go on.
    house.shop("kiosk").staff("kim").receives("cup", 1).await;
    house.shop("kiosk").customer("mina").orders(Basket::of("latte", 1)).await;

    cafe.becomes("/opening", "state", "open").await;
    cafe.becomes_taken().await;
}

#[tokio::test]
async fn a_closed_shop_stays_closed_over_a_restart_until_somebody_opens_it() {
    let mut house = House::open(&["cafe"]).await;
    let cafe = house.shop("cafe");
    let _closed = set(&cafe, json!({ "state": "closed" })).await.is(200);
    cafe.becomes_refused("shop-closed").await;
    house.kill().await;
    house.start().await;
    let refused = cafe.becomes_refused("shop-closed").await;
    assert_eq!(refused["detail"], "the shop is closed until further notice");
    let by_customer =
        cafe.customer("mina").request(Method::PUT, "/opening").json(&json!({ "state": "open" }));
    Answer::to(by_customer).await.problem(403, "forbidden");

    let _open = set(&cafe, json!({ "state": "open" })).await.is(200);

    cafe.becomes("/opening", "state", "open").await;
    cafe.becomes_taken().await;
}

/// A shop that opens in three days, by the weekdays of UTC.
#[expect(clippy::disallowed_methods, reason = "the program that is walked through runs by the real time")]
fn opens_in_three_days() -> String {
    let days = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs() / 86_400;
    // The first of January 1970 was a Thursday.
    let weekdays = ["thursday", "friday", "saturday", "sunday", "monday", "tuesday", "wednesday"];
    let weekday = weekdays[usize::try_from((days + 3) % 7).unwrap()];
    let text = include_str!("../../shops/hasty.toml").replace("Asia/Seoul", "UTC");
    text.replace("[cancel]", &format!("[hours]\n{weekday} = [\"10:00-18:00\"]\n\n[cancel]"))
}

#[tokio::test]
async fn outside_its_hours_a_shop_says_when_it_opens() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("hasty.toml");
    std::fs::write(&file, opens_in_three_days()).unwrap();
    let house = House::open(&[file.to_str().unwrap()]).await;
    let hasty = house.shop("hasty");

    let opening = hasty.get("/opening").await.is(200).json();
    let answer = hasty.customer("mina").asks_for(&Basket::of("juice", 1)).await;

    assert_eq!((&opening["state"], &opening["until"]), (&json!("closed"), &opening["opens_at"]));
    assert_eq!(opening["week"].as_array().unwrap().len(), 7);
    let seconds: u64 = answer.header("retry-after").unwrap().parse().unwrap();
    assert!(Duration::from_secs(seconds) > Duration::from_secs(2 * 86_400), "{seconds}");
    let problem = answer.problem(409, "shop-closed");
    let opens_at = Timestamp::from_millis(opening["opens_at"].as_i64().unwrap());
    assert_eq!(problem["until"], json!(opens_at.to_string()));
}
