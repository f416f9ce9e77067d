//! Orders for later, and orders for a table.

use catalog_contract::{LaterRule, OpeningHours, ShopLife, TableRule, TimeRange, Weekday};
use kernel::Timestamp;
use ordering_contract::{CancelReason, OrderEvent, OrderState};
use ordering_service::{NewOrder, OrderingRefusal};

use crate::house::*;
use crate::shop::Shop;

const MINUTE_MILLIS: i64 = 60_000;
const HOUR_MILLIS: i64 = 60 * MINUTE_MILLIS;

/// Takes orders from half an hour to seven days ahead, and makes them due 20 minutes before.
fn for_later(life: ShopLife) -> ShopLife {
    let later =
        LaterRule { days_ahead_max: 7, notice_millis: 30 * MINUTE_MILLIS, lead_millis: 20 * MINUTE_MILLIS };
    ShopLife { later: Some(later), ..life }
}

fn house_of(life: &ShopLife) -> House {
    let mut house = House::open();
    house.define("changed", life);
    house.hear();
    house
}

fn wanted(after_millis: i64) -> NewOrder {
    NewOrder { wanted_at: Some(START.plus_millis(after_millis).to_string()), ..americanos(2) }
}

fn wrong_field(house: &mut House, wish: NewOrder) -> (String, String) {
    match house.place(order(9), CAFE, wish) {
        Err(OrderingRefusal::Invalid(wrong)) => (wrong[0].field.clone(), wrong[0].expected.clone()),
        other => panic!("{other:?}"),
    }
}

/// Paid, and waiting for its time in two hours.
fn scheduled() -> House {
    let mut house = house_of(&for_later(cafe()));
    house.place_with(order(1), CAFE, wanted(2 * HOUR_MILLIS), Some(key(1, 1))).unwrap();
    house.payment_says(order(1), approved());
    house.hear();
    house
}

#[test]
fn an_order_for_later_is_paid_now_and_confirmed_when_it_is_due() {
    let mut house = scheduled();
    assert_eq!(house.facts(order(1)), ["placed", "paid", "scheduled"]);
    assert_eq!(house.shown(order(1)), (OrderState::Scheduled, false));
    assert_eq!(house.view(order(1)).wanted_at, Some(START.plus_millis(2 * HOUR_MILLIS)));
    assert_eq!(
        (house.answer(&key(1, 1)), house.timers(order(1))),
        (Some((201, 3)), vec!["come-due".to_owned()])
    );

    house.wait(99 * MINUTE_MILLIS);
    assert_eq!(house.shown(order(1)).0, OrderState::Scheduled, "not before its time");
    house.wait(MINUTE_MILLIS);

    assert_eq!(house.shown(order(1)).0, OrderState::Confirmed);
    assert_eq!(house.answer(&key(1, 1)), Some((201, 3)), "the answer stays");
    let confirmed = house.events(order(1)).into_iter().find_map(|event| match event {
        OrderEvent::Confirmed(confirmed) => confirmed.wanted_at,
        _ => None,
    });
    assert_eq!(confirmed, Some(START.plus_millis(2 * HOUR_MILLIS)));
    assert_eq!(house.timers(order(1)), Vec::<String>::new());
}

#[test]
fn an_order_for_later_is_promised_for_its_time_and_no_earlier() {
    let mut house = house_of(&for_later(courier()));
    let address = Some("1 Sample Street".to_owned());
    let now = NewOrder { address: address.clone(), ..americanos(1) };
    house.place(order(1), COURIER, now).unwrap();
    let later = NewOrder { address, ..wanted(5 * HOUR_MILLIS) };
    house.place(order(2), COURIER, later).unwrap();
    assert!(house.view(order(1)).promised_at.unwrap() < START.plus_millis(2 * HOUR_MILLIS));
    assert_eq!(house.view(order(2)).promised_at, Some(START.plus_millis(5 * HOUR_MILLIS)));
}

#[test]
fn its_time_comes_after_a_restart_too() {
    let mut house = scheduled();
    house.restart();
    house.hear();
    house.wait(100 * MINUTE_MILLIS);
    assert_eq!(house.shown(order(1)).0, OrderState::Confirmed);
}

#[test]
fn before_its_time_it_is_cancelled_at_once_and_nothing_is_left_to_come() {
    let mut house = scheduled();
    house.cancel("anonymous", order(1)).unwrap();
    let cancelled = house.events(order(1)).pop().unwrap();
    let OrderEvent::Cancelled(cancelled) = cancelled else { panic!("{cancelled:?}") };
    assert_eq!((cancelled.reason, cancelled.calls_money_back), (CancelReason::ByCustomer, true));
    assert_eq!(house.timers(order(1)), Vec::<String>::new());
    house.wait(2 * HOUR_MILLIS);
    assert_eq!(house.shown(order(1)).0, OrderState::Cancelled);
}

#[test]
fn stock_is_reserved_and_paid_for_when_it_is_placed() {
    let mut house = house_of(&for_later(bakery()));
    house.place(order(1), BAKERY, wanted(2 * HOUR_MILLIS)).unwrap();
    house.inventory_says(order(1), reserved());
    house.hear();
    assert_eq!(house.asked.len(), 1);
    house.payment_says(order(1), approved());
    house.hear();
    assert_eq!(house.facts(order(1)), ["placed", "reserved", "paid", "scheduled"]);
}

#[test]
fn a_time_that_is_no_time_too_soon_or_too_far_ahead_is_refused_with_its_field() {
    let mut house = house_of(&for_later(cafe()));
    let day = 24 * HOUR_MILLIS;
    for wish in [wanted(29 * MINUTE_MILLIS), wanted(7 * day + HOUR_MILLIS), wanted(-HOUR_MILLIS)] {
        let (field, expected) = wrong_field(&mut house, wish);
        assert_eq!(field, "wanted_at");
        assert!(expected.starts_with("a time from 2027-01-15T08:30:00"), "{expected}");
    }
    let tonight = NewOrder { wanted_at: Some("tonight".to_owned()), ..americanos(1) };
    assert_eq!(wrong_field(&mut house, tonight).0, "wanted_at");
    assert!(house.place(order(1), CAFE, wanted(7 * day)).is_ok());
}

#[test]
fn a_shop_that_takes_orders_for_now_only_says_so() {
    let (field, expected) = wrong_field(&mut House::open(), wanted(HOUR_MILLIS));
    assert_eq!(
        (field.as_str(), expected.as_str()),
        ("wanted_at", "nothing: this shop takes orders for now only")
    );
}

#[test]
fn a_shop_that_is_closed_now_takes_orders_for_when_it_is_open_and_no_others() {
    // It is five on a Friday in Seoul; the shop opens at eight.
    let week = [(Weekday::Friday, vec![TimeRange::parse("20:00-22:00").unwrap()])].into();
    let hours = Some(OpeningHours { week, ..OpeningHours::default() });
    let mut house = house_of(&ShopLife { hours, ..for_later(cafe()) });
    let refused = |refused| matches!(refused, Err(OrderingRefusal::NotOpen(_)));
    assert!(refused(house.place(order(1), CAFE, americanos(1))));
    assert!(refused(house.place(order(1), CAFE, wanted(2 * HOUR_MILLIS))));
    assert!(house.place(order(1), CAFE, wanted(3 * HOUR_MILLIS)).is_ok());
    assert!(house.place(order(2), CAFE, wanted(4 * HOUR_MILLIS)).is_ok());
    // Nobody is there to make it before the shop opens.
    let due = |house: &mut House, id| match house.events(id).remove(0) {
        OrderEvent::Placed(placed) => placed.later.unwrap().due_at.millis_since(START) / MINUTE_MILLIS,
        other => panic!("{other:?}"),
    };
    assert_eq!((due(&mut house, order(1)), due(&mut house, order(2))), (180, 220));
}

#[test]
fn the_call_number_is_of_the_day_on_which_it_is_wanted() {
    let mut house = house_of(&for_later(cafe()));
    let day = 24 * HOUR_MILLIS;
    for (id, wish) in [(1, americanos(1)), (2, wanted(day)), (3, americanos(1)), (4, wanted(day))] {
        house.place(order(id), CAFE, wish).unwrap();
    }
    let numbers: Vec<u32> = (1..=4).map(|id| house.view(order(id)).call_number).collect();
    assert_eq!(numbers, [1, 1, 2, 2]);
}

#[tokio::test]
async fn an_order_for_later_is_answered_as_scheduled_and_a_closed_time_names_its_field() {
    let week = [(Weekday::Friday, vec![TimeRange::parse("20:00-22:00").unwrap()])].into();
    let hours = Some(OpeningHours { week, ..OpeningHours::default() });
    let shop = Shop::of(house_of(&ShopLife { hours, ..for_later(cafe()) }));
    let body = |at: &str| format!(r#"{{"lines":[{{"item":"americano","quantity":1}}],"wanted_at":"{at}"}}"#);

    let taken = shop.order_as("anonymous", CAFE, "one", &body("2027-01-15T20:30:00+09:00")).await;
    let refused = shop.order_as("anonymous", CAFE, "two", &body("2027-01-15T22:30:00+09:00")).await;

    assert_eq!((taken.status, taken.text("state").as_str()), (201, "scheduled"));
    assert_eq!(taken.body()["wanted_at"], Timestamp::parse("2027-01-15T11:30:00Z").unwrap().millis());
    assert_eq!(
        (refused.problem(), refused.field()),
        ((409, "shop-closed".to_owned()), "wanted_at".to_owned())
    );
    let detail =
        "the shop is closed at 2027-01-15 22:30 (Asia/Seoul) and until 2027-01-22 20:00 (Asia/Seoul)";
    assert_eq!(refused.text("detail"), detail);
}

#[test]
fn an_order_for_a_table_shows_it_and_only_where_the_shop_serves_tables() {
    let at_table = |table: &str| NewOrder { table: Some(table.to_owned()), ..americanos(1) };
    let serving = |table| ShopLife { table: Some(table), ..cafe() };
    let mut house = house_of(&serving(TableRule::Optional));
    house.place(order(1), CAFE, at_table("테라스 3")).unwrap();
    assert_eq!(house.view(order(1)).table.as_deref(), Some("테라스 3"));
    assert!(house.place(order(2), CAFE, americanos(1)).is_ok());
    for table in ["", " ", "3\n4", "\u{7}", &"9".repeat(21)] {
        assert_eq!(wrong_field(&mut house, at_table(table)).0, "table", "{table:?}");
    }
    let mut house = house_of(&serving(TableRule::Required));
    assert_eq!(wrong_field(&mut house, americanos(1)).0, "table");
    assert_eq!(wrong_field(&mut House::open(), at_table("3")).0, "table");
}
