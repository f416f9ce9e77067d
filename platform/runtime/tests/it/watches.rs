//! Requests that wait for what becomes of their command.

use std::time::Duration;

use kernel::{Actor, Causation};
use runtime::{CallError, News, Sent, Watch};
use uuid::Uuid;

use crate::bench::{jar, put, put_then};
use crate::house::{House, PATIENCE};
use crate::toy::{Then, Toy, ToyCommand, ToyRefusal, ToyReply};

fn send(house: &House, watch: &Watch, followed: fn(&ToyReply) -> bool, command: ToyCommand) -> Sent<Toy> {
    let causation = Causation::command(Uuid::nil());
    house.handle.send_watched(watch, followed, command, Actor::anonymous(), causation).unwrap()
}

async fn stirs(watch: &mut Watch) {
    tokio::time::timeout(PATIENCE, watch.stirs()).await.unwrap();
}

/// Whether nothing stirs a watch for a while.
async fn stays_still(watch: &mut Watch) -> bool {
    tokio::time::timeout(Duration::from_millis(50), watch.stirs()).await.is_err()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_watch_for_some_news_hears_all_of_a_commit_with_them_and_nothing_of_the_others() {
    let house = House::open();
    let waits_for_three = |news: &News| matches!(news, News::Row(row) if row.number == 3);
    let mut watch = house.handle.waiters().watch_for(jar(1), waits_for_three);

    house.call(put(jar(1), 1)).await.unwrap();
    assert!(stays_still(&mut watch).await);
    house.call(put(jar(1), 2)).await.unwrap();

    let Some(News::Event(event)) = watch.next().await else { panic!("no event") };
    let Some(News::Row(row)) = watch.next().await else { panic!("no row") };
    assert_eq!((event.version, row.number), (2, 3));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_that_news_follow_does_not_stir_the_watch() {
    let house = House::open();
    let mut watch = house.handle.waiters().watch_for(jar(1), |_| false);

    let sent = send(&house, &watch, |_| true, put(jar(1), 1));

    assert!(stays_still(&mut watch).await);
    assert_eq!(sent.answer().await, Ok(ToyReply::Holds { marbles: 1, version: 1, puts: 1 }));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_that_no_news_follow_stirs_the_watch() {
    let house = House::open();
    let mut watch = house.handle.waiters().watch_for(jar(1), |_| false);

    let sent = send(&house, &watch, |_| false, put(jar(1), 1));
    stirs(&mut watch).await;
    assert_eq!(sent.answer().await, Ok(ToyReply::Holds { marbles: 1, version: 1, puts: 1 }));

    let sent = send(&house, &watch, |_| true, put_then(jar(1), 1, Then::Refuse));
    stirs(&mut watch).await;
    assert_eq!(sent.answer().await, Err(CallError::Refused(ToyRefusal::NotToday)));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_batch_that_came_to_nothing_stirs_the_watch() {
    let house = House::open();
    let cause = journal::StoreError::Unavailable("the cable is out".into());
    house.journal.memory.fail_next_commit(cause.clone());
    let mut watch = house.handle.waiters().watch(jar(1));

    let sent = send(&house, &watch, |_| true, put(jar(1), 1));

    stirs(&mut watch).await;
    assert_eq!(sent.answer().await, Err(CallError::Broken(cause)));
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_watches_a_writer_that_is_gone() {
    let house = House::open();
    house.journal.faults.lock().unwrap().in_commit = Some(Box::new(|| panic!("the store has a bug")));
    let mut watch = house.handle.waiters().watch(jar(1));

    let sent = send(&house, &watch, |_| true, put(jar(1), 1));

    stirs(&mut watch).await;
    assert_eq!(sent.answer().await, Err(CallError::Stopped));
    assert!(watch.next().await.is_none());
}
