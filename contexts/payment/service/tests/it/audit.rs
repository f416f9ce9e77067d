//! What `jumun verify` finds in payment's books, and what it does not.

use journal::{Reader as _, Row};
use payment_contract::{PaymentApprovedV1, PaymentEvent, Posting, RefundRequestedV1};
use payment_service::audit::{Finding, PaymentAudit};

use crate::house::{House, PRICE, order, recorded_payment, won};

fn of_house(house: &mut House) -> PaymentAudit {
    let mut audit = PaymentAudit::default();
    for recorded in house.journal().read_after(0, usize::MAX).unwrap() {
        audit.take(&recorded);
    }
    audit
}

fn approved(postings: Vec<Posting>) -> PaymentEvent {
    PaymentEvent::Approved(PaymentApprovedV1 { amount: won(PRICE), approval_code: "A1".to_owned(), postings })
}

fn posting(account: &str, amount: i64) -> Posting {
    Posting { account: account.to_owned(), amount: won(amount) }
}

/// The books of a house fit, and its ledger stands where they put it.
#[track_caller]
pub(crate) fn audited(house: &mut House) -> PaymentAudit {
    let audit = of_house(house);
    assert_eq!(audit.findings(), []);
    assert_eq!(audit.compare_ledger(house.journal()).unwrap(), []);
    audit
}

#[test]
fn good_books_have_no_findings() {
    let mut house = House::open();
    for number in 1..=3 {
        house.ask(number, "tok_approve").unwrap();
    }
    house.provider_works();
    house.refund(1, 2_000).unwrap();
    house.order_gives_up(2);
    house.provider_works();

    let audit = of_house(&mut house);

    assert_eq!(audit.findings(), []);
    assert_eq!(audit.compare_ledger(house.journal()).unwrap(), []);
    let first = audit.order(order(1));
    assert_eq!((first.captured, first.captures, first.refunded, first.refunds), (PRICE, 1, 2_000, 1));
}

#[test]
fn an_entry_that_does_not_balance_is_found() {
    let mut audit = PaymentAudit::default();

    audit.take(&recorded_payment(
        1,
        &approved(vec![posting("provider-clearing", PRICE), posting("shop/cafe", -1)]),
    ));

    assert_eq!(audit.findings(), [Finding::EntryDoesNotBalance { position: 1, sum: PRICE - 1 }]);
}

#[test]
fn a_second_capture_is_found() {
    let mut audit = PaymentAudit::default();

    audit.take(&recorded_payment(1, &approved(vec![])));
    audit.take(&recorded_payment(2, &approved(vec![])));

    assert_eq!(audit.findings(), [Finding::CapturedTwice { order: order(1) }]);
}

#[test]
fn more_back_than_captured_is_found() {
    let mut audit = PaymentAudit::default();
    let wish = PaymentEvent::RefundRequested(RefundRequestedV1 {
        step: 1,
        amount: won(PRICE + 1),
        provider_key: "k".to_owned(),
        reason: "r".to_owned(),
        withdrawn: false,
        proposal: None,
    });

    audit.take(&recorded_payment(1, &approved(vec![])));
    audit.take(&recorded_payment(2, &wish));

    let finding = Finding::MoreBackThanCaptured { order: order(1), captured: PRICE, back: PRICE + 1 };
    assert_eq!(audit.findings(), [finding]);
}

#[test]
fn a_ledger_row_that_was_tampered_with_is_found() {
    let mut house = House::open();
    house.ask(1, "tok_approve").unwrap();
    house.provider_works();
    let audit = of_house(&mut house);
    house.tamper_with_rows("ledger", |row: &mut Row| {
        let text = String::from_utf8(row.body.clone()).unwrap();
        row.body = text.replace("9000", "8000").into_bytes();
    });

    let findings = audit.compare_ledger(house.journal()).unwrap();

    assert_eq!(findings.len(), 2, "{findings:?}");
    assert!(
        matches!(&findings[0], Finding::AccountDiffers { postings: PRICE, row: 8_000, .. }),
        "{findings:?}"
    );
}

#[test]
fn an_event_that_cannot_be_read_is_found() {
    let mut audit = PaymentAudit::default();
    let mut recorded = recorded_payment(1, &approved(vec![]));
    recorded.data = b"nonsense".to_vec();

    audit.take(&recorded);

    assert!(matches!(&audit.findings()[..], [Finding::Unreadable { position: 1, .. }]));
}
