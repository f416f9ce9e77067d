//! An order of a shop whose events a test tells in the order that it likes.

use catalog_contract::{
    Accept, BreakerRule, CancelRule, Completes, Handover, PaymentRule, PaymentTime, Prepare, PrepareRule,
    ReceiptRule, ShopLife, Stage, StageBounds, StockMode, StockRule, Text, WhenUnavailable,
};
use kernel::{Actor, Causation, Currency, Money, OrderId, Personal, Published, Recorded, Subject, Timestamp};
use ordering_contract::{
    CancelReason, ChosenOption, OrderAcceptedV1, OrderCancelledV1, OrderCompletedV1, OrderConfirmedV1,
    OrderContact, OrderEvent, OrderLine, OrderPaidV1, OrderPlacedV1, OrderPreparedV1, OrderStartedV1,
};
use payment_contract::{PaymentApprovedV1, PaymentEvent, PaymentRefundedV1, Posting};
use tracking_domain::{Source, Story};
use uuid::Uuid;

pub(crate) const ORDER: OrderId = OrderId(Uuid::from_u128(7));
/// 2026-11-28 09:00 in Seoul.
pub(crate) const MORNING: i64 = 1_795_824_000_000;
pub(crate) const MINUTE: i64 = 60_000;

pub(crate) fn won(amount: i64) -> Money {
    Money::new(amount, Currency::KRW)
}

pub(crate) fn at(minutes: i64) -> Timestamp {
    Timestamp::from_millis(MORNING + minutes * MINUTE)
}

pub(crate) fn cafe() -> ShopLife {
    let started = Stage::Started;
    ShopLife {
        key: "cafe".into(),
        name: Text { ko: "카페".to_owned(), en: "Cafe".to_owned() },
        currency: Currency::KRW,
        time_zone: "Asia/Seoul".to_owned(),
        payment: PaymentRule {
            when: PaymentTime::AtOrder,
            default_method: Some("tok_approve".to_owned()),
            unavailable: WhenUnavailable::Reject,
            timeout_millis: 1_000,
            expires_after_millis: 15 * MINUTE,
            breaker: BreakerRule { calls_min: 10, failures_percent: 50, open_millis: 1_000 },
            deposit: None,
            refund_alone_max: None,
        },
        stock: StockRule::of(StockMode::None),
        accept: Accept::Staff,
        prepare: PrepareRule { by: Prepare::Staff, finishes_at_start: false },
        handover: Handover::Pickup,
        delivery: None,
        cancel: CancelRule { customer_before: started, staff_before: started },
        completes: Completes::Command { or_after_millis: 240 * MINUTE },
        bounds: StageBounds {
            accept_millis: 5 * MINUTE,
            start_millis: 10 * MINUTE,
            prepare_millis: 15 * MINUTE,
            handover_millis: 60 * MINUTE,
        },
        hours: None,
        later: None,
        table: None,
        promise: None,
        messages: None,
        receipts: Some(ReceiptRule {
            business_number: Some("123-45-67890".to_owned()),
            vat_percent: Some(10),
        }),
    }
}

/// An event of the order, and when it was committed, in minutes.
#[derive(Clone)]
pub(crate) struct Fact {
    source: Source,
    event: Recorded,
}

pub(crate) fn fact(source: Source, minutes: i64, event: &impl Published) -> Fact {
    let encoded = event.encode();
    let event = Recorded {
        position: 1,
        stream_kind: "told".into(),
        stream_id: ORDER.0,
        version: 0,
        event_type: event.event_type().into(),
        at: at(minutes),
        subject: Subject::order("cafe".into(), ORDER, 42),
        causation: Causation::from_text("command/test"),
        actor: Actor::system(),
        data: encoded.data,
        personal: encoded.personal.map(|bytes| kernel::PersonalPart {
            key_id: None,
            algorithm: "none",
            bytes,
        }),
        previous_hash: [0; 16],
        hash: [0; 16],
    };
    Fact { source, event }
}

pub(crate) fn order(minutes: i64, event: OrderEvent) -> Fact {
    fact(Source::Ordering, minutes, &event)
}

pub(crate) fn placed(minutes: i64) -> Fact {
    let line = OrderLine {
        item: "latte".to_owned(),
        name: "라떼".to_owned(),
        quantity: 2,
        options: vec![ChosenOption { option: "size".to_owned(), choice: "large".to_owned() }],
        unit_price: won(4_500),
    };
    order(
        minutes,
        OrderEvent::Placed(OrderPlacedV1 {
            life: "cafe-1".into(),
            customer: Some("mina".into()),
            call_number: 1,
            lines: vec![line],
            uses: Vec::new(),
            total: won(9_000),
            payment_method: Some("tok_approve".to_owned()),
            placed_at: at(minutes),
            promised_at: None,
            later: None,
            table: None,
            delivers: false,
            client_key: None,
            personal: Personal::new(OrderContact {
                address: Some("12 Secret Street".to_owned()),
                ..OrderContact::default()
            }),
        }),
    )
}

pub(crate) fn approved(minutes: i64) -> Fact {
    let postings = vec![
        Posting { account: "provider-clearing".to_owned(), amount: won(9_000) },
        Posting { account: "shop/cafe".to_owned(), amount: won(-9_000) },
    ];
    let approved = PaymentApprovedV1 { amount: won(9_000), approval_code: "AP-1".to_owned(), postings };
    fact(Source::Payment, minutes, &PaymentEvent::Approved(approved))
}

pub(crate) fn refunded(minutes: i64, step: u32, amount: i64, whole: bool) -> Fact {
    let refunded =
        PaymentRefundedV1 { step, amount: won(amount), whole, by_hand: None, postings: Vec::new() };
    fact(Source::Payment, minutes, &PaymentEvent::Refunded(refunded))
}

pub(crate) fn paid(minutes: i64) -> Fact {
    order(minutes, OrderEvent::Paid(OrderPaidV1 { amount: won(9_000), approval_code: "AP-1".to_owned() }))
}

pub(crate) fn confirmed(minutes: i64) -> Fact {
    let confirmed = OrderConfirmedV1 {
        life: "cafe-1".into(),
        call_number: 1,
        lines: Vec::new(),
        wanted_at: None,
        table: None,
        personal: Personal::absent(),
    };
    order(minutes, OrderEvent::Confirmed(confirmed))
}

pub(crate) fn cancelled(minutes: i64) -> Fact {
    let cancelled = OrderCancelledV1 {
        reason: CancelReason::ByCustomer,
        text: Some("too slow".to_owned()),
        calls_money_back: true,
        holds_stock: false,
    };
    order(minutes, OrderEvent::Cancelled(cancelled))
}

/// Placed in the morning, taken on after 2 minutes, made after 12, handed over.
pub(crate) fn whole_life() -> Vec<Fact> {
    vec![
        placed(0),
        approved(0),
        paid(0),
        confirmed(0),
        order(2, OrderEvent::Accepted(OrderAcceptedV1 {})),
        order(3, OrderEvent::Started(OrderStartedV1 {})),
        order(12, OrderEvent::Prepared(OrderPreparedV1 {})),
        order(20, OrderEvent::Completed(OrderCompletedV1 {})),
    ]
}

/// Tells a story some more.
pub(crate) fn tell(story: &mut Story, fact: &Fact) {
    let version = story.version_of(fact.source) + 1;
    story.apply(fact.source, &Recorded { version, ..fact.event.clone() }).unwrap();
}

pub(crate) fn story(facts: &[Fact]) -> Story {
    let mut story = Story::default();
    facts.iter().for_each(|fact| tell(&mut story, fact));
    story
}
