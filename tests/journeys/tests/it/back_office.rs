//! What those who run a shop look at: the board, why an order waits, days, tables, closings, receipts.

use journeys::{Answer, Basket, House, Order, Shop, Staff, house_shop, run};
use reqwest::Method;
use serde_json::{Value, json};

/// Through the kitchen to the customer.
async fn is_made(cafe: &Shop, order: &Order) {
    let kim = cafe.staff("kim");
    cafe.ticket_is(order, "open").await;
    for step in ["accept", "start", "complete", "hand-over"] {
        let _moved = kim.posts(&format!("/tickets/{}/{step}", order.id), json!({})).await.is(200);
    }
    cafe.tells(order, "completed").await;
}

/// The column of the board in which an order stands.
async fn column_of(kim: &Staff, order: &Order) -> Option<String> {
    let board = kim.reads("/board").await.is(200).json();
    let columns = board["columns"].as_array().unwrap().clone();
    let stands = |column: &&Value| {
        column["orders"].as_array().unwrap().iter().any(|card| card["order"] == order.id.as_str())
    };
    columns.iter().find(stands).map(|column| column["column"].as_str().unwrap().to_owned())
}

#[tokio::test]
async fn an_order_moves_over_the_board_and_whoever_knows_it_is_told_nothing_new() {
    let house = House::open(&["cafe"]).await;
    let cafe = house.shop("cafe");
    let kim = cafe.staff("kim");
    let mut stream = cafe.stream("/stream", None).await;
    let first = cafe.customer("mina").orders(Basket::of("1", 1)).await;
    let second = cafe.customer("juno").orders(Basket::of("2", 2)).await;
    cafe.tells(&first, "confirmed").await;
    cafe.tells(&second, "confirmed").await;

    let read = kim.reads("/board").await.is(200);
    let (board, tag) = (read.json(), read.header("etag").unwrap().to_owned());
    let words: Vec<_> = board["columns"].as_array().unwrap().iter().map(|column| &column["column"]).collect();
    assert_eq!(words, ["new", "accepted", "making", "ready"], "a cafe brings nothing");
    let new = &board["columns"][0];
    assert_eq!((&new["count"], &new["name"]), (&json!(2), &json!({ "ko": "신규", "en": "New" })));
    let card = &new["orders"][0];
    assert_eq!(
        (&card["number"], &card["exceeded"]),
        (&json!(1), &json!(false)),
        "the oldest first: {card:#}"
    );
    assert_eq!(card["bound_millis"], 5 * 60_000);
    assert!(card["in_stage_millis"].as_i64().unwrap() >= 0 && card["since"].as_i64().unwrap() > 0);
    let known = |tag: String| kim.request(Method::GET, "/board").header("If-None-Match", tag);
    assert_eq!(Answer::to(known(tag.clone())).await.status, 304);

    let _changes = stream.until(&second.id, "confirmed").await;
    cafe.ticket_is(&first, "open").await;
    let _accepted = kim.accepts(&first).await.is(200);
    let _changes = stream.until(&first.id, "accepted").await;
    assert_eq!(Answer::to(known(tag)).await.is(200).json()["columns"][0]["count"], 1);
    assert_eq!(column_of(&kim, &first).await.as_deref(), Some("accepted"));
    is_made(&cafe, &second).await;
    assert_eq!(column_of(&kim, &second).await, None);

    let customer = cafe.customer("mina").reads("/board").await;
    customer.problem(403, "forbidden");
    cafe.get("/board").await.problem(403, "forbidden");
    let nowhere = house.shop("nowhere").staff("kim").reads("/board").await;
    nowhere.problem(404, "shop-unknown");
}

#[tokio::test]
async fn the_board_of_a_shop_that_delivers_says_where_to() {
    let house = House::open(&[&house_shop("pizza")]).await;
    let pizza = house.shop("pizza");
    let basket = Basket::of("pepperoniPizza", 1)
        .saying("address", json!("12 Long Street"))
        .saying("phone", json!("010"));
    let order = pizza.customer("mina").orders(basket).await;
    pizza.tells(&order, "accepted").await;

    let board = pizza.staff("kim").reads("/board").await.is(200).json();

    let words: Vec<_> = board["columns"].as_array().unwrap().iter().map(|column| &column["column"]).collect();
    assert_eq!(words, ["accepted", "ready", "on-the-way"]);
    assert_eq!(board["columns"][0]["orders"][0]["address"], "12 Long Street");
}

#[tokio::test]
async fn why_an_order_waits_and_why_it_ended_is_answered() {
    let house = House::open(&["cafe"]).await;
    let cafe = house.shop("cafe");
    let mina = cafe.customer("mina");
    let order = mina.orders(Basket::of("1", 1)).await;
    cafe.tells(&order, "confirmed").await;
    let path = format!("/orders/{}/why", order.number);

    let why = mina.reads(&path).await.is(200).json();
    assert_eq!((&why["waits"]["what"], &why["waits"]["from"]), (&json!("acceptance"), &json!("staff")));
    assert_eq!(
        why["waits"]["commands"][0]["path"],
        format!("/v1/shops/cafe/tickets/{}/accept", order.number)
    );
    assert!(why["text"]["ko"].as_str().unwrap().starts_with("매장의 수락을 기다리고 있습니다"), "{why:#}");
    cafe.customer("juno").reads(&path).await.problem(404, "not-found");

    // What the answer names moves it.
    cafe.ticket_is(&order, "open").await;
    let named = why["waits"]["commands"][0]["path"].as_str().unwrap().strip_prefix("/v1/shops/cafe").unwrap();
    let _moved = cafe.staff("kim").posts(named, json!({})).await.is(200);
    cafe.becomes(&path, "state", "accepted").await;
    let _cancelled = mina.cancels(&order).await.is(200);
    cafe.tells(&order, "refunded").await;
    let why = mina.reads(&path).await.is(200).json();
    assert_eq!(
        (&why["ended"]["reason"], &why["ended"]["by"]),
        (&json!("by-customer"), &json!("customer:mina"))
    );
    assert!(why["waits"].is_null(), "{why:#}");

    let declined = mina.asks_for(&Basket::of("1", 1).paid_with("tok_decline")).await;
    declined.problem(402, "payment-declined");
    let kim = cafe.staff("kim");
    let refused = format!("/orders/{}/why", order.number + 1);
    let look = async || serde_json::from_slice::<Value>(&kim.reads(&refused).await.bytes).unwrap_or_default();
    let seen = |why: &Value| why["ended"]["reason"] == "payment-declined";
    journeys::eventually("tracking hears of it", look, seen).await;
    mina.reads(&refused).await.problem(404, "not-found");
}

#[tokio::test]
async fn a_customer_finds_their_own_orders_and_payments_with_every_step_and_its_time() {
    let house = House::open(&["cafe"]).await;
    let cafe = house.shop("cafe");
    let mina = cafe.customer("mina");
    let order = mina.orders(Basket::of("1", 1)).await;
    let _others = cafe.customer("juno").orders(Basket::of("2", 1)).await;
    is_made(&cafe, &order).await;

    let mine = mina.reads("/stories").await.is(200).items();
    assert_eq!(mine.len(), 1);
    let states: Vec<_> =
        mine[0]["milestones"].as_array().unwrap().iter().map(|step| &step["state"]).collect();
    assert_eq!(states, ["paid", "confirmed", "accepted", "started", "prepared", "completed"]);
    let times: Vec<_> =
        mine[0]["milestones"].as_array().unwrap().iter().map(|step| step["at"].as_i64().unwrap()).collect();
    assert!(times.is_sorted() && times[0] > 0, "{times:?}");
    assert_eq!(mine[0]["captured"]["amount"]["amount"], order.view["total"]["amount"]);
    let story = mina.reads(&format!("/orders/{}/story", order.id)).await.is(200).json();
    assert!(story["timeline"].as_array().unwrap().len() > 10);
    for path in ["story", "why", "receipt", "payment"] {
        let path = format!("/orders/{}/{path}", order.id);
        let _mine = mina.reads(&path).await.is(200);
        cafe.customer("juno").reads(&path).await.problem(404, "not-found");
    }
}

/// The shop's day on which an order was placed, by its own clock.
fn day_of(order: &Order) -> String {
    let placed = jiff::Timestamp::from_millisecond(order.view["placed_at"].as_i64().unwrap()).unwrap();
    placed.to_zoned(jiff::tz::TimeZone::get("Asia/Seoul").unwrap()).date().to_string()
}

#[tokio::test]
async fn a_day_adds_up_is_exported_and_equals_the_ledger() {
    let house = House::open(&["cafe"]).await;
    let cafe = house.shop("cafe");
    let (mina, kim) = (cafe.customer("mina"), cafe.staff("kim"));
    let made = mina.orders(Basket::of("1", 2)).await;
    let day = day_of(&made);
    is_made(&cafe, &made).await;
    let cancelled = mina.orders(Basket::of("1", 1)).await;
    let _cancelled = mina.cancels(&cancelled).await.is(200);
    cafe.tells(&cancelled, "refunded").await;
    mina.asks_for(&Basket::of("1", 1).paid_with("tok_decline")).await.problem(402, "payment-declined");
    let path = format!("/days/{day}");
    let look = async || kim.reads(&path).await.is(200).json();
    let seen = |day: &Value| day["orders"]["refused"]["payment-declined"] == 1;
    let told = journeys::eventually("the day has heard of all", look, seen).await;

    assert_eq!((&told["orders"]["placed"], &told["orders"]["completed"]), (&json!(3), &json!(1)), "{told:#}");
    assert_eq!(told["orders"]["cancelled"], json!({ "by-customer": 1 }));
    let takings = &told["takings"][0];
    let amounts = ["gross", "refunds", "net"].map(|name| takings[name]["amount"].as_i64().unwrap());
    assert_eq!((takings["with"].as_str(), amounts), (Some("card"), [13_500, 4_500, 9_000]));
    assert_eq!((&told["items"][0]["item"], &told["items"][0]["quantity"]), (&json!("1"), &json!(2)));
    assert_eq!(told["times"]["accept"]["count"], 1);

    assert_eq!(kim.reads("/days").await.is(200).items(), [told]);
    let table = kim.reads(&format!("/days.csv?from={day}&until={day}")).await.is(200);
    assert_eq!(table.header("content-type"), Some("text/csv; charset=utf-8; header=present"));
    let lines: Vec<_> = table.text().split("\r\n").map(str::to_owned).collect();
    assert!(lines[0].starts_with("shop,day,placed,"), "{lines:?}");
    assert_eq!(lines[1], format!("cafe,{day},3,1,1,1,card,KRW,13500,4500,9000,2,1,,,"));
    let orders = kim.reads(&format!("/days/{day}/orders.csv")).await.is(200).text();
    let lines: Vec<_> = orders.split("\r\n").collect();
    assert_eq!(lines.len(), 4, "names, two orders, the end: {orders}");
    assert!(lines[1].starts_with("1,1,") && lines[1].contains(",completed,,mina,2 x "), "{orders}");
    assert!(lines[2].contains(",refunded,by-customer,mina,") && lines[2].contains(",4500,0,"), "{orders}");

    for path in ["/days", &path, &format!("/days.csv?from={day}&until={day}"), &format!("{path}/orders.csv")]
    {
        mina.reads(path).await.problem(403, "forbidden");
    }
    for (query, field) in [
        ("from=2026-01-01&until=2025-12-31", "until"),
        ("from=2026-01-01&until=2027-01-02", "until"),
        ("from=1&until=2026-01-02", "from"),
    ] {
        let refused = kim.reads(&format!("/days.csv?{query}")).await.is(400).any_problem();
        assert_eq!(refused["errors"][0]["field"], field, "{query}");
    }
    kim.reads("/days/2026-02-30").await.problem(400, "invalid-field");
    let verified = run(["verify", "--data", &house.data().display().to_string()]);
    assert!(verified.status.success(), "{verified:?}");
    let said = String::from_utf8_lossy(&verified.stdout).into_owned();
    assert!(said.contains("ok   I33") && said.contains("ok   I34"), "{said}");
}

#[tokio::test]
async fn a_day_is_closed_once_with_a_number_and_the_day_says_so() {
    let house = House::open(&["cafe"]).await;
    let cafe = house.shop("cafe");
    let kim = cafe.staff("kim");
    let order = cafe.customer("mina").orders(Basket::of("1", 1)).await;
    cafe.tells(&order, "confirmed").await;

    kim.posts("/closings", json!({ "day": day_of(&order) })).await.problem(409, "command-forbidden-by-state");
    let closed = kim.posts("/closings", json!({ "day": "2026-01-02" })).await.is(201).json();
    assert_eq!((&closed["number"], &closed["takings"]), (&json!(1), &json!([])));
    kim.posts("/closings", json!({ "day": "2026-01-02" })).await.problem(409, "command-forbidden-by-state");
    assert_eq!(kim.posts("/closings", json!({ "day": "2026-01-03" })).await.is(201).json()["number"], 2);

    let look = async || kim.reads("/days/2026-01-02").await.is(200).json();
    let day = journeys::eventually("tracking shows it", look, |day| !day["closing"].is_null()).await;
    assert_eq!((&day["closing"]["number"], &day["closing"]["closed_by"]), (&json!(1), &json!("staff:kim")));
    assert_eq!(kim.reads("/closings").await.is(200).items().len(), 2);
    let request =
        cafe.customer("mina").request(Method::POST, "/closings").json(&json!({ "day": "2026-01-04" }));
    Answer::to(request).await.problem(403, "forbidden");
    let verified = run(["verify", "--data", &house.data().display().to_string()]);
    assert!(verified.status.success(), "{verified:?}");
}

#[tokio::test]
async fn a_receipt_says_the_tax_that_prices_include_and_what_went_back() {
    let house = House::open(&["cafe"]).await;
    let cafe = house.shop("cafe");
    let (mina, kim) = (cafe.customer("mina"), cafe.staff("kim"));
    let order = mina.orders(Basket::of("1", 2)).await;
    cafe.tells(&order, "confirmed").await;
    let path = format!("/orders/{}/receipt", order.id);

    let receipt = mina.reads(&path).await.is(200).json();
    assert_eq!((&receipt["total"]["amount"], &receipt["number"]), (&json!(9_000), &json!(order.number)));
    let vat = (&receipt["vat"]["supply"]["amount"], &receipt["vat"]["vat"]["amount"]);
    assert_eq!(vat, (&json!(8_182), &json!(818)));
    assert_eq!(receipt["payment"]["with"], "card");
    assert!(receipt["receipt"].as_str().unwrap().starts_with("cafe-20"), "{receipt:#}");

    let wish = json!({ "amount": { "amount": 2_000, "currency": "KRW" }, "reason": "cold" });
    let _given = kim.posts(&format!("/orders/{}/payment/refunds", order.id), wish).await.is(202);
    let look = async || mina.reads(&path).await.is(200).json();
    let receipt =
        journeys::eventually("the refund is on it", look, |seen| seen["net"]["amount"] == 7_000).await;
    assert_eq!(
        (&receipt["refunds"][0]["amount"]["amount"], &receipt["total"]["amount"]),
        (&json!(2_000), &json!(9_000))
    );
    for (language, words) in [
        ("ko", ["사업자등록번호: 120-81-00001", "공급가액", "환불"]),
        ("en-GB", ["Business registration number: 120-81-00001", "Supply amount", "Refund"]),
    ] {
        let request = mina
            .request(Method::GET, &path)
            .header("Accept", "text/plain")
            .header("Accept-Language", language);
        let text = Answer::to(request).await.is(200);
        assert_eq!(text.header("content-type"), Some("text/plain; charset=utf-8"));
        for word in words {
            assert!(text.text().contains(word), "{word}: {}", text.text());
        }
    }
    cafe.customer("juno").reads(&path).await.problem(404, "not-found");
}

#[tokio::test]
async fn what_was_not_paid_has_no_receipt() {
    let house = House::open(&[&house_shop("appliance")]).await;
    let shop = house.shop("appliance");
    let basket =
        Basket::of("2", 1).saying("address", json!("Gangnam")).saying("phone", json!("010-0123-4567"));
    let order = shop.customer("mina").orders(basket).await;
    shop.payment_is(&order, "waiting-for-approval").await;
    shop.tells(&order, "placed").await;
    let refused = shop.customer("mina").reads(&format!("/orders/{}/receipt", order.id)).await;
    refused.problem(404, "not-found");
    let path = format!("/orders/{}/why", order.id);
    let look = async || shop.customer("mina").reads(&path).await.is(200).json();
    let seen = |why: &Value| why["waits"]["what"] == "approval";
    let why = journeys::eventually("it waits for the customer", look, seen).await;
    assert_eq!(why["waits"]["from"], "customer");
    assert!(why["waits"]["by_itself"]["at"].as_i64().unwrap() > why["at"].as_i64().unwrap(), "{why:#}");
}
