//! A counter whose menu follows its stock: what runs out closes itself, what is back opens again.

use journeys::{Basket, House, Shop, eventually, run, shop_file};
use serde_json::{Value, json};

async fn counter(house: &House) -> Shop {
    let counter = house.shop("counter");
    for (item, units) in [("bowl", 7), ("broth", 6), ("noodle", 20)] {
        counter.staff("kim").receives(item, units).await;
    }
    menu_shows(&counter, "noodles", false).await;
    // Ordering hears of the menu a little later; what is asked for at a wrong price is never ordered.
    for item in ["noodles", "cold-noodles"] {
        let somebody = counter.somebody();
        let basket = Basket::of(item, 1).expecting(1);
        let asked = async || somebody.asks_for(&basket).await.any_problem()["type"].clone();
        let sold_out = "https://jumun.dev/problems/sold-out";
        eventually("ordering to follow the menu", asked, |kind| kind != sold_out).await;
    }
    counter
}

/// Waits until the menu shows an item as closed by stock, or as not.
async fn menu_shows(counter: &Shop, item: &str, out_of_stock: bool) -> Value {
    let closed = |item: &Value| item["out_of_stock"].as_bool().unwrap_or(false);
    let path = format!("/menu/{item}");
    let read = async || counter.get(&path).await.is(200).json();
    eventually("the menu to follow the stock", read, |item| closed(item) == out_of_stock).await
}

#[tokio::test]
async fn an_order_takes_what_its_items_and_chosen_options_use_by_the_shop_file() {
    let house = House::open(&[&shop_file("counter")]).await;
    let counter = counter(&house).await;
    // A bowl and two of broth each; the soup takes one more of both, double twice the noodles.
    let basket = Basket::of("noodles", 1).with("size", "two").with("side", "soup").and("cold-noodles", 2);
    let order = counter.customer("mina").orders(basket).await;
    for (item, left) in [("bowl", 7 - 1 - 1 - 2), ("broth", 6 - 2 - 1), ("noodle", 20 - 2 - 2)] {
        let stock = counter.has_left(item, left).await;
        assert_eq!(stock["consumed"], 0, "{stock}");
    }
    let _ = counter.staff("kim").starts(&order).await.is(200);
    let bowls = counter.becomes("/stock/bowl", "consumed", 4).await;
    assert_eq!((&bowls["available"], &bowls["reserved"]), (&json!(3), &json!(0)));
}

#[tokio::test]
async fn what_runs_out_closes_itself_on_the_menu_and_opens_again_when_it_is_free_again() {
    let mut house = House::open(&[&shop_file("counter")]).await;
    let counter = house.shop("counter");
    let customer = counter.customer("mina");
    menu_shows(&counter, "noodles", true).await;
    assert_eq!(counter.get("/menu/rice-ball").await.json()["out_of_stock"], json!(null));
    let counter = self::counter(&house).await;

    // Six of broth are for three bowls; with two left the soup is closed, the noodles are not.
    let _first = customer.orders(Basket::of("noodles", 2)).await;
    let soup = |menu: &Value| menu["options"][1]["choices"][0]["out_of_stock"] == true;
    let noodles = async || counter.get("/menu/noodles").await.is(200).json();
    let menu = eventually("the soup to close", noodles, soup).await;
    assert_eq!((&menu["out_of_stock"], &menu["sold_out"]), (&json!(null), &json!(false)));
    let with_soup = customer.asks_for(&Basket::of("noodles", 1).with("side", "soup")).await;
    let refused = with_soup.problem(409, "sold-out");
    assert_eq!(refused["errors"][0]["field"], "lines[0].options[0].choice", "{refused:#}");

    let version = counter.get("/menu").await.header("etag").map(str::to_owned);
    let last = customer.orders(Basket::of("noodles", 1)).await;
    menu_shows(&counter, "noodles", true).await;
    assert_ne!(counter.get("/menu").await.header("etag").map(str::to_owned), version);
    let in_english = counter.get("/menu?language=en").await.is(200).json();
    assert_eq!(in_english["items"][0]["out_of_stock"], true);
    eventually(
        "ordering to follow the menu",
        async || customer.asks_for(&Basket::of("noodles", 1)).await.any_problem()["type"].clone(),
        |kind| kind == "https://jumun.dev/problems/sold-out",
    )
    .await;

    let _ = customer.cancels(&last).await;
    counter.shows(&last, "refunded").await;
    menu_shows(&counter, "noodles", false).await;

    assert!(house.stop().await.success());
    let verified = run(["verify", "--data", house.data().to_str().unwrap()]);
    let said = String::from_utf8_lossy(&verified.stdout).into_owned();
    assert!(verified.status.success() && said.contains("ok   I35"), "{said}");
    house.start().await;
    menu_shows(&house.shop("counter"), "noodles", false).await;
}

#[tokio::test]
async fn what_somebody_said_to_be_sold_out_is_never_opened_by_stock() {
    let house = House::open(&[&shop_file("counter")]).await;
    let counter = counter(&house).await;
    let staff = counter.staff("kim");
    let _ = staff.switches_sold_out("noodles", true).await.is(200);
    let spoiled = json!({ "difference": -6, "reason": "spilled" });
    let _ = staff.posts("/stock/broth/adjustments", spoiled).await.is(200);
    assert_eq!(menu_shows(&counter, "noodles", true).await["sold_out"], true);
    staff.receives("broth", 6).await;
    assert_eq!(menu_shows(&counter, "noodles", false).await["sold_out"], true);
    counter.customer("mina").asks_for(&Basket::of("noodles", 1)).await.problem(409, "sold-out");
    let _ = staff.switches_sold_out("noodles", false).await.is(200);
    counter.customer("mina").orders(Basket::of("cold-noodles", 1)).await;
}

#[tokio::test]
async fn whoever_races_the_closing_gets_the_last_ones_or_nothing() {
    let house = House::open(&[&shop_file("counter")]).await;
    let counter = counter(&house).await;
    let customers: Vec<_> = (0..9).map(|number| counter.customer(&format!("c{number}"))).collect();
    let basket = Basket::of("noodles", 1);
    let answers =
        futures::future::join_all(customers.iter().map(|customer| customer.asks_for(&basket))).await;
    let (taken, refused): (Vec<_>, Vec<_>) = answers.into_iter().partition(|answer| answer.status == 201);
    assert_eq!(taken.len(), 3, "{refused:#?}");
    for answer in refused {
        assert_eq!(answer.is(409).any_problem()["status"], 409);
    }
    menu_shows(&counter, "noodles", true).await;
    counter.has_left("broth", 0).await;
}

#[tokio::test]
async fn staff_are_told_of_what_runs_low() {
    let house = House::open(&[&shop_file("counter")]).await;
    let counter = counter(&house).await;
    assert_eq!(counter.get("/stock?low=true").await.is(200).items().len(), 0);
    let order = counter.customer("mina").orders(Basket::of("cold-noodles", 3)).await;
    let bowls = counter.becomes("/stock/bowl", "low", true).await;
    assert_eq!(bowls["available"], 4, "low is 4");
    let low = counter.get("/stock?low=true").await.is(200).items();
    assert_eq!(low.iter().map(|item| &item["item"]).collect::<Vec<_>>(), ["bowl"]);
    assert_eq!(counter.get("/stock?low=false").await.is(200).items().len(), 2);
    let metrics = house.operators().get("/metrics").await.is(200).text();
    assert!(metrics.contains("jumun_stock_low_items{shop=\"counter\"} 1"), "{metrics}");
    let _ = counter.customer("mina").cancels(&order).await;
    counter.becomes("/stock/bowl", "low", false).await;
    let metrics = house.operators().get("/metrics").await.is(200).text();
    assert!(metrics.contains("jumun_stock_low_items{shop=\"counter\"} 0"), "{metrics}");
    counter.get("/stock?low=perhaps").await.problem(400, "invalid-field");
}
