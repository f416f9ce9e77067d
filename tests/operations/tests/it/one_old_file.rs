//! One store of an older time among newer ones is refused: its positions would be used twice.

use std::path::{Path, PathBuf};

use journeys::{Basket, House, Server};
use operations::jumun;

const FILES: [&str; 3] = ["journal.db", "journal.db-wal", "journal.db-shm"];

/// Keeps a role's store as it is now.
fn keep(data: &Path, role: &str, kept: &Path) {
    std::fs::create_dir_all(kept).unwrap();
    for file in FILES {
        let (from, to) = (data.join(role).join(file), kept.join(file));
        if from.is_file() {
            let _bytes = std::fs::copy(from, to).unwrap();
        }
    }
}

/// Puts a store that was kept in the place of the present one.
fn put_back(kept: &Path, data: &Path, role: &str) {
    for file in FILES {
        let (from, to) = (kept.join(file), data.join(role).join(file));
        if to.is_file() {
            std::fs::remove_file(&to).unwrap();
        }
        if from.is_file() {
            let _bytes = std::fs::copy(from, to).unwrap();
        }
    }
}

async fn orders(house: &House) {
    let cafe = house.shop("cafe");
    let order = cafe.customer("mina").orders(Basket::of("1", 1)).await;
    cafe.ticket_is(&order, "open").await;
    cafe.tells(&order, "confirmed").await;
}

async fn refusal(data: &Path) -> String {
    let (status, log) = Server::try_start(data, &["cafe"]).await.unwrap_err();
    assert!(status.is_some_and(|status| status.code() == Some(1)), "{status:?}: {log}");
    log
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_older_file_put_back_alone_is_refused_at_start_with_its_reason() {
    let mut house = House::open(&["cafe"]).await;
    let data = house.data();
    orders(&house).await;
    assert!(house.stop().await.success());
    let old = data.with_file_name("old");
    keep(&data, "ordering", &old);
    house.start().await;
    orders(&house).await;
    assert!(house.stop().await.success());
    let new = data.with_file_name("new");
    keep(&data, "ordering", &new);

    put_back(&old, &data, "ordering");

    let log = refusal(&data).await;
    assert!(log.contains("the journal there ends at") && log.contains("an older file"), "{log}");
    let doctor = jumun(&["doctor", "--data", &data.display().to_string()]).await.badly();
    assert!(doctor.contains("LOOK") && doctor.contains("an older file"), "{doctor}");
    // With the right file the house opens as if nothing had been.
    put_back(&new, &data, "ordering");
    house.start().await;
    orders(&house).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_store_of_another_installation_is_refused_too() {
    let (mut here, mut there) = (House::open(&["cafe"]).await, House::open(&["cafe"]).await);
    let (here_data, there_data) = (here.data(), there.data());
    orders(&here).await;
    orders(&there).await;
    assert!(here.stop().await.success() && there.stop().await.success());
    let strange: PathBuf = here_data.with_file_name("strange");
    keep(&there_data, "payment", &strange);

    put_back(&strange, &here_data, "payment");

    let log = refusal(&here_data).await;
    assert!(log.contains("has applied journal") && log.contains("of payment"), "{log}");
}
