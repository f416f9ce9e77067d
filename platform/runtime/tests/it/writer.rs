//! The shell around the processor: lanes, bells, answers after the commit, and the end.

use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use bus::{Feed, LocalFeed};
use journal::{Journal, MemoryJournal, Reader, ReaderOpener, StoreError};
use kernel::{Actor, Causation};
use runtime::{Admin, AdminReply, CallError, FeedOpener, News, WriterStopped};
use uuid::Uuid;

use crate::bench::{Bench, START, jar, put, put_then};
use crate::house::{House, PATIENCE};
use crate::toy::{Then, ToyRefusal, ToyReply};

fn one_marble_more(marbles: u32, version: u64, puts: u64) -> ToyReply {
    ToyReply::Holds { marbles, version, puts }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_call_is_answered_by_its_own_reply_or_refusal() {
    let house = House::open();

    assert_eq!(house.call(put(jar(1), 2)).await, Ok(one_marble_more(2, 1, 1)));
    assert_eq!(house.call(put(jar(1), 99)).await, Err(CallError::Refused(ToyRefusal::Full)));
    assert_eq!(house.stop(), WriterStopped { role: "toy", cause: None });
}

#[tokio::test(flavor = "multi_thread")]
async fn a_call_is_answered_only_after_its_commit() {
    let house = House::open();
    let (begins, go) = house.hold_commits();
    let handle = house.handle.clone();
    let call = tokio::spawn(async move {
        handle.call(put(jar(1), 1), Actor::anonymous(), Causation::command(Uuid::nil())).await
    });

    tokio::task::block_in_place(|| begins.recv_timeout(PATIENCE)).unwrap();
    assert!(!call.is_finished() && house.head() == 0);

    go.send(()).unwrap();
    assert_eq!(call.await.unwrap(), Ok(one_marble_more(1, 1, 1)));
    assert_eq!(house.head(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn calls_that_wait_while_a_commit_runs_are_committed_together() {
    let house = House::open();
    let (begins, go) = house.hold_commits();
    let mut context = Context::from_waker(Waker::noop());
    let call = |jar| house.call(put(jar, 1));

    let mut first = pin!(call(jar(1)));
    assert!(first.as_mut().poll(&mut context).is_pending());
    begins.recv_timeout(PATIENCE).unwrap();
    let (mut second, mut third) = (pin!(call(jar(2))), pin!(call(jar(3))));
    assert!(
        second.as_mut().poll(&mut context).is_pending() && third.as_mut().poll(&mut context).is_pending()
    );
    go.send(()).unwrap();
    go.send(()).unwrap();
    first.await.unwrap();
    second.await.unwrap();
    third.await.unwrap();

    assert_eq!(begins.try_iter().count(), 1, "one more commit for both");
    assert_eq!(house.head(), 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_lane_sheds_and_nothing_of_it_happens() {
    let house = House::with(Bench::new(), vec![], 1);
    let (begins, go) = house.hold_commits();
    let mut context = Context::from_waker(Waker::noop());

    let mut first = pin!(house.call(put(jar(1), 1)));
    assert!(first.as_mut().poll(&mut context).is_pending());
    begins.recv_timeout(PATIENCE).unwrap();
    let mut waiting = pin!(house.call(put(jar(2), 1)));
    assert!(waiting.as_mut().poll(&mut context).is_pending());
    let mut shed = pin!(house.call(put(jar(3), 1)));
    assert_eq!(shed.as_mut().poll(&mut context), Poll::Ready(Err(CallError::Overloaded)));

    go.send(()).unwrap();
    go.send(()).unwrap();
    first.await.unwrap();
    waiting.await.unwrap();
    assert_eq!(house.head(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_store_that_cannot_keep_up_sheds_commands_and_takes_results() {
    let house = House::open();
    house.journal.memory.set_shedding(true);
    house.call(put(jar(1), 1)).await.unwrap();
    let mut commits = house.handle.waiters().commits();
    commits.borrow_and_update();

    assert_eq!(house.call(put(jar(1), 1)).await, Err(CallError::Overloaded));
    house.handle.bring([(put(jar(1), 1), Causation::command(Uuid::nil()))]);
    tokio::time::timeout(PATIENCE, commits.changed()).await.unwrap().unwrap();

    assert_eq!(house.head(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_writer_that_was_asked_to_stop_takes_nothing_more() {
    let house = House::open();
    let handle = house.handle.clone();
    house.call(put(jar(1), 1)).await.unwrap();
    house.stop();

    let call = handle.call(put(jar(1), 1), Actor::anonymous(), Causation::command(Uuid::nil())).await;

    assert_eq!(call, Err(CallError::Stopped));
    assert!(!handle.is_alive());
    assert_eq!(handle.operate(Actor::system(), Admin::RetryParked { blocks: jar(1) }).await, None);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_writer_that_panics_is_known_to_be_gone() {
    let house = House::open();
    house.journal.faults.lock().unwrap().in_commit = Some(Box::new(|| panic!("the store has a bug")));

    assert_eq!(house.call(put(jar(1), 1)).await, Err(CallError::Stopped));

    assert_eq!(house.call(put(jar(1), 1)).await, Err(CallError::Stopped));
    assert!(!house.handle.is_alive());
    let cause = StoreError::Fatal("the writer panicked".to_owned());
    assert_eq!(house.stop(), WriterStopped { role: "toy", cause: Some(cause) });
}

#[tokio::test(flavor = "multi_thread")]
async fn what_waits_when_the_writer_is_asked_to_stop_is_finished_first() {
    let house = House::open();
    let (begins, go) = house.hold_commits();
    let mut context = Context::from_waker(Waker::noop());
    let handle = house.handle.clone();
    let call = |jar| handle.call(put(jar, 1), Actor::anonymous(), Causation::command(Uuid::nil()));
    let (mut first, mut second) = (pin!(call(jar(1))), pin!(call(jar(2))));
    assert!(first.as_mut().poll(&mut context).is_pending());
    begins.recv_timeout(PATIENCE).unwrap();
    assert!(second.as_mut().poll(&mut context).is_pending());

    handle.stop();
    drop(go);
    first.await.unwrap();
    second.await.unwrap();

    assert_eq!(house.stop().cause, None);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_store_that_cannot_answer_now_is_told_and_tried_again_with_the_next_call() {
    let house = House::open();
    let cause = StoreError::Unavailable("the cable is out".into());
    house.journal.memory.fail_next_commit(cause.clone());

    assert_eq!(house.call(put(jar(1), 1)).await, Err(CallError::Broken(cause)));
    assert_eq!(house.call(put(jar(1), 1)).await, Ok(one_marble_more(1, 1, 1)));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_disk_that_fails_stops_the_writer_and_says_why() {
    let house = House::open();
    let cause = StoreError::Fatal("no space left".into());
    house.journal.memory.fail_next_commit(cause.clone());

    assert_eq!(house.call(put(jar(1), 1)).await, Err(CallError::Broken(cause.clone())));

    let told = tokio::task::block_in_place(|| house.stopped.recv_timeout(PATIENCE)).unwrap();
    assert_eq!(told, WriterStopped { role: "toy", cause: Some(cause) });
    assert_eq!(house.call(put(jar(1), 1)).await, Err(CallError::Stopped));
}

#[tokio::test(flavor = "multi_thread")]
async fn neighbours_miss_nothing_of_a_commit_whose_answer_was_lost() {
    let house = House::open();
    house.call(put(jar(1), 1)).await.unwrap();
    house.journal.memory.lose_next_answer(StoreError::Unavailable("the cable is out".into()));
    house.call(put(jar(1), 1)).await.unwrap_err();
    let tail = house.handle.tail().clone();
    let mut feed = LocalFeed::new(opening(&house.journal), Some(tail));
    let positions = |feed: &mut LocalFeed| {
        feed.read_after(1, 10).unwrap().iter().map(|event| event.position).collect::<Vec<_>>()
    };

    assert_eq!(positions(&mut feed), [2]);
    house.call(put(jar(1), 1)).await.unwrap();
    assert_eq!(positions(&mut feed), [2, 3]);
}

#[tokio::test(flavor = "multi_thread")]
async fn thirty_calls_do_not_wait_for_the_tick_of_an_idle_writer() {
    let house = House::open();

    // The tick is a second: without the bell this takes thirty.
    let calls = async {
        for number in 0..30 {
            house.call(put(jar(number), 1)).await.unwrap();
        }
    };

    tokio::time::timeout(Duration::from_secs(15), calls).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn an_effect_runs_after_its_commit_and_its_result_ends_the_lease() {
    let house = House::open();
    let mut commits = house.handle.waiters().commits();

    house.call(put_then(jar(1), 1, Then::Polish)).await.unwrap();

    let finished = async {
        while !house.journal.clone().timers().unwrap().is_empty() {
            commits.changed().await.unwrap();
        }
    };
    tokio::time::timeout(PATIENCE, finished).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_watch_tells_the_events_of_a_jar_and_then_its_row() {
    let house = House::open();
    let mut watch = house.handle.waiters().watch(jar(1));

    house.call(put(jar(2), 1)).await.unwrap();
    house.call(put(jar(1), 3)).await.unwrap();

    let Some(News::Event(event)) = watch.next().await else { panic!("no event") };
    let Some(News::Row(row)) = watch.next().await else { panic!("no row") };
    assert_eq!((event.stream_id, row.id, row.number), (jar(1), jar(1), 3));
}

#[tokio::test(flavor = "multi_thread")]
async fn operators_are_answered_through_the_same_door() {
    let house = House::open();

    let reply = house.handle.operate(Actor::system(), Admin::RetryParked { blocks: jar(1) }).await;

    assert_eq!(reply, Some(AdminReply::Unknown));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_neighbour_in_this_process_is_followed_when_it_rings() {
    let mill = House::open();
    let house = House::with(Bench::new(), vec![follow(&mill)], 16);
    mill.handle.tail().listen(house.handle.bell());
    let mut watch = house.handle.waiters().watch(jar(1));

    mill.call(put(jar(1), 4)).await.unwrap();

    let news = tokio::time::timeout(PATIENCE, watch.next()).await.unwrap();
    let Some(News::Event(event)) = news else { panic!("{news:?}") };
    assert_eq!(event.causation.as_str(), "mill/1");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_writer_that_lingers_goes_on_for_whoever_watches() {
    let mill = House::open();
    let bench = Bench::new();
    bench.processor.service().linger_millis.store(3_600_000, Ordering::SeqCst);
    let house = House::with(bench, vec![follow(&mill)], 16);
    mill.handle.tail().listen(house.handle.bell());
    tell(&mill).await;
    while house.head() == 0 {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    // It lingers for an hour now.
    tell(&mill).await;

    let mut watch = house.handle.waiters().watch(jar(1));

    let news = tokio::time::timeout(PATIENCE, watch.next()).await.unwrap();
    let Some(News::Event(event)) = news else { panic!("{news:?}") };
    assert_eq!(event.causation.as_str(), "mill/2");
}

#[tokio::test(flavor = "multi_thread")]
async fn events_that_may_wait_go_along_with_the_next_call() {
    let quarry = House::open();
    tell(&quarry).await;
    let house = House::with(Bench::new(), vec![nobody(), follow(&quarry)], 16);

    // What came alone would wait for an hour.
    let own = house.call(put(jar(2), 1)).await;

    assert_eq!((own, house.head()), (Ok(one_marble_more(1, 1, 1)), 2));
    tell(&quarry).await;
    house.call(put(jar(2), 1)).await.unwrap();
    assert_eq!(house.head(), 4);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_waits_for_company_is_taken_before_the_end() {
    let quarry = House::open();
    tell(&quarry).await;
    let house = House::with(Bench::new(), vec![nobody(), follow(&quarry)], 16);
    let mut journal = house.journal.clone();

    house.stop();

    assert_eq!(journal.head().unwrap(), 1);
}

/// Four full batches of what waited at the mill, from the moment that it is there.
fn much_waits(is_there: Arc<AtomicBool>) -> FeedOpener {
    let mut mill = Bench::new();
    for batch in 0..8 {
        mill.commands((0..512).map(|number| put(jar(batch * 512 + number), 1)));
    }
    let open = opening(&mill.journal.memory);
    Box::new(move || match is_there.load(Ordering::SeqCst) {
        true => Ok(Box::new(LocalFeed::new(open.clone(), None)) as Box<dyn Feed>),
        false => Err(StoreError::Unavailable("it is not there yet".into())),
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn who_works_off_much_waits_for_its_followers() {
    let is_there = Arc::new(AtomicBool::new(false));
    let house = House::with(Bench::new(), vec![much_waits(is_there.clone())], 16);
    let mut follower = LocalFeed::new(opening(&house.journal), Some(house.handle.tail().clone())).in_sight();
    follower.read_after(0, 1).unwrap();

    is_there.store(true, Ordering::SeqCst);
    house.clock.advance_millis(60_000);
    house.handle.bell().ring();

    let (mut at, mut times, mut close) = (0, 0, 0);
    while at < 4_096 {
        let read = follower.read_after(at, 256).unwrap();
        times += usize::from(!read.is_empty());
        close += usize::from(!read.is_empty() && house.head() - at <= 1_024 + 100);
        at = read.last().map_or(at, |event| event.position);
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
    assert!(close * 2 > times, "{close} of {times} times it was not far ahead");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_follower_who_stands_still_holds_nobody_up_for_ever() {
    let is_there = Arc::new(AtomicBool::new(true));
    let house = House::with(Bench::new(), vec![much_waits(is_there)], 16);
    let mut follower = LocalFeed::new(opening(&house.journal), Some(house.handle.tail().clone())).in_sight();
    follower.read_after(0, 1).unwrap();

    let worked_off = async {
        while house.head() < 4_096 {
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    };
    tokio::time::timeout(PATIENCE, worked_off).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn timers_wait_until_every_neighbour_could_be_opened() {
    let mut bench = Bench::new();
    bench.command(put_then(jar(1), 5, Then::RingAt(START))).unwrap();
    bench.now = START.plus_millis(60_000);
    bench.restart();
    let is_there = Arc::new(AtomicBool::new(false));
    let house = House::with(bench, vec![opener(is_there.clone())], 16);

    assert_eq!(house.call(put(jar(1), 2)).await, Ok(one_marble_more(7, 2, 2)));
    let mut watch = house.handle.waiters().watch(jar(1));
    is_there.store(true, Ordering::SeqCst);
    house.clock.advance_millis(60_000);
    house.handle.bell().ring();

    let news = tokio::time::timeout(PATIENCE, watch.next()).await.unwrap();
    let Some(News::Event(rung)) = news else { panic!("{news:?}") };
    assert_eq!((rung.causation.as_str(), rung.version), ("timer/ring", 3));
}

fn opening<J: Journal + Clone + Sync + 'static>(journal: &J) -> ReaderOpener {
    let journal = journal.clone();
    Arc::new(move || journal.reader())
}

/// A neighbour without events.
fn nobody() -> FeedOpener {
    opener(Arc::new(AtomicBool::new(true)))
}

/// Lets a neighbour put a marble into a jar, and waits until its neighbours can hear of it.
async fn tell(neighbour: &House) {
    let before = neighbour.head();
    neighbour.call(put(jar(1), 1)).await.unwrap();
    let heard = async {
        while neighbour.handle.tail().read_after(before, 1).is_none_or(|events| events.is_empty()) {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(PATIENCE, heard).await.unwrap();
}

/// A neighbour that runs in this process.
fn follow(neighbour: &House) -> FeedOpener {
    let (open, tail) = (opening(&neighbour.journal.memory), neighbour.handle.tail().clone());
    Box::new(move || Ok(Box::new(LocalFeed::new(open.clone(), Some(tail.clone()))) as Box<dyn Feed>))
}

/// A neighbour without events that cannot be opened until it is there.
fn opener(is_there: Arc<AtomicBool>) -> FeedOpener {
    let open = opening(&MemoryJournal::new(Uuid::from_u128(77)));
    Box::new(move || {
        if !is_there.load(Ordering::SeqCst) {
            return Err(StoreError::Unavailable("it is not there yet".into()));
        }
        Ok(Box::new(LocalFeed::new(open.clone(), None)) as Box<dyn Feed>)
    })
}
