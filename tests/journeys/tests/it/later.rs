//! Orders for later: paid at once, made when they are due; and orders for a table.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use journeys::{Basket, House, run, shop_file};
use kernel::Timestamp;

/// So long from now.
#[expect(clippy::disallowed_methods, reason = "the program that is walked through runs by the real time")]
pub(crate) fn in_seconds(seconds: i64) -> Timestamp {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    Timestamp::from_millis(i64::try_from(now.as_millis()).unwrap() + seconds * 1_000)
}

/// Soup for a table, so long from now.
fn soup_in(ahead: Duration) -> (Timestamp, Basket) {
    let at = in_seconds(i64::try_from(ahead.as_secs()).unwrap());
    (at, Basket::of("soup", 1).saying("wanted_at", at.to_string().into()).saying("table", "3".into()))
}

fn says(house: &House, command: &str) -> (bool, String) {
    let output = run([command, "--data", house.data().to_str().unwrap()]);
    (output.status.success(), String::from_utf8_lossy(&output.stdout).into_owned())
}

#[tokio::test]
async fn an_order_for_later_is_paid_at_once_and_goes_to_the_kitchen_when_it_is_due() {
    let mut house = House::open(&[&shop_file("bistro")]).await;
    let bistro = house.shop("bistro");
    let (wanted_at, soup) = soup_in(Duration::from_secs(6));

    let order = bistro.customer("mina").orders(soup).await;

    assert_eq!((&order.view["state"], &order.view["table"]), (&"scheduled".into(), &"3".into()));
    assert_eq!(order.view["wanted_at"], wanted_at.millis());
    bistro.payment_is(&order, "approved").await;
    assert_eq!(bistro.get("/tickets").await.items().len(), 0, "nobody has it before it is due");
    let story = bistro.tells(&order, "scheduled").await;
    assert_eq!((&story["wanted_at"], &story["table"]), (&wanted_at.millis().into(), &"3".into()));
    // Its time comes although the program was killed meanwhile.
    house.kill().await;
    house.start().await;

    let ticket = bistro.ticket_is(&order, "open").await;
    assert!(ticket["opened_at"].as_i64().unwrap() >= wanted_at.millis() - 1_000, "{ticket}");
    assert_eq!((&ticket["wanted_at"], &ticket["table"]), (&wanted_at.millis().into(), &"3".into()));
    let staff = bistro.staff("kim");
    let _taken_on = staff.accepts(&order).await.is(200);
    let _begun = staff.starts(&order).await.is(200);
    let _made = staff.completes(&order).await.is(200);
    let _brought = staff.hands_over(&order).await.is(200);
    bistro.tells(&order, "completed").await;
    let (sound, found) = says(&house, "verify");
    assert!(sound, "{found}");
}

#[tokio::test]
async fn before_it_is_due_it_is_cancelled_at_once_and_stands_still_for_nobody() {
    let house = House::open(&[&shop_file("bistro")]).await;
    let bistro = house.shop("bistro");
    let (kept, dropped) = (soup_in(Duration::from_secs(86_400)).1, soup_in(Duration::from_secs(86_400)).1);
    let customer = bistro.customer("mina");
    let (kept, dropped) = (customer.orders(kept).await, customer.orders(dropped).await);

    let cancelled = customer.cancels(&dropped).await.is(200).json();

    assert!(["cancelled", "refunded"].contains(&cancelled["state"].as_str().unwrap()), "{cancelled}");
    bistro.shows(&dropped, "refunded").await;
    // It has waited for longer than anybody may be waited for: its own time is no standing still.
    bistro.tells(&kept, "scheduled").await;
    tokio::time::sleep(Duration::from_millis(1_100)).await;
    assert_eq!(says(&house, "stuck"), (true, "no order stands still\n".to_owned()));
    let (sound, found) = says(&house, "verify");
    assert!(sound, "{found}");
}

#[tokio::test]
async fn a_time_that_the_shop_does_not_take_is_refused_with_its_field() {
    let house = House::open(&[&shop_file("bistro"), "kiosk"]).await;
    let bistro = house.shop("bistro").customer("mina");
    for ahead in [Duration::ZERO, Duration::from_secs(3 * 86_400)] {
        let problem = bistro.asks_for(&soup_in(ahead).1).await.problem(400, "invalid-field");
        assert_eq!(problem["errors"][0]["field"], "wanted_at", "{problem}");
    }
    let kiosk = house.shop("kiosk").customer("mina");
    let later =
        Basket::of("latte", 1).saying("wanted_at", soup_in(Duration::from_secs(3_600)).0.to_string().into());
    let problem = kiosk.asks_for(&later).await.problem(400, "invalid-field");
    assert_eq!(problem["errors"][0]["expected"], "nothing: this shop takes orders for now only");
    let table = Basket::of("latte", 1).saying("table", "3".into());
    let problem = kiosk.asks_for(&table).await.problem(400, "invalid-field");
    assert_eq!(problem["errors"][0]["field"], "table");
}
