//! S1: everybody before every route, asking for their own, another's and what never was.

use axum::http::Method;
use edge::actor::ActorRole;
use edge::authority::May;
use serde_json::{Value, json};

use super::people::{HERE, NOBODY, ONE, OTHER, PEOPLE, Person};
use super::world::{Answer, Ask, CANARY_ONE, CANARY_OTHER, Placed, World};
use crate::authorization::{Row, Sees, TABLE, operations};
use crate::openapi;

/// Whose thing is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Whose {
    One,
    Other,
    NeverWas,
}

pub(super) const WHOSE: [Whose; 3] = [Whose::One, Whose::Other, Whose::NeverWas];

impl Whose {
    /// The customer's name.
    pub(super) fn customer(self) -> &'static str {
        match self {
            Self::One => "1",
            Self::Other => "2",
            Self::NeverWas => "nobody",
        }
    }

    fn is_of(self, person: &Person) -> bool {
        person.token == Some(self.customer())
    }
}

/// What must come of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Expected {
    /// Nobody is known: 401, and how to come again.
    Unauthenticated,
    /// Not for them: 403.
    Forbidden,
    /// As if it had never been: 404, and the same words as for what never was.
    NotThere,
    /// The route answers, whatever it thinks of the request.
    Answered,
    /// The route shows what is asked for: 200.
    Shown,
}

/// A route of the document, with its row.
#[derive(Debug, Clone)]
pub(super) struct Route {
    pub(super) method: Method,
    pub(super) path: String,
    pub(super) row: &'static Row,
}

/// Every route.
pub(super) fn routes() -> Vec<Route> {
    let document = openapi::document();
    let found = operations(&document).map(|(method, path, operation)| {
        let row = TABLE.iter().find(|row| row.operation == operation).unwrap();
        Route { method, path: path.to_owned(), row }
    });
    found.collect()
}

/// What each customer has.
pub(super) struct Things {
    pub(super) one: Placed,
    pub(super) other: Placed,
}

/// An id that no order ever had; ids of orders tell their version.
pub(super) const NEVER_WAS: &str = "00000000-0000-4000-8000-000000000000";

impl Things {
    fn order(&self, whose: Whose) -> &str {
        match whose {
            Whose::One => &self.one.id,
            Whose::Other => &self.other.id,
            Whose::NeverWas => NEVER_WAS,
        }
    }
}

impl Route {
    /// Whether it matters whose thing it is.
    fn has_owner(&self) -> bool {
        self.row.sees != Sees::All || self.path.contains("{order}") || self.path.contains("{account}")
    }

    /// The request of it.
    pub(super) fn ask(&self, things: &Things, whose: Whose) -> Ask {
        let mut path = self
            .path
            .split('/')
            .map(|segment| match segment {
                "{shop}" => HERE,
                "{order}" => things.order(whose),
                "{account}" => whose.customer(),
                "{item}" => "cola",
                "{role}" => "kitchen",
                "{source}" => "ordering",
                "{provider}" => "sandbox",
                "{day}" => "2026-11-28",
                "{webhook}" => NEVER_WAS,
                segment if segment.starts_with('{') => "1",
                segment => segment,
            })
            .collect::<Vec<_>>()
            .join("/");
        if self.row.sees == Sees::OwnOnly && !["count_stories", "list_deposits"].contains(&self.row.operation)
        {
            path = format!("{path}?customer={}", whose.customer());
        }
        let ask = Ask::of(self.method.clone(), path);
        match body(self.row.operation, whose) {
            Some(body) => ask.with(body),
            None => ask,
        }
    }

    /// What follows from the table and from whose it is.
    pub(super) fn expected(&self, person: &Person, whose: Whose) -> Expected {
        let May::These(parts) = self.row.may else {
            return match self.row.operation {
                // A call that no provider signed.
                "take_callback" => Expected::Unauthenticated,
                "who_am_i" if !person.is_believed => Expected::Unauthenticated,
                "who_am_i" | "list_issuer_keys" | "describe_issuer" => Expected::Shown,
                _ => Expected::Answered,
            };
        };
        if !person.is_believed {
            return Expected::Unauthenticated;
        }
        let shop = self.path.contains("{shop}").then_some(HERE);
        let Some(part) = parts.iter().find(|part| person.plays(**part, shop)) else {
            return Expected::Forbidden;
        };
        let says_nobody = self.row.operation == "place_order" && whose == Whose::NeverWas;
        match self.row.sees {
            Sees::Own if *part == ActorRole::Customer && !whose.is_of(person) => Expected::NotThere,
            Sees::Makes if *part == ActorRole::Customer && !whose.is_of(person) && !says_nobody => {
                Expected::Forbidden
            }
            // The step that is wished there is the kitchen's.
            _ if self.row.operation == "wish_step"
                && whose != Whose::NeverWas
                && matches!(part, ActorRole::Customer | ActorRole::Courier) =>
            {
                Expected::Forbidden
            }
            _ if self.shows(whose) => Expected::Shown,
            _ => Expected::Answered,
        }
    }

    /// Whether it reads what is there.
    fn shows(&self, whose: Whose) -> bool {
        let is_there = self.path.contains("{order}") && whose != Whose::NeverWas;
        self.method == Method::GET && (is_there || self.row.sees == Sees::OwnOnly)
    }
}

/// A body that the route takes.
pub(super) fn body(operation: &str, whose: Whose) -> Option<Value> {
    let order = || {
        let mut order = json!({ "lines": [{ "item": "cola", "quantity": 1 }], "address": "Hill 1" });
        if whose != Whose::NeverWas {
            order["customer"] = json!(whose.customer());
        }
        order
    };
    Some(match operation {
        "place_order" => order(),
        "quote_order" => json!({ "lines": [{ "item": "cola", "quantity": 1 }] }),
        "change_address" => json!({ "address": "Hill 2" }),
        "wish_step" => json!({ "step": "accept" }),
        "cancel_order" | "approve_payment" | "cancel_payment" | "confirm_refund" | "withdraw_refund" => {
            json!({})
        }
        "refund_payment" => json!({ "reason": "cold", "amount": { "amount": 1, "currency": "KRW" } }),
        "settle_refund" => json!({ "how": "in cash" }),
        "open_deposit" => json!({ "customer": whose.customer() }),
        "top_up_deposit" => json!({ "amount": { "amount": 1, "currency": "KRW" } }),
        "close_day" => json!({ "day": "2026-11-20" }),
        "import_menu" => json!({ "text": "", "apply": false }),
        "set_sold_out" => json!({ "sold_out": false }),
        "set_opening" => json!({ "state": "open" }),
        "assign_delivery" => json!({ "courier": "cal" }),
        "fail_delivery" => json!({ "reason": "nobody there" }),
        "reject_ticket" => json!({ "reason": "no dough" }),
        "receive_stock" => json!({ "quantity": 1 }),
        "adjust_stock" => json!({ "difference": 1, "reason": "counted" }),
        "register_webhook" => json!({ "url": "http://127.0.0.1:9/hooks" }),
        "replay_webhook" => json!({ "after": 0 }),
        "resolve_parked" => json!({ "note": "known" }),
        "take_callback" => json!({}),
        _ => return None,
    })
}

/// What is wrong with an answer.
pub(super) fn wrong(expected: Expected, answer: &Answer, never_was: Option<&Answer>) -> Option<String> {
    let status = answer.status.as_u16();
    let is_problem = status < 400
        || answer.headers.get("content-type").is_some_and(|kind| kind == "application/problem+json")
            && answer.json()["type"].as_str().is_some_and(|kind| kind.starts_with("https://jumun.dev/"));
    let fits = match expected {
        Expected::Unauthenticated => status == 401 && answer.headers.contains_key("www-authenticate"),
        Expected::Forbidden => status == 403,
        Expected::NotThere => {
            status == 404 && never_was.is_none_or(|never_was| never_was.body == answer.body)
        }
        Expected::Answered => !matches!(status, 401 | 403 | 405) && status < 500,
        Expected::Shown => status == 200,
    };
    (!fits || !is_problem).then(|| format!("expected {expected:?}, got {status} {}", answer.text()))
}

/// I26: what belongs to a customer is read by nobody else but those who work there.
pub(super) fn leaked(person: &Person, answer: &Answer) -> Option<String> {
    let text = answer.text();
    [(&ONE, CANARY_ONE), (&OTHER, CANARY_OTHER)]
        .into_iter()
        .find(|(customer, canary)| !person.knows_of(customer) && text.contains(canary))
        .map(|(customer, _)| format!("{} reads of {}", person.who, customer.who))
}

/// Puts everybody before every route; how many cells there are, and what is wrong in them.
async fn try_everybody(world: &World) -> (usize, Vec<String>) {
    let (one, other) = world.one_of_each().await;
    let things = Things { one, other };
    let (mut cells, mut wrongs) = (0, Vec::new());
    for route in routes() {
        for person in PEOPLE {
            let never_was = world.ask(person, &route.ask(&things, Whose::NeverWas)).await;
            let whose = if route.has_owner() { &WHOSE[..] } else { &WHOSE[..1] };
            for (door, whose) in [&world.public, &world.neighbours]
                .into_iter()
                .flat_map(|door| whose.iter().map(move |w| (door, w)))
            {
                let answer = world.ask_at(door, person, &route.ask(&things, *whose)).await;
                let expected = route.expected(person, *whose);
                cells += 1;
                let found = wrong(expected, &answer, Some(&never_was)).or_else(|| leaked(person, &answer));
                wrongs.extend(found.map(|found| {
                    format!("{} before {} {} of {whose:?}: {found}", person.who, route.method, route.path)
                }));
            }
        }
    }
    (cells, wrongs)
}

#[tokio::test(flavor = "multi_thread")]
async fn everybody_before_every_route_is_answered_as_the_table_says() {
    let world = World::open().await;
    let (cells, wrongs) = try_everybody(&world).await;
    println!("S1: {cells} cells, {} wrong", wrongs.len());
    assert!(cells >= 1_920, "{cells}");
    assert!(wrongs.is_empty(), "{} of {cells}:\n{}", wrongs.len(), wrongs.join("\n"));
    world.close().await;
}

/// To be run alone: a bug is planted in the whole process.
#[cfg(feature = "planted")]
#[tokio::test(flavor = "multi_thread")]
async fn planted_bug_b23_is_caught() {
    kernel::planted::plant(Some(kernel::planted::Bug::B23));
    let world = World::open().await;
    let (cells, wrongs) = try_everybody(&world).await;
    println!("B23: {} of {cells} cells wrong, such as\n{}", wrongs.len(), wrongs.first().unwrap());
    assert!(wrongs.iter().all(|wrong| wrong.contains("/receipt")), "{}", wrongs.join("\n"));
    world.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn lists_of_a_customer_are_of_their_own() {
    let world = World::open().await;
    let (one, other) = world.one_of_each().await;
    let places = ["orders", "stories", "payments"].map(|list| format!("/v1/shops/{HERE}/{list}"));
    for place in places {
        let answer = world.ask(&ONE, &Ask::of(Method::GET, place.as_str())).await;
        let text = answer.text();
        assert_eq!(answer.status, 200, "{place} {text}");
        assert!(text.contains(&one.id) && !text.contains(&other.id), "{place} {text}");
    }
    let counted = world.ask(&ONE, &Ask::of(Method::GET, format!("/v1/shops/{HERE}/stories/count"))).await;
    assert_eq!(counted.json()["count"], 1);
    world.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_names_nobody_is_seen_by_no_customer_and_an_order_is_its_customers() {
    let world = World::open().await;
    let of_nobody = world.place(HERE, &super::people::STAFF, "walk-in").await;
    let one = world.place(HERE, &ONE, CANARY_ONE).await;
    let read = |id: &str| Ask::of(Method::GET, format!("/v1/shops/{HERE}/orders/{id}"));
    assert_eq!(world.ask(&ONE, &read(&of_nobody.id)).await.status, 404);
    assert_eq!(world.ask(&ONE, &read(&of_nobody.number)).await.status, 404);
    let mine = world.ask(&ONE, &read(&one.number)).await;
    assert_eq!((mine.status.as_u16(), mine.json()["customer"].as_str()), (200, Some("1")));
    world.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_header_of_open_identity_is_refused_by_name() {
    let world = World::open().await;
    for person in [&NOBODY, &ONE] {
        let mut ask = Ask::of(Method::GET, format!("/v1/shops/{HERE}/orders"));
        ask.headers.push(("jumun-actor", "operator:eve".to_owned()));
        let answer = world.ask(person, &ask).await;
        assert_eq!(
            (answer.status.as_u16(), answer.json()["errors"][0]["field"].as_str()),
            (400, Some("Jumun-Actor"))
        );
    }
    world.close().await;
}
