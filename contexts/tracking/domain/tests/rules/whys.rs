//! Why an order is in its state. That every state is explained is proved over whole lives, where the
//! program's shops are (`apps/jumun/src/proof/explained.rs`).

use catalog_contract::{
    Completes, DeliveryRule, DeliveryStarts, Handover, PaymentTime, ShopLife, WhenUnavailable,
};
use delivery_contract::{DeliveryEvent, DeliveryFailedV1, DeliveryRequestedV1, DeliveryStartedV1};
use kernel::{Actor, Personal};
use ordering_contract::{
    OrderCompletedV1, OrderEvent, OrderPreparedV1, OrderRefundedV1, OrderRefusedV1, RefusalReason,
};
use payment_contract::{
    PaymentAwaitedV1, PaymentEvent, PaymentRefundedV1, RefundImpossibleV1, RefundProposedV1,
    RefundRequestedV1,
};
use tracking_contract::{WaitsFor, WaitsFrom, WhyView};
use tracking_domain::{Circumstances, Source, why};

use crate::house::{
    Fact, ORDER, approved, at, cafe, cancelled, confirmed, fact, order, paid, placed, refunded, story, won,
};

fn explained(facts: &[Fact], life: &ShopLife, minutes: i64) -> WhyView {
    let now = Circumstances { number: 42, now: at(minutes), ..Circumstances::default() };
    why(&story(facts), life, ORDER, &life.key, &now).unwrap()
}

fn new_order() -> Vec<Fact> {
    vec![placed(0), approved(0), paid(0), confirmed(1)]
}

#[test]
fn an_order_that_waits_says_for_whom_since_when_how_long_and_what_moves_it() {
    let why = explained(&new_order(), &cafe(), 4);
    let waits = why.waits.unwrap();

    assert_eq!((waits.what, waits.from, waits.since), (WaitsFor::Acceptance, WaitsFrom::Staff, at(1)));
    assert_eq!((waits.waited_millis, waits.bound_millis, waits.exceeded), (180_000, Some(300_000), false));
    let paths: Vec<_> = waits.commands.iter().map(|command| command.path.as_str()).collect();
    assert_eq!(paths, ["/v1/shops/cafe/tickets/42/accept", "/v1/shops/cafe/tickets/42/reject"]);
    assert_eq!(why.text.ko, "매장의 수락을 기다리고 있습니다 (3분째, 한도 5분).");
    assert_eq!(why.text.en, "Waits for the shop's staff to take it on, for 3m; bound 5m.");
}

#[test]
fn beyond_its_bound_it_says_so() {
    let why = explained(&new_order(), &cafe(), 10);
    assert!(why.waits.unwrap().exceeded);
    assert_eq!(why.text.ko, "매장의 수락을 기다리고 있습니다 (9분째, 한도 5분 초과).");
    assert_eq!(why.text.en, "Waits for the shop's staff to take it on, for 9m, beyond its bound of 5m.");
}

#[test]
fn what_happens_by_itself_is_told_with_its_time() {
    let mut facts = new_order();
    facts.push(order(12, OrderEvent::Prepared(OrderPreparedV1 {})));
    let waits = explained(&facts, &cafe(), 20).waits.unwrap();
    let by_itself = waits.by_itself.unwrap();
    assert_eq!((waits.what, by_itself.at), (WaitsFor::HandOver, at(12 + 240)));
    assert_eq!(by_itself.text.en, "in 3h 52m it is closed by itself");
}

#[test]
fn a_customer_who_has_to_approve_is_named_and_when_it_expires() {
    let mut life = cafe();
    (life.payment.when, life.payment.unavailable) = (PaymentTime::ByCustomer, WhenUnavailable::Defer);
    let awaited = PaymentAwaitedV1 {
        order: ORDER,
        amount: won(9_000),
        method: "tok".to_owned(),
        customer: None,
        requested_at: at(0),
    };
    let facts = [placed(0), fact(Source::Payment, 0, &PaymentEvent::Awaited(awaited))];
    let waits = explained(&facts, &life, 5).waits.unwrap();
    assert_eq!((waits.what, waits.from), (WaitsFor::Approval, WaitsFrom::Customer));
    assert_eq!(waits.by_itself.unwrap().at, at(15));
    assert_eq!(waits.commands[0].path, "/v1/shops/cafe/orders/42/payment/approve");
}

#[test]
fn an_end_is_explained_with_who_why_and_what_they_said() {
    let mut facts = new_order();
    facts.push(cancelled(3));
    let now = Circumstances {
        number: 42,
        ended_by: Some(Actor::parse("customer:mina").unwrap()),
        now: at(4),
        ..Circumstances::default()
    };
    let explain = |facts: &[Fact]| why(&story(facts), &cafe(), ORDER, &"cafe".into(), &now).unwrap();

    let waiting = explain(&facts);
    assert_eq!(waiting.waits.unwrap().what, WaitsFor::Refund);
    facts.push(refunded(4, 1, 9_000, true));
    facts.push(order(4, OrderEvent::Refunded(OrderRefundedV1 { amount: won(9_000) })));
    let over = explain(&facts);

    let ended = over.ended.unwrap();
    assert_eq!(
        (ended.at, ended.reason.as_str(), ended.said.as_deref()),
        (at(3), "by-customer", Some("too slow"))
    );
    assert_eq!((ended.by.unwrap().as_str(), over.waits), ("customer:mina", None));
    assert_eq!(over.text.en, "The customer cancelled the order (too slow); the money is back.");
    assert_eq!(over.text.ko, "고객이 주문을 취소했습니다 (too slow). 결제 금액이 환불되었습니다.");
}

#[test]
fn an_order_that_never_stood_says_why() {
    let refused = OrderRefusedV1 {
        reason: RefusalReason::PaymentDeclined,
        detail: Some("declined by the issuer".to_owned()),
        holds_stock: false,
    };
    let why = explained(&[placed(0), order(1, OrderEvent::Refused(refused))], &cafe(), 2);
    assert_eq!(why.text.en, "The payment was declined (declined by the issuer).");
    assert_eq!((why.ended.unwrap().reason.as_str(), why.waits), ("payment-declined", None));
}

#[test]
fn a_parked_event_is_what_everybody_waits_for() {
    let at = Circumstances {
        number: 42,
        parked_at: vec!["kitchen".to_owned()],
        now: at(2),
        ..Circumstances::default()
    };
    let why = why(&story(&new_order()), &cafe(), ORDER, &"cafe".into(), &at).unwrap();
    let waits = why.waits.unwrap();
    assert_eq!((waits.what, waits.from, waits.exceeded), (WaitsFor::ParkedEvent, WaitsFrom::Operator, true));
    assert_eq!(waits.commands[0].path, format!("/v1/parked/kitchen/{ORDER}/retry"));
    assert!(why.text.en.contains("(kitchen)"), "{}", why.text.en);
}

#[test]
fn a_refund_that_needs_a_second_person_waits_for_one_until_it_is_confirmed() {
    let mut facts = new_order();
    facts.push(order(20, OrderEvent::Completed(OrderCompletedV1 {})));
    let proposed = RefundProposedV1 {
        proposal: 1,
        amount: won(9_000),
        reason: "cold".to_owned(),
        proposed_by: "staff:kim".to_owned(),
        expires_at: Some(at(21 + 24 * 60)),
    };
    facts.push(fact(Source::Payment, 21, &PaymentEvent::RefundProposed(proposed)));
    let waits = explained(&facts, &cafe(), 22).waits.unwrap();
    assert_eq!(waits.what, WaitsFor::SecondPerson);
    assert_eq!(waits.commands[0].path, "/v1/shops/cafe/orders/42/payment/refund-proposals/1/confirm");
    let confirmed = RefundRequestedV1 {
        step: 1,
        amount: won(9_000),
        provider_key: "key".to_owned(),
        reason: "cold".to_owned(),
        withdrawn: false,
        proposal: Some(1),
    };
    facts.push(fact(Source::Payment, 22, &PaymentEvent::RefundRequested(confirmed)));
    assert_eq!(explained(&facts, &cafe(), 23).waits.unwrap().what, WaitsFor::Refund);
}

#[test]
fn what_the_provider_will_not_give_back_names_the_refunds_that_are_to_be_given_by_hand() {
    let wish = |step, amount| RefundRequestedV1 {
        step,
        amount: won(amount),
        provider_key: format!("key/{step}"),
        reason: "cold".to_owned(),
        withdrawn: false,
        proposal: None,
    };
    let payment = |minutes, event: PaymentEvent| fact(Source::Payment, minutes, &event);
    let impossible = |step, amount| {
        let reason = "there is no such charge".to_owned();
        PaymentEvent::RefundImpossible(RefundImpossibleV1 { step, amount: won(amount), reason })
    };
    let mut facts = new_order();
    facts.push(order(20, OrderEvent::Completed(OrderCompletedV1 {})));
    for (step, amount) in [(1, 1_000), (2, 2_000)] {
        facts.push(payment(21, PaymentEvent::RefundRequested(wish(step, amount))));
        facts.push(payment(22, impossible(step, amount)));
    }
    let settles = |facts: &[Fact]| {
        let waits = explained(facts, &cafe(), 23).waits.unwrap();
        assert_eq!((waits.what, waits.from), (WaitsFor::RefundByHand, WaitsFrom::Staff));
        waits.commands.into_iter().map(|command| command.path).collect::<Vec<_>>()
    };
    let route = |step| format!("/v1/shops/cafe/orders/42/payment/refunds/{step}/settle");
    assert_eq!(settles(&facts), [route(1), route(2)]);
    let by_hand = PaymentRefundedV1 {
        step: 2,
        amount: won(2_000),
        whole: false,
        by_hand: Some("in cash".to_owned()),
        postings: Vec::new(),
    };
    facts.push(payment(23, PaymentEvent::Refunded(by_hand)));
    assert_eq!(settles(&facts), [route(1)]);
}

#[test]
fn a_courier_is_waited_for_and_a_failed_attempt_is_tried_again_at_its_time() {
    let mut life = cafe();
    life.handover = Handover::Delivery;
    life.completes = Completes::AtStage { stage: catalog_contract::Stage::Delivered };
    life.delivery = Some(DeliveryRule {
        starts: DeliveryStarts::Staff,
        needs_courier: true,
        needs_address: true,
        attempts: 2,
        retry_after_millis: 30 * 60_000,
        refunds_returned: true,
        delivered_after_millis: None,
    });
    let asked = DeliveryRequestedV1 {
        life: "cafe-1".into(),
        call_number: 1,
        lines: Vec::new(),
        wanted_at: None,
        personal: Personal::absent(),
    };
    let delivery = |minutes, event: DeliveryEvent| fact(Source::Delivery, minutes, &event);
    let mut facts = new_order();
    facts.push(order(12, OrderEvent::Prepared(OrderPreparedV1 {})));
    facts.push(delivery(12, DeliveryEvent::Requested(asked)));
    let courier = explained(&facts, &life, 13).waits.unwrap();
    assert_eq!(
        (courier.what, courier.commands[0].path.as_str()),
        (WaitsFor::Courier, "/v1/shops/cafe/deliveries/42/assign")
    );
    facts.push(delivery(14, DeliveryEvent::Started(DeliveryStartedV1 { attempt: 1 })));
    assert_eq!(explained(&facts, &life, 15).waits.unwrap().what, WaitsFor::Arrival);
    facts.push(delivery(
        16,
        DeliveryEvent::Failed(DeliveryFailedV1 { reason: "nobody".to_owned(), attempt: 1 }),
    ));
    let again = explained(&facts, &life, 17).waits.unwrap();
    assert_eq!((again.what, again.from, again.exceeded), (WaitsFor::AnotherAttempt, WaitsFrom::Timer, false));
    assert_eq!(again.by_itself.unwrap().at, at(46));
}

#[test]
fn an_address_is_in_no_debug_output() {
    let story = story(&new_order());
    assert_eq!(story.address(), Some("12 Secret Street"));
    assert!(!format!("{story:?}").contains("Secret"));
}
