//! Live streams: every change as it happens, resumable where a client left off.

use journeys::{Basket, Change, House};

fn states(changes: &[Change]) -> Vec<&str> {
    changes.iter().filter_map(|change| change.data["state"].as_str()).collect()
}

#[tokio::test]
async fn a_customer_follows_an_order_to_its_end() {
    let house = House::open(&["cafe"]).await;
    let cafe = house.shop("cafe");
    let kim = cafe.staff("kim");
    let order = cafe.customer("mina").orders(Basket::of("1", 1)).await;
    cafe.ticket_is(&order, "open").await;
    cafe.tells(&order, "confirmed").await;
    let mut stream = cafe.stream(&format!("/orders/{}/stream", order.id), None).await;
    let other = cafe.customer("juno").orders(Basket::of("5", 1)).await;
    // Changes that are committed together may be told as one: each is waited for here.
    let mut seen = Vec::new();
    let _accepted = kim.accepts(&order).await.is(200);
    seen.extend(stream.until(&order.id, "accepted").await);
    let _started = kim.starts(&order).await.is(200);
    seen.extend(stream.until(&order.id, "started").await);
    let _made = kim.completes(&order).await.is(200);
    seen.extend(stream.until(&order.id, "prepared").await);
    let _given = kim.hands_over(&order).await.is(200);
    seen.extend(stream.until(&order.id, "completed").await);
    let mut once = states(&seen);
    once.dedup();
    once.retain(|state| *state != "confirmed");
    assert_eq!(once, ["accepted", "started", "prepared", "completed"]);
    let versions: Vec<_> = seen.iter().map(|change| change.data["version"].as_u64().unwrap()).collect();
    assert!(versions.is_sorted_by(|a, b| a < b), "{versions:?}");
    assert!(seen.iter().all(|change| change.data["order"] != other.id.as_str()));
}

#[tokio::test]
async fn staff_follow_every_order_of_the_shop() {
    let house = House::open(&["cafe"]).await;
    let cafe = house.shop("cafe");
    let mut stream = cafe.stream("/stream", None).await;
    let first = cafe.customer("mina").orders(Basket::of("1", 1)).await;
    let second = cafe.customer("juno").orders(Basket::of("5", 1)).await;
    // Changes that are committed together may be told as one: it is confirmed before it is cancelled.
    let mut of_first = stream.until(&first.id, "confirmed").await;
    let _cancelled = cafe.customer("mina").cancels(&first).await.is(200);
    of_first.extend(stream.until(&first.id, "refunded").await);
    assert!(of_first.len() > 1, "{of_first:?}");
    let mut again = cafe.stream("/stream", Some(&first_id_before(&of_first))).await;
    let repeated = again.until(&first.id, "refunded").await;
    assert_eq!(repeated, of_first[1..]);
    let _other = second;
}

/// The id after which the rest of these changes comes again.
fn first_id_before(changes: &[Change]) -> String {
    changes[0].id.clone().unwrap()
}

#[tokio::test]
async fn a_client_resumes_where_it_was_even_after_a_restart_of_the_program() {
    let mut house = House::open(&["cafe"]).await;
    let cafe = house.shop("cafe");
    let kim = cafe.staff("kim");
    let path = |id: &str| format!("/orders/{id}/stream");
    let order = cafe.customer("mina").orders(Basket::of("1", 1)).await;
    cafe.ticket_is(&order, "open").await;
    cafe.tells(&order, "confirmed").await;
    let mut stream = cafe.stream(&path(&order.id), None).await;
    let _accepted = kim.accepts(&order).await.is(200);
    let last = stream.until(&order.id, "accepted").await.pop().unwrap();
    drop(stream);
    // While nobody listens, it goes on; then the program is killed.
    let _started = kim.starts(&order).await.is(200);
    cafe.tells(&order, "started").await;
    house.kill().await;
    house.start().await;
    let mut resumed = cafe.stream(&path(&order.id), last.id.as_deref()).await;
    let missed = resumed.until(&order.id, "started").await;
    assert!(missed.iter().all(|change| change.data["version"].as_u64() > last.data["version"].as_u64()));
    let _made = kim.completes(&order).await.is(200);
    resumed.until(&order.id, "prepared").await;
}

#[tokio::test]
async fn an_id_that_means_nothing_here_resets_the_client() {
    let house = House::open(&["cafe"]).await;
    let cafe = house.shop("cafe");
    for id in ["999-1", "0-0", "1-999999999"] {
        let order = cafe.customer("mina").orders(Basket::of("1", 1)).await;
        cafe.tells(&order, "confirmed").await;
        let mut stream = cafe.stream("/stream", Some(id)).await;
        let _cancelled = cafe.customer("mina").cancels(&order).await.is(200);
        let first = stream.next().await.unwrap();
        assert_eq!(first.event, "reset", "{id}: {first:?}");
    }
}

#[tokio::test]
async fn a_stream_ends_when_the_program_is_asked_to_stop() {
    let mut house = House::open(&["cafe"]).await;
    let cafe = house.shop("cafe");
    let mut stream = cafe.stream("/stream", None).await;
    let server = house.take_server();
    server.ask_to_stop();
    while stream.next().await.is_some() {}
    assert_eq!(server.ended().await.code(), Some(0));
}
