//! A day with identity configured: everyone signs in, the door and the roles are two programs, and the words
//! are the documents'. What each may do they do; what they may not is refused, whoever they name.

use journeys::{Server, Speaker, Spoken, eventually, run_told};
use reqwest::{Client, Method};
use serde_json::{Value, json};
use tempfile::TempDir;

const PASSWORD: &str = "correct horse battery";
const DOOR: &str = "gateway,catalog,ordering,inventory,notification,tracking";
const BEHIND: &str = "payment,kitchen,delivery";

struct Town {
    folder: TempDir,
    door: Server,
    behind: Server,
}

/// Somebody with a token, or without one.
struct Person<'t> {
    town: &'t Town,
    token: Option<String>,
}

impl Town {
    async fn opens() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let data = folder.path().join("data");
        let door = Server::start(&data, &["cafe", "pizza", "--identity", "built-in", "--roles", DOOR]).await;
        let behind =
            Server::start(&data, &["cafe", "pizza", "--identity", "built-in", "--roles", BEHIND]).await;
        Self { folder, door, behind }
    }

    /// An account with these parts, signed in.
    async fn has(&self, name: &str, parts: &str) -> Person<'_> {
        let data = self.folder.path().join("data").display().to_string();
        let added =
            run_told(["users", "--data", &data, "add", name, "--role", parts], &format!("{PASSWORD}\n"));
        assert!(added.status.success(), "{added:?}");
        let http = Client::builder().no_proxy().build().unwrap();
        let login = http
            .post(format!("{}/v1/identity/login", self.door.public))
            .json(&json!({ "name": name, "password": PASSWORD }))
            .send()
            .await
            .unwrap();
        let answer: Value = login.json().await.unwrap();
        let token = answer["access_token"].as_str().unwrap_or_else(|| panic!("{answer}")).to_owned();
        Person { town: self, token: Some(token) }
    }

    const fn nobody(&self) -> Person<'_> {
        Person { town: self, token: None }
    }

    async fn ends_well(self) {
        assert!(self.door.stop().await.success() && self.behind.stop().await.success());
        let data = self.folder.path().join("data").display().to_string();
        let verified = run_told(["verify", "--data", &data], "");
        assert!(verified.status.success(), "{verified:?}");
    }
}

impl Person<'_> {
    async fn says(&self, method: Method, path: &str, body: Option<Value>) -> Spoken {
        let bearer = self.token.as_ref().map(|token| format!("Bearer {token}"));
        let headers: Vec<_> = bearer.iter().map(|bearer| ("authorization", bearer.as_str())).collect();
        Speaker::through(&self.town.door.public).says(method, path, body, &headers).await
    }

    async fn gets(&self, path: &str) -> Spoken {
        self.says(Method::GET, path, None).await
    }

    async fn puts(&self, path: &str) -> Spoken {
        self.says(Method::PUT, path, None).await
    }

    async fn patches(&self, path: &str, body: Value) -> Spoken {
        self.says(Method::PATCH, path, Some(body)).await
    }

    /// Makes a row; its number.
    async fn makes(&self, collection: &str, body: Value) -> u64 {
        let made = self.says(Method::POST, collection, Some(body)).await.is(201);
        let place = made.header("location").unwrap();
        place.rsplit('/').next().unwrap().parse().unwrap()
    }

    async fn sees(&self, path: &str, field: &str, word: &str) {
        let what = format!("{field} {word} of {path}");
        let look = async || self.gets(path).await;
        let _row = eventually(&what, look, |seen| seen.status == 200 && seen.body[field] == word).await;
    }
}

#[tokio::test]
async fn a_cafe_s_order_goes_its_way_and_nobody_else_sees_or_moves_it() {
    let town = Town::opens().await;
    let mina = town.has("mina", "customer").await;
    let yuna = town.has("yuna", "customer").await;
    let kim = town.has("kim", "staff@cafe").await;
    let baker = town.has("baker", "staff@pizza").await;
    let wish = json!({ "menuId": 1, "qty": 2, "totalPrice": 9000 });

    let _nobody = town.nobody().says(Method::POST, "/cafe/orders", Some(wish.clone())).await.is(401);
    let id = mina.makes("/cafe/orders", wish).await;
    let (order, counter) = (format!("/cafe/orders/{id}"), format!("/cafe/cafeOrders/{id}"));
    let view = format!("/cafe/orderLists/{id}");
    mina.sees(&view, "status", "Paid").await;

    let _nobody = town.nobody().gets(&order).await.is(401);
    for path in [&order, &view, &format!("/cafe/payments/{id}")] {
        let _other = yuna.gets(path).await.is(404);
    }
    for collection in ["orders", "orderLists", "payments"] {
        let none = yuna.gets(&format!("/cafe/{collection}")).await.is(200);
        assert_eq!(none.body["page"]["totalElements"], 0, "{collection}");
    }
    let _other = yuna.puts(&format!("{order}/ordercancel")).await.is(404);
    let approval = format!("{counter}/orderapprove");
    let _no_staff = mina.puts(&approval).await.is(403);
    let _not_hers = yuna.puts(&approval).await.is(404);
    let elsewhere = baker.puts(&format!("{counter}/orderapprove")).await;
    assert!([403, 404].contains(&elsewhere.status), "{elsewhere:?}");
    assert_eq!(mina.gets(&order).await.is(200).body["status"], "Paid", "nothing of it happened");

    for (step, word) in
        [("orderapprove", "OrderApproved"), ("makestart", "MakeStarted"), ("makecomplete", "MakeCompleted")]
    {
        assert_eq!(kim.puts(&format!("{counter}/{step}")).await.is(200).body["status"], word);
    }
    mina.sees(&view, "status", "MakeCompleted").await;
    let _too_late = mina.puts(&format!("{order}/ordercancel")).await.is(409);
    town.ends_well().await;
}

#[tokio::test]
async fn a_pizza_is_made_by_its_staff_and_brought_by_its_courier() {
    let town = Town::opens().await;
    let mina = town.has("mina", "customer").await;
    let baker = town.has("baker", "staff@pizza").await;
    let barista = town.has("barista", "staff@cafe").await;
    let han = town.has("han", "courier@pizza").await;
    let wish = json!({ "menuOption": "pepperoniPizza", "price": 10000, "address": "ThewellI007Ho" });
    let id = mina.makes("/pizza/pizzaOrders", wish.clone()).await;
    let row = format!("/pizza/orderDeliveries/{id}");
    baker.sees(&row, "state", "PizzaProductionReady").await;
    let begins = json!({ "state": "PizzaProductionStarted" });
    let _customer = mina.patches(&row, begins.clone()).await.is(403);
    let elsewhere = barista.patches(&row, begins.clone()).await;
    assert!([403, 404].contains(&elsewhere.status), "{elsewhere:?}");
    assert_eq!(baker.patches(&row, begins).await.is(200).body["state"], "PizzaProductionStarted");
    for word in ["DeliveryStarted", "DeliveryCompleted"] {
        assert_eq!(han.patches(&row, json!({ "state": word })).await.is(200).body["state"], word);
    }
    // Her next one she thinks better of: the money is back, and she sees it.
    let other = mina.makes("/pizza/pizzaOrders", wish).await;
    let order = format!("/pizza/pizzaOrders/{other}");
    assert_eq!(mina.patches(&order, json!({ "state": "CANCEL" })).await.is(200).body["state"], "CANCEL");
    mina.sees(&format!("/pizza/paymentHistories/{other}"), "state", "CANCEL").await;
    town.ends_well().await;
}
