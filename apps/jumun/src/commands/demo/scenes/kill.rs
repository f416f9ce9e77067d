use std::time::Duration;

use anyhow::{Result, bail};
use serde_json::Value;
use tokio::sync::mpsc;
use tokio::time::Instant;

use super::super::counter::{Counter, Reply};
use super::super::program::Program;
use super::{CUSTOMER, Tour, expect, follow, order, staff, text};

/// How many customers come at once.
const CUSTOMERS: u32 = 8;
/// How often each of them orders, one after the other.
const ORDERS_EACH: u32 = 5;
/// How long to wait where the first request is still on its way.
const LOOK_EVERY: Duration = Duration::from_millis(20);
/// How many are answered before the program is killed.
const ANSWERED_BEFORE: usize = 9;

/// The program is killed in the middle of a rush, and started again.
pub(in super::super) async fn half_way(tour: &mut Tour) -> Result<()> {
    tour.teller
        .scene(
            "한창 바쁠 때 프로그램이 죽습니다",
            "the program is killed half-way (kill -9), and started again",
        )
        .await;
    let shop = tour.paid.clone();
    let being_made = order(tour, &shop, CUSTOMER, 0, 1, "demo-being-made").await?;
    follow(tour, &shop, &being_made, "ticket", "open").await?;
    staff(tour, &being_made, "accept").await?;
    staff(tour, &being_made, "start").await?;
    follow(tour, &shop, &being_made, "state", "started").await?;

    let wished = CUSTOMERS * ORDERS_EACH;
    tour.teller
        .says(&format!("{CUSTOMERS} customers at once want {wished} orders; the plug is pulled meanwhile"));
    let acknowledged = rush_and_kill(tour).await?;
    tour.teller
        .says(&format!("killed: {} orders were answered, the others heard nothing", acknowledged.len()));

    let began = Instant::now();
    tour.program = Program::start(&tour.data).await?;
    tour.counter = Counter::at(&tour.program.address)?;
    tour.teller.says(&format!("open again after {} ms", began.elapsed().as_millis()));
    check_acknowledged(tour, &acknowledged).await?;
    repeat_all(tour).await?;

    tour.teller.says(&format!("order {} goes on where it was", being_made["number"]));
    staff(tour, &being_made, "complete").await?;
    staff(tour, &being_made, "hand-over").await?;
    follow(tour, &shop, &being_made, "state", "completed").await
}

/// The orders that were answered before the program died.
async fn rush_and_kill(tour: &mut Tour) -> Result<Vec<Value>> {
    let (answered, mut answers) = mpsc::unbounded_channel();
    for customer in 0..CUSTOMERS {
        let (counter, wish, path) =
            (tour.counter.clone(), tour.paid.item(0)?.order(1), tour.paid.path("/orders"));
        let answered = answered.clone();
        tokio::spawn(async move {
            for number in 0..ORDERS_EACH {
                // An error is silence: nobody knows what became of it.
                let Ok(reply) = send(&counter, &path, customer, number, &wish).await else { return };
                let _told = answered.send(reply);
            }
        });
    }
    drop(answered);
    let mut acknowledged = Vec::new();
    while let Some(reply) = answers.recv().await {
        acknowledged.push(expect(reply, 201)?.body);
        if acknowledged.len() == ANSWERED_BEFORE {
            tour.program.kill().await?;
        }
    }
    Ok(acknowledged)
}

async fn send(counter: &Counter, path: &str, customer: u32, number: u32, wish: &Value) -> Result<Reply> {
    let (who, key) = (format!("customer:rush-{customer}"), format!("demo-rush-{number}"));
    counter.post_with_key(&who, path, &key, wish).await
}

async fn check_acknowledged(tour: &Tour, acknowledged: &[Value]) -> Result<()> {
    for order in acknowledged {
        tour.counter.read(&tour.paid.path(&format!("/orders/{}", text(&order["id"])))).await?;
    }
    tour.teller.says("every order that was answered is there");
    Ok(())
}

/// Everybody sends everything again, with the keys they had: each ends with one order a key.
async fn repeat_all(tour: &Tour) -> Result<()> {
    for customer in 0..CUSTOMERS {
        for number in 0..ORDERS_EACH {
            repeat(tour, customer, number).await?;
        }
        let own = tour.paid.path(&format!("/orders?customer=rush-{customer}"));
        let orders = tour.counter.read(&own).await?["items"].as_array().map_or(0, Vec::len);
        if orders != ORDERS_EACH as usize {
            bail!("customer:rush-{customer} has {orders} orders, {ORDERS_EACH} were wanted");
        }
    }
    tour.teller
        .says("all send everything again, with the keys they had: one order each, none lost, none doubled");
    Ok(())
}

async fn repeat(tour: &Tour, customer: u32, number: u32) -> Result<()> {
    let (path, wish) = (tour.paid.path("/orders"), tour.paid.item(0)?.order(1));
    loop {
        let reply = send(&tour.counter, &path, customer, number, &wish).await?;
        // The first request may still be on its way to its end.
        if reply.status != 409 && reply.status != 503 {
            expect(reply, 201)?;
            return Ok(());
        }
        tokio::time::sleep(LOOK_EVERY).await;
    }
}
