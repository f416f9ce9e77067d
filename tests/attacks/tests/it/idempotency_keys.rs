//! S8: keys that are made to be somebody else's, or too many. A key belongs to who sent it, for what.

use std::collections::BTreeSet;
use std::time::Duration;

use attacks::memory_kib;
use futures::{StreamExt, stream};
use journeys::{Answer, Basket, House};
use reqwest::Method;
use serde_json::json;
use tokio::time::Instant;

/// How many keys one subject uses up: as many as come in the time, which `ATTACKS_SECONDS` makes longer.
const MANY: usize = 1_000_000;
const SECONDS: u64 = 15;
const AT_ONCE: usize = 64;
/// How much memory ten thousand more keys may cost, at most: far less than the keys themselves, which
/// stand on the disk.
const GROWTH_KIB_MAX: u64 = 64 * 1024;

#[tokio::test]
async fn a_key_of_another_form_is_a_400_and_the_longest_is_taken() {
    let house = House::open(&["cafe"]).await;
    let cafe = house.shop("cafe");
    let long = "k".repeat(255);
    let too_long = [256, 4_096, 8_000].map(|length| "k".repeat(length));
    let mut wrong: Vec<&[u8]> =
        vec![b"", b" ", b"a b", b"a\tb", "열쇠".as_bytes(), b"k\x7f", b"k\xff", b"a,b c"];
    wrong.extend(too_long.iter().map(String::as_bytes));
    for key in wrong {
        let request = cafe.somebody().request(Method::POST, "/orders").json(&Basket::of("1", 1).to_json());
        let value = reqwest::header::HeaderValue::from_bytes(key);
        let Ok(value) = value else { continue };
        let answer = Answer::to(request.header("Idempotency-Key", value)).await;
        answer.problem(400, "invalid-idempotency-key");
    }
    let huge = "k".repeat(64 << 10);
    let request = cafe.somebody().request(Method::POST, "/orders").json(&Basket::of("1", 1).to_json());
    let _head_too_large = Answer::to(request.header("Idempotency-Key", huge)).await.is(431);
    let request = cafe.somebody().request(Method::POST, "/orders").json(&Basket::of("1", 1).to_json());
    let twice = Answer::to(request.header("Idempotency-Key", "a").header("Idempotency-Key", "b")).await;
    twice.problem(400, "invalid-idempotency-key");
    assert!(cafe.get("/orders").await.items().is_empty());
    for key in ["k", &long, "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~"] {
        let _taken = cafe.somebody().asks_with_key(key, &Basket::of("1", 1)).await.is(201);
    }
}

#[tokio::test]
async fn a_key_says_nothing_to_another_subject_shop_or_route() {
    let house = House::open(&["cafe", "kiosk"]).await;
    let (cafe, kiosk) = (house.shop("cafe"), house.shop("kiosk"));
    let basket = Basket::of("1", 1);
    let first = cafe.customer("mina").asks_with_key("shared", &basket).await.is(201).json();
    let mut ids = BTreeSet::from([first["id"].clone().to_string()]);
    for somebody in ["juno", "han", "mina2", "MINA"] {
        let theirs = cafe.customer(somebody).asks_with_key("shared", &basket).await.is(201).json();
        assert!(ids.insert(theirs["id"].to_string()), "{somebody} was answered with another's order");
    }
    let staffs = cafe.staff("mina").request(Method::POST, "/orders").header("Idempotency-Key", "shared");
    let staffs = Answer::to(staffs.json(&basket.to_json())).await.is(201).json();
    assert!(ids.insert(staffs["id"].to_string()), "a role of the same name");
    let drink = kiosk.customer("mina").asks_with_key("shared", &Basket::of("americano", 1)).await;
    assert!(ids.insert(drink.is(201).json()["id"].to_string()), "another shop");
    let receipt = kiosk.staff("mina").request(Method::POST, "/stock/cup/receipts");
    let receipt = receipt.header("Idempotency-Key", "shared").json(&json!({ "quantity": 5 }));
    assert_eq!(Answer::to(receipt).await.is(200).json()["available"], 5);
    let again = cafe.customer("mina").asks_with_key("shared", &basket).await.is(201).json();
    assert_eq!(again["id"], first["id"]);
}

/// Keys stand on the disk: what many of them cost in memory does not grow with their number.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_keys_of_one_subject_cost_no_memory() {
    let house = House::open(&["kiosk"]).await;
    let kiosk = house.shop("kiosk");
    let seconds = std::env::var("ATTACKS_SECONDS").map_or(SECONDS, |text| text.parse().unwrap());
    let (began, time) = (Instant::now(), Duration::from_secs(seconds));
    let mut half = None;
    let mut done = 0_usize;
    let requests = (0..MANY).map(|number| {
        let request = kiosk.staff("kim").request(Method::POST, "/stock/cup/receipts");
        let request = request.header("Idempotency-Key", format!("key-{number}"));
        Answer::to(request.json(&json!({ "quantity": 1 })))
    });
    let mut answers = stream::iter(requests).buffer_unordered(AT_ONCE);
    while began.elapsed() < time {
        let Some(answer) = answers.next().await else { break };
        let _taken = answer.is(200);
        done += 1;
        if half.is_none() && (began.elapsed() > time / 2 || done >= MANY / 2) {
            half = Some((done, memory_kib(house.server().process_id())));
        }
    }
    drop(answers);
    let after = memory_kib(house.server().process_id());
    let (done_by_half, at_half) = half.unwrap();
    let grown = after.saturating_sub(at_half);
    println!("{done} keys of one subject; {} of them cost {grown} KiB", done - done_by_half);
    assert!(done >= 500, "{done}");
    let allowed = GROWTH_KIB_MAX.max((done - done_by_half) as u64 * GROWTH_KIB_MAX / 10_000);
    assert!(grown <= allowed, "{grown} KiB");
    // One of them again is answered again, and counted once.
    let request =
        kiosk.staff("kim").request(Method::POST, "/stock/cup/receipts").header("Idempotency-Key", "key-0");
    let again = Answer::to(request.json(&json!({ "quantity": 1 }))).await.is(200).json();
    assert!(again["available"].as_u64().is_some_and(|cups| cups <= AT_ONCE as u64), "{again}");
}
