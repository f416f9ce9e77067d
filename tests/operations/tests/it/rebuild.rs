//! The stories are built anew beside the live ones while orders come in: nobody who reads sees it.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use journal::Reader;
use journeys::{House, Shop};
use kernel::Hash;
use operations::{jumun, load, settled, stall, store};
use reqwest::Client;
use serde_json::Value;
use tempfile::TempDir;
use tracking_service::{Generation, SOURCES, TrackingService, story_hash};
use uuid::Uuid;

use crate::node::Node;

/// The stories of the live generation.
fn told(data: &Path) -> (u64, Hash) {
    let mut store = store(data, "tracking");
    let live = Generation::live(&mut store).unwrap();
    story_hash(&mut store, live).unwrap()
}

fn live(data: &Path) -> u64 {
    Generation::live(&mut store(data, "tracking")).unwrap().0
}

/// What a tracking tells that has followed the same journals from the beginning, as they came.
fn folded_live(data: &Path) -> (u64, Hash) {
    let folder = TempDir::new().unwrap();
    let mut tracking = Node::open(folder.path(), TrackingService::new(Vec::new()));
    tracking.listen(data, SOURCES);
    while tracking.hear() {}
    story_hash(tracking.journal(), Generation::FIRST).unwrap()
}

/// Somebody who reads all the time and remembers what they saw.
struct Onlooker {
    shop: Shop,
    seen: BTreeMap<String, u64>,
    reads: u32,
}

impl Onlooker {
    fn sees(&mut self, story: &Value) {
        let (order, version) = (story["order"].as_str().unwrap(), story["version"].as_u64().unwrap());
        let known = self.seen.entry(order.to_owned()).or_default();
        assert!(version >= *known, "{order} was at version {known} before: {story:#}");
        *known = version;
    }

    async fn looks(&mut self) {
        let list = self.shop.get("/stories?limit=50").await.is(200).items();
        assert!(!list.is_empty(), "the list is empty");
        // The newest story only ever moves up: an older view would end before it.
        let numbers: Vec<u64> = list.iter().map(|story| story["number"].as_u64().unwrap()).collect();
        assert!(numbers.is_sorted_by(|a, b| a > b), "{numbers:?}");
        assert_eq!(numbers.len(), 50, "{numbers:?}");
        list.iter().for_each(|story| self.sees(story));
        let one = list[numbers.len() / 2]["order"].as_str().unwrap().to_owned();
        let page = self.shop.get(&format!("/orders/{one}/story")).await.is(200).json();
        self.sees(&page);
        let steps = page["timeline"].as_array().unwrap().len() as u64;
        assert_eq!(steps, page["version"].as_u64().unwrap(), "a story with the steps of another: {page:#}");
        self.reads += 1;
    }
}

async fn rebuild(data: PathBuf) -> String {
    jumun(&["rebuild", "stories", "--data", &data.display().to_string()]).await.well()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn under_load_nobody_sees_an_older_an_empty_or_a_mixed_view() {
    let mut house = House::open(&[&stall()]).await;
    let shop = house.shop("stall");
    let before = load(&house, "stall", 400, 4).await.acknowledged();
    settled(&house.data(), before).await;
    let mut stream = shop.stream("/stream", None).await;

    let done = Arc::new(AtomicBool::new(false));
    let onlooker = {
        let (done, shop) = (done.clone(), shop.clone());
        tokio::spawn(async move {
            let mut onlooker = Onlooker { shop, seen: BTreeMap::new(), reads: 0 };
            while !done.load(Ordering::Acquire) {
                onlooker.looks().await;
            }
            onlooker.reads
        })
    };
    let (during, said) = tokio::join!(load(&house, "stall", 200, 6), async {
        let first = rebuild(house.data()).await;
        [first, rebuild(house.data()).await]
    });
    settled(&house.data(), before + during.acknowledged()).await;
    done.store(true, Ordering::Release);

    assert!(onlooker.await.unwrap() > 20, "nobody looked");
    assert!(said[0].contains("generation 2 is live") && said[1].contains("generation 3 is live"), "{said:?}");
    let mut resets = 0;
    while resets < 2 {
        resets += u32::from(stream.next().await.unwrap().event == "reset");
    }
    drop(stream);
    assert!(house.stop().await.success());
    assert_eq!(told(&house.data()), folded_live(&house.data()));
    let data = house.data().display().to_string();
    let _green = jumun(&["verify", "--data", &data]).await.well();
}

/// Where the program listens for its neighbours on this machine.
fn internal(data: &Path) -> String {
    let note = std::fs::read(data.join("tracking").join("holder.json")).unwrap();
    let note: Value = serde_json::from_slice(&note).unwrap();
    format!("http://{}/internal/tracking/rebuild", note["internal_address"].as_str().unwrap())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_rebuild_that_was_killed_half_way_goes_on_and_tells_the_same() {
    let mut house = House::open(&[&stall()]).await;
    let data = house.data();
    let orders = load(&house, "stall", 700, 4).await.acknowledged();
    settled(&data, orders).await;
    let before = told(&data);
    assert_eq!(before.0, orders);

    let client = Client::builder().no_proxy().build().unwrap();
    let begun: Value = client.post(internal(&data)).send().await.unwrap().json().await.unwrap();
    assert_eq!(begun["rebuilding"], true);
    house.kill().await;

    assert_eq!(live(&data), 1, "it was through before it was killed");
    assert!(store(&data, "tracking").row("rebuilds", Uuid::from_u128(1)).unwrap().is_some());
    house.start().await;
    journeys::eventually("the rebuild goes on", async || live(&data), |live| *live == 2).await;
    assert_eq!(told(&data), before);
    assert!(house.stop().await.success());
    assert_eq!(told(&data), folded_live(&data));
    assert_eq!(store(&data, "tracking").row("rebuilds", Uuid::from_u128(1)).unwrap(), None);
}
