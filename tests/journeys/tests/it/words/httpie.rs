//! The command lines of the five documents, letter for letter, by the client that they are written for.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;
use std::time::Duration;

use journeys::House;
use serde_json::Value;

const VERSION: &str = "3.2.4";
static HTTPIE: OnceLock<PathBuf> = OnceLock::new();

/// The folder with `http`, from PyPI into a virtual environment under the target folder; once.
fn httpie() -> &'static Path {
    HTTPIE.get_or_init(|| {
        let target = std::env::current_exe().unwrap().ancestors().nth(3).unwrap().to_owned();
        let home = target.join("tools").join(format!("httpie-{VERSION}"));
        let programs = home.join("bin");
        if !programs.join("http").is_file() {
            runs(Command::new("python3").args(["-m", "venv", "--clear"]).arg(&home));
            let package = format!("httpie=={VERSION}");
            runs(Command::new(programs.join("pip")).args([
                "install",
                "--quiet",
                "--disable-pip-version-check",
                &package,
            ]));
        }
        programs
    })
}

fn runs(command: &mut Command) {
    let status = command.status();
    assert!(status.as_ref().is_ok_and(std::process::ExitStatus::success), "{command:?}: {status:?}");
}

/// A person at a terminal, with one of the documents open.
struct Typist {
    house: House,
    settings: tempfile::TempDir,
}

impl Typist {
    async fn before(shop: &str) -> Self {
        let settings = tempfile::tempdir().unwrap();
        // What a terminal would do by itself: show the head, and not wait for what is typed.
        let options = r#"{ "default_options": ["--ignore-stdin", "--print=hb", "--pretty=none"] }"#;
        std::fs::write(settings.path().join("config.json"), options).unwrap();
        Self { house: House::open(&[shop]).await, settings }
    }

    /// Types a line as it is printed; the address is that of the house.
    fn types(&self, line: &str) -> (u16, Value) {
        let port = self.house.url("").rsplit(':').next().unwrap().to_owned();
        let line = line.replace(":8088", &format!(":{port}"));
        let path = format!("{}:{}", httpie().display(), std::env::var("PATH").unwrap_or_default());
        let mut command = Command::new("sh");
        command.args(["-c", &line]).env("PATH", path).env("HTTPIE_CONFIG_DIR", self.settings.path());
        let output = command.output().unwrap();
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        let (head, body) = text.split_once("\r\n\r\n").unwrap_or_else(|| panic!("{line}: {output:?}"));
        let status = head.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap();
        (status, serde_json::from_str(body).unwrap_or_default())
    }

    #[track_caller]
    fn is_answered(&self, line: &str, status: u16) -> Value {
        let (answered, body) = self.types(line);
        assert_eq!(answered, status, "{line}: {body:#}");
        body
    }

    async fn sees(&self, line: &str, field: &str, value: &str) {
        for _ in 0..300 {
            if self.types(line).1[field] == value {
                return;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        panic!("{line}: {:#}", self.types(line).1);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_cafe_s_document_is_typed() {
    let typist = Typist::before("cafe").await;
    let order = "http POST :8088/orders customerId=1 cafeId=1 menuId=1 qty=2 totalPrice=9000";
    let menu = typist.is_answered("http :8088/menus", 200);
    assert_eq!(menu["_embedded"]["menus"][0]["price"], 4500);
    assert_eq!(typist.is_answered(order, 201)["status"], "Paid");
    typist.sees("http :8088/cafeOrders/1", "status", "Paid").await;
    typist.sees("http :8088/orderLists/1", "status", "Paid").await;
    for (line, word) in [
        ("http PUT :8088/cafeOrders/1/orderapprove", "OrderApproved"),
        ("http PUT :8088/cafeOrders/1/makestart", "MakeStarted"),
        ("http PUT :8088/cafeOrders/1/makecomplete", "MakeCompleted"),
    ] {
        assert_eq!(typist.is_answered(line, 200)["status"], word);
    }
    let _second = typist.is_answered(order, 201);
    let _cancelled = typist.is_answered("http PUT :8088/orders/2/ordercancel", 200);
    typist.sees("http :8088/orderLists/2", "status", "PaymentCanceled").await;
    let _third = typist.is_answered(order, 201);
    let _cancelled = typist.is_answered("http PUT :8088/cafeOrders/3/ordercancel", 200);
    typist.sees("http :8088/orderLists/3", "status", "PaymentCanceled").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_kiosk_s_document_is_typed() {
    let typist = Typist::before("kiosk").await;
    let _cups = typist.is_answered("http POST :8088/inventories stockName=cup qty=10", 201);
    let many = "http POST :8088/orders customerId=1 beverageName=americano beverageQty=11";
    assert_eq!(typist.is_answered(many, 201)["orderStatus"], "pending");
    typist.sees("http :8088/orders/1", "orderStatus", "cancelled").await;
    let enough = "http POST :8088/orders customerId=2 beverageName=icetea beverageQty=1";
    assert_eq!(typist.is_answered(enough, 201)["orderStatus"], "pending");
    typist.sees("http :8088/orders/2", "orderStatus", "completed").await;
    typist.sees("http :8088/notifications/2", "orderStatus", "completed").await;
    for (line, rows) in [
        ("http :8088/orders", "orders"),
        ("http :8088/beverages", "beverages"),
        ("http :8088/notifications", "notifications"),
        ("http :8088/inventories", "inventories"),
    ] {
        let page = typist.is_answered(line, 200);
        assert!(page["_embedded"][rows].as_array().is_some_and(|rows| !rows.is_empty()), "{line}");
    }
    assert_eq!(typist.is_answered("http :8088/inventories/1", 200)["qty"], 9);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_market_s_document_is_typed() {
    let typist = Typist::before("market").await;
    let order = "http POST :8088/orders productId=10 qty=5";
    let _first = typist.is_answered(order, 201);
    assert_eq!(typist.is_answered("http :8088/deposits/1", 200)["status"], "PayCompleted");
    typist.sees("http :8088/products/1", "status", "DeliveryStarted").await;
    typist.sees("http :8088/orders/1", "status", "DeliveryStarted").await;
    let _infos = typist.is_answered("http :8088/myInfos", 200);
    assert_eq!(typist.is_answered("http PATCH :8088/orders/1 status=Canceled", 200)["status"], "Canceled");
    typist.sees("http :8088/deposits/1", "status", "PayCanceled").await;
    let _second = typist.is_answered(order, 201);
    let _gone = typist.is_answered("http DELETE :8088/orders/2", 204);
    typist.sees("http :8088/myInfos/2", "status", "PayCanceled").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_store_s_document_is_typed() {
    let typist = Typist::before("appliance").await;
    let order = "http POST :8088/orders customerId=1 customerName=\"Kang\" itemId=2 itemName=\"Air conditional\" qty=3 itemPrice=1500 deliveryAddress=\"Gangnam\" deliveryPhoneNumber=\"010-0123-4567\" orderStatus=\"orderStarted\"";
    assert_eq!(typist.is_answered(order, 201)["orderStatus"], "orderStarted");
    assert_eq!(typist.is_answered("http GET :8088/payments/1", 200)["orderStatus"], "orderStarted");
    let _paid = typist.is_answered("http PATCH :8088/payments/1 orderStatus=\"payApproved\"", 200);
    let _taken = typist.is_answered("http PATCH :8088/ordermgmts/1 orderStatus=\"orderTaken\"", 200);
    typist.sees("http GET :8088/messages/1", "orderStatus", "deliveryStarted").await;
    let _cancelled = typist.is_answered("http PATCH :8088/orders/1 orderStatus=\"orderCancel\"", 200);
    typist.sees("http GET :8088/messages/2", "orderStatus", "cancelOrderTaken").await;
    typist.sees("http GET :8088/orders/1", "orderStatus", "payCanceled").await;
    let pages = typist.is_answered("http :8088/myPages", 200);
    assert_eq!(pages["page"]["totalElements"], 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_pizza_house_s_document_is_typed() {
    let typist = Typist::before("pizza").await;
    let order = "http POST :8088/pizzaOrders customerId=10 state=\"PLACE\" menuOption=\"pepperoniPizza\" price=10000 paymentMethod=\"CreditCard\" address=\"ThewellI007Ho\"";
    assert_eq!(typist.is_answered(order, 201)["state"], "PLACE");
    assert_eq!(typist.is_answered("http GET :8088/paymentHistories/1", 200)["state"], "PLACE");
    typist.sees("http :8088/orderDeliveries/1", "state", "PizzaProductionReady").await;
    for line in [
        "http PATCH :8088/orderDeliveries/1 state=\"PizzaProductionStarted\"",
        "http PATCH :8088/orderDeliveries/1 state=\"DeliveryStarted\"",
        "http PATCH :8088/orderDeliveries/1 state=\"DeliveryCompleted\"",
    ] {
        let _moved = typist.is_answered(line, 200);
    }
    let _second = typist.is_answered(order, 201);
    assert_eq!(typist.is_answered("http PATCH :8088/pizzaOrders/2 state=\"CANCEL\"", 200)["state"], "CANCEL");
    typist.sees("http :8088/paymentHistories/2", "state", "CANCEL").await;
    let log = typist.is_answered("http :8088/notificationHistories", 200);
    assert_eq!(log["_embedded"]["notificationHistories"][0]["eventType"], "OrderPlaced");
}
