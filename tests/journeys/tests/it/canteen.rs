//! The school canteen of the documents: what is eaten tomorrow is ordered, and paid, today.

use journeys::{Answer, Basket, House, Shop, eventually, example_shop, run};
use kernel::Timestamp;
use reqwest::Method;
use serde_json::{Value, json};

use crate::later::in_seconds;

const DAY_SECONDS: i64 = 86_400;

fn lunch(quantity: u32, at: Timestamp) -> Basket {
    Basket::of("lunch", quantity).saying("wanted_at", json!(at.to_string()))
}

async fn quote(canteen: &Shop, at: Timestamp) -> Answer {
    let wish = lunch(1, at).to_json();
    Answer::to(canteen.customer("mina").request(Method::POST, "/quotes").json(&wish)).await
}

/// Noon in Seoul, so many days from now.
fn noon_in(days: i64) -> Timestamp {
    let at = in_seconds(days * DAY_SECONDS).millis();
    let day = DAY_SECONDS * 1_000;
    // Noon in Seoul is three in the morning of UTC.
    Timestamp::from_millis((at + 9 * 3_600_000).div_euclid(day) * day + 3 * 3_600_000)
}

/// The next noon for which the canteen takes orders, once ordering has heard that there are meals.
async fn next_lunch(canteen: &Shop) -> (Timestamp, Value) {
    let asks_day_by_day = async || {
        for at in (0..8).map(noon_in) {
            let answer = quote(canteen, at).await;
            if answer.status == 200 {
                return Some((at, answer.json()));
            }
        }
        None
    };
    eventually("a day with lunch", asks_day_by_day, Option::is_some).await.unwrap()
}

/// The canteen of the file, with lunches at any hour, which are due when they are wanted.
async fn open_at_any_hour(folder: &tempfile::TempDir) -> House {
    let text = std::fs::read_to_string(example_shop("canteen")).unwrap();
    let (before, hours) = text.split_once("[hours]").unwrap();
    let (_, after) = hours.split_once("# By six").unwrap();
    let text = format!("{before}# By six{after}")
        .replace("order_by = \"18:00\"", "order_by = \"24:00\"\ndays_before = 0")
        .replace("or_after = \"4h\"", "or_after = \"2s\"");
    let file = folder.path().join("canteen.toml");
    std::fs::write(&file, text).unwrap();
    House::open(&[file.to_str().unwrap()]).await
}

fn all_is_well(house: &House) {
    let verified = run(["verify", "--data", house.data().to_str().unwrap()]);
    assert!(verified.status.success(), "{}", String::from_utf8_lossy(&verified.stdout));
}

#[tokio::test]
async fn tomorrows_lunches_are_counted_and_paid_and_given_back_until_the_cut_off() {
    let house = House::open(&[&example_shop("canteen")]).await;
    let canteen = house.shop("canteen");
    canteen.staff("kim").receives("meal", 3).await;
    let (at, quoted) = next_lunch(&canteen).await;
    let (mina, jisu) = (canteen.customer("mina"), canteen.customer("jisu"));

    let kept = mina.orders(lunch(1, at)).await;
    let dropped = mina.orders(lunch(2, at)).await;

    assert_eq!((&kept.view["state"], &kept.view["wanted_at"]), (&json!("scheduled"), &json!(at.millis())));
    assert!(quoted["due_at"].as_i64().unwrap() < at.millis(), "{quoted}");
    canteen.payment_is(&dropped, "approved").await;
    canteen.has_left("meal", 0).await;
    eventually(
        "no lunch for who comes late",
        async || jisu.asks_for(&lunch(1, at)).await,
        |answer| answer.status == 409,
    )
    .await;
    let _cancelled = mina.cancels(&dropped).await.is(200);
    canteen.shows(&dropped, "refunded").await;
    canteen.has_left("meal", 2).await;
    canteen.becomes("/menu/lunch", "out_of_stock", Value::Null).await;
    eventually("a lunch again", async || jisu.asks_for(&lunch(2, at)).await, |answer| answer.status == 201)
        .await;
    assert_eq!(canteen.get("/tickets").await.items().len(), 0, "the kitchen has nothing before the cut-off");
    let why = canteen.becomes(&format!("/orders/{}/why", kept.id), "state", "scheduled").await;
    assert_eq!(why["waits"]["by_itself"]["at"], quoted["due_at"], "{why}");
    canteen.tells(&dropped, "refunded").await;
    all_is_well(&house);
}

#[tokio::test]
async fn a_lunch_for_now_for_a_sunday_or_behind_the_cut_off_is_refused_and_says_what_is_taken() {
    let house = House::open(&[&example_shop("canteen")]).await;
    let canteen = house.shop("canteen");
    canteen.staff("kim").receives("meal", 9).await;
    let mina = canteen.customer("mina");
    let now = mina.asks_for(&Basket::of("lunch", 1)).await.problem(400, "invalid-field");
    assert_eq!(now["errors"][0]["expected"], "a time, RFC 3339: this shop takes orders for later only");

    let (first, _) = next_lunch(&canteen).await;
    // Whatever the weekday is: an evening is closed, and one of the seven days is a Sunday.
    let evening = first.plus_millis(8 * 3_600_000);
    mina.asks_for(&lunch(1, evening)).await.problem(409, "shop-closed");
    let closed = on_a_day_off(&canteen).await;
    assert!(closed["detail"].as_str().unwrap().contains("11:30 (Asia/Seoul)"), "{closed}");
    let soon = quote(&canteen, in_seconds(60)).await;
    assert!([400, 409].contains(&soon.status), "{soon:?}");
}

/// What is said of a day off.
async fn on_a_day_off(canteen: &Shop) -> Value {
    for days in 1..7 {
        let answer = quote(canteen, noon_in(days)).await;
        if answer.status == 409 {
            return answer.problem(409, "shop-closed");
        }
    }
    panic!("no day off in a week");
}

#[tokio::test]
async fn lunch_is_cooked_when_its_time_has_come_and_closed_for_who_does_not_come() {
    let folder = tempfile::tempdir().unwrap();
    let house = open_at_any_hour(&folder).await;
    let canteen = house.shop("canteen");
    let staff = canteen.staff("kim");
    staff.receives("meal", 10).await;
    next_lunch(&canteen).await;
    let mina = canteen.customer("mina");
    let at = in_seconds(3);
    let (fetched, left) = (mina.orders(lunch(1, at)).await, mina.orders(lunch(2, at)).await);

    for order in [&fetched, &left] {
        canteen.ticket_is(order, "accepted").await;
        // The food is bought by now.
        mina.cancels(order).await.problem(409, "too-late");
        let _begun = staff.starts(order).await.is(200);
        let _made = staff.completes(order).await.is(200);
    }
    let _fetched = staff.hands_over(&fetched).await.is(200);
    canteen.shows(&fetched, "completed").await;
    canteen.shows(&left, "completed").await;

    canteen.payment_is(&left, "approved").await;
    canteen.has_left("meal", 7).await;
    canteen.tells(&left, "completed").await;
    all_is_well(&house);
}
