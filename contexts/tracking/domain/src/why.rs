use catalog_contract::{
    Accept, Completes, DeliveryStarts, Handover, PaymentTime, Prepare, ShopLife, StockMode, Text,
};
use delivery_contract::DeliveryState;
use kernel::{Actor, OrderId, ShopKey, Timestamp};
use ordering_contract::{CancelReason, OrderState};
use payment_contract::PaymentState;
use tracking_contract::{ByItself, Ending, Waits, WaitsFor, WaitsFrom, WhyCommand, WhyView};

use crate::awaited::MACHINE_MILLIS;
use crate::story::{OrderPart, Story};
use crate::why_words::{after, cancel_word, in_words, refusal_word, text};

/// What of an order stands outside its story: which order it is, who ended it, what could not be applied.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Circumstances {
    /// The order's number in the shop.
    pub number: u64,
    /// Who ended it, as its last step says.
    pub ended_by: Option<Actor>,
    /// The roles that could not apply an event of it.
    pub parked_at: Vec<String>,
    /// When it is looked at.
    pub now: Timestamp,
}

/// A wait, before it is put in words.
struct Wait {
    what: WaitsFor,
    from: WaitsFrom,
    since: Timestamp,
    bound_millis: Option<i64>,
    by_itself: Option<(Timestamp, &'static str, &'static str)>,
    commands: Vec<(&'static str, String)>,
}

/// Why an order is in its state; `None` before the order itself has been heard of.
#[must_use]
pub fn why(
    story: &Story,
    life: &ShopLife,
    order: OrderId,
    shop: &ShopKey,
    at: &Circumstances,
) -> Option<WhyView> {
    let part = story.order.as_ref()?;
    let ended = ending(story, part, at);
    let waits =
        parked(order, story, at).or_else(|| wait(story, part, life)).map(|wait| shown(wait, shop, at));
    let text = text(part.state, ended.as_ref(), waits.as_ref(), &at.parked_at);
    Some(WhyView {
        order,
        shop: shop.clone(),
        number: at.number,
        state: part.state,
        since: story.since(),
        at: at.now,
        waits,
        ended,
        text,
    })
}

fn shown(wait: Wait, shop: &ShopKey, at: &Circumstances) -> Waits {
    let waited_millis = at.now.millis_since(wait.since).max(0);
    let command = |(by, path): (&str, String)| WhyCommand {
        by: by.to_owned(),
        method: "POST".to_owned(),
        path: match path.strip_prefix('~') {
            Some(path) => format!("/v1{path}"),
            None => format!("/v1/shops/{shop}/{}", path.replace("{order}", &at.number.to_string())),
        },
    };
    Waits {
        what: wait.what,
        from: wait.from,
        since: wait.since,
        waited_millis,
        bound_millis: wait.bound_millis,
        exceeded: wait.bound_millis.is_some_and(|bound| waited_millis > bound),
        by_itself: wait
            .by_itself
            .map(|(when, ko, en)| ByItself { at: when, text: after(when, at.now, ko, en) }),
        commands: wait.commands.into_iter().map(command).collect(),
    }
}

fn parked(order: OrderId, story: &Story, at: &Circumstances) -> Option<Wait> {
    let role = at.parked_at.first()?;
    Some(Wait {
        what: WaitsFor::ParkedEvent,
        from: WaitsFrom::Operator,
        since: story.since(),
        bound_millis: Some(0),
        by_itself: None,
        commands: vec![("operator", format!("~/parked/{role}/{order}/retry"))],
    })
}

/// What an order waits for, in every state that an order can come to.
fn wait(story: &Story, order: &OrderPart, life: &ShopLife) -> Option<Wait> {
    match order.state {
        OrderState::Completed => money_after_the_end(story),
        OrderState::Cancelled | OrderState::Refused | OrderState::Refunded => money_of_the_ended(story, life),
        _ if order.cancel_requested => {
            let from = if story.delivery.is_some() { WaitsFrom::Courier } else { WaitsFrom::Kitchen };
            Some(plain(WaitsFor::CancelAnswer, from, story, MACHINE_MILLIS))
        }
        OrderState::Placed => Some(placed(story, order, life)),
        OrderState::Scheduled => Some(scheduled(story, order)),
        OrderState::Confirmed if life.accept == Accept::Staff => Some(Wait {
            commands: vec![
                ("staff", "tickets/{order}/accept".to_owned()),
                ("staff", "tickets/{order}/reject".to_owned()),
            ],
            ..plain(WaitsFor::Acceptance, WaitsFrom::Staff, story, life.bounds.accept_millis)
        }),
        OrderState::Accepted if life.prepare.by == Prepare::Staff => Some(Wait {
            commands: vec![("staff", "tickets/{order}/start".to_owned())],
            ..plain(WaitsFor::Start, WaitsFrom::Staff, story, life.bounds.start_millis)
        }),
        OrderState::Started if life.prepare.by == Prepare::Staff && !life.prepare.finishes_at_start => {
            Some(Wait {
                commands: vec![("staff", "tickets/{order}/complete".to_owned())],
                ..plain(WaitsFor::Making, WaitsFrom::Staff, story, life.bounds.prepare_millis)
            })
        }
        OrderState::Prepared if life.handover == Handover::Pickup => Some(hand_over(story, life)),
        OrderState::Prepared | OrderState::DeliveryStarted if life.handover == Handover::Delivery => {
            Some(on_the_way(story, life))
        }
        OrderState::Prepared | OrderState::Delivered => Some(closing(story, life)),
        OrderState::Paid
        | OrderState::Confirmed
        | OrderState::Accepted
        | OrderState::Started
        | OrderState::DeliveryStarted => Some(next_step(story)),
    }
}

fn plain(what: WaitsFor, from: WaitsFrom, story: &Story, bound_millis: i64) -> Wait {
    let since = story.since();
    Wait { what, from, since, bound_millis: Some(bound_millis), by_itself: None, commands: Vec::new() }
}

fn next_step(story: &Story) -> Wait {
    plain(WaitsFor::NextStep, WaitsFrom::Machine, story, MACHINE_MILLIS)
}

/// For later: it goes on by itself, so long before it is wanted.
fn scheduled(story: &Story, order: &OrderPart) -> Wait {
    Wait {
        bound_millis: None,
        by_itself: order.due_at.map(|at| (at, "주방에 전달됩니다", "it goes to whoever makes it")),
        ..plain(WaitsFor::ItsTime, WaitsFrom::Timer, story, 0)
    }
}

/// Stock before money; and money by the customer, or by the provider.
fn placed(story: &Story, order: &OrderPart, life: &ShopLife) -> Wait {
    let payment = story.payment.as_ref().map(|payment| payment.state);
    if order.abandoned {
        return plain(WaitsFor::PaymentVoid, WaitsFrom::Provider, story, MACHINE_MILLIS);
    }
    if life.stock.mode == StockMode::Reserve && story.inventory == 0 && payment.is_none() {
        return plain(WaitsFor::Stock, WaitsFrom::Inventory, story, MACHINE_MILLIS);
    }
    let expires = life.payment.expires().then(|| {
        let when = order.placed_at.plus_millis(life.payment.expires_after_millis);
        (when, "결제되지 않으면 자동으로 취소됩니다", "it is cancelled by itself unless it is paid")
    });
    match (payment, life.payment.when) {
        (_, PaymentTime::None) => next_step(story),
        (Some(PaymentState::WaitingForApproval), _) => Wait {
            by_itself: expires,
            commands: vec![
                ("customer", "orders/{order}/payment/approve".to_owned()),
                ("customer", "orders/{order}/payment/cancel".to_owned()),
            ],
            ..plain(WaitsFor::Approval, WaitsFrom::Customer, story, life.payment.expires_after_millis)
        },
        (Some(PaymentState::Requested | PaymentState::Unknown) | None, _) => {
            let bound = life.payment.timeout_millis.max(MACHINE_MILLIS);
            Wait { by_itself: expires, ..plain(WaitsFor::Payment, WaitsFrom::Provider, story, bound) }
        }
        (Some(_), _) => next_step(story),
    }
}

fn hand_over(story: &Story, life: &ShopLife) -> Wait {
    let by_itself = match life.completes {
        Completes::Command { or_after_millis } if or_after_millis > 0 => Some((
            story.since().plus_millis(or_after_millis),
            "자동으로 완료됩니다",
            "it is closed by itself",
        )),
        _ => None,
    };
    Wait {
        by_itself,
        commands: vec![("staff", "tickets/{order}/hand-over".to_owned())],
        ..plain(WaitsFor::HandOver, WaitsFrom::Staff, story, life.bounds.handover_millis)
    }
}

/// Made, or on its way, where a courier brings it: what counts is where the delivery stands.
fn on_the_way(story: &Story, life: &ShopLife) -> Wait {
    let (Some(delivery), Some(rule)) = (&story.delivery, &life.delivery) else { return next_step(story) };
    let bound_millis = Some(life.bounds.handover_millis);
    let since = delivery.at;
    let waits = |what, from, commands: &[(&'static str, &str)]| Wait {
        what,
        from,
        since,
        bound_millis,
        by_itself: None,
        commands: commands.iter().map(|(by, path)| (*by, (*path).to_owned())).collect(),
    };
    let sets_out = || match rule.starts {
        DeliveryStarts::Staff => waits(
            WaitsFor::SettingOut,
            WaitsFrom::Courier,
            &[("staff or courier", "deliveries/{order}/start")],
        ),
        DeliveryStarts::Auto => Wait { since, ..next_step(story) },
    };
    match delivery.state {
        DeliveryState::Requested if rule.needs_courier => {
            waits(WaitsFor::Courier, WaitsFrom::Staff, &[("staff", "deliveries/{order}/assign")])
        }
        DeliveryState::Requested | DeliveryState::Assigned => sets_out(),
        DeliveryState::Started => Wait {
            by_itself: rule.delivered_after_millis.map(|millis| {
                (since.plus_millis(millis), "배송이 완료된 것으로 처리됩니다", "it counts as delivered")
            }),
            ..waits(
                WaitsFor::Arrival,
                WaitsFrom::Courier,
                &[
                    ("staff or courier", "deliveries/{order}/complete"),
                    ("staff or courier", "deliveries/{order}/fail"),
                ],
            )
        },
        DeliveryState::Failed => {
            let again = since.plus_millis(rule.retry_after_millis);
            Wait {
                bound_millis: None,
                by_itself: Some((again, "다시 배송을 시도합니다", "it is tried again")),
                ..waits(WaitsFor::AnotherAttempt, WaitsFrom::Timer, &[])
            }
        }
        DeliveryState::Completed | DeliveryState::Returned | DeliveryState::Released => {
            Wait { since, ..next_step(story) }
        }
    }
}

/// Everything is done; the order is closed by its stage, or by time.
fn closing(story: &Story, life: &ShopLife) -> Wait {
    let Completes::After { millis } = life.completes else { return next_step(story) };
    let when = story.since().plus_millis(millis);
    Wait {
        bound_millis: None,
        by_itself: Some((when, "자동으로 완료됩니다", "it is closed by itself")),
        ..plain(WaitsFor::Closing, WaitsFrom::Timer, story, 0)
    }
}

/// Money that is still on its way after the order's own end.
fn money_after_the_end(story: &Story) -> Option<Wait> {
    let payment = story.payment.as_ref()?;
    if let Some(proposal) = payment.proposals.first() {
        return Some(Wait {
            bound_millis: None,
            commands: vec![(
                "another manager or staff",
                format!("orders/{{order}}/payment/refund-proposals/{proposal}/confirm"),
            )],
            ..plain(WaitsFor::SecondPerson, WaitsFrom::Staff, story, 0)
        });
    }
    match payment.state {
        PaymentState::Refunding => Some(refund(story)),
        PaymentState::RefundImpossible => Some(refund_by_hand(story, &payment.impossible)),
        _ => None,
    }
}

fn money_of_the_ended(story: &Story, life: &ShopLife) -> Option<Wait> {
    let (order, payment) = (story.order.as_ref()?, story.payment.as_ref()?);
    let keeps = order.cancel_reason == Some(CancelReason::DeliveryFailed)
        && life.delivery.as_ref().is_some_and(|rule| !rule.refunds_returned);
    match payment.state {
        PaymentState::Approved | PaymentState::PartlyRefunded if keeps => None,
        PaymentState::Approved | PaymentState::Refunding | PaymentState::PartlyRefunded => {
            Some(refund(story))
        }
        PaymentState::Requested | PaymentState::Unknown | PaymentState::Voiding => {
            Some(plain(WaitsFor::PaymentVoid, WaitsFrom::Provider, story, MACHINE_MILLIS))
        }
        PaymentState::WaitingForApproval
        | PaymentState::Declined
        | PaymentState::Voided
        | PaymentState::Refunded => None,
        PaymentState::RefundImpossible => Some(refund_by_hand(story, &payment.impossible)),
    }
}

/// The provider would not give it back: somebody of the shop does.
fn refund_by_hand(story: &Story, steps: &[u32]) -> Wait {
    let settle = |step| ("manager", format!("orders/{{order}}/payment/refunds/{step}/settle"));
    Wait {
        commands: steps.iter().map(settle).collect(),
        ..plain(WaitsFor::RefundByHand, WaitsFrom::Staff, story, 0)
    }
}

fn refund(story: &Story) -> Wait {
    plain(WaitsFor::Refund, WaitsFrom::Provider, story, MACHINE_MILLIS)
}

fn ending(story: &Story, order: &OrderPart, at: &Circumstances) -> Option<Ending> {
    let reason = match (order.state, order.cancel_reason, order.refusal_reason) {
        (OrderState::Completed, _, _) => "completed",
        (OrderState::Cancelled | OrderState::Refunded, Some(reason), _) => cancel_word(reason),
        (OrderState::Cancelled | OrderState::Refunded, None, _) => "cancelled",
        (OrderState::Refused, _, Some(reason)) => refusal_word(reason),
        (OrderState::Refused, _, None) => "refused",
        _ => return None,
    };
    let end = [OrderState::Completed, OrderState::Cancelled, OrderState::Refused];
    let reached = order.milestones.iter().find(|milestone| end.contains(&milestone.state));
    Some(Ending {
        at: reached.map_or_else(|| story.since(), |milestone| milestone.at),
        by: at.ended_by.clone(),
        reason: reason.to_owned(),
        said: order.said.clone().filter(|said| !said.is_empty()),
    })
}

/// How long in words, for whoever reads a wait.
#[must_use]
pub fn length_in_words(millis: i64) -> Text {
    in_words(millis)
}
