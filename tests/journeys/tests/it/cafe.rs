//! The cafe: paid when ordered, accepted and made by staff, cancellable until making starts.

use journeys::{Answer, Basket, House, Order, Shop, plain};
use serde_json::{Value, json};

async fn started(cafe: &Shop) -> Order {
    let (customer, staff) = (cafe.customer("mina"), cafe.staff("kim"));
    let order = customer.orders(Basket::of("1", 1)).await;
    cafe.ticket_is(&order, "open").await;
    let _accepted = staff.accepts(&order).await.is(200);
    let _started = staff.starts(&order).await.is(200);
    order
}

#[tokio::test]
async fn the_cafe_says_before_the_payment_what_it_costs_and_when_it_is_ready() {
    let house = House::open(&["cafe"]).await;
    let cafe = house.shop("cafe");
    let customer = cafe.customer("mina");
    let wish = json!({ "lines": [{ "item": "1", "quantity": 2 }] });
    let quote = || Answer::to(customer.request(reqwest::Method::POST, "/quotes").json(&wish));
    let first = quote().await.is(200).json();
    assert_eq!(first["total"]["amount"], 9_000);
    let alone = first["ready_in_seconds"].as_i64().unwrap();
    assert!((1..=600).contains(&alone), "{first}");
    let order = customer.orders(Basket::of("1", 2)).await;
    let promised = order.view["promised_at"].as_i64().unwrap();
    assert!(promised >= order.view["placed_at"].as_i64().unwrap());
    let story = cafe.tells(&order, "confirmed").await;
    assert_eq!(story["promised_at"], promised);
    // Two are made at once; the third waits.
    customer.orders(Basket::of("1", 1)).await;
    let behind = quote().await.is(200).json()["ready_in_seconds"].as_i64().unwrap();
    assert!(behind > alone, "{behind} seconds behind two orders, {alone} alone");
}

#[tokio::test]
async fn an_order_is_paid_accepted_made_and_handed_over() {
    let house = House::open(&["cafe"]).await;
    let cafe = house.shop("cafe");
    let (customer, staff) = (cafe.customer("mina"), cafe.staff("kim"));

    let order = customer.orders(Basket::of("1", 2)).await;
    assert_eq!((order.number, &order.view["state"]), (1, &"confirmed".into()));
    assert_eq!(order.view["total"]["amount"], 9_000);
    let payment = cafe.payment_is(&order, "approved").await;
    assert_eq!(payment["amount"]["amount"], 9_000);
    assert!(payment["approval_code"].as_str().is_some_and(|code| !code.is_empty()));

    cafe.ticket_is(&order, "open").await;
    assert_eq!(staff.accepts(&order).await.is(200).json()["state"], "accepted");
    cafe.shows(&order, "accepted").await;
    assert_eq!(staff.starts(&order).await.is(200).json()["state"], "started");
    cafe.shows(&order, "started").await;
    assert_eq!(staff.completes(&order).await.is(200).json()["state"], "finished");
    cafe.shows(&order, "prepared").await;
    assert_eq!(staff.hands_over(&order).await.is(200).json()["state"], "handed-over");
    cafe.shows(&order, "completed").await;
    cafe.tells(&order, "completed").await;
}

#[tokio::test]
async fn the_story_says_who_did_what_and_why_and_when() {
    let house = House::open(&["cafe"]).await;
    let cafe = house.shop("cafe");
    let order = started(&cafe).await;
    let story = cafe.tells(&order, "started").await;
    let timeline = story["timeline"].as_array().unwrap();
    let times: Vec<i64> = timeline.iter().map(|entry| entry["at"].as_i64().unwrap()).collect();
    assert!(times.is_sorted(), "{times:?}");
    let mut told: Vec<String> = timeline.iter().map(told).collect();
    // Within one millisecond the roles' clocks cannot say who was first.
    told.sort();
    insta::assert_snapshot!("story_of_an_order_that_is_being_made", told.join("\n"));
}

/// One entry of a timeline in one line, without its time.
fn told(entry: &Value) -> String {
    let entry = plain(entry);
    let word = |field: &str| entry[field].as_str().unwrap_or_default().to_owned();
    // Positions in a journal count what else happened; only whose journal it was is stable.
    let cause = word("cause").split('/').next().unwrap_or_default().to_owned();
    let text = &entry["text"];
    format!(
        "{:<9} {:<24} by {:<14} because of {cause:<9} {} / {}",
        word("role"),
        word("event"),
        word("actor"),
        text["ko"].as_str().unwrap_or_default(),
        text["en"].as_str().unwrap_or_default()
    )
}

#[tokio::test]
async fn a_declined_order_leaves_nothing() {
    let house = House::open(&["cafe"]).await;
    let cafe = house.shop("cafe");
    let customer = cafe.customer("mina");

    let declined = customer.asks_for(&Basket::of("1", 2).paid_with("tok_decline")).await;
    insta::assert_json_snapshot!("declined", plain(&declined.problem(402, "payment-declined")));

    // A later order that stands shows that the lists have caught up.
    let order = customer.orders(Basket::of("2", 1)).await;
    cafe.ticket_is(&order, "open").await;
    cafe.tells(&order, "confirmed").await;
    for list in ["/orders", "/stories", "/payments", "/tickets"] {
        let items = cafe.get(list).await.is(200).items();
        assert_eq!(items.len(), 1, "{list}: {items:#?}");
        assert_eq!(items[0]["number"], order.number, "{list}");
    }
    for number in 1..order.number {
        for path in
            [format!("/orders/{number}"), format!("/orders/{number}/story"), format!("/tickets/{number}")]
        {
            cafe.get(&path).await.problem(404, "not-found");
        }
    }
}

#[tokio::test]
async fn a_cancel_before_making_wins_and_the_money_goes_back() {
    let house = House::open(&["cafe"]).await;
    let cafe = house.shop("cafe");
    let (customer, staff) = (cafe.customer("mina"), cafe.staff("kim"));
    let order = customer.orders(Basket::of("1", 2)).await;
    cafe.ticket_is(&order, "open").await;
    let _accepted = staff.accepts(&order).await.is(200);

    let cancelled = customer.cancels(&order).await.is(200).json();
    assert_eq!(cancelled["cancel_reason"], "by-customer");

    let view = cafe.shows(&order, "refunded").await;
    assert_eq!(view["cancel_reason"], "by-customer");
    cafe.ticket_is(&order, "released").await;
    let payment = cafe.payment_is(&order, "refunded").await;
    assert_eq!(payment["refunded"]["amount"], 9_000);
    assert_eq!(payment["refunds"].as_array().map(Vec::len), Some(1));
    let story = cafe.tells(&order, "refunded").await;
    assert_eq!((&story["payment"], &story["ticket"]), (&"refunded".into(), &"released".into()));
}

#[tokio::test]
async fn cancelling_twice_is_fine_and_pays_back_once() {
    let house = House::open(&["cafe"]).await;
    let cafe = house.shop("cafe");
    let customer = cafe.customer("mina");
    let order = customer.orders(Basket::of("1", 1)).await;
    let _first = customer.cancels(&order).await.is(200);
    cafe.shows(&order, "refunded").await;
    let _second = customer.cancels(&order).await.is(200);
    let payment = cafe.payment_is(&order, "refunded").await;
    assert_eq!(payment["refunds"].as_array().map(Vec::len), Some(1));
}

#[tokio::test]
async fn a_cancel_after_making_has_started_is_too_late_from_either_side() {
    let house = House::open(&["cafe"]).await;
    let cafe = house.shop("cafe");
    let order = started(&cafe).await;
    let by_customer = cafe.customer("mina").cancels(&order).await.problem(409, "too-late");
    let by_staff = cafe.staff("kim").cancels(&order).await.problem(409, "too-late");
    insta::assert_json_snapshot!("too_late", [plain(&by_customer), plain(&by_staff)]);
    cafe.shows(&order, "started").await;
    cafe.payment_is(&order, "approved").await;
}

#[tokio::test]
async fn an_order_that_staff_reject_is_paid_back() {
    let house = House::open(&["cafe"]).await;
    let cafe = house.shop("cafe");
    let order = cafe.customer("mina").orders(Basket::of("1", 1)).await;
    cafe.ticket_is(&order, "open").await;
    let rejected = cafe.staff("kim").rejects(&order, "the machine is broken").await.is(200).json();
    assert_eq!(rejected["reject_reason"], "the machine is broken");
    let view = cafe.shows(&order, "refunded").await;
    assert_eq!(view["cancel_reason"], "rejected-by-shop");
    cafe.payment_is(&order, "refunded").await;
}

#[tokio::test]
async fn steps_out_of_order_are_refused_and_change_nothing() {
    let house = House::open(&["cafe"]).await;
    let cafe = house.shop("cafe");
    let (customer, staff) = (cafe.customer("mina"), cafe.staff("kim"));
    let order = customer.orders(Basket::of("1", 1)).await;
    cafe.ticket_is(&order, "open").await;
    let too_early = [
        staff.starts(&order).await.problem(409, "command-forbidden-by-state"),
        staff.completes(&order).await.problem(409, "command-forbidden-by-state"),
        staff.hands_over(&order).await.problem(409, "command-forbidden-by-state"),
    ];
    insta::assert_json_snapshot!("steps_out_of_order", too_early.iter().map(plain).collect::<Vec<_>>());
    cafe.ticket_is(&order, "open").await;
    let _accepted = staff.accepts(&order).await.is(200);
    staff.rejects(&order, "changed our mind").await.problem(409, "too-late");
    cafe.ticket_is(&order, "accepted").await;
}

#[tokio::test]
async fn a_customer_sees_only_their_own_orders() {
    let house = House::open(&["cafe"]).await;
    let cafe = house.shop("cafe");
    let (mina, juno) = (cafe.customer("mina"), cafe.customer("juno"));
    let order = mina.orders(Basket::of("1", 1)).await;
    cafe.tells(&order, "confirmed").await;
    for path in [format!("/orders/{}", order.id), format!("/orders/{}/story", order.id)] {
        let _own = mina.reads(&path).await.is(200);
        juno.reads(&path).await.problem(404, "not-found");
    }
    juno.reads(&format!("/orders/{}/payment", order.id)).await.problem(404, "not-found");
    juno.cancels(&order).await.problem(404, "not-found");
    for list in ["/orders", "/stories", "/payments"] {
        assert_eq!(juno.reads(list).await.is(200).items().len(), 0, "{list}");
        assert_eq!(mina.reads(list).await.is(200).items().len(), 1, "{list}");
    }
    juno.reads("/stream").await.problem(403, "forbidden");
}

#[tokio::test]
async fn an_item_that_is_sold_out_cannot_be_had_until_it_is_back() {
    let house = House::open(&["cafe"]).await;
    let cafe = house.shop("cafe");
    let (customer, staff) = (cafe.customer("mina"), cafe.staff("kim"));
    assert_eq!(staff.switches_sold_out("10", true).await.is(200).json()["sold_out"], true);
    assert_eq!(cafe.get("/menu/10").await.is(200).json()["sold_out"], true);
    let wished = Basket::of("1", 1).and("10", 1);
    // Ordering hears of it a moment later.
    let refused = journeys::eventually(
        "sold out",
        async || customer.asks_for(&wished).await,
        |answer| answer.status == 409,
    );
    insta::assert_json_snapshot!("sold_out", plain(&refused.await.problem(409, "sold-out")));
    let _back = staff.switches_sold_out("10", false).await.is(200);
    journeys::eventually("back", async || customer.asks_for(&wished).await, |answer| answer.status == 201)
        .await;
}

#[tokio::test]
async fn an_order_is_found_by_its_number_everywhere() {
    let house = House::open(&["cafe"]).await;
    let cafe = house.shop("cafe");
    let order = cafe.customer("mina").orders(Basket::of("5", 1)).await;
    cafe.ticket_is(&order, "open").await;
    cafe.tells(&order, "confirmed").await;
    for path in ["/orders/1", "/orders/1/story", "/orders/1/payment", "/tickets/1"] {
        let seen = cafe.get(path).await.is(200).json();
        let id = if seen["id"].is_string() { &seen["id"] } else { &seen["order"] };
        assert_eq!(*id, order.id.as_str(), "{path}");
    }
    let _accepted = cafe.staff("kim").posts("/tickets/1/accept", serde_json::json!({})).await;
    let _cancelled =
        cafe.customer("mina").cancels(&Order { id: "1".to_owned(), ..order.clone() }).await.is(200);
    cafe.shows(&order, "refunded").await;
}
