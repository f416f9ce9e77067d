//! S9: how often somebody may ask holds to a tenth, whatever is said of where a request comes from, and
//! whoever asks in whose name.

use std::net::IpAddr;
use std::time::Duration;

use futures::future::join_all;
use journeys::{Answer, House};
use reqwest::Client;
use tokio::time::Instant;

const PER_MINUTE: u32 = 1_200;
const AT_ONCE: u32 = 20;
const TIME: Duration = Duration::from_secs(6);
/// How many askers there are at a time: far more is asked than is allowed.
const ASKERS: u8 = 4;

async fn limited() -> House {
    let (per_minute, at_once) = (PER_MINUTE.to_string(), AT_ONCE.to_string());
    let limits =
        ["--requests-per-minute", &per_minute, "--requests-at-once", &at_once, "--access-log", "none"];
    House::open_with(&["cafe"], &limits).await
}

fn client(address: [u8; 4]) -> Client {
    Client::builder().no_proxy().local_address(IpAddr::from(address)).build().unwrap()
}

/// Asks for a while as fast as it goes; how many were let in, and how many were not.
async fn asks(house: &House, ask: impl Fn(u64) -> reqwest::RequestBuilder) -> (u64, u64) {
    let until = Instant::now() + TIME;
    let (mut well, mut refused) = (0, 0);
    let mut number = 0;
    while Instant::now() < until {
        let answer = Answer::to(ask(number)).await;
        number += 1;
        match answer.status {
            200 => well += 1,
            429 => {
                assert!(answer.header("retry-after").is_some(), "{answer:?}");
                answer.any_problem();
                refused += 1;
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
            _ => panic!("{answer:?}"),
        }
    }
    let _open = house;
    (well, refused)
}

/// What one bucket lets in meanwhile.
fn allowed(took: Duration) -> f64 {
    f64::from(AT_ONCE) + f64::from(PER_MINUTE) / 60.0 * took.as_secs_f64()
}

fn is_within_a_tenth(what: &str, let_in: u64, took: Duration) {
    let (let_in, allowed) = (u32::try_from(let_in).map_or(f64::MAX, f64::from), allowed(took));
    println!("{what}: {let_in} let in, {allowed:.0} allowed in {took:?}");
    assert!((let_in - allowed).abs() <= allowed / 10.0, "{what}: {let_in} let in, {allowed} allowed");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_address_cannot_say_that_it_is_others() {
    let house = limited().await;
    let url = house.url("/v1/shops/cafe/menu/1");
    let began = Instant::now();
    let asked = (0..ASKERS).map(|asker| {
        let (http, url) = (client([127, 0, 0, 1]), url.clone());
        let house = &house;
        async move {
            asks(house, |number| {
                let other = format!("10.{asker}.{}.{}", number / 250 % 250, number % 250);
                http.get(&url)
                    .header("X-Forwarded-For", &other)
                    .header("X-Real-IP", &other)
                    .header("Forwarded", format!("for={other}"))
                    .header("X-Forwarded-For", "1.1.1.1")
                    .header("Jumun-Actor", format!("customer:{asker}-{number}"))
            })
            .await
        }
    });
    let asked = join_all(asked).await;
    let let_in = asked.iter().map(|(well, _)| well).sum();
    assert!(asked.iter().all(|(_, refused)| *refused > 0));
    is_within_a_tenth("one address with many names", let_in, began.elapsed());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_subject_at_many_addresses_is_one() {
    let house = limited().await;
    let url = house.url("/v1/shops/cafe/menu/1");
    let began = Instant::now();
    let asked = (0..ASKERS).map(|asker| {
        let (http, url) = (client([127, 0, 1, asker + 1]), url.clone());
        let house = &house;
        async move { asks(house, |_| http.get(&url).header("Jumun-Actor", "customer:mina")).await }
    });
    let let_in = join_all(asked).await.iter().map(|(well, _)| well).sum();
    is_within_a_tenth("one name at many addresses", let_in, began.elapsed());
}
