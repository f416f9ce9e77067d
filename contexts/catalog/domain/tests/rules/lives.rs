use catalog_contract::{
    Accept, Completes, Handover, LaterRule, PaymentTime, Stage, StockMode, TableRule, Weekday,
    WhenUnavailable,
};
use catalog_domain::{life_hash, stages_of};

use crate::{BAKERY, CAFE, DINER, KIOSK, file, item};

#[test]
fn the_cafe_is_as_its_document_says() {
    let cafe = file(CAFE);
    let life = &cafe.life;
    assert_eq!(
        (life.payment.when, life.payment.unavailable),
        (PaymentTime::AtOrder, WhenUnavailable::Reject)
    );
    assert_eq!(
        (life.payment.default_method.as_deref(), life.payment.timeout_millis),
        (Some("tok_approve"), 1000)
    );
    assert_eq!((life.accept, life.handover), (Accept::Staff, Handover::Pickup));
    assert_eq!((life.cancel.customer_before, life.cancel.staff_before), (Stage::Started, Stage::Started));
    assert_eq!(life.completes, Completes::Command { or_after_millis: 4 * 3_600_000 });
    assert_eq!(item(&cafe, "1").price.amount, 4500);
    assert_eq!(item(&cafe, "1").name.en, "Americano");
}

#[test]
fn the_kiosk_is_as_its_document_says() {
    let kiosk = file(KIOSK);
    let life = &kiosk.life;
    assert_eq!((life.payment.when, life.stock.mode), (PaymentTime::None, StockMode::Reserve));
    assert_eq!((life.accept, life.handover), (Accept::Auto, Handover::None));
    assert_eq!(life.completes, Completes::AtStage { stage: Stage::Prepared });
    for drink in &kiosk.menu {
        let uses: Vec<_> = drink.uses.iter().map(|used| (used.item.as_str(), used.quantity)).collect();
        assert_eq!(uses, [("cup", 1)], "{}", drink.key);
    }
    assert!(["americano", "icetea"].iter().all(|key| !item(&kiosk, key).sold_out));
}

#[test]
fn the_stages_of_a_life_are_those_that_its_orders_go_through() {
    let words = |text| format!("{:?}", stages_of(&file(text).life));
    assert_eq!(words(CAFE), "[Placed, Paid, Confirmed, Accepted, Started, Prepared, Completed]");
    assert_eq!(words(KIOSK), "[Placed, Confirmed, Accepted, Started, Prepared, Completed]");
}

#[test]
fn the_hash_changes_with_the_life_and_not_with_the_menu() {
    let hash = file(CAFE).hash;
    assert_eq!(hash, file(&CAFE.replace("price = 4500", "price = 4600")).hash);
    assert_ne!(hash, file(&CAFE.replace("timeout = \"1s\"", "timeout = \"2s\"")).hash);
    assert_eq!(hash.as_str().len(), 32);
}

#[test]
fn the_hash_of_a_life_is_the_same_forever() {
    let life = file(KIOSK).life;
    assert_eq!(life_hash(&life), life_hash(&life.clone()));
    insta::assert_snapshot!("kiosk_life_hash", life_hash(&life));
}

#[test]
fn what_is_left_out_has_its_documented_default() {
    let life = file(KIOSK).life;
    assert_eq!(life.payment.expires_after_millis, 15 * 60_000);
    assert_eq!((life.payment.breaker.calls_min, life.payment.breaker.failures_percent), (20, 50));
    assert_eq!((life.bounds.accept_millis, life.bounds.handover_millis), (600_000, 7_200_000));
    assert!(!life.stock.closes_menu);
}

#[test]
fn a_shop_that_defers_keeps_an_unpaid_order_for_as_long_as_it_says() {
    let life = file(DINER).life;
    assert_eq!(life.payment.unavailable, WhenUnavailable::Defer);
    assert_eq!((life.payment.timeout_millis, life.payment.expires_after_millis), (300, 900_000));
    assert!(life.prepare.finishes_at_start);
    assert_eq!(life.completes, Completes::After { millis: 600_000 });
}

#[test]
fn a_shop_says_when_it_is_open_and_how_far_ahead_it_takes_orders() {
    let sections =
        "[hours]\nmonday = [\"17:00-02:00\", \"11:00-14:00\"]\nsunday = []\n\n[later]\nnotice = \"45m\"\n\n";
    let text = BAKERY
        .replace("[options.bag]", &format!("{sections}[options.bag]"))
        .replace("handover = \"pickup\"", "handover = \"pickup\"\ntable = \"required\"");
    let life = file(&text).life;
    let hours = life.hours.unwrap();
    let monday: Vec<String> = hours.week[&Weekday::Monday].iter().map(ToString::to_string).collect();
    assert_eq!(monday, ["11:00-14:00", "17:00-02:00"]);
    let later = LaterRule {
        days_ahead_max: 7,
        notice_millis: 45 * 60_000,
        lead_millis: 45 * 60_000,
        cut_off: None,
        only: false,
    };
    assert_eq!((life.later, life.table), (Some(later), Some(TableRule::Required)));
}

#[test]
fn a_shop_says_until_when_the_orders_of_a_day_are_taken() {
    let later = |section: &str| {
        let text = BAKERY.replace("[options.bag]", &format!("[later]\n{section}\n\n[options.bag]"));
        file(&text).life.later.unwrap()
    };
    let usual = later("order_by = \"18:00\"");
    let cut_off = usual.cut_off.unwrap();
    assert_eq!((cut_off.time.to_string().as_str(), cut_off.days_before, usual.only), ("18:00", 1, false));
    assert_eq!((usual.notice_millis, usual.lead_millis), (0, 0));
    let same_day = later("order_by = \"10:00\"\ndays_before = 0\nonly = true");
    assert_eq!((same_day.cut_off.unwrap().days_before, same_day.only), (0, true));
}
