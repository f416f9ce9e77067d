//! Several programs on one data folder, each with other roles: one stops, the others go on, and
//! what it should have done is done once when it is back.

use journeys::{Basket, House, Order, Server, Shop, eventually};
use serde_json::json;
use tempfile::TempDir;

/// Programs on one data folder.
struct Village {
    folder: TempDir,
    shops: Vec<&'static str>,
}

impl Village {
    fn of(shops: &[&'static str]) -> Self {
        Self { folder: tempfile::tempdir().unwrap(), shops: shops.to_vec() }
    }

    async fn starts(&self, roles: &str) -> Server {
        let words = [&self.shops[..], &["--roles", roles]].concat();
        Server::start(&self.folder.path().join("data"), &words).await
    }
}

/// Orders again, with the same key, until the roles have found each other.
async fn orders_when_all_are_there(shop: &Shop, key: &str, basket: Basket) -> Order {
    let customer = shop.customer("mina");
    let answer = eventually(
        "an order through the neighbours",
        async || customer.asks_with_key(key, &basket).await,
        |answer| answer.status != 503 && answer.status != 409 && answer.status != 404,
    );
    Order::of(answer.await)
}

#[tokio::test]
async fn orders_work_through_the_door_of_any_process() {
    let village = Village::of(&["cafe"]);
    let first = village.starts("catalog,ordering,tracking").await;
    let second = village.starts("payment,inventory").await;
    let third = village.starts("kitchen").await;
    for (number, server) in [&first, &second, &third].into_iter().enumerate() {
        let cafe = Shop::through(&server.public, "cafe");
        let order = orders_when_all_are_there(&cafe, &format!("k{number}"), Basket::of("1", 1)).await;
        cafe.ticket_is(&order, "open").await;
        let _accepted = cafe.staff("kim").accepts(&order).await.is(200);
        cafe.shows(&order, "accepted").await;
        cafe.tells(&order, "accepted").await;
        cafe.payment_is(&order, "approved").await;
        let mut stream = cafe.stream(&format!("/orders/{}/stream", order.id), None).await;
        let _cancelled = cafe.customer("mina").cancels(&order).await.is(200);
        stream.until(&order.id, "refunded").await;
    }
    for server in [first, third, second] {
        assert_eq!(server.stop().await.code(), Some(0));
    }
}

#[tokio::test]
async fn the_door_stays_open_while_what_is_behind_it_comes_and_goes() {
    let village = Village::of(&["cafe"]);
    let door = village.starts("gateway").await;
    let cafe = Shop::through(&door.public, "cafe");
    cafe.get("/menu").await.problem(503, "not-held-here");

    let rest = village.starts("catalog,ordering,payment,inventory,tracking").await;
    let kitchen = village.starts("kitchen").await;
    let first = orders_when_all_are_there(&cafe, "first", Basket::of("1", 1)).await;
    cafe.ticket_is(&first, "open").await;

    kitchen.kill().await;
    cafe.get("/tickets").await.problem(503, "not-held-here");
    let second = orders_when_all_are_there(&cafe, "second", Basket::of("1", 1)).await;
    cafe.tells(&second, "confirmed").await;

    let kitchen = village.starts("kitchen").await;
    cafe.ticket_is(&second, "open").await;
    for server in [kitchen, rest, door] {
        assert_eq!(server.stop().await.code(), Some(0));
    }
}

#[tokio::test]
async fn while_payment_is_stopped_orders_are_refused_and_afterwards_taken() {
    let village = Village::of(&["cafe"]);
    let others = village.starts("catalog,ordering,inventory,kitchen,tracking").await;
    let payment = village.starts("payment").await;
    let cafe = Shop::through(&others.public, "cafe");
    let before = orders_when_all_are_there(&cafe, "before", Basket::of("1", 1)).await;
    payment.kill().await;
    let refused = cafe.customer("mina").asks_with_key("during", &Basket::of("1", 1)).await;
    assert_eq!(refused.status, 503, "{refused:?}");
    assert!(refused.header("retry-after").is_some(), "{refused:?}");
    refused.any_problem();
    assert_eq!(cafe.get("/orders").await.items().len(), 1);
    // What stands goes on without payment.
    cafe.ticket_is(&before, "open").await;
    let _accepted = cafe.staff("kim").accepts(&before).await.is(200);
    // A cancel needs no answer of payment now: the money goes back when it is there again.
    let _cancelled = cafe.customer("mina").cancels(&before).await.is(200);
    let _payment = village.starts("payment").await;
    cafe.shows(&before, "refunded").await;
    let after = orders_when_all_are_there(&cafe, "during", Basket::of("1", 1)).await;
    cafe.payment_is(&after, "approved").await;
    assert_eq!(cafe.get("/orders").await.items().len(), 2);
}

#[tokio::test]
async fn while_the_kitchen_is_stopped_orders_are_taken_and_their_tickets_appear_once_afterwards() {
    let village = Village::of(&["cafe", "kiosk"]);
    let others = village.starts("catalog,ordering,payment,inventory,tracking").await;
    let kitchen = village.starts("kitchen").await;
    let cafe = Shop::through(&others.public, "cafe");
    let kiosk = Shop::through(&others.public, "kiosk");
    let before = orders_when_all_are_there(&cafe, "before", Basket::of("1", 1)).await;
    cafe.ticket_is(&before, "open").await;
    assert_eq!(kitchen.stop().await.code(), Some(0));

    let mut during = Vec::new();
    for _ in 0..5 {
        during.push(cafe.customer("mina").orders(Basket::of("1", 1)).await);
    }
    kiosk.staff("kim").receives("cup", 3).await;
    let drink = kiosk.customer("1").orders(Basket::of("latte", 1)).await;
    kiosk.shows(&drink, "confirmed").await;
    cafe.get("/tickets").await.problem(503, "not-held-here");
    // Whether this cancel comes in time only the kitchen knows: the wish waits.
    let wished = cafe.customer("mina").cancels(&during[4]).await.is(202).json();
    assert_eq!(wished["cancel_requested"], true);

    let _kitchen = village.starts("kitchen").await;
    for order in &during[..4] {
        cafe.ticket_is(order, "open").await;
    }
    cafe.shows(&during[4], "refunded").await;
    kiosk.shows(&drink, "completed").await;
    let mut tickets: Vec<_> = cafe.get("/tickets?state=open").await.items();
    tickets.sort_by_key(|ticket| ticket["number"].as_u64());
    let numbers: Vec<_> = tickets.iter().map(|ticket| ticket["number"].as_u64().unwrap()).collect();
    assert_eq!(numbers, [1, 2, 3, 4, 5]);
}

#[tokio::test]
async fn while_inventory_is_stopped_the_kiosk_takes_orders_and_each_ends_once() {
    let village = Village::of(&["kiosk"]);
    let others = village.starts("catalog,ordering,payment,kitchen,tracking").await;
    let inventory = village.starts("inventory").await;
    let kiosk = Shop::through(&others.public, "kiosk");
    let stocked = eventually(
        "stock through the neighbour",
        async || kiosk.staff("kim").posts("/stock/cup/receipts", json!({ "quantity": 3 })).await,
        |answer| answer.status == 200,
    );
    stocked.await;
    inventory.kill().await;
    let mut orders = Vec::new();
    for _ in 0..5 {
        orders.push(
            orders_when_all_are_there(&kiosk, &format!("k{}", orders.len()), Basket::of("latte", 1)).await,
        );
    }
    let _inventory = village.starts("inventory").await;
    for order in &orders[..3] {
        kiosk.shows(order, "completed").await;
    }
    for order in &orders[3..] {
        kiosk.shows(order, "cancelled").await;
    }
    let cups = kiosk.becomes("/stock/cup", "consumed", 3).await;
    assert_eq!((&cups["available"], &cups["reserved"]), (&0.into(), &0.into()));
}

#[tokio::test]
async fn a_role_that_nobody_knows_is_refused_by_name() {
    let house = House::open(&["cafe"]).await;
    let data = house.data().with_file_name("other");
    let (status, log) = Server::try_start(&data, &["--roles", "cooking"]).await.unwrap_err();
    assert!(status.is_some_and(|status| !status.success()));
    assert!(log.contains("cooking") && log.contains("kitchen"), "{log}");
}
