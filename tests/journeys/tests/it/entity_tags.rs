//! Entity tags: nothing is read twice, and nothing is changed that was read too long ago.

use journeys::{Answer, Basket, House};
use reqwest::Method;
use serde_json::json;

#[tokio::test]
async fn what_is_known_is_not_sent_again() {
    let house = House::open(&["cafe"]).await;
    let cafe = house.shop("cafe");
    let order = cafe.customer("mina").orders(Basket::of("1", 1)).await;
    cafe.ticket_is(&order, "open").await;
    cafe.tells(&order, "confirmed").await;
    let id = &order.id;
    let own = |rest: &str| format!("/orders/{id}{rest}");
    let paths = [String::new(), "/menu".into(), "/menu/1".into(), own(""), own("/payment"), own("/story")];
    for path in paths.into_iter().chain([format!("/tickets/{id}")]) {
        let seen = cafe.get(&path).await.is(200);
        let tag = seen.header("etag").unwrap_or_else(|| panic!("{path} has no entity tag")).to_owned();
        let known = cafe.get_with(&path, "If-None-Match", &tag).await.is(304);
        assert!(known.bytes.is_empty(), "{path}");
        assert_eq!(known.header("etag"), Some(tag.as_str()), "{path}");
        let other = cafe.get_with(&path, "If-None-Match", "\"v999\"").await.is(200);
        assert_eq!(other.bytes, seen.bytes, "{path}");
        let _listed = cafe.get_with(&path, "If-None-Match", &format!("\"x\", {tag}")).await.is(304);
        let malformed = cafe.get_with(&path, "If-None-Match", "v1").await;
        assert_eq!(
            malformed.problem(400, "malformed-header")["errors"][0]["field"],
            "If-None-Match",
            "{path}"
        );
    }
}

#[tokio::test]
async fn a_command_on_something_that_has_changed_is_refused() {
    let house = House::open(&["cafe"]).await;
    let cafe = house.shop("cafe");
    let (mina, kim) = (cafe.customer("mina"), cafe.staff("kim"));
    let order = mina.orders(Basket::of("1", 1)).await;
    let ticket = cafe.ticket_is(&order, "open").await;
    let old = format!("\"v{}\"", ticket["version"]);
    let step = |step: &'static str, tag: String| {
        let request =
            kim.request(Method::POST, &format!("/tickets/{}/{step}", order.id)).header("If-Match", tag);
        async move { Answer::to(request).await }
    };
    let accepted = step("accept", old.clone()).await.is(200);
    let refused = step("start", old).await.problem(412, "precondition-failed");
    assert_eq!(refused["errors"][0]["field"], "If-Match");
    let _started = step("start", accepted.header("etag").unwrap().to_owned()).await.is(200);
}

#[tokio::test]
async fn a_cancel_of_an_order_that_has_moved_on_is_refused() {
    let house = House::open(&["cafe"]).await;
    let cafe = house.shop("cafe");
    let mina = cafe.customer("mina");
    let order = mina.orders(Basket::of("1", 1)).await;
    let path = format!("/orders/{}/cancel", order.id);
    let cancel = |tag: String| {
        let request = mina.request(Method::POST, &path).header("If-Match", tag).json(&json!({}));
        async move { Answer::to(request).await }
    };
    cancel("\"v1\"".to_owned()).await.problem(412, "precondition-failed");
    cafe.shows(&order, "confirmed").await;
    let now = cafe.get(&format!("/orders/{}", order.id)).await.header("etag").unwrap().to_owned();
    let _cancelled = cancel(now).await.is(200);
    cafe.shows(&order, "refunded").await;
}

#[tokio::test]
async fn a_sold_out_switch_on_a_menu_that_has_changed_is_refused() {
    let house = House::open(&["cafe"]).await;
    let cafe = house.shop("cafe");
    let kim = cafe.staff("kim");
    let tag = cafe.get("/menu/1").await.header("etag").unwrap().to_owned();
    let switch = |sold_out: bool| {
        let request = kim.request(Method::PUT, "/menu/1/sold-out").header("If-Match", tag.clone());
        async move { Answer::to(request.json(&json!({ "sold_out": sold_out }))).await }
    };
    let _first = switch(true).await.is(200);
    switch(false).await.problem(412, "precondition-failed");
    assert_eq!(cafe.get("/menu/1").await.json()["sold_out"], true);
}

#[tokio::test]
async fn whoever_prefers_to_wait_for_a_story_is_answered_with_its_next_step_and_not_before() {
    let house = House::open(&["cafe"]).await;
    let cafe = house.shop("cafe");
    let (mina, kim) = (cafe.customer("mina"), cafe.staff("kim"));
    let wait = |order: &str, seconds: &str, known: Option<&str>| {
        let request = cafe.staff("lee").request(Method::GET, &format!("/orders/{order}/story"));
        let request = request.header("Prefer", format!("respond-async, wait={seconds}"));
        Answer::to(match known {
            Some(tag) => request.header("If-None-Match", tag),
            None => request,
        })
    };

    // Nothing is told of the first order yet: whoever waits for it by its number hears of it all the same.
    let order = {
        let (told, order) = tokio::join!(wait("1", "5", None), mina.orders(Basket::of("1", 1)));
        assert_eq!(told.is(200).json()["order"], order.id.as_str());
        order
    };
    cafe.ticket_is(&order, "open").await;
    cafe.tells(&order, "confirmed").await;
    let told = cafe.get(&format!("/orders/{}/story", order.id)).await.is(200);
    let tag = told.header("etag").unwrap().to_owned();
    for named in [order.id.clone(), order.number.to_string()] {
        let began = tokio::time::Instant::now();
        let unchanged = wait(&named, "1", Some(&tag)).await.is(304);
        assert_eq!(unchanged.header("etag"), Some(tag.as_str()));
        assert!(began.elapsed() >= std::time::Duration::from_secs(1), "{:?}", began.elapsed());
    }
    let (news, accepted) = tokio::join!(wait(&order.id, "5", Some(&tag)), kim.accepts(&order));
    let _accepted = accepted.is(200);
    // The kitchen's step comes first, then what ordering made of it: each is news.
    let (mut news, mut steps) = (news.is(200), 1);
    while news.json()["state"] != "accepted" {
        let tag = news.header("etag").unwrap().to_owned();
        news = wait(&order.id, "5", Some(&tag)).await.is(200);
        steps += 1;
    }
    assert!(steps <= 3, "{steps} steps");
    // Whose it is not waits for nothing that they may not see.
    let stranger = cafe.customer("juno").request(Method::GET, &format!("/orders/{}/story", order.id));
    Answer::to(stranger.header("Prefer", "wait=1")).await.problem(404, "not-found");
    wait("never", "5", None).await.problem(404, "not-found");
}
