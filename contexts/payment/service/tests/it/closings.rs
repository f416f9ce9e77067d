//! Business days: closed once they are over, with what the ledger holds of them.

use jiff::civil::Date;
use kernel::Timestamp;
use payment_contract::{ClosingView, PaidWith};
use payment_domain::DayRejection;
use payment_service::{CloseWish, Command, DayBook, KeyUse, Refusal, Reply};
use runtime::Failure;
use serde_json::json;

use crate::audit::audited;
use crate::house::{House, PRICE, cafe, won};
use crate::program::Program;

const DAY_MILLIS: i64 = 24 * 3_600_000;

/// The shop's day on which a house opens, and its first moment: midnight in Seoul.
fn first_day(house: &House) -> (Date, i64) {
    let offset = 9 * 3_600_000;
    let number = (house.now.millis() + offset).div_euclid(DAY_MILLIS);
    let day = Date::constant(1970, 1, 1) + jiff::Span::new().days(number);
    (day, number * DAY_MILLIS - offset)
}

/// Closes a day that begins at a moment, as its route does.
fn close(house: &mut House, day: Date, from: i64, key: Option<u8>) -> Result<ClosingView, Failure<Refusal>> {
    let bounds = (Timestamp::from_millis(from), Timestamp::from_millis(from + DAY_MILLIS));
    let mut book = DayBook::open(house.journal(), cafe(), bounds).unwrap();
    while book.read_on(house.journal()).unwrap() {}
    let key = key.map(|key| KeyUse { scope: [key; 16], body_hash: [1; 16] });
    match house.command(Command::CloseDay(Box::new(CloseWish { shop: cafe(), day, book, key })))? {
        Reply::Refund(reply) => Ok(serde_json::from_slice(&reply.body).unwrap()),
        Reply::Taken | Reply::Callback { .. } => panic!("a closing is answered"),
    }
}

/// Two orders are paid on the first day, one of them is given back in part on the same day.
fn day_of_trade() -> (House, Date, i64) {
    let mut house = House::open();
    house.cafe_opens();
    let (day, from) = first_day(&house);
    house.ask(1, "tok_approve").unwrap();
    house.ask(2, "tok_approve").unwrap();
    house.ask(3, "tok_decline").unwrap();
    house.provider_works();
    house.refund(1, 2_000).unwrap();
    house.provider_works();
    (house, day, from)
}

#[test]
fn a_day_is_closed_with_what_came_in_and_went_back_on_it() {
    let (mut house, day, from) = day_of_trade();
    house.time_passes(DAY_MILLIS);

    let closing = close(&mut house, day, from, None).unwrap();

    assert_eq!((closing.number, closing.day, closing.takings.len()), (1, day, 1));
    let takings = &closing.takings[0];
    assert_eq!((takings.with, takings.gross, takings.refunds), (PaidWith::Card, won(2 * PRICE), won(2_000)));
    assert_eq!((takings.net, takings.payments, takings.refunds_count), (won(2 * PRICE - 2_000), 2, 1));
    audited(&mut house);
}

#[test]
fn a_day_that_runs_cannot_be_closed_and_takes_no_number() {
    let (mut house, day, from) = day_of_trade();

    let refused = close(&mut house, day, from, None);

    assert_eq!(refused, Err(Failure::Refused(Refusal::DayRejected(DayRejection::NotOver { day }))));
    house.time_passes(DAY_MILLIS);
    assert_eq!(close(&mut house, day, from, None).unwrap().number, 1);
}

#[test]
fn a_closed_day_is_answered_again_under_its_key_and_refused_under_another() {
    let (mut house, day, from) = day_of_trade();
    house.time_passes(DAY_MILLIS);

    let first = close(&mut house, day, from, Some(1)).unwrap();

    assert_eq!(close(&mut house, day, from, Some(1)), Ok(first));
    let refused = Err(Failure::Refused(Refusal::DayRejected(DayRejection::ClosedAlready { number: 1 })));
    assert_eq!(close(&mut house, day, from, Some(2)), refused);
    house.restart();
    assert_eq!(close(&mut house, day, from, None), refused);
}

#[test]
fn what_goes_back_later_is_of_the_day_on_which_it_goes_back() {
    let (mut house, day, from) = day_of_trade();
    house.time_passes(DAY_MILLIS);
    let first = close(&mut house, day, from, None).unwrap();
    house.refund(2, PRICE).unwrap();
    house.provider_works();
    house.time_passes(DAY_MILLIS);

    let second = close(&mut house, day.tomorrow().unwrap(), from + DAY_MILLIS, None).unwrap();

    assert_eq!((second.number, second.takings[0].gross), (2, won(0)));
    assert_eq!((second.takings[0].refunds, second.takings[0].net), (won(PRICE), won(-PRICE)));
    let mut again = DayBook::open(house.journal(), cafe(), (first.from, first.until)).unwrap();
    while again.read_on(house.journal()).unwrap() {}
    assert_eq!(again.takings, first.takings);
}

#[test]
fn what_was_booked_after_the_day_was_counted_beside_the_writer_is_counted_by_it() {
    let mut house = House::open();
    house.cafe_opens();
    let (day, from) = first_day(&house);
    let bounds = (Timestamp::from_millis(from), Timestamp::from_millis(from + DAY_MILLIS));
    let mut book = DayBook::open(house.journal(), cafe(), bounds).unwrap();
    while book.read_on(house.journal()).unwrap() {}
    house.ask(1, "tok_approve").unwrap();
    house.provider_works();
    house.time_passes(DAY_MILLIS);

    let wish = CloseWish { shop: cafe(), day, book, key: None };
    let Ok(Reply::Refund(reply)) = house.command(Command::CloseDay(Box::new(wish))) else {
        panic!("refused")
    };

    let closing: ClosingView = serde_json::from_slice(&reply.body).unwrap();
    assert_eq!(closing.takings[0].gross, won(PRICE));
}

#[test]
fn deposits_and_cards_are_summed_apart() {
    let mut house = House::open();
    house.cafe_opens_on_deposit(100_000);
    let (day, from) = first_day(&house);
    house.command(crate::deposits::top_up(Some("1"), 20_000, None)).unwrap();
    house.ask(1, payment_contract::DEPOSIT_METHOD).unwrap();
    house.ask(2, "tok_approve").unwrap();
    house.provider_works();
    house.time_passes(DAY_MILLIS);

    let closing = close(&mut house, day, from, None).unwrap();

    let by: Vec<_> = closing.takings.iter().map(|takings| (takings.with, takings.gross)).collect();
    assert_eq!(by, [(PaidWith::Card, won(PRICE)), (PaidWith::Deposit, won(PRICE))]);
}

#[tokio::test]
async fn days_are_closed_and_read_over_the_routes_by_those_who_work_there() {
    const STAFF: (&str, &str) = ("Jumun-Actor", "staff:kim");
    let (mut house, day, _) = day_of_trade();
    house.time_passes(DAY_MILLIS);
    let shop = Program::of(house);
    let path = "/v1/shops/cafe/closings";
    let wish = json!({ "day": day.to_string() }).to_string();

    let closed = shop.post(path, &wish, &[STAFF, ("Idempotency-Key", "z-1")]).await;

    assert_eq!((closed.status, &closed.body()["number"]), (201, &json!(1)));
    let again = shop.post(path, &wish, &[STAFF, ("Idempotency-Key", "z-1")]).await;
    assert_eq!((again.status, &again.bytes), (201, &closed.bytes));
    assert_eq!(shop.post(path, &wish, &[STAFF]).await.status, 409);
    let read = shop.get(&format!("{path}/{day}"), &[STAFF]).await;
    assert_eq!((read.status, &read.bytes), (200, &closed.bytes));
    assert_eq!(shop.get(path, &[STAFF]).await.body()["items"], json!([closed.body()]));
    assert_eq!(shop.get(&format!("{path}/2001-01-01"), &[STAFF]).await.status, 404);
    for nobody in [("Jumun-Actor", "customer:1"), ("Jumun-Actor", "courier:1")] {
        assert_eq!(shop.post(path, &wish, &[nobody]).await.status, 403);
        assert_eq!(shop.get(path, &[nobody]).await.status, 403);
    }
    for day in ["2026-02-30", "20261128", "yesterday", ""] {
        let refused = shop.post(path, &json!({ "day": day }).to_string(), &[STAFF]).await;
        assert_eq!((refused.status, &refused.body()["errors"][0]["field"]), (400, &json!("day")), "{day}");
    }
}
