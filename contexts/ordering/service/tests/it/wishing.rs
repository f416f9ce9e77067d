//! Steps that are wished while whoever decides them cannot be asked.

use kernel::OrderId;
use ordering_contract::{OrderState, WishedStep};
use ordering_service::{OrderingCommand, OrderingRefusal, OrderingReply, WishStep};
use payment_contract::{PaymentAwaitedV1, PaymentEvent};
use runtime::Failure;

use crate::house::*;
use crate::shop::Shop;

impl House {
    fn wish(&mut self, actor: &str, order: OrderId, step: WishedStep) -> Result<(), OrderingRefusal> {
        match self.command(actor, OrderingCommand::WishStep(WishStep { order, step })) {
            Ok(OrderingReply::Noted) => Ok(()),
            Err(Failure::Refused(refusal)) => Err(refusal),
            other => panic!("{other:?}"),
        }
    }
}

#[test]
fn a_wish_is_kept_with_the_order_and_moves_it_nowhere() {
    let mut house = House::open();
    let order = house.standing();

    house.wish("staff:kim", order, WishedStep::Accept).unwrap();
    house.wish("staff:kim", order, WishedStep::Accept).unwrap();

    assert_eq!(house.facts(order), ["placed", "paid", "confirmed", "step-wished"]);
    assert_eq!(house.shown(order), (OrderState::Confirmed, false));
}

#[test]
fn whoever_may_not_take_a_step_may_not_wish_it() {
    let mut house = House::open();
    let order = house.standing();

    for (actor, step) in [
        ("customer:1", WishedStep::Accept),
        ("courier:lee", WishedStep::Start),
        ("staff:kim", WishedStep::ApprovePayment),
    ] {
        assert_eq!(house.wish(actor, order, step), Err(OrderingRefusal::NotTheirs(step)), "{actor}");
    }
    assert_eq!(house.facts(order), ["placed", "paid", "confirmed"]);
}

#[tokio::test]
async fn a_wish_is_answered_with_the_order_as_it_is_and_what_is_no_step_is_refused_by_name() {
    let shop = Shop::open();
    let order = shop.order(CAFE, "one").await.order();
    let path = format!("/v1/shops/{CAFE}/orders/{order}/step-wishes");

    let kept = shop.post(&path, &[("Jumun-Actor", "staff:kim")], r#"{"step":"accept"}"#).await;
    let unknown = shop.post(&path, &[], r#"{"step":"eat"}"#).await;
    let nowhere = shop.post(&path, &[], r#"{"step":"start-delivery"}"#).await;
    let not_theirs = shop.post(&path, &[("Jumun-Actor", "courier:lee")], r#"{"step":"accept"}"#).await;
    let nobody_s = shop.post(&path.replace(&order.to_string(), "99"), &[], r#"{"step":"accept"}"#).await;

    assert_eq!((kept.status, kept.text("state").as_str()), (202, "confirmed"));
    assert_eq!((unknown.status, unknown.field().as_str()), (400, "step"));
    assert_eq!((nowhere.status, nowhere.field().as_str()), (400, "step"));
    assert_eq!(not_theirs.problem(), (403, "forbidden".to_owned()));
    assert_eq!(nobody_s.problem(), (404, "not-found".to_owned()));
}

#[test]
fn an_approval_is_told_again_once_the_payment_awaits_it() {
    let mut house = House::open();
    let order = order(1);
    house.place(order, DINER, americanos(1)).unwrap();
    house.wish("customer:1", order, WishedStep::ApprovePayment).unwrap();

    let awaited = PaymentAwaitedV1 {
        order,
        amount: won(4_500),
        method: "tok_approve".to_owned(),
        customer: None,
        requested_at: START,
    };
    house.payment_says(order, PaymentEvent::Awaited(awaited));
    house.hear();

    assert_eq!(house.facts(order), ["placed", "step-wished", "step-wished"]);
}
