//! A backup is taken while orders come in, laid out elsewhere, and goes on from there.

use std::path::Path;

use journal::Reader;
use journeys::Server;
use journeys::{House, Shop};
use operations::{jumun, load, orders_in_state, settled, stall, store};

fn text(path: &Path) -> String {
    path.display().to_string()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_backup_under_load_is_restored_elsewhere_and_takes_a_thousand_orders() {
    let folder = tempfile::tempdir().unwrap();
    let (kept, restored) = (folder.path().join("kept"), folder.path().join("restored"));
    let stall = stall();
    let house = House::open(&[&stall, "cafe"]).await;
    let _before = load(&house, "stall", 200, 1).await;
    let data = text(&house.data());
    let words = ["backup", "--data", &data, &text(&kept)].map(ToOwned::to_owned);
    let (_during, backup) = tokio::join!(load(&house, "stall", 200, 3), async {
        // Orders are on their way when the cut is made.
        let known = store(&house.data(), "ordering").head().unwrap();
        let look = async || store(&house.data(), "ordering").head().unwrap();
        journeys::eventually("load", look, |head| *head > known + 50).await;
        jumun(&words.each_ref().map(String::as_str)).await
    });
    assert!(backup.well().contains("backed up"));

    let said = jumun(&["restore", &text(&kept), "--data", &text(&restored)]).await.well();
    assert!(said.contains("epoch 2"), "{said}");
    let _green = jumun(&["verify", "--data", &text(&restored)]).await.well();
    assert!(store(&restored, "ordering").head().unwrap() < store(&house.data(), "ordering").head().unwrap());

    let server = Server::start(&restored, &[&stall, "cafe"]).await;
    let said = jumun(&[
        "load",
        "--url",
        &server.public,
        "--shop",
        "stall",
        "--rate",
        "300",
        "--seconds",
        "3.4",
        "--seed",
        "2",
        "--json",
    ])
    .await
    .well();
    let report: serde_json::Value = serde_json::from_str(&said).unwrap();
    assert!(report["answered_2xx"].as_u64().is_some_and(|orders| orders >= 1_000), "{said}");
    let all = count(&restored);
    settled(&restored, all).await;
    assert_eq!(orders_in_state(&restored, "completed"), all);
    let _story = Shop::through(&server.public, "stall").get(&format!("/orders/{all}/story")).await.is(200);
    assert!(server.stop().await.success());
    let _green = jumun(&["verify", "--data", &text(&restored)]).await.well();
}

fn count(data: &Path) -> u64 {
    store(data, "ordering").counter("orders/stall").unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_backup_is_laid_out_in_an_empty_folder_only_and_never_under_a_running_program() {
    let folder = tempfile::tempdir().unwrap();
    let kept = text(&folder.path().join("kept"));
    let mut house = House::open(&["cafe"]).await;
    let data = text(&house.data());
    let _kept = jumun(&["backup", "--data", &data, &kept]).await.well();

    let running = jumun(&["restore", &kept, "--data", &data]).await.badly();
    assert!(running.contains("stop the program first"), "{running}");
    assert!(house.stop().await.success());
    let full = jumun(&["restore", &kept, "--data", &data]).await.badly();
    assert!(full.contains("empty"), "{full}");
    let twice = jumun(&["backup", "--data", &data, &kept]).await.badly();
    assert!(twice.contains("empty"), "{twice}");
    let nothing = jumun(&["restore", "/nowhere/at/all", "--data", &text(&folder.path().join("new"))]).await;
    assert!(nothing.badly().contains("cannot be restored"));
}
