//! Orders for later, and orders for a table.

use catalog_contract::{
    CatalogEvent, CutOff, DayTime, LaterRule, OpeningHours, Pause, PauseKind, PromiseRule, ShopLife,
    ShopPausedV1, TableRule, TimeRange, Weekday,
};
use kernel::Timestamp;
use ordering_contract::{CancelReason, OrderEvent, OrderState};
use ordering_service::{NewOrder, OrderingRefusal};

use crate::house::*;
use crate::shop::Shop;

const MINUTE_MILLIS: i64 = 60_000;
const HOUR_MILLIS: i64 = 60 * MINUTE_MILLIS;

/// Takes orders from half an hour to seven days ahead, and makes them due 20 minutes before.
fn for_later(life: ShopLife) -> ShopLife {
    let later = LaterRule {
        days_ahead_max: 7,
        notice_millis: 30 * MINUTE_MILLIS,
        lead_millis: 20 * MINUTE_MILLIS,
        cut_off: None,
        only: false,
    };
    ShopLife { later: Some(later), ..life }
}

/// Sells lunches, which are ordered by six of the open day before and by nobody later.
fn canteen() -> ShopLife {
    let open = vec![TimeRange::parse("11:30-13:30").unwrap()];
    let week = Weekday::ALL[..5].iter().map(|day| (*day, open.clone())).collect();
    let cut_off = CutOff { time: DayTime::parse("18:00").unwrap(), days_before: 1 };
    let later =
        LaterRule { days_ahead_max: 7, notice_millis: 0, lead_millis: 0, cut_off: Some(cut_off), only: true };
    let hours = Some(OpeningHours { week, ..OpeningHours::default() });
    ShopLife { hours, later: Some(later), ..cafe() }
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
fn the_orders_of_a_day_are_taken_until_the_cut_off_and_go_to_the_kitchen_then() {
    // It is five on a Friday in Seoul: an hour is left for Monday's lunch.
    let mut house = house_of(&canteen());
    let mondays_lunch = 2 * 24 * HOUR_MILLIS + 19 * HOUR_MILLIS;
    house.place(order(1), CAFE, wanted(mondays_lunch)).unwrap();
    house.payment_says(order(1), approved());
    house.hear();
    house.wait(59 * MINUTE_MILLIS);
    assert_eq!(house.shown(order(1)).0, OrderState::Scheduled);

    house.wait(MINUTE_MILLIS);

    assert_eq!(house.shown(order(1)).0, OrderState::Confirmed, "the shop need not be open for that");
    let (field, expected) = wrong_field(&mut house, wanted(mondays_lunch));
    assert_eq!(field, "wanted_at");
    let until = "a later day: orders for this one were taken until 2027-01-15 18:00 (Asia/Seoul)";
    assert_eq!(expected, until);
    assert!(house.place(order(2), CAFE, wanted(mondays_lunch + 24 * HOUR_MILLIS)).is_ok(), "Tuesday's");
}

#[test]
fn a_shop_that_takes_orders_for_later_only_wants_to_be_told_the_time() {
    let mut house = house_of(&canteen());
    let (field, expected) = wrong_field(&mut house, americanos(1));
    assert_eq!(
        (field.as_str(), expected.as_str()),
        ("wanted_at", "a time, RFC 3339: this shop takes orders for later only")
    );
}

#[test]
fn a_pause_of_now_refuses_what_is_wanted_before_its_end_and_nothing_behind_it() {
    for kind in [PauseKind::Busy, PauseKind::Closed] {
        let mut house = house_of(&for_later(cafe()));
        let pause = Pause { kind, until: Some(START.plus_millis(HOUR_MILLIS)) };
        house.catalog_says(CAFE, &CatalogEvent::ShopPaused(ShopPausedV1 { shop: CAFE.into(), pause }));
        house.hear();
        assert!(matches!(house.place(order(1), CAFE, americanos(1)), Err(OrderingRefusal::NotOpen(_))));
        let within = house.place(order(1), CAFE, wanted(59 * MINUTE_MILLIS));
        assert!(matches!(within, Err(OrderingRefusal::NotOpen(_))));
        assert!(house.place(order(1), CAFE, wanted(HOUR_MILLIS)).is_ok());
        assert!(house.place(order(2), CAFE, wanted(24 * HOUR_MILLIS)).is_ok());
    }
}

#[tokio::test]
async fn a_quote_says_what_an_order_at_that_time_would_be_told() {
    let week = [(Weekday::Friday, vec![TimeRange::parse("20:00-22:00").unwrap()])].into();
    let hours = Some(OpeningHours { week, ..OpeningHours::default() });
    let promise = Some(PromiseRule { prepare_millis: 5 * MINUTE_MILLIS, deliver_millis: None, at_once: 1 });
    let shop = Shop::of(house_of(&ShopLife { hours, promise, ..for_later(cafe()) }));
    let lines = r#""lines":[{"item":"americano","quantity":1}]"#;
    let quote = async |at: &str| {
        let body = match at {
            "" => format!("{{{lines}}}"),
            at => format!(r#"{{{lines},"wanted_at":"{at}"}}"#),
        };
        shop.post("/v1/shops/cafe/quotes", &[], &body).await
    };

    let now = quote("").await;
    let later = quote("2027-01-15T20:30:00+09:00").await;
    let closed = quote("2027-01-15T22:30:00+09:00").await;
    let wrong = quote("tonight").await;

    assert_eq!(now.problem(), (409, "shop-closed".to_owned()));
    assert_eq!(now.text("detail"), "the shop is closed until 2027-01-15 20:00 (Asia/Seoul)");
    assert_eq!(now.header("retry-after").as_deref(), Some("10800"));
    let half_past_eight = Timestamp::parse("2027-01-15T11:30:00Z").unwrap();
    assert_eq!((later.status, &later.body()["promised_at"]), (200, &half_past_eight.millis().into()));
    assert_eq!(later.body()["due_at"], half_past_eight.plus_millis(-20 * MINUTE_MILLIS).millis());
    assert_eq!((closed.problem(), closed.field()), ((409, "shop-closed".into()), "wanted_at".into()));
    assert_eq!((wrong.status, wrong.field().as_str()), (400, "wanted_at"));
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
