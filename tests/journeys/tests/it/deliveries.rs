//! What couriers bring: the pizza house, where everything is done by hand, and parcels, which set out
//! by themselves.

use journeys::{Answer, Basket, House, Order, Shop, eventually, run, shop_file};
use serde_json::{Value, json};

const ADDRESS: &str = "서울시 어딘가 1";

fn pizza_file() -> String {
    format!("{}/../../shops/pizza.toml", env!("CARGO_MANIFEST_DIR"))
}

fn pizza() -> Basket {
    Basket::of("pepperoniPizza", 1)
        .saying("address", json!(ADDRESS))
        .saying("name", json!("미나"))
        .saying("phone", json!("010-0000-0000"))
}

/// A pizza that is made and waits for its courier.
async fn made(house: &Shop) -> Order {
    let order = house.customer("mina").orders(pizza()).await;
    house.ticket_is(&order, "accepted").await;
    let _started = house.staff("kim").starts(&order).await.is(200);
    house.delivery_is(&order, "requested").await;
    order
}

async fn on_its_way(house: &Shop) -> Order {
    let order = made(house).await;
    let _set_out = house.staff("lee").sets_out(&order).await.is(200);
    house.shows(&order, "delivery-started").await;
    order
}

fn events(story: &Value) -> Vec<&str> {
    story["timeline"].as_array().unwrap().iter().map(|entry| entry["event"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn a_pizza_is_paid_made_sent_out_and_brought_by_hand() {
    let house = House::open(&[&pizza_file()]).await;
    let pizzas = house.shop("pizza");
    let order = made(&pizzas).await;
    assert_eq!(order.view["total"]["amount"], 10_000);
    assert_eq!(order.view["address"], ADDRESS);
    pizzas.shows(&order, "prepared").await;

    let staff = pizzas.staff("lee");
    let assigned = staff.assigns(&order, "lee").await.is(200).json();
    assert_eq!((&assigned["state"], &assigned["courier"]), (&"assigned".into(), &"lee".into()));
    assert_eq!((&assigned["address"], &assigned["name"]), (&ADDRESS.into(), &"미나".into()));
    assert_eq!(staff.sets_out(&order).await.is(200).json()["state"], "started");
    pizzas.shows(&order, "delivery-started").await;
    assert_eq!(staff.has_brought(&order).await.is(200).json()["state"], "completed");
    pizzas.shows(&order, "completed").await;

    let story = pizzas.tells(&order, "completed").await;
    assert_eq!(story["delivery"], "completed");
    for told in ["order-delivery-started.v1", "delivery-assigned.v1", "order-delivered.v1"] {
        assert!(events(&story).contains(&told), "{told} in {story}");
    }
    pizzas.customer("mina").cancels(&order).await.problem(409, "too-late");
}

#[tokio::test]
async fn a_delivery_under_way_turns_round_when_its_order_is_cancelled_and_the_money_goes_back() {
    let house = House::open(&[&pizza_file()]).await;
    let pizzas = house.shop("pizza");
    for order in [made(&pizzas).await, on_its_way(&pizzas).await] {
        let _cancelled = pizzas.customer("mina").cancels(&order).await.is(200);
        pizzas.delivery_is(&order, "released").await;
        pizzas.shows(&order, "refunded").await;
        pizzas.payment_is(&order, "refunded").await;
        pizzas.staff("lee").has_brought(&order).await.problem(409, "too-late");
    }
}

#[tokio::test]
async fn a_cancel_before_the_oven_is_the_kitchens_to_answer() {
    let house = House::open(&[&pizza_file()]).await;
    let pizzas = house.shop("pizza");
    let order = pizzas.customer("mina").orders(pizza()).await;
    pizzas.ticket_is(&order, "accepted").await;
    let _cancelled = pizzas.customer("mina").cancels(&order).await.is(200);
    pizzas.ticket_is(&order, "released").await;
    pizzas.get(&format!("/deliveries/{}", order.id)).await.problem(404, "not-found");
    pizzas.staff("lee").sets_out(&order).await.problem(404, "not-found");
}

#[tokio::test]
async fn steps_out_of_turn_are_refused_and_say_what_is_expected() {
    let house = House::open(&[&pizza_file()]).await;
    let pizzas = house.shop("pizza");
    let order = made(&pizzas).await;
    let staff = pizzas.staff("lee");
    let early = staff.has_brought(&order).await.problem(409, "command-forbidden-by-state");
    assert!(early["detail"].as_str().unwrap().contains("expected assign or start"), "{early}");
    pizzas.staff("kim").hands_over(&order).await.problem(409, "command-forbidden-by-state");
    staff.assigns(&order, "two words").await.problem(400, "invalid-field");
    staff.posts(&format!("/deliveries/{}/fail", order.id), json!({})).await.problem(400, "invalid-field");
}

#[tokio::test]
async fn an_order_says_where_to_where_it_is_brought_and_nowhere_else() {
    let house = House::open(&[&pizza_file(), "cafe"]).await;
    let nowhere = Basket::of("pepperoniPizza", 1);
    let refused = house.shop("pizza").customer("mina").asks_for(&nowhere).await.problem(400, "invalid-field");
    assert_eq!(refused["errors"][0]["field"], "address");
    let at_the_counter = Basket::of("1", 1).saying("address", json!(ADDRESS));
    house.shop("cafe").customer("mina").asks_for(&at_the_counter).await.problem(400, "invalid-field");
}

#[tokio::test]
async fn a_pizza_is_brought_elsewhere_until_its_courier_sets_out() {
    let elsewhere = "부산시 어딘가 2";
    let house = House::open(&[&pizza_file()]).await;
    let pizzas = house.shop("pizza");
    let order = pizzas.customer("mina").orders(pizza()).await;
    let path = format!("/orders/{}/address", order.id);
    let readdress = |who: &str, address: &str| {
        pizzas.customer(who).request(reqwest::Method::PUT, &path).json(&json!({ "address": address }))
    };
    let in_between = Answer::to(readdress("mina", "대전시 어딘가 3")).await.is(200).json();
    assert_eq!((&in_between["address"], &in_between["id"]), (&"대전시 어딘가 3".into(), &order.view["id"]));
    Answer::to(readdress("lee", elsewhere)).await.problem(404, "not-found");

    // Made by now: its delivery has it, and decides.
    pizzas.ticket_is(&order, "accepted").await;
    let _started = pizzas.staff("kim").starts(&order).await.is(200);
    pizzas.delivery_is(&order, "requested").await;
    let keyed = || Answer::to(readdress("mina", elsewhere).header("Idempotency-Key", "move-1"));
    let first = keyed().await.is(200).json();
    assert_eq!(first["address"], elsewhere);
    assert_eq!(keyed().await.is(200).json(), first);
    let delivery = pizzas.get(&format!("/deliveries/{}", order.id)).await.is(200).json();
    assert_eq!((&delivery["address"], &delivery["name"]), (&elsewhere.into(), &"미나".into()));

    let _set_out = pizzas.staff("lee").sets_out(&order).await.is(200);
    pizzas.shows(&order, "delivery-started").await;
    let late = Answer::to(readdress("mina", ADDRESS)).await.problem(409, "too-late");
    assert_eq!(late["state"], "delivery-started");

    let story = pizzas.tells(&order, "delivery-started").await;
    assert_eq!(story["address"], elsewhere);
    for told in
        ["order-address-change-requested.v1", "delivery-address-changed.v1", "order-address-changed.v1"]
    {
        assert!(events(&story).contains(&told), "{told} in {story}");
    }
    let told = eventually(
        "the message that it is on its way",
        async || pizzas.get(&format!("/messages?order={}&limit=100", order.id)).await.is(200).items(),
        |messages| messages.iter().any(|message| message["milestone"] == "delivery-started"),
    )
    .await;
    let told = told.iter().find(|message| message["milestone"] == "delivery-started").unwrap();
    assert!(told["text"].as_str().unwrap().contains(elsewhere), "{told}");
    let verified = run(["verify", "--data", house.data().to_str().unwrap()]);
    assert!(verified.status.success(), "{}", String::from_utf8_lossy(&verified.stdout));
    assert!(!house.server().log().contains(elsewhere), "an address is in the log");
}

#[tokio::test]
async fn what_is_fetched_has_no_address_to_change() {
    let house = House::open(&["cafe"]).await;
    let cafe = house.shop("cafe");
    let order = cafe.customer("mina").orders(Basket::of("1", 1)).await;
    let path = format!("/orders/{}/address", order.id);
    let wish =
        cafe.customer("mina").request(reqwest::Method::PUT, &path).json(&json!({ "address": ADDRESS }));
    let refused = Answer::to(wish).await.problem(400, "invalid-field");
    assert_eq!(refused["errors"][0]["field"], "address");
}

#[tokio::test]
async fn what_cannot_be_brought_is_tried_again_and_comes_back_with_its_money() {
    let house = House::open(&[&shop_file("parcels")]).await;
    let parcels = house.shop("parcels");
    let staff = parcels.staff("lee");
    let order = parcels.customer("mina").orders(Basket::of("10", 5)).await;
    parcels.delivery_is(&order, "started").await;
    assert_eq!(staff.could_not_bring(&order, "nobody at home").await.is(200).json()["state"], "failed");
    parcels.becomes(&format!("/deliveries/{}", order.id), "attempts", 2).await;
    let back = staff.could_not_bring(&order, "nobody at home again").await.is(200).json();
    assert_eq!((&back["state"], &back["fail_reason"]), (&"returned".into(), &"nobody at home again".into()));
    let ended = parcels.shows(&order, "refunded").await;
    assert_eq!(ended["cancel_reason"], "delivery-failed");
}

#[tokio::test]
async fn a_parcel_on_its_way_may_be_cancelled_until_it_counts_as_delivered() {
    let house = House::open(&[&shop_file("parcels")]).await;
    let parcels = house.shop("parcels");
    let customer = parcels.customer("mina");
    let (kept, dropped) =
        (customer.orders(Basket::of("10", 1)).await, customer.orders(Basket::of("10", 2)).await);
    parcels.shows(&dropped, "delivery-started").await;
    let _cancelled = customer.cancels(&dropped).await.is(200);
    parcels.shows(&dropped, "refunded").await;
    parcels.shows(&kept, "delivery-started").await;
    let started = parcels.get("/deliveries?state=started").await.items();
    assert_eq!(started.len(), 1);
    assert_eq!(started[0]["order"], kept.id.as_str());
}

#[tokio::test]
async fn a_step_is_taken_once_per_key_and_only_on_what_was_read() {
    let house = House::open(&[&pizza_file()]).await;
    let pizzas = house.shop("pizza");
    let order = made(&pizzas).await;
    let path = format!("/deliveries/{}/start", order.id);
    let staff = pizzas.staff("lee");
    let step = || staff.request(reqwest::Method::POST, &path);
    let stale = step().header("If-Match", "\"99\"").send().await.unwrap();
    assert_eq!(stale.status(), 412);
    let mut bodies = Vec::new();
    for _ in 0..2 {
        let answer = step().header("Idempotency-Key", "out-1").send().await.unwrap();
        assert_eq!(answer.status(), 200);
        bodies.push(answer.bytes().await.unwrap());
    }
    assert_eq!(bodies[0], bodies[1]);
}

#[tokio::test]
async fn a_killed_house_goes_on_where_its_deliveries_were() {
    let mut house = House::open(&[&pizza_file()]).await;
    let order = on_its_way(&house.shop("pizza")).await;
    house.kill().await;
    house.start().await;
    let pizzas = house.shop("pizza");
    let _brought = pizzas.staff("lee").has_brought(&order).await.is(200);
    pizzas.shows(&order, "completed").await;
}

#[tokio::test]
async fn the_books_are_sound_whatever_became_of_the_deliveries() {
    let house = House::open(&[&pizza_file(), &shop_file("parcels")]).await;
    let (pizzas, parcels) = (house.shop("pizza"), house.shop("parcels"));
    let (brought, called_off, left) =
        (on_its_way(&pizzas).await, on_its_way(&pizzas).await, made(&pizzas).await);
    let _brought = pizzas.staff("lee").has_brought(&brought).await.is(200);
    let _called_off = pizzas.customer("mina").cancels(&called_off).await.is(200);
    let returned = parcels.customer("mina").orders(Basket::of("10", 1)).await;
    for attempt in [1, 2] {
        parcels.becomes(&format!("/deliveries/{}", returned.id), "attempts", attempt).await;
        let _failed = parcels.staff("lee").could_not_bring(&returned, "nobody at home").await.is(200);
    }
    pizzas.tells(&brought, "completed").await;
    pizzas.tells(&called_off, "refunded").await;
    parcels.tells(&returned, "refunded").await;
    pizzas.tells(&left, "prepared").await;

    let verified = run(["verify", "--data", house.data().to_str().unwrap()]);

    assert!(verified.status.success(), "{}", String::from_utf8_lossy(&verified.stdout));
}
