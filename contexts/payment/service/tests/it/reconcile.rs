//! Each way in which two books can differ is planted, found, settled once and explained.

use journal::Reader as _;
use kernel::OrderId;
use payment_contract::{DiscrepancyEvent, DiscrepancyKind, PaymentState, Remedy};
use payment_service::provider::Charged;
use payment_service::provider::sandbox::BookLine;
use payment_service::reconcile::Books;
use payment_service::{Command, SettleWish};

use proptest::prelude::*;

use crate::audit::audited;
use crate::house::{House, PRICE, cafe, order, won};

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

/// Order 1's capture is not in the provider's book and was written off; then the order is cancelled.
fn written_off_and_cancelled() -> House {
    let mut house = paid();
    house.provider_rewrites(|_| None);
    settles(&mut house, DiscrepancyKind::UnknownToThem);
    house.order_is_cancelled(1, true);
    for _ in 0..20 {
        house.provider_works();
        house.time_passes(60_000);
    }
    house
}

#[test]
fn a_refund_of_what_was_written_off_ends_as_impossible_and_is_asked_for_no_more() {
    let mut house = written_off_and_cancelled();

    assert_eq!(house.state(1), PaymentState::RefundImpossible);
    let refund = &house.payment(1).refunds[0];
    assert_eq!((refund.done, refund.impossible.as_deref()), (false, Some("there is no such charge")));
    house.is_at_rest();
    let audit = audited(&mut house);
    assert_eq!(audit.impossible(order(1)), PRICE);
}

#[test]
fn the_shop_gives_it_back_itself_and_the_books_still_agree() {
    let mut house = written_off_and_cancelled();
    let settle = || {
        let how = "in cash, receipt 17".to_owned();
        Command::SettleRefund(SettleWish { order: order(1), shop: cafe(), step: 1, how })
    };

    house.command(settle()).unwrap();
    house.command(settle()).unwrap();
    house.time_passes(10_000);

    assert_eq!(house.state(1), PaymentState::Refunded);
    assert_eq!(house.payment(1).refunds[0].by_hand.as_deref(), Some("in cash, receipt 17"));
    assert_eq!(house.found(), []);
    let by_hand = house.ledger().into_iter().find(|(account, _)| account == "given-by-hand");
    assert_eq!(by_hand, Some(("given-by-hand".to_owned(), -PRICE)));
    assert_eq!(audited(&mut house).impossible(order(1)), 0);
    house.is_at_rest();
}

#[test]
fn what_agrees_is_set_aside_and_taken_out_again_when_something_is_heard_of_it() {
    let mut house = House::open();
    for number in 1..=20 {
        house.ask(number, if number % 4 == 0 { "tok_decline" } else { "tok_approve" }).unwrap();
    }
    house.provider_works();
    assert_eq!(house.charges_open(), 20, "the clocks of both books may still disagree");
    house.time_passes(10_000);
    assert_eq!((house.charges_open(), house.charges_open()), (0, 0));

    house.refund(3, 2_000).unwrap();
    assert_eq!(house.charges_open(), 1);
    house.provider_works();
    house.provider_writes(captured(key(5), PRICE, 30));
    house.provider_writes(captured(key(4), PRICE, 31));
    house.time_passes(10_000);

    let kinds: Vec<_> = house.found().iter().map(|found| found.kind).collect();
    assert_eq!(kinds, [DiscrepancyKind::CapturedUnknownToUs, DiscrepancyKind::DoubleCapture]);
    assert_eq!(house.charges_open(), 2, "order 3 agrees again");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn reading_on_finds_what_reading_all_finds(
        steps in proptest::collection::vec((0..9u8, 1..5u64), 0..40),
    ) {
        let mut house = House::open();
        for (what, number) in steps {
            match what {
                0 => drop(house.ask(number, "tok_approve")),
                1 => drop(house.ask(number, "tok_decline")),
                2 => house.provider_works(),
                3 if !house.started.is_empty() => house.answers_are_lost(),
                4 => drop(house.refund(number, 1_000)),
                5 => house.order_is_cancelled(number, true),
                6 => house.provider_writes(captured(key(number), PRICE, 90 + number as u32)),
                7 => {
                    for found in house.found() {
                        house.command(Command::Settle(Box::new(found))).unwrap();
                    }
                }
                _ => house.time_passes(5_000),
            }
            house.found();
        }
    }
}

/// Our book as it stands, and what a provider that shows none is asked about.
fn asked_about(house: &mut House, books: &mut Books, since_millis_ago: i64) -> Vec<String> {
    for event in house.journal().read_after(books.position(), usize::MAX).unwrap() {
        books.take_ours(&event);
    }
    for wanted in books.wanted() {
        let stream = house.journal().load(wanted.0, 0).unwrap();
        books.reload(wanted, &stream);
    }
    let since = house.now.plus_millis(-since_millis_ago);
    books.questions(since, house.now).into_iter().map(|question| question.key).collect()
}

const DAY_MILLIS: i64 = 86_400_000;

/// So long after it was last heard of a charge is asked about.
const QUIET_MILLIS: i64 = 11 * 60_000;

#[test]
fn a_provider_that_shows_no_book_is_asked_until_it_agrees_and_again_when_something_is_heard() {
    let (mut house, mut books) = (paid(), Books::default());
    let captured = Charged { captured: Some((won(PRICE), "c".to_owned())), refunds: Vec::new() };
    house.time_passes(QUIET_MILLIS);
    assert_eq!(asked_about(&mut house, &mut books, DAY_MILLIS), [key(1)]);
    assert_eq!(books.examined(order(1), &captured, house.now), []);
    assert_eq!(asked_about(&mut house, &mut books, DAY_MILLIS), [""; 0]);

    house.refund(1, 2_000).unwrap();
    house.provider_works();
    assert_eq!(asked_about(&mut house, &mut books, DAY_MILLIS), [""; 0], "it may still be on its way");
    house.time_passes(QUIET_MILLIS);
    assert_eq!(asked_about(&mut house, &mut books, DAY_MILLIS), [key(1)]);
    let lost = books.examined(order(1), &captured, house.now);
    assert_eq!(lost.iter().map(|found| found.kind).collect::<Vec<_>>(), [DiscrepancyKind::LostRefund]);
    assert_eq!(asked_about(&mut house, &mut books, DAY_MILLIS), [key(1)], "until they agree");
    let refund = Some(format!("{}/refund/1", key(1)));
    let given_back = Charged { refunds: vec![(refund, won(2_000))], ..captured };
    assert_eq!(books.examined(order(1), &given_back, house.now), []);
    assert_eq!(asked_about(&mut house, &mut books, DAY_MILLIS), [""; 0]);
}

#[test]
fn what_such_a_provider_says_of_a_charge_is_held_against_ours() {
    let charged = |won_captured: Option<i64>| Charged {
        captured: won_captured.map(|amount| (won(amount), "PROVIDERS-CODE".to_owned())),
        refunds: Vec::new(),
    };
    for (theirs, kind) in [
        (None, DiscrepancyKind::UnknownToThem),
        (Some(PRICE + 1), DiscrepancyKind::WrongAmount),
        (Some(PRICE - 1), DiscrepancyKind::WrongAmount),
    ] {
        let (mut house, mut books) = (paid(), Books::default());
        asked_about(&mut house, &mut books, DAY_MILLIS);
        let found = books.examined(order(1), &charged(theirs), house.now);
        assert_eq!(found.iter().map(|found| found.kind).collect::<Vec<_>>(), [kind]);
    }

    let (mut house, mut books) = (House::open(), Books::default());
    house.ask(1, "tok_decline").unwrap();
    house.provider_works();
    house.time_passes(10_000);
    asked_about(&mut house, &mut books, DAY_MILLIS);
    assert_eq!(books.examined(order(1), &charged(None), house.now), [], "both say that nothing moved");
    let mut books = Books::default();
    asked_about(&mut house, &mut books, DAY_MILLIS);
    let found = books.examined(order(1), &charged(Some(PRICE)), house.now);
    assert!(
        matches!(&found[0].remedy, Remedy::RecordHere { approval_code } if approval_code == "PROVIDERS-CODE"),
        "{found:?}"
    );
}

#[test]
fn what_is_under_way_or_long_over_is_not_asked_about() {
    let mut house = House::open();
    house.ask(1, "tok_approve").unwrap();
    house.time_passes(QUIET_MILLIS);
    assert_eq!(asked_about(&mut house, &mut Books::default(), DAY_MILLIS), [""; 0], "not known yet");
    let (mut house, mut books) = (paid(), Books::default());
    house.time_passes(QUIET_MILLIS);
    assert_eq!(asked_about(&mut house, &mut books, QUIET_MILLIS), [""; 0], "heard of a while before");
    // And left alone from then on.
    assert_eq!(asked_about(&mut house, &mut books, DAY_MILLIS), [""; 0]);
}

#[test]
fn what_was_heard_of_just_now_is_asked_about_once_an_index_may_have_it() {
    let (mut house, mut books) = (paid(), Books::default());
    assert_eq!(asked_about(&mut house, &mut books, DAY_MILLIS), [""; 0], "the index may be late");
    house.time_passes(QUIET_MILLIS);
    assert_eq!(asked_about(&mut house, &mut books, DAY_MILLIS), [key(1)]);
}

#[test]
fn a_charge_that_was_approved_is_asked_about_by_the_code_of_its_approval() {
    let (mut house, mut books) = (paid(), Books::default());
    house.ask(2, "tok_decline").unwrap();
    house.provider_works();
    house.time_passes(QUIET_MILLIS);
    asked_about(&mut house, &mut books, DAY_MILLIS);
    let questions = books.questions(house.now.plus_millis(-DAY_MILLIS), house.now);
    let codes: Vec<(OrderId, bool)> =
        questions.iter().map(|question| (question.order, question.code.is_some())).collect();
    assert_eq!(codes, [(order(1), true), (order(2), false)]);
}
