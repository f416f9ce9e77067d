//! An event that no program knows, in a real house: seen, tried again and taken out, by whoever may.

use std::path::Path;

use journal::{Batch, Journal, NewEvent, Reader, chain};
use journal_sqlite::{Options, SqliteJournal};
use journeys::{Answer, Basket, House, Order};
use kernel::{Actor, Causation, Hash, OrderId, ShopKey, StreamId, Subject, Timestamp};
use operations::{Ran, jumun, store};
use reqwest::{Client, Method};
use serde_json::{Value, json};
use uuid::Uuid;

/// Somebody writes into ordering's journal what nobody can read, about an order.
fn tell_nonsense(data: &Path, order: &Order) {
    let mut journal = SqliteJournal::open(&data.join("ordering"), "ordering", Options::default()).unwrap();
    let id = OrderId(Uuid::parse_str(&order.id).unwrap());
    let mut event = NewEvent {
        stream: StreamId::new("order", Uuid::from_u128(1)),
        version: 1,
        event_type: "order-cancel-requested.v9",
        subject: Subject::order(ShopKey::from("cafe"), id, order.number),
        causation: Causation::from_text("command/1"),
        actor: Actor::system(),
        data: b"{}".to_vec(),
        personal: None,
        previous_hash: Hash::default(),
        hash: Hash::default(),
    };
    event.hash = chain::event_hash(&event);
    let head = journal.head().unwrap();
    let at: Timestamp = journal.read_after(head - 1, 1).unwrap()[0].at;
    let batch = Batch { id: Uuid::from_u128(2), at, events: vec![event], ..Batch::default() };
    let _recorded = journal.commit(batch).unwrap();
}

struct Ward {
    house: House,
    order: Order,
}

impl Ward {
    /// A house where the kitchen has an event that it cannot read.
    async fn open() -> Self {
        let mut house = House::open(&["cafe"]).await;
        let cafe = house.shop("cafe");
        let order = cafe.customer("mina").orders(Basket::of("1", 1)).await;
        cafe.ticket_is(&order, "open").await;
        assert!(house.stop().await.success());
        tell_nonsense(&house.data(), &order);
        house.start().await;
        let ward = Self { house, order };
        ward.waits(1).await;
        ward
    }

    async fn waits(&self, count: usize) -> Vec<Value> {
        let look = async || self.house.get("/v1/parked/kitchen").await.is(200).items();
        journeys::eventually("parked events", look, |items| items.len() == count).await
    }

    async fn asks(&self, actor: Option<&str>, path: &str, body: Option<Value>) -> Answer {
        let client = Client::builder().no_proxy().build().unwrap();
        let mut request = client.request(Method::POST, self.house.url(&format!("/v1/parked/kitchen/{path}")));
        if let Some(actor) = actor {
            request = request.header("Jumun-Actor", actor);
        }
        if let Some(body) = body {
            request = request.json(&body);
        }
        Answer::to(request).await
    }

    async fn jumun(&self, words: &[&str]) -> Ran {
        let data = self.house.data().display().to_string();
        let words: Vec<&str> = ["parked", "--data", &data].iter().chain(words).copied().collect();
        jumun(&words).await
    }
}

#[tokio::test]
async fn a_parked_event_is_listed_with_its_cause_and_holds_up_its_own_order_only() {
    let ward = Ward::open().await;
    let (cafe, order) = (ward.house.shop("cafe"), &ward.order);

    let item = &ward.waits(1).await[0];
    assert_eq!(
        (&item["role"], &item["source"], &item["event"]),
        (&json!("kitchen"), &json!("ordering"), &json!("order-cancel-requested.v9"))
    );
    assert_eq!(
        (&item["order"], &item["number"], &item["shop"]),
        (&json!(order.id), &json!(order.number), &json!("cafe"))
    );
    assert_eq!(item["cause"], "unknown event type order-cancel-requested.v9");

    let listed = ward.jumun(&[]).await.well();
    assert!(listed.contains(&format!("kitchen could not apply ordering/{}", item["position"])), "{listed}");
    assert!(listed.contains(&order.id), "{listed}");
    let other = cafe.customer("juno").orders(Basket::of("1", 1)).await;
    cafe.ticket_is(&other, "open").await;

    // The customer changes their mind: the kitchen hears of it once the nonsense is out of the way.
    let _asked = cafe.customer("mina").cancels(order).await;
    let waiting = ward.waits(2).await;
    assert_eq!(
        (&waiting[1]["event"], &waiting[1]["cause"]),
        (&json!("order-cancel-requested.v1"), &Value::Null)
    );
    let retried = ward.asks(Some("staff:kim"), &format!("{}/retry", order.id), None).await.is(200).json();
    assert_eq!(retried, json!({ "applied": 0, "waiting": 2 }));
    let position = item["position"].to_string();
    let resolved = ward.jumun(&["resolve", "kitchen", "ordering", &position, "--note", "nobody sang"]).await;
    assert!(resolved.well().contains("resolved"));
    let applied = ward.jumun(&["retry", "kitchen", &order.id]).await.well();
    assert_eq!(applied.trim(), "1 applied, 0 still waiting");
    cafe.shows(order, "refunded").await;

    let id = Uuid::parse_str(&order.id).unwrap();
    let audit = store(&ward.house.data(), "kitchen").entries("audit", id, 0, 10).unwrap();
    let line: Value = serde_json::from_slice(&audit[0].body).unwrap();
    assert_eq!((&line["action"], &line["note"]), (&json!("resolved"), &json!("nobody sang")));
    assert!(line["actor"].as_str().is_some_and(|actor| actor.starts_with("operator:")), "{line}");
}

#[tokio::test]
async fn parked_events_are_for_whoever_says_who_they_are_and_works_there() {
    let ward = Ward::open().await;
    let position = ward.waits(1).await[0]["position"].clone();
    let (retry, resolve) = (format!("{}/retry", ward.order.id), format!("ordering/{position}/resolve"));
    let note = || Some(json!({ "note": "seen" }));

    for actor in [None, Some("customer:mina")] {
        ward.asks(actor, &retry, None).await.problem(403, "forbidden");
        ward.asks(actor, &resolve, note()).await.problem(403, "forbidden");
    }
    let staff = Some("staff:kim");
    let nobody = Uuid::from_u128(7);
    ward.asks(staff, &format!("{nobody}/retry"), None).await.problem(404, "not-found");
    ward.asks(staff, "ordering/999999/resolve", note()).await.problem(404, "not-found");
    for wrong in [json!({ "note": " " }), json!({ "note": "x".repeat(501) }), json!({})] {
        assert_eq!(ward.asks(staff, &resolve, Some(wrong.clone())).await.status, 400, "{wrong}");
    }
    ward.house.get("/v1/parked/cellar").await.problem(404, "not-found");
    assert_eq!(ward.waits(1).await.len(), 1, "nothing of it has changed anything");
    let _resolved = ward.asks(Some("manager:jin"), &resolve, note()).await.is(204);
    ward.waits(0).await;
}
