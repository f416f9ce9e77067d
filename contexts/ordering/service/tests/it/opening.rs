//! Orders for a time at which their shop takes none: refused before anything is kept.

use catalog_contract::{
    CatalogEvent, OpeningHours, OpeningState, Pause, PauseKind, ShopLife, ShopPausedV1, ShopReopenedV1,
    TimeRange, Weekday,
};
use kernel::Timestamp;
use ordering_service::{NotOpen, OrderingRefusal};

use crate::house::*;
use crate::shop::Shop;

const HOUR_MILLIS: i64 = 3_600_000;

/// The tests begin on a Friday at 17:00 in Seoul.
fn open_on_fridays(ranges: &str) -> ShopLife {
    let week = [(Weekday::Friday, vec![TimeRange::parse(ranges).unwrap()])].into();
    ShopLife { hours: Some(OpeningHours { week, ..OpeningHours::default() }), ..cafe() }
}

fn house_of(life: &ShopLife) -> House {
    let mut house = House::open();
    house.define("changed", life);
    house.hear();
    house
}

fn paused(kind: PauseKind, until: Option<Timestamp>) -> House {
    let mut house = House::open();
    let pause = Pause { kind, until };
    house.catalog_says(CAFE, &CatalogEvent::ShopPaused(ShopPausedV1 { shop: CAFE.into(), pause }));
    house.hear();
    house
}

fn not_open(house: &mut House) -> NotOpen {
    match house.place_with(order(1), CAFE, americanos(1), Some(key(1, 1))) {
        Err(OrderingRefusal::NotOpen(not_open)) => *not_open,
        other => panic!("{other:?}"),
    }
}

fn seconds_from_start(at: Option<Timestamp>) -> Option<i64> {
    at.map(|at| at.millis_since(START) / 1_000)
}

#[test]
fn an_order_outside_the_hours_is_refused_and_nothing_is_kept() {
    let mut house = house_of(&open_on_fridays("09:00-17:00"));

    let refused = not_open(&mut house);

    assert_eq!(refused.opening.state, OpeningState::Closed);
    assert_eq!(seconds_from_start(refused.opening.until), Some((7 * 24 - 8) * 3_600));
    assert!(house.row(order(1)).is_none() && house.remembered(&key(1, 1)).is_none());
}

#[test]
fn an_order_in_the_hours_is_taken_and_its_key_answers_after_they_are_over() {
    let mut house = house_of(&open_on_fridays("09:00-18:00"));
    house.place_with(order(1), CAFE, americanos(1), Some(key(1, 1))).unwrap();
    house.payment_says(order(1), approved());
    house.hear();

    house.wait(2 * HOUR_MILLIS);

    assert!(house.place_with(order(2), CAFE, americanos(1), Some(key(1, 1))).is_ok());
    assert!(house.place(order(3), CAFE, americanos(1)).is_err());
}

#[test]
fn a_busy_shop_refuses_until_its_time_or_until_it_is_opened_again() {
    let until = START.plus_millis(HOUR_MILLIS);
    let mut house = paused(PauseKind::Busy, Some(until));
    let refused = not_open(&mut house);
    assert_eq!((refused.opening.state, refused.opening.until), (OpeningState::Busy, Some(until)));
    house.wait(HOUR_MILLIS);
    assert!(house.place(order(2), CAFE, americanos(1)).is_ok(), "its time is over");

    let mut house = paused(PauseKind::Closed, None);
    assert_eq!(not_open(&mut house).opening.until, None);
    let reopened = ShopReopenedV1 { shop: CAFE.into(), by_itself: false };
    house.catalog_says(CAFE, &CatalogEvent::ShopReopened(reopened));
    house.hear();
    assert!(house.place(order(2), CAFE, americanos(1)).is_ok(), "it was opened again");
}

#[test]
fn a_pause_is_known_after_a_restart_and_holds_up_no_other_shop() {
    let mut house = paused(PauseKind::Closed, None);
    house.restart();
    not_open(&mut house);
    assert!(house.place(order(2), KIOSK, americanos(1)).is_ok());
}

#[tokio::test]
async fn a_busy_shop_says_until_when_and_when_to_come_back() {
    let until = START.plus_millis(HOUR_MILLIS);
    let shop = Shop::of(paused(PauseKind::Busy, Some(until)));

    let answer = shop.order(CAFE, "one").await;

    assert_eq!(answer.problem(), (409, "shop-busy".to_owned()));
    assert_eq!(answer.text("detail"), "the shop is busy until 2027-01-15 18:00 (Asia/Seoul)");
    assert_eq!(answer.text("until"), until.to_string());
    let seconds: i64 = answer.header("retry-after").unwrap().parse().unwrap();
    assert!((3_590..=3_600).contains(&seconds), "{seconds}");
}

#[tokio::test]
async fn a_shop_that_is_closed_by_hand_does_not_say_until_when() {
    let shop = Shop::of(paused(PauseKind::Closed, None));

    let answer = shop.order(CAFE, "one").await;

    assert_eq!(answer.problem(), (409, "shop-closed".to_owned()));
    assert_eq!(answer.text("detail"), "the shop is closed until further notice");
    assert_eq!(answer.header("retry-after"), None);
    assert_eq!(shop.get("/v1/shops/cafe/orders").await.body()["items"], serde_json::json!([]));
}
