//! The flower shop of the documents: regular customers pay from their deposits, a courier brings the bouquets.

use journeys::{Answer, Basket, House, Order, Shop, eventually, example_shop, run};
use reqwest::Method;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::later::in_seconds;

const ADDRESS: &str = "서울시 종로구 1";

/// The shop of the file, open at any hour and quick to try a delivery again.
async fn open(folder: &TempDir) -> House {
    let text = std::fs::read_to_string(example_shop("flowers")).unwrap();
    let (before, hours) = text.split_once("[hours]").unwrap();
    let (_, after) = hours.split_once("[later]").unwrap();
    let text = format!("{before}[later]{after}").replace("retry_after = \"1h\"", "retry_after = \"1s\"");
    let text = text.replace("notice = \"3h\"\nlead = \"3h\"", "notice = \"1s\"\nlead = \"1s\"");
    let file = folder.path().join("flowers.toml");
    std::fs::write(&file, text).unwrap();
    House::open(&[file.to_str().unwrap()]).await
}

/// A hundred roses in the shop, and so much on the deposit of mina.
async fn with_roses_and(house: &House, won: i64) -> Shop {
    let flowers = house.shop("flowers");
    let staff = flowers.staff("kim");
    staff.receives("rose", 100).await;
    let paid_in = json!({ "amount": { "amount": won, "currency": "KRW" } });
    let top_up = staff.request(Method::POST, "/deposits/mina/top-ups").header("Idempotency-Key", "a");
    let _paid_in = Answer::to(top_up.json(&paid_in)).await.is(201);
    let wish = json!({ "lines": [{ "item": "roses", "quantity": 1 }] });
    let quotes = async || Answer::to(staff.request(Method::POST, "/quotes").json(&wish)).await;
    eventually("roses on the menu", quotes, |quoted| quoted.status == 200).await;
    flowers
}

fn roses(quantity: u32) -> Basket {
    Basket::of("roses", quantity).saying("address", json!(ADDRESS)).saying("name", json!("미나"))
}

async fn deposit(flowers: &Shop) -> i64 {
    let deposit = flowers.customer("mina").reads("/deposits/mina").await.is(200).json();
    assert_eq!(deposit["held"]["amount"], 0, "{deposit}");
    deposit["balance"]["amount"].as_i64().unwrap()
}

/// Tied, and waiting for its courier.
async fn tied(flowers: &Shop, basket: Basket) -> Order {
    let order = flowers.customer("mina").orders(basket).await;
    let staff = flowers.staff("kim");
    flowers.ticket_is(&order, "open").await;
    let _taken_on = staff.accepts(&order).await.is(200);
    let _begun = staff.starts(&order).await.is(200);
    let _made = staff.completes(&order).await.is(200);
    flowers.delivery_is(&order, "requested").await;
    order
}

fn all_is_well(house: &House) {
    let verified = run(["verify", "--data", house.data().to_str().unwrap()]);
    assert!(verified.status.success(), "{}", String::from_utf8_lossy(&verified.stdout));
}

#[tokio::test]
async fn a_bouquet_is_paid_from_the_deposit_tied_and_brought_by_a_courier() {
    let folder = tempfile::tempdir().unwrap();
    let house = open(&folder).await;
    let flowers = with_roses_and(&house, 100_000).await;
    let courier = flowers.staff("lee");

    let order = tied(&flowers, roses(1).with("size", "twenty").with("card", "written")).await;

    assert_eq!(order.view["total"]["amount"], 72_000);
    assert_eq!(deposit(&flowers).await, 28_000);
    flowers.has_left("rose", 80).await;
    let alone = courier.sets_out(&order).await.problem(409, "command-forbidden-by-state");
    assert!(alone["detail"].as_str().unwrap().contains("assign"), "{alone}");
    let _assigned = courier.assigns(&order, "lee").await.is(200);
    let _set_out = courier.sets_out(&order).await.is(200);
    flowers.shows(&order, "delivery-started").await;
    flowers.customer("mina").cancels(&order).await.problem(409, "too-late");
    let _brought = courier.has_brought(&order).await.is(200);
    flowers.shows(&order, "completed").await;

    let statement = flowers.customer("mina").reads("/deposits/mina/statement").await.items();
    let reasons: Vec<&str> = statement.iter().map(|line| line["reason"].as_str().unwrap()).collect();
    assert_eq!(reasons, ["opened", "topped-up", "held", "captured"]);
    let told = eventually(
        "the message that it was brought",
        async || flowers.get(&format!("/messages?order={}", order.id)).await.is(200).items(),
        |told| told.len() == 3 && told.iter().all(|message| message["state"] == "sent"),
    )
    .await;
    let on_its_way = told.iter().find(|message| message["milestone"] == "delivery-started").unwrap();
    assert_eq!(on_its_way["text"], "미나님, 장미 꽃다발 1 배송을 시작했습니다 (서울시 종로구 1)");
    flowers.tells(&order, "completed").await;
    all_is_well(&house);
}

#[tokio::test]
async fn a_deposit_that_is_too_small_is_refused_and_no_rose_is_held() {
    let folder = tempfile::tempdir().unwrap();
    let house = open(&folder).await;
    let flowers = with_roses_and(&house, 38_999).await;

    flowers.customer("mina").asks_for(&roses(1)).await.problem(402, "payment-declined");

    assert_eq!(flowers.get("/orders").await.items(), Vec::<Value>::new());
    flowers.has_left("rose", 100).await;
    assert_eq!(deposit(&flowers).await, 38_999);
    // Who says no name has no deposit here.
    flowers.somebody().asks_for(&roses(1)).await.problem(402, "payment-declined");
}

#[tokio::test]
async fn flowers_that_nobody_takes_at_the_door_are_tried_again_and_their_money_comes_back() {
    let folder = tempfile::tempdir().unwrap();
    let house = open(&folder).await;
    let flowers = with_roses_and(&house, 50_000).await;
    let courier = flowers.staff("lee");
    let order = tied(&flowers, roses(1)).await;
    assert_eq!(deposit(&flowers).await, 11_000);
    let _assigned = courier.assigns(&order, "lee").await.is(200);
    let _set_out = courier.sets_out(&order).await.is(200);

    assert_eq!(courier.could_not_bring(&order, "nobody at home").await.is(200).json()["state"], "failed");
    flowers.delivery_is(&order, "assigned").await;
    let _again = courier.sets_out(&order).await.is(200);
    assert_eq!(courier.could_not_bring(&order, "nobody at home").await.is(200).json()["state"], "returned");

    assert_eq!(flowers.shows(&order, "refunded").await["cancel_reason"], "delivery-failed");
    assert_eq!(deposit(&flowers).await, 50_000);
    flowers.has_left("rose", 90).await;
    flowers.tells(&order, "refunded").await;
    all_is_well(&house);
}

#[tokio::test]
async fn a_bouquet_for_a_later_time_tells_its_courier_when_it_is_wanted() {
    let folder = tempfile::tempdir().unwrap();
    let house = open(&folder).await;
    let flowers = with_roses_and(&house, 50_000).await;
    let wanted_at = in_seconds(3);

    let order = tied(&flowers, roses(1).saying("wanted_at", json!(wanted_at.to_string()))).await;

    assert_eq!(order.view["state"], "scheduled");
    let delivery = flowers.get(&format!("/deliveries/{}", order.id)).await.is(200).json();
    assert_eq!(delivery["wanted_at"], wanted_at.millis());
}
