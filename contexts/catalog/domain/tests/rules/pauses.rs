use catalog_contract::{CatalogEvent, Pause, PauseKind, ShopPausedV1, ShopReopenedV1};
use catalog_domain::{Shop, ShopCommand, ShopRejection};
use kernel::{Aggregate, Timestamp};

use crate::{CAFE, define, file, given, when};

const NOW: Timestamp = Timestamp::from_millis(1_700_000_000_000);

fn until(kind: PauseKind, minutes: i64) -> ShopCommand {
    pause(kind, Some(NOW.plus_millis(minutes * 60_000)))
}

fn pause(kind: PauseKind, until: Option<Timestamp>) -> ShopCommand {
    ShopCommand::Pause { pause: Pause { kind, until }, now: NOW }
}

fn ends(minutes: i64) -> ShopCommand {
    ShopCommand::EndPause { now: NOW.plus_millis(minutes * 60_000) }
}

fn open() -> Shop {
    given([define(&file(CAFE))])
}

fn reopened(by_itself: bool) -> CatalogEvent {
    CatalogEvent::ShopReopened(ShopReopenedV1 { shop: "cafe".into(), by_itself })
}

#[test]
fn a_shop_is_closed_until_somebody_opens_it() {
    let paused = ShopPausedV1 { shop: "cafe".into(), pause: Pause { kind: PauseKind::Closed, until: None } };
    assert_eq!(when(&open(), pause(PauseKind::Closed, None)), Ok(vec![CatalogEvent::ShopPaused(paused)]));
    let closed = given([define(&file(CAFE)), pause(PauseKind::Closed, None)]);
    assert_eq!(when(&closed, ends(60 * 24 * 365)), Ok(vec![]), "no time ends it");
    assert_eq!(when(&closed, ShopCommand::Reopen), Ok(vec![reopened(false)]));
}

#[test]
fn a_busy_shop_takes_orders_again_by_itself_and_not_before() {
    let busy = given([define(&file(CAFE)), until(PauseKind::Busy, 30)]);
    assert_eq!(when(&busy, ends(29)), Ok(vec![]));
    assert_eq!(when(&busy, ends(30)), Ok(vec![reopened(true)]));
}

#[test]
fn the_same_pause_again_is_no_news_and_another_one_takes_its_place() {
    let busy = given([define(&file(CAFE)), until(PauseKind::Busy, 30)]);
    assert_eq!(when(&busy, until(PauseKind::Busy, 30)), Ok(vec![]));
    let longer = given([define(&file(CAFE)), until(PauseKind::Busy, 30), until(PauseKind::Busy, 40)]);
    assert_eq!(when(&longer, ends(30)), Ok(vec![]), "the end of the one before is no end of this one");
}

#[test]
fn an_open_shop_is_opened_without_news() {
    assert_eq!(when(&open(), ShopCommand::Reopen), Ok(vec![]));
    assert_eq!(when(&open(), ends(1)), Ok(vec![]));
}

#[test]
fn a_pause_without_a_sensible_end_is_refused() {
    let day = 24 * 60;
    for (command, refusal) in [
        (pause(PauseKind::Busy, None), ShopRejection::BusyWithoutEnd),
        (until(PauseKind::Busy, 0), ShopRejection::EndsBeforeNow),
        (until(PauseKind::Closed, -1), ShopRejection::EndsBeforeNow),
        (until(PauseKind::Busy, day + 1), ShopRejection::PausedTooLong { hours_max: 24 }),
        (until(PauseKind::Closed, 366 * day + 1), ShopRejection::PausedTooLong { hours_max: 366 * 24 }),
    ] {
        assert_eq!(when(&open(), command), Err(refusal));
    }
    assert!(when(&open(), until(PauseKind::Busy, day)).is_ok());
}

#[test]
fn an_unknown_shop_is_neither_closed_nor_opened() {
    for command in [pause(PauseKind::Closed, None), ShopCommand::Reopen, ends(1)] {
        assert_eq!(when(&Shop::default(), command), Err(ShopRejection::UnknownShop));
    }
}

#[test]
fn a_pause_outlives_a_new_life_and_a_snapshot() {
    let slower = file(&CAFE.replace("or_after = \"4h\"", "or_after = \"5h\""));
    let shop = given([define(&file(CAFE)), until(PauseKind::Busy, 30), define(&slower)]);
    assert_eq!(shop.open().unwrap().pause.unwrap().kind, PauseKind::Busy);
    assert_eq!(Shop::from_snapshot(&shop.to_snapshot().unwrap()), Some(shop));
}
