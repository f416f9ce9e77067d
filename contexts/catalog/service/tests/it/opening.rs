//! Shops are closed for a while, busy, and opened again by hand or by their timer.

use catalog_contract::{OpeningState, OpeningView, Pause, PauseKind};
use catalog_domain::ShopRejection;
use catalog_service::{CatalogCommand, CatalogRefusal, CatalogReply};
use runtime::Failure;

use crate::house::{Answer, House};

const MINUTE_MILLIS: i64 = 60_000;

fn set(house: &mut House, pause: Option<(PauseKind, Option<i64>)>) -> Answer {
    let now = house.now;
    let pause = pause.map(|(kind, minutes)| {
        let until = minutes.map(|minutes| now.plus_millis(minutes * MINUTE_MILLIS));
        Pause { kind, until }
    });
    house.command(CatalogCommand::SetOpening { shop: "cafe".into(), pause })
}

fn busy(house: &mut House, minutes: i64) -> OpeningView {
    view(set(house, Some((PauseKind::Busy, Some(minutes)))))
}

fn view(answer: Answer) -> OpeningView {
    match answer.unwrap() {
        CatalogReply::Opening(opening) => *opening,
        other => panic!("{other:?}"),
    }
}

/// What was told of the opening.
fn told(house: &mut House) -> Vec<&'static str> {
    let mut types = house.event_types();
    types.retain(|event| event.starts_with("shop-") && *event != "shop-defined.v1");
    types
}

#[test]
fn a_busy_shop_is_opened_by_its_timer() {
    let mut house = House::with_cafe();

    let opening = busy(&mut house, 30);

    let until = Some(house.now.plus_millis(30 * MINUTE_MILLIS));
    assert_eq!((opening.state, opening.until, opening.opens_at), (OpeningState::Busy, until, until));
    house.wait(29 * MINUTE_MILLIS);
    assert_eq!(told(&mut house), ["shop-paused.v1"]);
    house.wait(MINUTE_MILLIS);
    assert_eq!(told(&mut house), ["shop-paused.v1", "shop-reopened.v1"]);
    assert_eq!(house.shop("cafe").unwrap().pause, None);
}

#[test]
fn the_timer_goes_on_after_a_restart_and_moves_with_the_pause() {
    let mut house = House::with_cafe();
    busy(&mut house, 30);
    busy(&mut house, 60);
    house.restart();
    house.wait(30 * MINUTE_MILLIS);
    assert_eq!(told(&mut house), ["shop-paused.v1", "shop-paused.v1"]);
    house.wait(30 * MINUTE_MILLIS);
    assert_eq!(told(&mut house).last(), Some(&"shop-reopened.v1"));
}

#[test]
fn a_shop_that_is_closed_without_an_end_waits_for_somebody_to_open_it() {
    let mut house = House::with_cafe();
    busy(&mut house, 30);
    let closed = view(set(&mut house, Some((PauseKind::Closed, None))));
    assert_eq!((closed.state, closed.until), (OpeningState::Closed, None));
    house.wait(365 * 24 * 60 * MINUTE_MILLIS);
    assert_eq!(told(&mut house), ["shop-paused.v1", "shop-paused.v1"], "the timer is gone too");
    let open = view(set(&mut house, None));
    assert_eq!((open.state, open.pause), (OpeningState::Open, None));
    assert_eq!(told(&mut house).len(), 3);
}

#[test]
fn the_same_wish_again_is_no_news() {
    let mut house = House::with_cafe();
    let first = busy(&mut house, 30);
    let version = house.shop("cafe").unwrap().version;
    assert_eq!(busy(&mut house, 30), first);
    assert_eq!(house.shop("cafe").unwrap().version, version);
    view(set(&mut house, None));
    view(set(&mut house, None));
    assert_eq!(told(&mut house).len(), 2);
}

#[test]
fn a_pause_that_makes_no_sense_or_is_of_no_shop_leaves_nothing() {
    let refusal = |answer: Answer| match answer {
        Err(Failure::Refused(CatalogRefusal::Shop(rejection))) => rejection,
        other => panic!("{other:?}"),
    };
    let mut house = House::with_cafe();
    assert_eq!(refusal(set(&mut house, Some((PauseKind::Busy, None)))), ShopRejection::BusyWithoutEnd);
    assert_eq!(refusal(set(&mut house, Some((PauseKind::Busy, Some(0))))), ShopRejection::EndsBeforeNow);
    assert_eq!(told(&mut house), Vec::<&str>::new());
    assert_eq!(refusal(set(&mut House::open(), None)), ShopRejection::UnknownShop);
}
