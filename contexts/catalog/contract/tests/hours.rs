//! When a shop is open, and what a pause makes of it.
#![expect(clippy::unwrap_used, reason = "tests may panic")]

use std::collections::BTreeMap;

use catalog_contract::{
    CatalogEvent, CutOff, DayTime, Opening, OpeningHours, OpeningState, Pause, PauseKind, ShopLife,
    TimeRange, Weekday, spoken_time,
};
use kernel::{Published, Timestamp};

const SEOUL: &str = "Asia/Seoul";

/// A Sunday is the 29th of November 2026.
fn at(text: &str) -> Timestamp {
    Timestamp::parse(text).unwrap()
}

fn ranges(written: &[&str]) -> Vec<TimeRange> {
    written.iter().map(|range| TimeRange::parse(range).unwrap()).collect()
}

fn week(days: &[(Weekday, &[&str])]) -> OpeningHours {
    let week = days.iter().map(|(day, written)| (*day, ranges(written))).collect();
    OpeningHours { week, dates: BTreeMap::new() }
}

fn every_day(written: &[&str]) -> OpeningHours {
    week(&Weekday::ALL.map(|day| (day, written)))
}

fn cafe(hours: Option<OpeningHours>) -> ShopLife {
    let path = format!("{}/golden/shop-defined.v1.json", env!("CARGO_MANIFEST_DIR"));
    let sample: serde_json::Value = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
    let data = serde_json::to_vec(&sample["data"]).unwrap();
    let CatalogEvent::ShopDefined(defined) = CatalogEvent::decode("shop-defined.v1", &data, None).unwrap()
    else {
        panic!("a shop")
    };
    ShopLife { hours, ..defined.life }
}

/// The state, and until when in the words of Seoul.
fn opening(life: &ShopLife, pause: Option<Pause>, now: &str) -> (OpeningState, Option<String>) {
    let opening = Opening::of(life, pause.as_ref(), at(now));
    (opening.state, opening.until.map(|until| spoken_time(SEOUL, until)))
}

fn until(state: OpeningState, until: &str) -> (OpeningState, Option<String>) {
    (state, Some(until.to_owned()))
}

#[test]
fn a_range_is_two_times_of_a_day_and_may_go_over_midnight() {
    for (text, written) in [
        ("09:00-18:00", "09:00-18:00"),
        ("00:00-24:00", "00:00-24:00"),
        ("18:00-02:00", "18:00-02:00"),
        ("18:00-00:00", "18:00-24:00"),
        (" 09:00 - 09:01 ", "09:00-09:01"),
    ] {
        assert_eq!(TimeRange::parse(text).unwrap().to_string(), written, "{text}");
    }
    for text in
        ["", "09:00", "9:00-18:00", "09:00-18:60", "09:00-24:01", "24:00-02:00", "09:00-09:00", "-1:00-02:00"]
    {
        assert_eq!(TimeRange::parse(text), None, "{text}");
    }
}

#[test]
fn a_shop_is_open_in_its_hours_and_in_its_time_zone() {
    let life = cafe(Some(every_day(&["09:00-18:00"])));
    assert_eq!(opening(&life, None, "2026-11-29T00:00:00Z"), until(OpeningState::Open, "2026-11-29 18:00"));
    assert_eq!(
        opening(&life, None, "2026-11-29T08:59:59+09:00"),
        until(OpeningState::Closed, "2026-11-29 09:00")
    );
    assert_eq!(
        opening(&life, None, "2026-11-29T18:00:00+09:00"),
        until(OpeningState::Closed, "2026-11-30 09:00")
    );
}

#[test]
fn what_goes_over_midnight_belongs_to_the_day_on_which_it_begins() {
    let life = cafe(Some(week(&[(Weekday::Saturday, &["18:00-02:00"])])));
    assert_eq!(
        opening(&life, None, "2026-11-29T01:30:00+09:00"),
        until(OpeningState::Open, "2026-11-29 02:00")
    );
    assert_eq!(
        opening(&life, None, "2026-11-29T18:30:00+09:00"),
        until(OpeningState::Closed, "2026-12-05 18:00")
    );
}

#[test]
fn ranges_that_meet_are_one_time_without_a_break() {
    let life =
        cafe(Some(week(&[(Weekday::Saturday, &["18:00-24:00"]), (Weekday::Sunday, &["00:00-05:00"])])));
    let opening = Opening::of(&life, None, at("2026-11-29T01:00:00+09:00"));
    assert_eq!(opening.until, Some(at("2026-11-29T05:00:00+09:00")));
    assert_eq!(opening.since, Some(at("2026-11-28T18:00:00+09:00")));
}

#[test]
fn who_is_open_all_day_never_closes() {
    let always = (OpeningState::Open, None);
    assert_eq!(opening(&cafe(None), None, "2026-11-29T01:00:00Z"), always);
    assert_eq!(opening(&cafe(Some(every_day(&["00:00-24:00"]))), None, "2026-11-29T01:00:00Z"), always);
}

#[test]
fn a_date_may_be_otherwise() {
    let mut hours = every_day(&["09:00-18:00"]);
    hours.dates.insert("2026-12-25".to_owned(), vec![]);
    hours.dates.insert("2026-12-24".to_owned(), ranges(&["10:00-12:00"]));
    let life = cafe(Some(hours));
    assert_eq!(
        opening(&life, None, "2026-12-24T11:00:00+09:00"),
        until(OpeningState::Open, "2026-12-24 12:00")
    );
    assert_eq!(
        opening(&life, None, "2026-12-24T13:00:00+09:00"),
        until(OpeningState::Closed, "2026-12-26 09:00")
    );
}

#[test]
fn a_clock_that_is_set_forward_or_back_does_not_matter() {
    let mut life = cafe(Some(every_day(&["02:30-04:00"])));
    life.time_zone = "Europe/Berlin".to_owned();
    // On the 29th of March 2026 there is no half past two in Berlin: it is half past three then.
    assert_eq!(Opening::of(&life, None, at("2026-03-29T01:29:00Z")).state, OpeningState::Closed);
    assert_eq!(Opening::of(&life, None, at("2026-03-29T01:30:00Z")).state, OpeningState::Open);
    // On the 25th of October there is one twice: the first one counts.
    assert_eq!(Opening::of(&life, None, at("2026-10-25T00:30:00Z")).state, OpeningState::Open);
    assert_eq!(Opening::of(&life, None, at("2026-10-25T02:59:00Z")).state, OpeningState::Open);
    assert_eq!(Opening::of(&life, None, at("2026-10-25T03:00:00Z")).state, OpeningState::Closed);
}

#[test]
fn a_closed_shop_opens_when_its_pause_and_its_days_off_are_over() {
    let life = cafe(Some(every_day(&["09:00-18:00"])));
    let closed = |text: Option<&str>| Some(Pause { kind: PauseKind::Closed, until: text.map(at) });
    let noon = "2026-11-29T12:00:00+09:00";
    let soon = closed(Some("2026-11-29T13:00:00+09:00"));
    assert_eq!(opening(&life, soon, noon), until(OpeningState::Closed, "2026-11-29 13:00"));
    let tonight = closed(Some("2026-11-29T23:00:00+09:00"));
    assert_eq!(opening(&life, tonight, noon), until(OpeningState::Closed, "2026-11-30 09:00"));
    assert_eq!(opening(&life, closed(None), noon), (OpeningState::Closed, None));
    assert_eq!(opening(&life, soon, "2026-11-29T13:00:00+09:00").0, OpeningState::Open);
}

#[test]
fn a_busy_shop_takes_orders_again_at_its_time_and_is_closed_outside_its_hours() {
    let life = cafe(Some(every_day(&["09:00-18:00"])));
    let busy = Some(Pause { kind: PauseKind::Busy, until: Some(at("2026-11-29T18:30:00+09:00")) });
    assert_eq!(
        opening(&life, busy, "2026-11-29T17:00:00+09:00"),
        until(OpeningState::Busy, "2026-11-29 18:30")
    );
    assert_eq!(
        opening(&life, busy, "2026-11-29T18:10:00+09:00"),
        until(OpeningState::Closed, "2026-11-30 09:00")
    );
}

#[test]
fn orders_of_a_day_are_taken_until_a_time_of_the_days_on_which_the_shop_opens() {
    let hours = OpeningHours {
        dates: [("2026-12-03".to_owned(), Vec::new())].into(),
        ..week(&Weekday::ALL[..5].iter().map(|day| (*day, &["11:30-13:30"][..])).collect::<Vec<_>>())
    };
    let until = |time: &str, days_before: u32, wanted: &str| {
        let cut_off = CutOff { time: DayTime::parse(time).unwrap(), days_before };
        spoken_time(SEOUL, cut_off.of(Some(&hours), SEOUL, at(wanted)))
    };
    // A Tuesday is the 1st of December 2026.
    assert_eq!(until("18:00", 1, "2026-12-01T12:00:00+09:00"), "2026-11-30 18:00");
    assert_eq!(until("18:00", 1, "2026-11-30T12:00:00+09:00"), "2026-11-27 18:00", "no weekend");
    assert_eq!(until("18:00", 1, "2026-12-04T12:00:00+09:00"), "2026-12-02 18:00", "no day off");
    assert_eq!(until("24:00", 2, "2026-12-02T12:00:00+09:00"), "2026-12-01 00:00", "of Monday's end");
    assert_eq!(until("09:00", 0, "2026-12-01T12:00:00+09:00"), "2026-12-01 09:00");
    assert_eq!(until("18:00", 0, "2026-12-01T12:00:00+09:00"), "2026-12-01 12:00", "not behind it");
    let always = CutOff { time: DayTime::parse("18:00").unwrap(), days_before: 1 };
    assert_eq!(
        spoken_time(SEOUL, always.of(None, SEOUL, at("2026-11-30T12:00:00+09:00"))),
        "2026-11-29 18:00"
    );
}

#[test]
fn a_time_of_the_day_has_two_digits_on_both_sides() {
    assert_eq!(DayTime::parse("09:05").unwrap().to_string(), "09:05");
    for text in ["", "9:05", "09", "25:00", "24:01", "09:60", "nine"] {
        assert_eq!(DayTime::parse(text), None, "{text}");
    }
}
