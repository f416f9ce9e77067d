//! The program is killed, stopped and started again; nothing that was acknowledged is lost.

use futures::future::join_all;
use journeys::{Answer, Basket, House, Order, Server, run};

#[tokio::test]
async fn a_kill_half_way_loses_and_doubles_nothing() {
    let mut house = House::open(&["cafe", "kiosk"]).await;
    let (cafe, kiosk) = (house.shop("cafe"), house.shop("kiosk"));
    kiosk.staff("kim").receives("cup", 100).await;
    let mut sent = Vec::new();
    for number in 0..40 {
        sent.push((cafe.clone(), format!("cafe-{number}"), Basket::of("1", 1)));
        sent.push((kiosk.clone(), format!("kiosk-{number}"), Basket::of("latte", 1)));
    }
    // All at once; the plug is pulled when the first are answered.
    let answers = sent.iter().map(|(shop, key, basket)| {
        let customer = shop.customer("mina");
        async move { Answer::or_silence(customer.order_request(key, basket)).await }
    });
    let killed = async {
        let answered = journeys::eventually(
            "the first orders",
            async || cafe.get("/orders").await.items().len(),
            |orders| *orders >= 3,
        );
        answered.await;
        house.kill().await;
    };
    let (answers, ()) = tokio::join!(join_all(answers), killed);
    let acknowledged: Vec<Order> =
        answers.into_iter().flatten().filter(|answer| answer.status == 201).map(Order::of).collect();
    assert!(!acknowledged.is_empty());

    house.start().await;
    // Every acknowledged order is there; every command that is repeated is one order.
    for order in &acknowledged {
        let shop = house.shop(order.view["shop"].as_str().unwrap());
        let seen = shop.get(&format!("/orders/{}", order.id)).await.is(200).json();
        assert_eq!(seen["number"], order.number);
    }
    for (shop, key, basket) in &sent {
        let customer = shop.customer("mina");
        let answer = journeys::eventually(
            "an answer",
            async || customer.asks_with_key(key, basket).await,
            |answer| answer.status != 409 && answer.status != 503,
        );
        let _taken = answer.await.is(201);
    }
    assert_eq!(cafe.get("/orders?limit=200").await.items().len(), 40);
    let paid = journeys::eventually(
        "payments of all",
        async || cafe.get("/payments?state=approved&limit=200").await.items().len(),
        |paid| *paid >= 40,
    );
    assert_eq!(paid.await, 40);
    kiosk.has_left("cup", 60).await;
    verify_is_green(&house).await;
}

/// The checker reads the stores themselves, of the running program.
async fn verify_is_green(house: &House) {
    let data = house.data();
    let arguments = ["verify".to_owned(), "--data".to_owned(), data.display().to_string()];
    let checked = tokio::task::spawn_blocking(move || run(arguments)).await.unwrap();
    let said = String::from_utf8_lossy(&checked.stdout).into_owned();
    assert!(checked.status.success(), "{said}{}", String::from_utf8_lossy(&checked.stderr));
}

#[tokio::test]
async fn an_order_that_was_being_made_goes_on_after_a_kill() {
    let mut house = House::open(&["cafe"]).await;
    let cafe = house.shop("cafe");
    let kim = cafe.staff("kim");
    let order = cafe.customer("mina").orders(Basket::of("1", 1)).await;
    cafe.ticket_is(&order, "open").await;
    let _accepted = kim.accepts(&order).await.is(200);
    let _started = kim.starts(&order).await.is(200);
    house.kill().await;
    house.start().await;
    cafe.shows(&order, "started").await;
    cafe.customer("mina").cancels(&order).await.problem(409, "too-late");
    let _made = kim.completes(&order).await.is(200);
    cafe.tells(&order, "prepared").await;
}

#[tokio::test]
async fn numbers_go_on_after_a_restart() {
    let mut house = House::open(&["cafe"]).await;
    let cafe = house.shop("cafe");
    let first = cafe.customer("mina").orders(Basket::of("1", 1)).await;
    assert!(house.stop().await.success());
    house.start().await;
    let second = cafe.customer("mina").orders(Basket::of("1", 1)).await;
    assert_eq!((first.number, second.number), (1, 2));
}

#[tokio::test]
async fn a_program_that_is_asked_to_stop_answers_what_was_asked_and_exits_well() {
    let mut house = House::open(&["cafe"]).await;
    let cafe = house.shop("cafe");
    house.operators().payment_is_slow(800).await;
    let customer = cafe.customer("mina");
    let before = batches_of_ordering(&house).await;
    let under_way = tokio::spawn(async move { customer.asks_for(&Basket::of("1", 1)).await });
    // It has arrived when ordering has committed it; payment has not answered yet.
    let began = journeys::eventually(
        "the request under way",
        async || batches_of_ordering(&house).await,
        |batches| *batches > before,
    );
    began.await;
    let server = house.take_server();
    server.ask_to_stop();
    let order = Order::of(under_way.await.unwrap());
    assert_eq!(server.ended().await.code(), Some(0));
    house.start().await;
    cafe.shows(&order, "confirmed").await;
}

/// How many batches ordering has committed, as the metrics say.
async fn batches_of_ordering(house: &House) -> u64 {
    let metrics = house.operators().get("/metrics").await.is(200).text();
    let count =
        metrics.lines().find_map(|line| line.strip_prefix("jumun_batch_inputs_count{role=\"ordering\"} "));
    count.and_then(|count| count.parse().ok()).unwrap_or(0)
}

#[tokio::test]
async fn a_second_holder_of_a_data_folder_is_refused_and_told_who_has_it() {
    let house = House::open(&["cafe"]).await;
    let (status, log) = Server::try_start(&house.data(), &["cafe"]).await.unwrap_err();
    assert!(status.is_some_and(|status| !status.success()), "{status:?}");
    let holder = house.server().process_id().to_string();
    assert!(log.contains(&format!("is held by process {holder} already")), "{log}");
    let _served = house.shop("cafe").get("/menu").await.is(200);
}

#[tokio::test]
async fn a_data_folder_is_for_its_owner_only() {
    use std::os::unix::fs::PermissionsExt;
    let house = House::open(&["cafe"]).await;
    let data = house.data();
    let closed = std::fs::read_dir(&data).unwrap().map(|entry| entry.unwrap().path());
    for folder in closed.chain([data.clone()]).filter(|path| path.is_dir()) {
        let mode = std::fs::metadata(&folder).unwrap().permissions().mode();
        assert_eq!(mode & 0o077, 0, "{} can be entered by others: {mode:o}", folder.display());
    }
}

#[tokio::test]
async fn a_damaged_store_is_refused_at_the_start() {
    let mut house = House::open(&["cafe"]).await;
    let cafe = house.shop("cafe");
    cafe.customer("mina").orders(Basket::of("1", 1)).await;
    assert!(house.stop().await.success());
    let store = house.data().join("ordering").join("journal.db");
    let mut bytes = std::fs::read(&store).unwrap();
    let middle = bytes.len() / 2;
    bytes[100..middle].fill(0xa5);
    std::fs::write(&store, bytes).unwrap();
    let (status, log) = Server::try_start(&house.data(), &["cafe"]).await.unwrap_err();
    assert!(status.is_some_and(|status| !status.success()), "{status:?}: {log}");
    assert!(log.contains("ordering"), "{log}");
}
