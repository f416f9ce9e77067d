//! The disk is full: the program stops acknowledging, says so, and ends; nothing acknowledged is lost.

use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use journeys::{Basket, Customer, Server, Shop};
use operations::{jumun, program};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, BufReader};
use tokio::process::{Child, Command};

/// Blocks of 512 bytes that one file may have: room for the first orders, not for many.
const BLOCKS: u32 = 6_000;

/// Starts the program where no file grows beyond the limit: writes then fail as on a full disk.
async fn start_in_little_room(data: &Path) -> (Child, String) {
    let script = format!("trap '' XFSZ; ulimit -f {BLOCKS}; exec \"$@\"");
    let mut child = Command::new("sh")
        .args(["-c", &script, "sh"])
        .arg(program().await)
        .args(["serve", "cafe", "--listen", "127.0.0.1:0", "--admin-listen", "127.0.0.1:0", "--data"])
        .arg(data)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    while let Some(line) = lines.next_line().await.unwrap() {
        if let Some(address) = line.strip_prefix("listening on ") {
            return (child, address.to_owned());
        }
    }
    panic!("it did not open");
}

/// Orders until nobody answers or the program says no; the numbers of what was acknowledged.
async fn order_until_the_end(customer: &Customer) -> Vec<u64> {
    let basket = Basket::of("1", 1).saying("note", "x".repeat(400).into());
    let mut acknowledged = Vec::new();
    for key in 0..20_000 {
        let request = customer.order_request(&format!("full-{key}"), &basket);
        match journeys::Answer::or_silence(request).await {
            Some(answer) if answer.status == 201 => {
                acknowledged.push(answer.json()["number"].as_u64().unwrap())
            }
            Some(answer) => {
                assert_eq!(answer.status / 100, 5, "{answer:?}");
                return acknowledged;
            }
            None => return acknowledged,
        }
    }
    panic!("there was room for everything");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_full_disk_ends_the_program_and_loses_nothing_that_was_acknowledged() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let (mut child, address) = start_in_little_room(&data).await;
    let customer = Shop::through(&address, "cafe").customer("mina");

    let acknowledged = order_until_the_end(&customer).await;

    assert!(acknowledged.len() > 10, "{acknowledged:?}");
    let status = tokio::time::timeout(Duration::from_secs(30), child.wait()).await.unwrap().unwrap();
    let mut said = String::new();
    let _bytes = child.stderr.take().unwrap().read_to_string(&mut said).await.unwrap();
    assert_eq!(status.code(), Some(1), "{said}");
    assert!(said.contains("has stopped"), "{said}");

    // With room again it opens, and has all of it.
    let server = Server::start(&data, &["cafe"]).await;
    let shop = Shop::through(&server.public, "cafe");
    for number in &acknowledged {
        let seen = shop.customer("mina").reads(&format!("/orders/{number}")).await.is(200).json();
        assert_eq!(seen["number"], *number);
    }
    let last = shop.customer("mina").orders(Basket::of("1", 1)).await;
    shop.tells(&last, "confirmed").await;
    assert!(server.stop().await.success());
    let _green = jumun(&["verify", "--data", &data.display().to_string()]).await.well();
}
