//! What delivery does when time passes: a failed attempt is tried again, and what was on its way for
//! long counts as delivered where the shop says so.

use catalog_contract::ShopLife;
use delivery_contract::DeliveryEvent;
use delivery_domain::{Delivery, DeliveryCommand};
use journal::Timer;
use kernel::{OrderId, Subject};
use runtime::{PolicyFailure, Turn};

use crate::shops::Shops;
use crate::use_cases::routine;
use crate::views;

const RETRY: &str = "retry-delivery";
const COUNT_AS_DELIVERED: &str = "count-as-delivered";

/// Sets and ends the timers that a delivery's new facts bring with them.
pub(crate) fn keep_time(turn: &mut Turn<'_>, life: &ShopLife, order: OrderId, events: &[DeliveryEvent]) {
    let Some(rule) = &life.delivery else { return };
    for event in events {
        match event {
            DeliveryEvent::Started(started) => {
                if let Some(millis) = rule.delivered_after_millis {
                    set(turn, COUNT_AS_DELIVERED, order, started.attempt, millis);
                }
            }
            DeliveryEvent::Failed(_) => {
                end_counting(turn, life, order);
                set(turn, RETRY, order, 0, rule.retry_after_millis);
            }
            DeliveryEvent::Completed(_) => end_counting(turn, life, order),
            DeliveryEvent::Returned(_) => turn.cancel_timer(key(RETRY, order)),
            DeliveryEvent::Released(_) => {
                end_counting(turn, life, order);
                turn.cancel_timer(key(RETRY, order));
            }
            DeliveryEvent::Requested(_)
            | DeliveryEvent::Assigned(_)
            | DeliveryEvent::Retried(_)
            | DeliveryEvent::CancelDenied(_)
            | DeliveryEvent::AddressChanged(_)
            | DeliveryEvent::AddressChangeDenied(_) => {}
        }
    }
}

fn end_counting(turn: &mut Turn<'_>, life: &ShopLife, order: OrderId) {
    if life.delivery.as_ref().is_some_and(|rule| rule.delivered_after_millis.is_some()) {
        turn.cancel_timer(key(COUNT_AS_DELIVERED, order));
    }
}

/// Does what a timer was set for.
pub(crate) fn fire(turn: &mut Turn<'_>, shops: &Shops, timer: &Timer) -> Result<(), PolicyFailure> {
    let Some(order) = timer.order else {
        runtime::forget_keys(timer, turn);
        return Ok(());
    };
    let Some(row) = turn.row(views::DELIVERIES, order.0)? else { return Ok(()) };
    let (life, routine) = routine(turn, shops, order.0)?;
    let command = match timer.kind.as_ref() {
        RETRY => DeliveryCommand::Retry { routine },
        COUNT_AS_DELIVERED => DeliveryCommand::CountAsDelivered { attempt: timer.attempt },
        other => return Err(PolicyFailure::Poison(format!("delivery knows no timer {other}"))),
    };
    let subject = Subject::order(row.shop.clone(), order, row.number);
    let decided = turn.execute::<Delivery>(order.0, &subject, command)?;
    keep_time(turn, &life, order, &decided.events);
    views::move_delivery(turn, &row, &decided)?;
    Ok(())
}

fn set(turn: &mut Turn<'_>, kind: &'static str, order: OrderId, attempt: u32, after_millis: i64) {
    let at = turn.now().plus_millis(after_millis);
    turn.set_timer(Timer {
        key: key(kind, order),
        kind: kind.into(),
        at,
        order: Some(order),
        attempt,
        payload: Vec::new(),
    });
}

fn key(kind: &str, order: OrderId) -> String {
    format!("{kind}/{order}")
}
