//! What ordering does when time passes.

use catalog_contract::{Completes, PaymentTime, ShopDirectory, ShopLife, WhenUnavailable};
use journal::Timer;
use kernel::{OrderId, Timestamp};
use ordering_domain::{Order, OrderCommand, Rejection};
use runtime::{PolicyFailure, Turn};

use crate::effects::ASK_PAYMENT;
use crate::follow::{Hindrance, answer_once, move_order, taken};
use crate::views::subject_of;

const PAYMENT_DEADLINE: &str = "payment-deadline";
const EXPIRE: &str = "expire-order";
const COME_DUE: &str = "come-due";
const COMPLETE: &str = "complete-order";
const FORGET_KEYS: &str = "forget-keys";

/// How long a client's key is kept at least: published in the API's description.
pub(crate) const KEYS_KEPT_MILLIS: i64 = 48 * 3_600_000;
const FORGET_EVERY_MILLIS: i64 = 3_600_000;

/// How long an order whose time is over waits for the answer to a wish to cancel, each time.
const ASKED_AGAIN_MILLIS: i64 = 1_000;

pub(crate) fn ask_key(order: OrderId) -> String {
    format!("{ASK_PAYMENT}/{order}")
}

/// From the placing on: the shop's bound for payment (and stock before it), and the expiry of what
/// is not paid for long.
pub(crate) fn begin_waiting(turn: &mut Turn<'_>, life: &ShopLife, order: OrderId) {
    if life.payment.when == PaymentTime::AtOrder {
        set(turn, PAYMENT_DEADLINE, Some(order), life.payment.timeout_millis);
    }
    if life.payment.expires() {
        set(turn, EXPIRE, Some(order), life.payment.expires_after_millis);
    }
}

pub(crate) fn end_waiting(turn: &mut Turn<'_>, life: &ShopLife, order: OrderId) {
    if life.payment.when == PaymentTime::AtOrder {
        turn.cancel_timer(key(PAYMENT_DEADLINE, Some(order)));
    }
    if life.payment.expires() {
        turn.cancel_timer(key(EXPIRE, Some(order)));
    }
    turn.finish_effect(ask_key(order));
}

/// An order for later waits for its time.
pub(crate) fn come_due_at(turn: &mut Turn<'_>, order: OrderId, at: Timestamp) {
    set(turn, COME_DUE, Some(order), at.millis_since(turn.now()));
}

pub(crate) fn end_schedule(turn: &mut Turn<'_>, order: OrderId) {
    turn.cancel_timer(key(COME_DUE, Some(order)));
}

pub(crate) fn complete_after(turn: &mut Turn<'_>, order: OrderId, millis: i64) {
    set(turn, COMPLETE, Some(order), millis);
}

pub(crate) fn end_completing(turn: &mut Turn<'_>, life: &ShopLife, order: OrderId) {
    if !matches!(life.completes, Completes::AtStage { .. }) {
        turn.cancel_timer(key(COMPLETE, Some(order)));
    }
}

/// Keys are forgotten by a timer of their own, set with the first shop that opens.
pub(crate) fn begin_forgetting(turn: &mut Turn<'_>) {
    set(turn, FORGET_KEYS, None, FORGET_EVERY_MILLIS);
}

pub(crate) fn fire(turn: &mut Turn<'_>, shops: &ShopDirectory, timer: &Timer) -> Result<(), PolicyFailure> {
    let Some(order) = timer.order else {
        let horizon = turn.now().plus_millis(-KEYS_KEPT_MILLIS);
        turn.forget_before(horizon);
        begin_forgetting(turn);
        return Ok(());
    };
    let command = match timer.kind.as_ref() {
        PAYMENT_DEADLINE if defers(turn, shops, order)? => return answer_deferred(turn, order),
        PAYMENT_DEADLINE => OrderCommand::AbandonPayment,
        EXPIRE => OrderCommand::Expire,
        COME_DUE => OrderCommand::ComeDue,
        COMPLETE => OrderCommand::Complete,
        other => return Err(PolicyFailure::Poison(format!("ordering knows no timer {other}"))),
    };
    let Some(subject) = subject_of(turn, order)? else { return Ok(()) };
    if turn.state::<Order>(order.0)?.has_ended() {
        return Ok(());
    }
    match move_order(turn, shops, &subject, order, command) {
        Ok(_) | Err(Hindrance::Rejected(Rejection::Ended(_))) => Ok(()),
        // Its time is over, but delivery may still let it go: looked at again when it has answered.
        Err(Hindrance::Rejected(Rejection::Asked(_))) => {
            complete_after(turn, order, ASKED_AGAIN_MILLIS);
            Ok(())
        }
        Err(hindrance) => Err(hindrance.into()),
    }
}

/// Whether the order's shop takes it although payment does not answer.
fn defers(turn: &mut Turn<'_>, shops: &ShopDirectory, order: OrderId) -> Result<bool, PolicyFailure> {
    let Some(placed) = turn.state::<Order>(order.0)?.placed().cloned() else { return Ok(false) };
    let life = shops.pinned(&placed.life).map_err(|unknown| PolicyFailure::NotYet(unknown.to_string()))?;
    Ok(life.payment.unavailable == WhenUnavailable::Defer)
}

/// The client has waited long enough: the order is taken as it stands, and payment is asked on.
fn answer_deferred(turn: &mut Turn<'_>, order: OrderId) -> Result<(), PolicyFailure> {
    let Some(placed) = turn.state::<Order>(order.0)?.placed().cloned() else { return Ok(()) };
    let version = turn.version::<Order>(order.0)?;
    Ok(answer_once(turn, placed.client_key, order, taken(version))?)
}

fn set(turn: &mut Turn<'_>, kind: &'static str, order: Option<OrderId>, after_millis: i64) {
    let at = turn.now().plus_millis(after_millis);
    turn.set_timer(Timer {
        key: key(kind, order),
        kind: kind.into(),
        at,
        order,
        attempt: 1,
        payload: Vec::new(),
    });
}

fn key(kind: &str, order: Option<OrderId>) -> String {
    order.map_or_else(|| kind.to_owned(), |order| format!("{kind}/{order}"))
}
