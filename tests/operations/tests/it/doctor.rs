//! What the doctor says of an installation.

use std::os::unix::fs::PermissionsExt;

use journeys::{Basket, House};
use operations::jumun;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_healthy_installation_is_healthy_running_or_not() {
    let mut house = House::open(&["cafe"]).await;
    let data = house.data().display().to_string();
    let cafe = house.shop("cafe");
    let order = cafe.customer("mina").orders(Basket::of("1", 1)).await;
    cafe.ticket_is(&order, "open").await;

    let running = jumun(&["doctor", "--data", &data]).await.well();
    let process = house.server().process_id();
    assert!(running.contains(&format!("ok   ordering: held by process {process}")), "{running}");
    assert!(!running.contains("LOOK"), "{running}");
    assert!(running.contains("note cafe: `kakao`: the channel is not set up"), "{running}");
    let log = house.server().log();
    assert!(log.contains("the channel is not set up") && log.contains("kakao"), "{log}");

    assert!(house.stop().await.success());
    let stopped = jumun(&["doctor", "--data", &data]).await.well();
    for role in
        ["catalog", "ordering", "payment", "inventory", "kitchen", "delivery", "notification", "tracking"]
    {
        assert!(stopped.contains(&format!("ok   {role}: not running; ")), "{stopped}");
    }
    assert!(stopped.contains("ok   every role knows the journals of its neighbours"), "{stopped}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_wrong_is_named_with_what_to_do() {
    let nowhere = jumun(&["doctor", "--data", "/nowhere/at/all"]).await.badly();
    assert!(nowhere.contains("LOOK there is no data folder at /nowhere/at/all"), "{nowhere}");

    let mut house = House::open(&["cafe"]).await;
    let data = house.data();
    assert!(house.stop().await.success());
    std::fs::set_permissions(&data, PermissionsExt::from_mode(0o755)).unwrap();
    std::fs::write(data.join("kitchen").join("journal.db"), "not a journal at all").unwrap();
    let sick = jumun(&["doctor", "--data", &data.display().to_string()]).await.badly();
    assert!(sick.contains("(chmod 700)"), "{sick}");
    assert!(sick.contains("LOOK kitchen: "), "{sick}");
}
