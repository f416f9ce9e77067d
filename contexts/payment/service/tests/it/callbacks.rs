//! What providers tell of their own accord: S19, a callback that is forged, replayed, reordered or wrong
//! changes no payment; one that fits does what the answer would have done, once.

use journal::Reader as _;
use kernel::{Aggregate as _, Currency, Money, Timestamp};
use payment_contract::{DiscrepancyEvent, DiscrepancyKind, PaymentState};
use payment_domain::Discrepancy;
use payment_service::provider::callback::{
    Callback, CallbackOutcome, CallbackSecret, NotOpened, SignedCallback,
};
use payment_service::provider::sandbox::BookLine;
use payment_service::{Command, DepositWish, Reply};
use proptest::prelude::*;

use crate::audit::audited;
use crate::house::{House, PRICE, cafe, order, won};
use crate::program::{Program, callback_secret};

const PATH: &str = "/v1/payments/callbacks/sandbox";

fn key(number: u64) -> String {
    format!("{}/1", order(number))
}

fn approved(number: u64) -> Callback {
    let outcome = CallbackOutcome::Approved { code: "SB-00000001".to_owned() };
    Callback { order: order(number), key: key(number), amount: won(PRICE), outcome }
}

fn declined(number: u64) -> Callback {
    let outcome = CallbackOutcome::Declined { reason: "declined by the issuer".to_owned() };
    Callback { outcome, ..approved(number) }
}

fn refunded(number: u64, step: u32, amount: i64) -> Callback {
    let key = format!("{}/refund/{step}", key(number));
    Callback { key, amount: won(amount), outcome: CallbackOutcome::Refunded {}, ..approved(number) }
}

/// Why a callback changed nothing, where it did not fit.
fn takes(house: &mut House, callback: Callback) -> Option<String> {
    match house.command(Command::TakeCallback(callback)).unwrap() {
        Reply::Callback { refused } => refused,
        other => panic!("a callback is not answered with {other:?}"),
    }
}

/// What was found between the books.
fn found(house: &mut House) -> Vec<DiscrepancyKind> {
    let events = house.journal().read_after(0, usize::MAX).unwrap();
    let told = events.iter().filter(|event| &*event.stream_kind == Discrepancy::KIND);
    told.filter_map(|event| match event.decode().unwrap() {
        DiscrepancyEvent::Found(found) => Some(found.kind),
        DiscrepancyEvent::Settled(_) => None,
    })
    .collect()
}

fn asked(method: &str) -> House {
    let mut house = House::open();
    house.ask(1, method).unwrap();
    house
}

#[test]
fn a_callback_before_the_answer_is_the_answer_and_the_answer_changes_nothing_more() {
    let mut house = asked("tok_approve");
    let answer = house.answer_travels();

    assert_eq!(takes(&mut house, approved(1)), None);
    assert_eq!((house.state(1), house.leases()), (PaymentState::Approved, 0));
    let version = house.payment(1).version;
    house.bring(answer);
    assert_eq!(takes(&mut house, approved(1)), None);

    assert_eq!(house.payment(1).version, version);
    house.is_at_rest();
    audited(&mut house);
}

#[test]
fn where_only_a_callback_tells_it_is_enough() {
    let mut house = asked("tok_callback_only");
    house.provider_works();
    assert_eq!(house.state(1), PaymentState::Unknown);

    assert_eq!(takes(&mut house, approved(1)), None);

    assert_eq!(house.state(1), PaymentState::Approved);
    house.is_at_rest();
}

#[test]
fn a_callback_that_comes_too_late_is_recorded_and_its_money_goes_back() {
    let mut house = asked("tok_approve");
    house.order_gives_up(1);
    let key = key(1);
    house.provider_writes(BookLine::Captured { key, amount: won(PRICE), number: 1 });

    assert_eq!(takes(&mut house, approved(1)), None);
    house.started.retain(|effect| effect.kind == "refund");
    house.provider_works();

    assert_eq!(house.state(1), PaymentState::Refunded);
    house.is_at_rest();
    audited(&mut house);
}

#[test]
fn a_declined_charge_and_a_refund_are_told_likewise() {
    let mut house = asked("tok_decline");
    let answer = house.answer_travels();
    assert_eq!(takes(&mut house, declined(1)), None);
    house.bring(answer);
    assert_eq!((house.state(1), house.leases()), (PaymentState::Declined, 0));

    let mut house = asked("tok_approve");
    house.provider_works();
    house.refund(1, 2_000).unwrap();
    let answer = house.answer_travels();
    assert_eq!(takes(&mut house, refunded(1, 1, 2_000)), None);
    assert_eq!(takes(&mut house, refunded(1, 1, 2_000)), None);
    house.bring(answer);
    assert_eq!(house.state(1), PaymentState::PartlyRefunded);
    house.is_at_rest();
    audited(&mut house);
}

#[test]
fn what_does_not_fit_changes_no_payment_and_is_kept_once() {
    let euro = Money::new(PRICE, Currency::parse("EUR").unwrap());
    let wrong = [
        Callback { amount: won(PRICE + 1), ..approved(1) },
        Callback { amount: euro, ..approved(1) },
        Callback { key: key(2), ..approved(1) },
        Callback { order: order(9), ..approved(1) },
        refunded(1, 1, 2_001),
        refunded(1, 2, 2_000),
        declined(1),
    ];
    for callback in wrong {
        let mut house = asked("tok_approve");
        house.provider_works();
        house.refund(1, 2_000).unwrap();
        let version = house.payment(1).version;

        for _ in 0..2 {
            assert!(takes(&mut house, callback.clone()).is_some(), "{callback:?}");
        }

        assert_eq!(house.payment(1).version, version, "{callback:?}");
        assert_eq!(found(&mut house), [DiscrepancyKind::CallbackMismatch], "{callback:?}");
        house.provider_works();
        house.time_passes(10_000);
        assert_eq!(house.found(), [], "{callback:?}");
        house.is_at_rest();
        audited(&mut house);
    }
}

#[test]
fn the_provider_says_nothing_about_what_a_deposit_pays_or_nobody_asked_for() {
    let mut house = House::open();
    house.cafe_opens_on_deposit(0);
    let (customer, amount) = (Some("1".into()), Some(won(PRICE)));
    let deposit = DepositWish { shop: cafe(), customer, amount, reference: None, key: None };
    house.command(Command::Deposit(deposit)).unwrap();
    house.ask(1, payment_contract::DEPOSIT_METHOD).unwrap();
    house.by_customer = true;
    house.ask(2, "tok_approve").unwrap();

    assert!(takes(&mut house, approved(1)).is_some());
    assert!(takes(&mut house, approved(2)).is_some());
    assert_eq!(house.state(2), PaymentState::WaitingForApproval);
}

#[test]
fn only_what_the_provider_signed_lately_is_opened() {
    let (secret, now) = (callback_secret(), Timestamp::from_millis(1_700_000_000_000));
    let signed = SignedCallback::sign(&secret, "callback/1", now, &approved(1));
    assert_eq!(signed.open(&secret, now.plus_millis(299_000)).unwrap(), approved(1));

    let another = SignedCallback::sign(&secret, "callback/2", now, &approved(2));
    let forgeries = [
        SignedCallback::sign(&CallbackSecret::of(&[8; 32]), "callback/1", now, &approved(1)),
        SignedCallback { body: another.body.clone(), ..signed.clone() },
        SignedCallback { id: another.id, ..signed.clone() },
        SignedCallback { timestamp_seconds: signed.timestamp_seconds + 1, ..signed.clone() },
        SignedCallback { signatures: String::new(), ..signed.clone() },
        SignedCallback { signatures: another.signatures, ..signed.clone() },
    ];
    for forged in forgeries {
        assert!(matches!(forged.open(&secret, now), Err(NotOpened::Forged)), "{forged:?}");
    }
    for replayed_at in [301_000, -301_000, 86_400_000] {
        assert!(matches!(signed.open(&secret, now.plus_millis(replayed_at)), Err(NotOpened::Forged)));
    }
}

/// Posts a callback as it is signed.
async fn posts(shop: &Program, path: &str, signed: &SignedCallback) -> crate::program::Said {
    let (at, body) = (signed.timestamp_seconds.to_string(), String::from_utf8(signed.body.clone()).unwrap());
    let headers =
        [("webhook-id", &*signed.id), ("webhook-timestamp", &at), ("webhook-signature", &signed.signatures)];
    shop.post(path, &body, &headers).await
}

#[tokio::test]
async fn over_http_a_forged_call_is_refused_and_a_signed_one_is_taken() {
    let mut house = House::open();
    house.cafe_opens();
    house.ask(1, "tok_approve").unwrap();
    house.started.clear();
    let now = house.now;
    let shop = Program::of(house);
    let sign = |callback: &Callback| SignedCallback::sign(&callback_secret(), "callback/1", now, callback);

    let forged = SignedCallback::sign(&CallbackSecret::of(&[8; 32]), "callback/1", now, &approved(1));
    let old = SignedCallback::sign(&callback_secret(), "1", now.plus_millis(-400_000), &approved(1));
    for refused in [&forged, &old, &SignedCallback { body: b"{}".to_vec(), ..sign(&approved(1)) }] {
        let said = posts(&shop, PATH, refused).await;
        assert_eq!((said.status, said.slug().as_str()), (401, "unauthenticated"));
    }
    let bare = shop.post(PATH, "{}", &[]).await;
    assert_eq!(bare.status, 401);
    let nobody = posts(&shop, "/v1/payments/callbacks/nobody", &sign(&approved(1))).await;
    assert_eq!((nobody.status, nobody.slug().as_str()), (404, "not-found"));
    let wrong = posts(&shop, PATH, &sign(&Callback { amount: won(1), ..approved(1) })).await;
    assert_eq!((wrong.status, wrong.slug().as_str()), (409, "command-forbidden-by-state"));
    assert_eq!(shop.until(1, PaymentState::Requested).await.version, 1);

    for _ in 0..2 {
        assert_eq!(posts(&shop, PATH, &sign(&approved(1))).await.status, 204);
    }
    assert_eq!(shop.until(1, PaymentState::Approved).await.version, 2);
}

#[tokio::test]
async fn the_sandbox_calls_back_as_its_tokens_say() {
    for token in ["tok_callback_first", "tok_callback_twice", "tok_callback_only"] {
        let mut house = House::open();
        house.cafe_opens();
        let shop = Program::of(house);
        let ask = payment_contract::AskPayment {
            order: order(1),
            shop: cafe(),
            order_number: 1,
            customer: None,
            amount: won(PRICE),
            method: token.to_owned(),
            by_customer: false,
        };

        payment_contract::PaymentClient::ask(&shop.near(), ask).await.unwrap();

        let paid = shop.until(1, PaymentState::Approved).await;
        assert_eq!(paid.approval_code.as_deref(), Some("SB-00000001"), "{token}");
    }
}

#[tokio::test]
async fn the_sandbox_calls_back_of_a_decline_too() {
    let mut house = House::open();
    house.cafe_opens();
    let shop = Program::of(house);
    let ask = payment_contract::AskPayment {
        order: order(1),
        shop: cafe(),
        order_number: 1,
        customer: None,
        amount: won(PRICE),
        method: "tok_decline_callback_only".to_owned(),
        by_customer: false,
    };

    payment_contract::PaymentClient::ask(&shop.near(), ask).await.unwrap();

    shop.until(1, PaymentState::Declined).await;
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn callbacks_in_any_order_and_number_move_money_once(
        steps in proptest::collection::vec((0..9u8, 1..4u64), 0..40),
    ) {
        let mut house = House::open();
        for (what, number) in steps {
            match what {
                0 => drop(house.ask(number, "tok_approve")),
                1 => house.provider_works(),
                2 if !house.started.is_empty() => house.answers_are_lost(),
                // The provider tells only what is in its book.
                3 if house.book.captured(&key(number)).is_some() => {
                    takes(&mut house, approved(number));
                }
                4 => drop(takes(&mut house, Callback { amount: won(1), ..approved(number) })),
                5 => house.order_gives_up(number),
                6 => house.order_is_cancelled(number, true),
                7 if house.book.refunded(&key(number)) == 1_000 => {
                    takes(&mut house, refunded(number, 1, 1_000));
                }
                8 => drop(house.refund(number, 1_000)),
                _ => house.time_passes(5_000),
            }
        }
        for _ in 0..40 {
            house.provider_works();
            house.time_passes(60_000);
        }
        house.provider_works();
        house.is_at_rest();
        audited(&mut house);
    }
}
