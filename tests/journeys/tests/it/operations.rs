//! What operators do: verify, backup, restore, rebuild, doctor - of a running system.

use std::path::Path;

use journeys::{Basket, House, Server, Shop, run};

/// Runs a command on a data folder; what it said, where it went well.
async fn runs(words: &[&str], data: &Path) -> Result<String, String> {
    let mut arguments: Vec<String> = words.iter().map(|word| (*word).to_owned()).collect();
    arguments.extend(["--data".to_owned(), data.display().to_string()]);
    let output = tokio::task::spawn_blocking(move || run(arguments)).await.unwrap();
    let said = [output.stdout, output.stderr].concat();
    let said = String::from_utf8_lossy(&said).into_owned();
    if output.status.success() { Ok(said) } else { Err(said) }
}

/// A house where something of everything has happened.
async fn lived_in() -> House {
    let house = House::open(&["cafe", "kiosk"]).await;
    let (cafe, kiosk) = (house.shop("cafe"), house.shop("kiosk"));
    let (mina, kim) = (cafe.customer("mina"), cafe.staff("kim"));
    let cancelled = mina.orders(Basket::of("1", 1)).await;
    let _cancelled = mina.cancels(&cancelled).await.is(200);
    mina.asks_for(&Basket::of("1", 1).paid_with("tok_decline")).await.problem(402, "payment-declined");
    let made = mina.orders(Basket::of("2", 2)).await;
    cafe.ticket_is(&made, "open").await;
    let _accepted = kim.accepts(&made).await.is(200);
    let _started = kim.starts(&made).await.is(200);
    kiosk.staff("lee").receives("cup", 2).await;
    let drink = kiosk.customer("1").orders(Basket::of("latte", 1)).await;
    kiosk.shows(&drink, "completed").await;
    cafe.shows(&cancelled, "refunded").await;
    cafe.tells(&made, "started").await;
    house
}

#[tokio::test]
async fn verify_is_green_for_a_running_system_and_for_a_stopped_one() {
    let mut house = lived_in().await;
    let running = runs(&["verify"], &house.data()).await.unwrap();
    assert!(running.contains("all invariants hold"), "{running}");
    assert!(house.stop().await.success());
    runs(&["verify"], &house.data()).await.unwrap();
}

#[tokio::test]
async fn a_backup_of_a_running_system_is_restored_elsewhere_and_goes_on() {
    let house = lived_in().await;
    let folder = tempfile::tempdir().unwrap();
    let (backup, restored) = (folder.path().join("backup"), folder.path().join("restored"));
    runs(&["backup", backup.to_str().unwrap()], &house.data()).await.unwrap();
    // What comes after the cut is not in it.
    house.shop("cafe").customer("late").orders(Basket::of("1", 1)).await;
    runs(&["restore", backup.to_str().unwrap()], &restored).await.unwrap();
    runs(&["verify"], &restored).await.unwrap();
    let server = Server::start(&restored, &["cafe", "kiosk"]).await;
    let cafe = Shop::through(&server.public, "cafe");
    assert_eq!(cafe.get("/orders").await.items().len(), 2);
    let order = cafe.customer("mina").orders(Basket::of("1", 1)).await;
    cafe.ticket_is(&order, "open").await;
    cafe.tells(&order, "confirmed").await;
    let said = runs(&["verify"], &restored).await.unwrap();
    assert!(said.contains("all invariants hold"), "{said}");
}

#[tokio::test]
async fn one_old_store_put_back_alone_is_refused_with_its_reason() {
    let mut house = lived_in().await;
    assert!(house.stop().await.success());
    let store = house.data().join("ordering").join("journal.db");
    let old = std::fs::read(&store).unwrap();
    house.start().await;
    let order = house.shop("cafe").customer("mina").orders(Basket::of("1", 1)).await;
    house.shop("cafe").ticket_is(&order, "open").await;
    assert!(house.stop().await.success());
    std::fs::write(&store, old).unwrap();
    for rest in ["journal.db-wal", "journal.db-shm"] {
        let _absent = std::fs::remove_file(store.with_file_name(rest));
    }
    let (status, log) = Server::try_start(&house.data(), &["cafe", "kiosk"]).await.unwrap_err();
    assert!(status.is_some_and(|status| !status.success()), "{status:?}");
    assert!(log.contains("ordering"), "{log}");
    runs(&["verify"], &house.data()).await.unwrap_err();
}

#[tokio::test]
async fn a_restore_into_a_folder_that_is_in_use_is_refused() {
    let house = lived_in().await;
    let folder = tempfile::tempdir().unwrap();
    let backup = folder.path().join("backup");
    runs(&["backup", backup.to_str().unwrap()], &house.data()).await.unwrap();
    let said = runs(&["restore", backup.to_str().unwrap()], &house.data()).await.unwrap_err();
    assert!(said.contains("in use"), "{said}");
}

#[tokio::test]
async fn a_view_is_rebuilt_beside_the_live_one_and_tells_the_same() {
    let house = lived_in().await;
    let cafe = house.shop("cafe");
    let before = cafe.get("/stories").await.is(200).bytes;
    let story = cafe.get("/orders/1/story").await.is(200).bytes;
    let said = runs(&["rebuild", "stories"], &house.data()).await.unwrap();
    assert!(said.contains("generation 2"), "{said}");
    assert_eq!(cafe.get("/stories").await.is(200).bytes, before);
    assert_eq!(cafe.get("/orders/1/story").await.is(200).bytes, story);
    let order = cafe.customer("mina").orders(Basket::of("1", 1)).await;
    cafe.tells(&order, "confirmed").await;
    runs(&["verify"], &house.data()).await.unwrap();
}

#[tokio::test]
async fn the_doctor_finds_nothing_wrong_and_parked_events_are_none() {
    let house = lived_in().await;
    let said = runs(&["doctor"], &house.data()).await.unwrap();
    assert!(said.lines().all(|line| line.starts_with("ok") || line.starts_with("note ")), "{said}");
    let parked = runs(&["parked"], &house.data()).await.unwrap();
    assert_eq!(parked, "0 parked events\n");
}

#[tokio::test]
async fn commands_on_a_folder_that_is_not_there_say_so() {
    let nowhere = Path::new("/nowhere/at/all");
    for words in [&["verify"][..], &["parked"], &["rebuild", "stories"]] {
        let said = runs(words, nowhere).await.unwrap_err();
        assert!(said.contains("no data folder at /nowhere/at/all"), "{words:?}: {said}");
    }
}
