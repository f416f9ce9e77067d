//! S2: every id of a request exchanged for somebody else's.

use axum::http::Method;
use edge::authority::May;
use serde_json::json;

use super::matrix::{Expected, NEVER_WAS, Route, Things, Whose, leaked, routes, wrong};
use super::people::{COURIER, HERE, ONE, OTHER, Person, STAFF, STAFF_THERE, THERE};
use super::world::{Ask, CANARY_ONE, CANARY_OTHER, World};
use crate::authorization::Sees;

/// Orders of others, whose ids and numbers are put in.
const ORDERS: usize = 120;
/// Exchanges at least.
const SWAPS_MIN: usize = 10_000;

/// Ids and numbers of orders that are none of the first customer's: of this shop, and of another.
async fn foreign(world: &World) -> (Vec<String>, Vec<String>) {
    let (mut here, mut there) = (Vec::new(), Vec::new());
    for number in 0..ORDERS {
        let (shop, person) = match number % 4 {
            0 => (HERE, &STAFF),
            1 => (THERE, &STAFF_THERE),
            _ => (HERE, &OTHER),
        };
        let placed = world.place(shop, person, CANARY_OTHER).await;
        // A number is of its shop: of another one it may be one's own here.
        if shop == HERE {
            here.extend([placed.id, placed.number]);
        } else {
            there.push(placed.id);
        }
    }
    (here, there)
}

/// Where an id stands in the routes that a customer may use.
fn routes_for_customers() -> Vec<Route> {
    let for_customers = |route: &Route| matches!(route.row.may, May::These(parts) if parts.contains(&edge::actor::ActorRole::Customer));
    routes().into_iter().filter(for_customers).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn no_id_of_somebody_else_opens_anything() {
    let world = World::open().await;
    let (one, other) = world.one_of_each().await;
    let (here, there) = foreign(&world).await;
    let things = Things { one: one.clone(), other };
    let (mut swaps, mut wrongs) = (0, Vec::new());
    for route in routes_for_customers().iter().filter(|route| route.path.contains("{order}")) {
        let never_was = world.ask(&ONE, &route.ask(&things, Whose::NeverWas)).await;
        let mine = route.ask(&things, Whose::One);
        // A step of a payment waits for what may still come, as an order of another shop never will.
        let waits = route.path.contains("/payment/");
        for id in here.iter().chain(there.iter().filter(|_| !waits)) {
            let mut swapped = mine.clone();
            swapped.path = mine.path.replace(&one.id, id);
            for variant in variants(&swapped, id) {
                let answer = world.ask(&ONE, &variant).await;
                swaps += 1;
                let found = wrong(Expected::NotThere, &answer, Some(&never_was));
                let found = found.or_else(|| leaked(&ONE, &answer));
                wrongs.extend(found.map(|found| format!("{} {}: {found}", variant.method, variant.path)));
            }
        }
    }
    swaps += names(&world, &mut wrongs).await;
    println!("S2: {swaps} exchanges, {} wrong", wrongs.len());
    assert!(swaps >= SWAPS_MIN, "{swaps}");
    assert!(wrongs.is_empty(), "{} of {swaps}:\n{}", wrongs.len(), wrongs.join("\n"));
    world.close().await;
}

/// The same id spelled and put otherwise: in capitals, without its dashes, encoded, with a query that
/// names oneself, with what was known of one's own.
fn variants(swapped: &Ask, id: &str) -> Vec<Ask> {
    let spelled = |spelling: &str| {
        let mut ask = swapped.clone();
        ask.path = swapped.path.replace(id, spelling);
        ask
    };
    let encoded: String = id.bytes().map(|byte| format!("%{byte:02X}")).collect();
    let mut all = vec![swapped.clone(), spelled(&encoded)];
    if id.contains('-') {
        all.extend([
            spelled(&id.to_uppercase()),
            spelled(&id.replace('-', "")),
            spelled(&format!("%7B{id}%7D")),
        ]);
    } else {
        all.extend([spelled(&format!("0{id}")), spelled(&format!("+{id}"))]);
    }
    let mut known = swapped.clone();
    known.headers.push(("if-match", "\"1\"".to_owned()));
    known.headers.push(("if-none-match", "\"1\"".to_owned()));
    all.push(known);
    all
}

/// Names of others: in filters, in bodies, as accounts.
async fn names(world: &World, wrongs: &mut Vec<String>) -> usize {
    let (mut swaps, shop) = (0, format!("/v1/shops/{HERE}"));
    let names = ["2", "3", "kim", "nobody", "walk-in", "1 2", "%31", "customer:2", "*", "null", NEVER_WAS];
    for name in names {
        let written: String = name.bytes().map(|byte| format!("%{byte:02X}")).collect();
        for list in ["orders", "stories", "payments"] {
            let ask = Ask::of(Method::GET, format!("{shop}/{list}?customer={written}"));
            let answer = world.ask(&ONE, &ask).await;
            swaps += 1;
            let text = answer.text();
            let of_others = answer.json()["items"].as_array().is_some_and(|items| {
                items.iter().any(|item| item["customer"].as_str().is_some_and(|customer| customer != "1"))
            });
            if answer.status != 200 || of_others || text.contains(CANARY_OTHER) {
                wrongs.push(format!("{}: {} {text}", ask.path, answer.status));
            }
        }
        for ask in [
            Ask::of(Method::GET, format!("{shop}/deposits/{written}")),
            Ask::of(Method::GET, format!("{shop}/deposits/{written}/statement")),
        ] {
            let answer = world.ask(&ONE, &ask).await;
            swaps += 1;
            if answer.status != 404 {
                wrongs.push(format!("{}: {} {}", ask.path, answer.status, answer.text()));
            }
        }
        let order =
            json!({ "lines": [{ "item": "cola", "quantity": 1 }], "customer": name, "name": CANARY_ONE });
        for (path, body) in [("orders", order), ("deposits", json!({ "customer": name }))] {
            let answer = world.ask(&ONE, &Ask::of(Method::POST, format!("{shop}/{path}")).with(body)).await;
            swaps += 1;
            if !matches!(answer.status.as_u16(), 400 | 403) {
                wrongs.push(format!("{path} for {name}: {} {}", answer.status, answer.text()));
            }
        }
    }
    swaps
}

/// Whoever may not see all is never helped by the key of somebody else's request.
#[tokio::test(flavor = "multi_thread")]
async fn the_key_of_somebody_elses_order_answers_with_ones_own() {
    let world = World::open().await;
    let place = |person: &'static Person| {
        let body = json!({ "lines": [{ "item": "cola", "quantity": 1 }], "address": "Hill 1" });
        let mut ask = Ask::of(Method::POST, format!("/v1/shops/{HERE}/orders")).with(body);
        ask.headers.push(("idempotency-key", "the-same".to_owned()));
        (person, ask)
    };
    let mut ids = Vec::new();
    for (person, ask) in [place(&ONE), place(&OTHER), place(&STAFF)] {
        let answer = world.ask(person, &ask).await;
        assert_eq!(answer.status, 201, "{}", answer.text());
        ids.push(answer.json()["id"].clone());
    }
    assert!(ids[0] != ids[1] && ids[1] != ids[2], "{ids:?}");
    let (person, ask) = place(&COURIER);
    assert_eq!(world.ask(person, &ask).await.status, 403);
    assert_eq!(routes_for_customers().iter().filter(|route| route.row.sees == Sees::All).count(), 0);
    world.close().await;
}
