//! One side is stopped, the others go on: what the documents promise of it, in their words.

use std::path::PathBuf;

use journeys::{Lexicon, Server, Speaker, eventually};
use serde_json::{Value, json};
use tempfile::TempDir;

use super::{Place, open, rename};

/// Makes a test of each outage in the documents' words, and renamed by a seed.
macro_rules! outages {
    ($($outage:ident),+ $(,)?) => {
        mod as_the_documents_say {
            $(
                #[tokio::test]
                async fn $outage() {
                    super::$outage(super::Place::AloneAtTheRoot).await;
                }
            )+
        }

        mod with_every_word_renamed {
            $(
                #[tokio::test]
                async fn $outage() {
                    super::$outage(super::Place::Renamed).await;
                }
            )+
        }
    };
}

outages!(
    pizzas_are_ordered_while_nobody_makes_or_brings_them_and_are_taken_up_afterwards,
    what_the_cafe_decides_while_its_counter_is_stopped_is_wished_and_done_when_it_is_back,
    a_pizza_s_whole_way_is_wished_while_nobody_makes_or_brings_it,
    the_market_ships_what_was_ordered_while_its_items_were_stopped,
    the_store_takes_orders_and_payments_around_the_clock,
    the_store_takes_orders_without_payment_and_asks_for_it_by_itself_once_it_is_back,
    the_cafe_s_messages_are_sent_once_when_their_sender_is_back,
    drinks_ordered_while_stock_is_stopped_end_once_each,
    while_payment_fails_orders_are_refused_in_time_and_nothing_of_them_stands,
);

const ALL_BUT_MAKING: &str = "catalog,ordering,payment,inventory,notification,tracking";

/// A shop whose roles run in two programs on one data folder.
struct Split {
    folder: TempDir,
    shop: String,
    lexicon: Lexicon,
    standing: Server,
}

impl Split {
    async fn of(place: Place, shop: &str, standing: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let (shop, lexicon) = match place {
            Place::Renamed => {
                let (file, lexicon) = rename(shop, folder.path());
                (file.display().to_string(), lexicon)
            }
            _ => (shop.to_owned(), Lexicon::default()),
        };
        let standing = Server::start(&folder.path().join("data"), &[&shop, "--roles", standing]).await;
        Self { folder, shop, lexicon, standing }
    }

    fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    fn speaker(&self) -> Speaker {
        Speaker::through(&self.standing.public).saying(self.lexicon.clone())
    }

    async fn also_runs(&self, roles: &str) -> Server {
        Server::start(&self.data(), &[&self.shop, "--roles", roles]).await
    }
}

fn pizza() -> Value {
    json!({ "customerId": "10", "menuOption": "pepperoniPizza", "price": "10000", "address": "ThewellI007Ho" })
}

async fn pizzas_are_ordered_while_nobody_makes_or_brings_them_and_are_taken_up_afterwards(place: Place) {
    let split = Split::of(place, "pizza", ALL_BUT_MAKING).await;
    let pizza_house = split.speaker();
    let (id, _) = pizza_house.makes("/pizzaOrders", pizza()).await;
    pizza_house.becomes(&format!("/orderDeliveries/{id}"), "state", "PizzaProductionReady").await;
    // Whether it may still be cancelled only the kitchen knows: the wish stands.
    let wished = pizza_house.patch(&format!("/pizzaOrders/{id}"), json!({ "state": "CANCEL" })).await.is(202);
    assert_eq!(wished.body["state"], "PLACE");
    let (other, _) = pizza_house.makes("/pizzaOrders", pizza()).await;
    let _making = split.also_runs("kitchen,delivery").await;
    pizza_house.becomes(&format!("/pizzaOrders/{id}"), "state", "CANCEL").await;
    pizza_house.becomes(&format!("/paymentHistories/{id}"), "state", "CANCEL").await;
    let begins = json!({ "state": "PizzaProductionStarted" });
    let begun = async || pizza_house.patch(&format!("/orderDeliveries/{other}"), begins.clone()).await.status;
    eventually("a pizza that is begun", begun, |status| *status == 200).await;
}

async fn what_the_cafe_decides_while_its_counter_is_stopped_is_wished_and_done_when_it_is_back(place: Place) {
    let split = Split::of(place, "cafe", ALL_BUT_MAKING).await;
    let cafe = split.speaker();
    let (id, _) = cafe.makes("/orders", json!({ "customerId": 1, "menuId": 1, "qty": 1 })).await;
    cafe.becomes(&format!("/cafeOrders/{id}"), "status", "Paid").await;
    for step in ["orderapprove", "makestart", "makestart"] {
        let wished = cafe.put(&format!("/cafeOrders/{id}/{step}")).await.is(202);
        assert_eq!(wished.body["status"], "Paid", "{step}");
    }
    let _counter = split.also_runs("kitchen,delivery").await;
    cafe.becomes(&format!("/cafeOrders/{id}"), "status", "MakeStarted").await;
    let view = cafe.get(&format!("/orderLists/{id}")).await.is(200);
    let words: Vec<_> =
        view.body["changes"].as_array().unwrap().iter().map(|it| it["status"].clone()).collect();
    assert_eq!(words, ["orderPlaced", "Paid", "OrderApproved", "MakeStarted"]);
    let _made = cafe.put(&format!("/cafeOrders/{id}/makecomplete")).await.is(200);
}

async fn a_pizza_s_whole_way_is_wished_while_nobody_makes_or_brings_it(place: Place) {
    let split = Split::of(place, "pizza", ALL_BUT_MAKING).await;
    let pizza_house = split.speaker();
    let (id, _) = pizza_house.makes("/pizzaOrders", pizza()).await;
    let row = format!("/orderDeliveries/{id}");
    pizza_house.becomes(&row, "state", "PizzaProductionReady").await;
    for word in ["PizzaProductionStarted", "DeliveryStarted", "DeliveryCompleted"] {
        let _wished = pizza_house.patch(&row, json!({ "state": word })).await.is(202);
    }
    let _making = split.also_runs("kitchen,delivery").await;
    pizza_house.becomes(&row, "state", "DeliveryCompleted").await;
}

async fn the_market_ships_what_was_ordered_while_its_items_were_stopped(place: Place) {
    let split = Split::of(place, "market", ALL_BUT_MAKING).await;
    let market = split.speaker();
    let (id, _) = market.makes("/orders", json!({ "productId": "10", "qty": "5" })).await;
    assert_eq!(market.get(&format!("/deposits/{id}")).await.is(200).body["status"], "PayCompleted");
    market.get(&format!("/products/{id}")).await.refuses(404, &[]);
    let _items = split.also_runs("kitchen,delivery").await;
    market.becomes(&format!("/products/{id}"), "status", "DeliveryStarted").await;
}

async fn the_store_takes_orders_and_payments_around_the_clock(place: Place) {
    let split = Split::of(place, "appliance", ALL_BUT_MAKING).await;
    let store = split.speaker();
    let wish = json!({ "itemId": 2, "qty": 1, "deliveryAddress": "Gangnam", "deliveryPhoneNumber": "010" });
    let (id, _) = store.makes("/orders", wish).await;
    let paid = store.patch(&format!("/payments/{id}"), json!({ "orderStatus": "payApproved" })).await.is(200);
    assert_eq!(paid.body["orderStatus"], "payApproved");
    store.becomes(&format!("/ordermgmts/{id}"), "orderStatus", "payApproved").await;
    let take = json!({ "orderStatus": "orderTaken" });
    let _wished = store.patch(&format!("/ordermgmts/{id}"), take).await.is(202);
    let _store_room = split.also_runs("kitchen,delivery").await;
    store.becomes(&format!("/orders/{id}"), "orderStatus", "deliveryStarted").await;
}

async fn the_store_takes_orders_without_payment_and_asks_for_it_by_itself_once_it_is_back(place: Place) {
    let others = "catalog,ordering,inventory,kitchen,delivery,notification,tracking";
    let split = Split::of(place, "appliance", others).await;
    let store = split.speaker();
    let wish = json!({ "itemId": 2, "qty": 1, "deliveryAddress": "Gangnam", "deliveryPhoneNumber": "010" });
    let (id, order) = store.makes("/orders", wish).await;
    assert_eq!(order["orderStatus"], "orderStarted");
    store.get(&format!("/ordermgmts/{id}")).await.refuses(404, &[]);
    // Approved before anybody could be asked: the wish stands.
    let pay = json!({ "orderStatus": "payApproved" });
    let wished = store.patch(&format!("/payments/{id}"), pay).await.is(202);
    assert_eq!(wished.body["orderStatus"], "orderStarted");
    let _payment = split.also_runs("payment").await;
    store.becomes(&format!("/ordermgmts/{id}"), "orderStatus", "payApproved").await;
}

async fn the_cafe_s_messages_are_sent_once_when_their_sender_is_back(place: Place) {
    let others = "catalog,ordering,payment,inventory,kitchen,delivery,tracking";
    let split = Split::of(place, "cafe", others).await;
    let cafe = split.speaker();
    let (id, _) = cafe.makes("/orders", json!({ "customerId": 1, "menuId": 1, "qty": 1 })).await;
    let _approved = cafe.put(&format!("/cafeOrders/{id}/orderapprove")).await.is(200);
    assert_eq!(cafe.get("/notifications").await.status, 503);
    let _sender = split.also_runs("notification").await;
    let told = async || cafe.get("/notifications?size=1000").await;
    let told = eventually("what was missed", told, |seen| {
        seen.status == 200 && seen.body["page"]["totalElements"] == 2
    });
    let words: Vec<_> = told.await.rows("notifications").iter().map(|row| row["status"].clone()).collect();
    assert_eq!(words, ["Paid", "OrderApproved"]);
}

async fn drinks_ordered_while_stock_is_stopped_end_once_each(place: Place) {
    let split =
        Split::of(place, "kiosk", "catalog,ordering,payment,kitchen,delivery,notification,tracking").await;
    let kiosk = split.speaker();
    let wish = json!({ "customerId": "1", "beverageName": "americano", "beverageQty": "1" });
    let mut ids = Vec::new();
    for _ in 0..3 {
        ids.push(kiosk.makes("/orders", wish.clone()).await.0);
    }
    let _stock = split.also_runs("inventory").await;
    for id in &ids {
        kiosk.becomes(&format!("/orders/{id}"), "orderStatus", "cancelled").await;
        assert_eq!(kiosk.has_rows_of("/notifications", *id, 1).await.len(), 1);
    }
}

async fn while_payment_fails_orders_are_refused_in_time_and_nothing_of_them_stands(place: Place) {
    for (shop, collection, wish, millis) in [
        ("cafe", "/orders", json!({ "menuId": 1, "qty": 1 }), 1_000),
        ("market", "/orders", json!({ "productId": "10", "qty": "5" }), 300),
        ("pizza", "/pizzaOrders", pizza(), 1_000),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let (house, speaker) = open(place, shop, folder.path()).await;
        let (first, _) = speaker.makes(collection, wish.clone()).await;
        house.operators().payment_is("hung").await;
        let asked = tokio::time::Instant::now();
        let refused = speaker.post(collection, wish.clone()).await.is(503);
        // The promise is 200 ms above the shop's own bound; a busy machine gets a second more.
        assert!(asked.elapsed().as_millis() < millis + 1_200, "{shop}: {:?}", asked.elapsed());
        assert!(
            refused.header("retry-after").is_some_and(|after| after.parse::<u32>().is_ok()),
            "{refused:?}"
        );
        speaker.get(&format!("{collection}/{}", first + 1)).await.refuses(404, &[]);
        assert_eq!(speaker.get(collection).await.is(200).body["page"]["totalElements"], 1);
        house.operators().payment_is("normal").await;
        let again = async || speaker.post(collection, wish.clone()).await.status;
        eventually("an order that is taken again", again, |status| *status == 201).await;
    }
}
