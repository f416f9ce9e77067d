//! Each way in which two books can differ is planted, found, settled once and explained.

use journal::Reader as _;
use payment_contract::{DiscrepancyEvent, DiscrepancyKind, PaymentState, Remedy};
use payment_service::Command;
use payment_service::provider::sandbox::BookLine;

use crate::audit::audited;
use crate::house::{House, PRICE, order, won};

/// Order 1 is paid, and the clocks of both books have moved on.
fn paid() -> House {
    let mut house = House::open();
    house.ask(1, "tok_approve").unwrap();
    house.provider_works();
    house.time_passes(10_000);
    house
}

fn key(number: u64) -> String {
    format!("{}/1", order(number))
}

fn captured(key: String, amount: i64, number: u32) -> BookLine {
    BookLine::Captured { key, amount: won(amount), number }
}

/// What is found is of this kind; it is settled, once, and the books agree.
#[track_caller]
fn settles(house: &mut House, kind: DiscrepancyKind) -> Remedy {
    let found = house.found();
    assert_eq!(found.iter().map(|found| found.kind).collect::<Vec<_>>(), [kind]);
    assert!(!found[0].explanation.is_empty());
    // Found twice, as by two passes one after the other: settled once.
    for _ in 0..2 {
        house.command(Command::Settle(Box::new(found[0].clone()))).unwrap();
    }
    house.provider_works();
    house.time_passes(10_000);
    assert_eq!(house.found(), []);
    assert_eq!(told(house), ["discrepancy-found.v1", "discrepancy-settled.v1"]);
    house.is_at_rest();
    audited(house);
    found[0].remedy.clone()
}

fn told(house: &mut House) -> Vec<&'static str> {
    let events = house.journal().read_after(0, usize::MAX).unwrap();
    let told = events.iter().filter_map(|recorded| recorded.decode::<DiscrepancyEvent>().ok());
    told.map(|event| kernel::Published::event_type(&event)).collect()
}

#[test]
fn books_that_agree_have_nothing_to_settle() {
    let mut house = paid();
    house.refund(1, 2_000).unwrap();
    house.provider_works();
    house.time_passes(10_000);

    assert_eq!(house.found(), []);
}

#[test]
fn money_that_we_took_for_declined_is_recorded_and_called_back() {
    let mut house = House::open();
    house.ask(1, "tok_decline").unwrap();
    house.provider_works();
    house.time_passes(10_000);
    house.provider_writes(captured(key(1), PRICE, 1));

    let remedy = settles(&mut house, DiscrepancyKind::CapturedUnknownToUs);

    assert!(matches!(remedy, Remedy::RecordHere { .. }));
    assert_eq!(house.state(1), PaymentState::Refunded);
}

#[test]
fn money_under_a_key_that_was_never_used_goes_back() {
    let mut house = paid();
    house.provider_writes(captured("somebody-elses/1".to_owned(), 700, 2));

    let remedy = settles(&mut house, DiscrepancyKind::CapturedUnknownToUs);

    assert!(matches!(remedy, Remedy::RefundThere { amount, .. } if amount == won(700)));
    assert_eq!(house.book.refunded("somebody-elses/1"), 700);
}

#[test]
fn a_capture_that_the_provider_does_not_have_is_written_off() {
    let mut house = paid();
    house.provider_rewrites(|_| None);

    settles(&mut house, DiscrepancyKind::UnknownToThem);

    let ledger = house.ledger();
    assert!(ledger.contains(&("provider-differences".to_owned(), PRICE)), "{ledger:?}");
    assert!(ledger.contains(&("provider-clearing".to_owned(), 0)), "{ledger:?}");
}

#[test]
fn what_was_captured_too_much_goes_back() {
    let mut house = paid();
    house.provider_rewrites(|line| match line {
        BookLine::Captured { key, number, .. } => Some(captured(key, PRICE + 500, number)),
        other => Some(other),
    });

    settles(&mut house, DiscrepancyKind::WrongAmount);

    assert_eq!(house.book.refunded(&key(1)), 500);
}

#[test]
fn what_was_captured_too_little_is_written_off() {
    let mut house = paid();
    house.provider_rewrites(|line| match line {
        BookLine::Captured { key, number, .. } => Some(captured(key, PRICE - 500, number)),
        other => Some(other),
    });

    settles(&mut house, DiscrepancyKind::WrongAmount);

    assert!(house.ledger().contains(&("provider-differences".to_owned(), 500)));
}

#[test]
fn a_charge_that_was_captured_twice_goes_back_once() {
    let mut house = paid();
    house.provider_writes(captured(key(1), PRICE, 2));

    settles(&mut house, DiscrepancyKind::DoubleCapture);

    assert_eq!(house.book.refunded(&key(1)), PRICE);
    assert_eq!(house.state(1), PaymentState::Approved);
}

#[test]
fn an_order_that_was_captured_under_another_key_too_gets_that_back() {
    let mut house = paid();
    let other = format!("{}/9", order(1));
    house.provider_writes(captured(other.clone(), PRICE, 2));

    settles(&mut house, DiscrepancyKind::DoubleCapture);

    assert_eq!((house.book.refunded(&other), house.book.refunded(&key(1))), (PRICE, 0));
}

#[test]
fn a_refund_that_the_provider_lost_is_asked_for_again_under_its_own_key() {
    let mut house = paid();
    house.refund(1, 2_000).unwrap();
    house.provider_works();
    house.time_passes(10_000);
    house.provider_rewrites(|line| (!matches!(line, BookLine::Refunded { .. })).then_some(line));

    settles(&mut house, DiscrepancyKind::LostRefund);

    assert_eq!(house.book.refunded(&key(1)), 2_000);
}

#[test]
fn a_settled_difference_does_not_hide_a_later_one() {
    let mut house = paid();
    house.provider_writes(captured(key(1), PRICE, 2));
    settles(&mut house, DiscrepancyKind::DoubleCapture);

    house.ask(2, "tok_approve").unwrap();
    house.provider_works();
    house.time_passes(10_000);
    house.provider_rewrites(|line| {
        let lost = matches!(&line, BookLine::Captured { key, .. } if key.starts_with(&order(2).to_string()));
        (!lost).then_some(line)
    });

    let found = house.found();
    assert_eq!(found.iter().map(|found| found.kind).collect::<Vec<_>>(), [DiscrepancyKind::UnknownToThem]);
}

#[test]
fn what_is_under_way_is_left_for_the_next_time() {
    let mut house = House::open();
    house.ask(1, "tok_approve").unwrap();
    house.answers_are_lost();
    house.provider_writes(captured(key(1), PRICE, 1));

    assert_eq!(house.found(), []);
}

#[test]
fn what_happened_while_the_books_were_read_is_left_for_the_next_time() {
    let mut house = House::open();
    house.ask(1, "tok_approve").unwrap();
    house.provider_works();
    house.provider_rewrites(|_| None);

    assert_eq!(house.found(), []);
}

#[test]
fn a_correction_survives_a_restart() {
    let mut house = paid();
    house.provider_writes(captured(key(1), PRICE, 2));
    let found = house.found();
    house.command(Command::Settle(Box::new(found[0].clone()))).unwrap();

    house.restart();
    house.time_passes(60_000);
    house.provider_works();
    house.time_passes(10_000);

    assert_eq!(house.found(), []);
    assert_eq!(house.book.refunded(&key(1)), PRICE);
}
