//! The shops' own words lead nowhere that the table does not.

use axum::http::Method;
use serde_json::json;

use super::people::{HERE, NOBODY, ONE, OTHER, PEOPLE, SERVICE, STAFF, STAFF_THERE, THERE};
use super::world::{Ask, CANARY_ONE, World};
use crate::shops;

#[tokio::test(flavor = "multi_thread")]
async fn in_a_shops_own_words_it_is_as_in_the_canonical_ones() {
    let world = World::open().await;
    let wish = json!({ "customerId": 1, "menuId": 12, "qty": 1, "cafeId": 1 });
    let order = Ask::of(Method::POST, format!("/{THERE}/orders")).with(wish);
    let refused = world.ask(&NOBODY, &order).await;
    assert_eq!(refused.status, 401, "{}", refused.text());
    assert!(refused.headers.contains_key("www-authenticate"));
    let for_another = world.ask(&OTHER, &order).await;
    assert_eq!(
        (for_another.status.as_u16(), for_another.json()["errors"][0]["field"].as_str()),
        (403, Some("customerId"))
    );
    let placed = world.ask(&ONE, &order).await;
    assert_eq!(placed.status, 201, "{}", placed.text());
    let place = placed.headers["location"].to_str().unwrap().to_owned();
    let number = place.rsplit('/').next().unwrap().to_owned();

    let read = Ask::of(Method::GET, format!("/{THERE}/orders/{number}"));
    assert_eq!(world.ask(&ONE, &read).await.status, 200);
    let of_another = world.ask(&OTHER, &read).await;
    let never_was = world.ask(&OTHER, &Ask::of(Method::GET, format!("/{THERE}/orders/999"))).await;
    assert_eq!((of_another.status.as_u16(), &of_another.body), (404, &never_was.body));
    assert_eq!(world.ask(&NOBODY, &read).await.status, 401);
    assert_eq!(world.ask(&STAFF, &read).await.status, 403, "of another shop");
    assert_eq!(world.ask(&STAFF_THERE, &read).await.status, 200);

    let approve = Ask::of(Method::PUT, format!("/{THERE}/cafeOrders/{number}/orderapprove"));
    assert_eq!(world.ask(&NOBODY, &approve).await.status, 401);
    let by_customer = world.ask(&ONE, &approve).await;
    assert_eq!(by_customer.status, 403, "{}", by_customer.text());
    assert_eq!(world.ask(&OTHER, &approve).await.status, 404);
    assert_eq!(world.ask(&SERVICE, &approve).await.status, 403);
    let by_staff = world.ask(&STAFF_THERE, &approve).await;
    assert_eq!(by_staff.status, 200, "{}", by_staff.text());
    let cancel = Ask::of(Method::PUT, format!("/{THERE}/orders/{number}/ordercancel"));
    assert_eq!(world.ask(&OTHER, &cancel).await.status, 404);
    assert_eq!(world.ask(&ONE, &cancel).await.status, 200);
    world.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn no_word_of_any_shop_leads_round_the_table() {
    let world = World::open().await;
    world.one_of_each().await;
    let (mut asked, mut wrongs) = (0, Vec::new());
    for shop in shops::named(&[]).unwrap() {
        let key = shop.life.key.to_string();
        for (name, words) in &shop.vocabulary.collections {
            let at = |rest: &str| format!("/{key}/{name}{rest}");
            let mut asks = vec![Ask::of(Method::GET, at("")), Ask::of(Method::GET, at("/1"))];
            asks.push(Ask::of(Method::HEAD, at("/1")));
            asks.push(Ask::of(Method::POST, at("")).with(json!({})));
            asks.extend([Method::PATCH, Method::PUT].map(|method| Ask::of(method, at("/1")).with(json!({}))));
            asks.push(Ask::of(Method::DELETE, at("/1")));
            for (search, by) in &words.searches {
                asks.push(Ask::of(Method::GET, at(&format!("/search/{search}?{}=1", by.parameter()))));
            }
            for person in PEOPLE {
                for ask in &asks {
                    let answer = world.ask(person, ask).await;
                    asked += 1;
                    let is_menu = words.rows == catalog_contract::RowKind::Menu;
                    let is_open = answer.status.is_success() && !is_menu && !person.is_believed;
                    let reads = answer.text().contains(CANARY_ONE) && !(person.knows_of(&ONE) && key == HERE);
                    if is_open || reads || answer.status.is_server_error() {
                        wrongs.push(format!("{} {ask:?}: {} {}", person.who, answer.status, answer.text()));
                    }
                }
            }
        }
    }
    println!("words: {asked} requests, {} wrong", wrongs.len());
    assert!(asked > 1_000, "{asked}");
    assert!(wrongs.is_empty(), "{} of {asked}:\n{}", wrongs.len(), wrongs.join("\n"));
    world.close().await;
}
