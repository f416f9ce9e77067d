//! Payment that becomes slower and slower, hangs and comes back, under a crowd: what the documents of
//! the market show, in small. `cargo xtask siege` shows it in full.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use journeys::{
    Answer, Basket, House, Operators, PATIENCE, Server, Shop, eventually, house_shop, run, shop_file,
};
use reqwest::Method;
use serde_json::json;
use tokio::task::JoinHandle;
use tokio::time::Instant;

const CROWD: usize = 24;
/// Between a customer's orders.
const PAUSE: Duration = Duration::from_millis(50);
/// Half of what the shop lets payment take: who is refused sooner was refused at the door. An order's time
/// begins with its batch's, which on a busy machine is a little older than the order.
const AT_ONCE: Duration = Duration::from_millis(150);
/// The shop's timeout, and what the answer may take beyond it; the rest is for a busy machine. Far less
/// than payment takes when it is at its slowest.
const BOUND: Duration = Duration::from_millis(300 + 200 + 2_500);
/// Of every phase.
const ANSWERS_MIN: usize = 60;
const REFUSED_AT_ONCE_MIN: usize = 20;

/// How payment does, and for how long.
#[derive(Debug, Clone, Copy)]
enum Phase {
    Slow(u64),
    Hung,
    Well,
}

impl Phase {
    const ALL: [Self; 6] =
        [Self::Slow(50), Self::Slow(300), Self::Slow(610), Self::Slow(5_000), Self::Hung, Self::Well];

    /// Whether no answer of payment comes in time.
    fn is_too_slow(self) -> bool {
        !matches!(self, Self::Slow(50) | Self::Well)
    }
}

/// One order that was asked for.
struct Asked {
    key: String,
    answer: Answer,
    took: Duration,
}

impl Asked {
    fn was_refused_at_once(&self) -> bool {
        self.answer.status == 503 && self.took < AT_ONCE
    }
}

/// Customers who order again and again until they are told to go home.
struct Crowd {
    asked: Arc<std::sync::Mutex<Vec<Asked>>>,
    is_over: Arc<AtomicBool>,
    customers: Vec<JoinHandle<()>>,
}

impl Crowd {
    fn at(shop: &Shop) -> Self {
        let mut crowd = Self { asked: Arc::default(), is_over: Arc::default(), customers: Vec::new() };
        for number in 0..CROWD {
            let (asked, is_over) = (crowd.asked.clone(), crowd.is_over.clone());
            let customer = shop.customer(&format!("c{number}"));
            crowd.customers.push(tokio::spawn(async move {
                let mut turn = 0;
                while !is_over.load(Ordering::Relaxed) {
                    turn += 1;
                    let key = format!("crowd-{number}-{turn}");
                    let began = Instant::now();
                    let answer = customer.asks_with_key(&key, &juice()).await;
                    let took = began.elapsed();
                    asked.lock().unwrap().push(Asked { key, answer, took });
                    tokio::time::sleep(PAUSE).await;
                }
            }));
        }
        crowd
    }

    /// How many were answered so far, and how many of them refused at once.
    fn counts(&self) -> (usize, usize) {
        let asked = self.asked.lock().unwrap();
        (asked.len(), asked.iter().filter(|asked| asked.was_refused_at_once()).count())
    }

    async fn goes_home(self) -> Vec<Asked> {
        self.is_over.store(true, Ordering::Relaxed);
        for customer in self.customers {
            customer.await.unwrap();
        }
        Arc::into_inner(self.asked).unwrap().into_inner().unwrap()
    }
}

fn juice() -> Basket {
    Basket::of("juice", 1)
}

async fn set(payment: &Operators, phase: Phase) {
    match phase {
        Phase::Slow(millis) => payment.payment_is_slow(millis).await,
        Phase::Hung => payment.payment_is("hung").await,
        Phase::Well => payment.payment_is("normal").await,
    }
}

async fn breaker_is(operators: &Operators, state: u8) {
    let line = format!("jumun_breaker_state{{role=\"ordering\",neighbour=\"payment/rush\"}} {state}");
    let metrics = async || operators.get("/metrics").await.text().contains(&line);
    eventually(&line, metrics, |is_there| *is_there).await;
}

const CLOSED: u8 = 0;
const OPEN: u8 = 2;

/// What has nothing to do with payment, answered in time.
async fn the_rest_goes_on(rush: &Shop, kiosk: &Shop) {
    let began = Instant::now();
    for path in ["/menu", "/orders?limit=5", "/tickets?limit=5"] {
        let _read = rush.get(path).await.is(200);
    }
    kiosk.customer("1").orders(Basket::of("latte", 1)).await;
    assert!(began.elapsed() < BOUND, "{:?}", began.elapsed());
}

/// The whole of it: `ordering` are the operators of the process that takes orders, `payment` those of the
/// one that holds payment.
async fn payment_comes_and_goes(rush: &Shop, kiosk: &Shop, ordering: &Operators, payment: &Operators) {
    kiosk.staff("lee").receives("cup", 50).await;
    let first = rush.customer("first").orders(juice()).await;
    let before = ids(rush, "/orders", "id").await;
    let crowd = Crowd::at(rush);
    for phase in Phase::ALL {
        set(payment, phase).await;
        let (answered, refused) = crowd.counts();
        if phase.is_too_slow() {
            breaker_is(ordering, OPEN).await;
        }
        the_rest_goes_on(rush, kiosk).await;
        let enough = |now: &(usize, usize)| {
            let refused_min = if phase.is_too_slow() { REFUSED_AT_ONCE_MIN } else { 0 };
            now.0 >= answered + ANSWERS_MIN && now.1 >= refused + refused_min
        };
        eventually(&format!("{phase:?}"), async || crowd.counts(), enough).await;
    }
    // It closes by itself, while the crowd goes on asking.
    breaker_is(ordering, CLOSED).await;
    let asked = crowd.goes_home().await;
    for Asked { answer, took, .. } in &asked {
        assert!(*took < BOUND, "{took:?} {answer:?}");
        if answer.status != 201 {
            assert_eq!(answer.status, 503, "{answer:?}");
            let seconds = answer.header("retry-after").and_then(|seconds| seconds.parse::<u32>().ok());
            assert!(seconds.is_some_and(|seconds| seconds >= 1), "{answer:?}");
            let kind = answer.clone().any_problem()["type"].clone();
            let kind = kind.as_str().unwrap().rsplit('/').next().unwrap();
            assert!(["payment-unavailable", "payment-outcome-unknown"].contains(&kind), "{answer:?}");
        }
    }
    what_was_refused_left_nothing(rush, &asked, first.number, before).await;
}

/// Orders that stand are those that were answered with 201, and each is paid once; refused at once, they
/// have not even used up a number, and their keys are as good as new.
async fn what_was_refused_left_nothing(
    rush: &Shop,
    asked: &[Asked],
    first_number: u64,
    before: BTreeSet<String>,
) {
    let taken: BTreeSet<String> = asked
        .iter()
        .filter(|asked| asked.answer.status == 201)
        .map(|asked| asked.answer.json()["id"].as_str().unwrap().to_owned())
        .collect();
    let refused: Vec<&Asked> = asked.iter().filter(|asked| asked.was_refused_at_once()).collect();
    let standing = before.union(&taken).cloned().collect();
    assert_eq!(ids(rush, "/orders", "id").await, standing);
    eventually(
        "exactly the orders that stand are paid",
        async || ids(rush, "/payments?state=approved", "order").await,
        |paid| *paid == standing,
    )
    .await;

    let last = rush.customer("late").orders(juice()).await;
    let numbers_used = last.number - first_number - 1;
    let (stand, waited_at_most) = (taken.len() as u64, (asked.len() - refused.len()) as u64);
    assert!(
        (stand..=waited_at_most).contains(&numbers_used),
        "{numbers_used} numbers used, {stand} stand, {waited_at_most} waited; refused at once within {:?}",
        refused.iter().map(|asked| asked.took).max()
    );

    for again in refused.iter().take(3) {
        let customer = customer_of(&again.key);
        let taken_now = rush.customer(&customer).asks_with_key(&again.key, &juice()).await.is(201).json();
        assert!(!taken.contains(taken_now["id"].as_str().unwrap()));
    }
    for again in asked.iter().filter(|asked| asked.answer.status == 201).take(3) {
        let customer = customer_of(&again.key);
        let answer = rush.customer(&customer).asks_with_key(&again.key, &juice()).await.is(201);
        assert_eq!(answer.json()["id"], again.answer.json()["id"]);
    }
}

fn customer_of(key: &str) -> String {
    format!("c{}", key.split('-').nth(1).unwrap())
}

/// A field of everything in a list.
async fn ids(shop: &Shop, list: &str, field: &str) -> BTreeSet<String> {
    let (mut ids, mut cursor) = (BTreeSet::new(), String::new());
    let sign = if list.contains('?') { '&' } else { '?' };
    loop {
        let page = shop.get(&format!("{list}{sign}limit=200{cursor}")).await.is(200);
        for item in page.items() {
            assert!(ids.insert(item[field].as_str().unwrap().to_owned()), "twice in {list}: {item}");
        }
        match page.json()["next"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => return ids,
        }
    }
}

async fn the_books_agree(data: &std::path::Path) {
    for command in ["reconcile", "verify"] {
        let words = [command.to_owned(), "--data".to_owned(), data.display().to_string()];
        let ended = tokio::task::spawn_blocking(move || run(words));
        let ended = ended.await.unwrap();
        assert!(ended.status.success(), "{command}: {ended:?}");
    }
}

#[tokio::test]
async fn payment_that_becomes_slower_and_hangs_is_fenced_off_and_comes_back() {
    let mut house = House::open(&[&shop_file("rush"), "kiosk"]).await;
    let (rush, kiosk, operators) = (house.shop("rush"), house.shop("kiosk"), house.operators());
    payment_comes_and_goes(&rush, &kiosk, &operators, &operators).await;
    assert!(house.stop().await.success());
    the_books_agree(&house.data()).await;
}

#[tokio::test]
async fn the_same_where_payment_is_a_process_of_its_own() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let rush_file = shop_file("rush");
    let roles = "gateway,catalog,ordering,inventory,kitchen,delivery,notification,tracking";
    let door = Server::start(&data, &[&rush_file, "kiosk", "--roles", roles]).await;
    let payment = Server::start(&data, &[&rush_file, "kiosk", "--roles", "payment"]).await;
    let (rush, kiosk) = (Shop::through(&door.public, "rush"), Shop::through(&door.public, "kiosk"));
    // Until the processes have found each other.
    eventually(
        "a first order",
        async || rush.customer("first").asks_with_key("first", &juice()).await,
        |answer| answer.status == 201,
    )
    .await;
    let (of_door, of_payment) = (Operators::at(&door.operators), Operators::at(&payment.operators));
    payment_comes_and_goes(&rush, &kiosk, &of_door, &of_payment).await;
    for server in [door, payment] {
        assert!(server.stop().await.success());
    }
    the_books_agree(&data).await;
}

#[tokio::test]
async fn a_shop_that_defers_takes_every_order_while_payment_hangs_and_all_of_them_flow_again() {
    let house = House::open(&[&shop_file("diner"), &house_shop("appliance")]).await;
    let (diner, appliance, operators) = (house.shop("diner"), house.shop("appliance"), house.operators());
    operators.payment_is("hung").await;
    // More than it takes to open the breaker (twenty, half of them failed).
    let orders = (0..30)
        .map(async |number| diner.customer(&format!("c{number}")).orders(Basket::of("kimbap", 1)).await);
    let orders = futures::future::join_all(orders).await;
    let late = diner.customer("late").orders(Basket::of("kimbap", 1)).await;
    assert_eq!(late.view["state"], "placed");
    let air_conditioner =
        Basket::of("2", 1).saying("address", json!("Gangnam")).saying("phone", json!("010-0123-4567"));
    let by_hand = appliance.customer("1").orders(air_conditioner).await;
    assert_eq!(by_hand.view["state"], "placed");

    operators.payment_is("normal").await;
    for order in orders.iter().chain([&late]) {
        diner.shows(order, "confirmed").await;
    }
    appliance.payment_is(&by_hand, "waiting-for-approval").await;
    let approve = format!("/orders/{}/payment/approve", by_hand.id);
    let approved = appliance.customer("1").request(Method::POST, &approve).json(&json!({}));
    let _approved = Answer::to(approved).await.is(202);
    appliance.shows(&by_hand, "confirmed").await;
    let paid = ids(&diner, "/payments?state=approved", "order").await;
    assert_eq!(paid.len(), orders.len() + 1);
}

#[tokio::test]
async fn a_client_that_cannot_wait_as_long_as_the_shop_is_told_so_and_its_order_goes_on() {
    let house = House::open_with(&["cafe"], &["--orders-timeout-millis", "150"]).await;
    let (cafe, operators) = (house.shop("cafe"), house.operators());
    operators.payment_is_slow(500).await;
    let first = cafe.customer("mina").asks_with_key("k", &Basket::of("1", 1)).await;
    assert_eq!(first.header("retry-after"), Some("1"));
    first.problem(503, "took-too-long");
    let taken = eventually(
        "the order of the same key",
        async || cafe.customer("mina").asks_with_key("k", &Basket::of("1", 1)).await,
        |answer| answer.status != 503 && answer.status != 409,
    );
    let id = taken.await.is(201).json()["id"].clone();
    let orders = cafe.get("/orders").await.items();
    assert_eq!((orders.len(), &orders[0]["id"]), (1, &id));
}

#[tokio::test]
async fn a_stream_goes_on_beyond_the_time_that_reads_have() {
    let house = House::open_with(&["kiosk"], &["--reads-timeout-millis", "1000"]).await;
    let kiosk = house.shop("kiosk");
    kiosk.staff("lee").receives("cup", 1).await;
    let mut stream = kiosk.stream("/stream", None).await;
    let began = Instant::now();
    eventually(
        "the time that reads have",
        async || began.elapsed(),
        |took| *took > 2 * Duration::from_secs(1),
    )
    .await;
    let order = kiosk.customer("1").orders(Basket::of("latte", 1)).await;
    tokio::time::timeout(PATIENCE, stream.until(&order.id, "completed")).await.unwrap();
}
