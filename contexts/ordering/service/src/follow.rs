//! What every change of an order brings with it: its timers, its client's answer, its row.

use catalog_contract::{Completes, Handover, PaymentTime, ShopDirectory, ShopLife};
use edge::problem::{Problem, ProblemKind};
use journal::{IdempotencyOutcome, IdempotencyRecord, StoreError};
use kernel::{OrderId, Subject};
use ordering_contract::{ClientKey, OrderEvent, OrderRefusedV1, OrderState, RefusalReason};
use ordering_domain::{Order, OrderCommand, Rejection};
use runtime::{Executed, Failure, Remembered, Turn};

use crate::paces::SharedPaces;
use crate::{timers, views};

/// Why an order could not be moved.
#[derive(Debug)]
pub(crate) enum Hindrance {
    /// The order says no.
    Rejected(Rejection),
    /// The life it is pinned to has not been heard of yet.
    NotYet(String),
    /// The machine failed.
    Broken(StoreError),
}

impl From<StoreError> for Hindrance {
    fn from(error: StoreError) -> Self {
        Self::Broken(error)
    }
}

impl From<Hindrance> for runtime::PolicyFailure {
    fn from(hindrance: Hindrance) -> Self {
        match hindrance {
            Hindrance::Rejected(rejection) => Self::Poison(rejection.to_string()),
            Hindrance::NotYet(what) => Self::NotYet(what),
            Hindrance::Broken(error) => Self::Broken(error),
        }
    }
}

/// Lets an order decide and carries out what follows within the context.
pub(crate) fn move_order(
    turn: &mut Turn<'_>,
    shops: &ShopDirectory,
    subject: &Subject,
    order: OrderId,
    command: OrderCommand,
) -> Result<Executed<OrderEvent>, Hindrance> {
    let executed = turn.execute::<Order>(order.0, subject, command).map_err(|failure| match failure {
        Failure::Refused(rejection) => Hindrance::Rejected(rejection),
        Failure::Broken(error) => Hindrance::Broken(error),
    })?;
    if executed.events.is_empty() {
        return Ok(executed);
    }
    let Some(placed) = turn.state::<Order>(order.0)?.placed().cloned() else { return Ok(executed) };
    let life = shops.pinned(&placed.life).map_err(|unknown| Hindrance::NotYet(unknown.to_string()))?;
    for event in &executed.events {
        keep_time(turn, life, order, event);
    }
    if let Some(outcome) = outcome(&executed) {
        answer_once(turn, placed.client_key, order, outcome)?;
    }
    let version = executed.version;
    for event in &executed.events {
        match event {
            OrderEvent::AddressChanged(changed) => {
                answer_once(turn, changed.client_key, order, done(version))?;
            }
            OrderEvent::AddressChangeDenied(denied) => {
                let state = turn.state::<Order>(order.0)?.state();
                answer_once(turn, denied.client_key, order, too_late_to_readdress(state, version))?;
            }
            _ => {}
        }
    }
    Ok(executed)
}

/// Brings the list of orders, and what is measured of them, to where the batch has taken them: each
/// once.
pub(crate) fn write_moved(
    turn: &mut Turn<'_>,
    shops: &ShopDirectory,
    paces: &SharedPaces,
) -> Result<(), StoreError> {
    let now = turn.now();
    for (id, subject) in turn.moved() {
        let version = turn.version::<Order>(id)?;
        let state = turn.state::<Order>(id)?;
        let Some(placed) = state.placed() else { continue };
        let life =
            shops.pinned(&placed.life).map_err(|unknown| StoreError::Unavailable(unknown.to_string()))?;
        paces.follow(life, OrderId(id), state, now);
        if has_no_row(state, life) {
            continue;
        }
        let row = views::order_row(OrderId(id), &subject, state, version, is_hidden(state, life));
        turn.put_row(row);
    }
    Ok(())
}

/// What a client is answered, kept with its key; what was answered before stands.
pub(crate) fn answer_once(
    turn: &mut Turn<'_>,
    key: Option<ClientKey>,
    order: OrderId,
    outcome: IdempotencyOutcome,
) -> Result<(), StoreError> {
    let Some(key) = key else { return Ok(()) };
    // The key may have made another order since, or have been forgotten after a long time.
    if let Remembered::Running(record) = turn.remembered(&key.scope, &key.body)?
        && record.order == order
    {
        turn.remember(IdempotencyRecord { outcome: Some(outcome), ..record });
    }
    Ok(())
}

/// Whether the client was already told that the order is taken: it can be cancelled then, and no
/// longer be refused as if it had never stood.
pub(crate) fn was_taken(turn: &mut Turn<'_>, order: OrderId) -> Result<bool, StoreError> {
    let Some(key) = turn.state::<Order>(order.0)?.placed().and_then(|placed| placed.client_key) else {
        return Ok(false);
    };
    let remembered = turn.remembered(&key.scope, &key.body)?;
    Ok(matches!(remembered, Remembered::Answered(record, outcome)
        if record.order == order && outcome.status == TAKEN))
}

/// An order that is not decided yet, or never stood, shows nowhere in a shop that answers only
/// once the money is there.
pub(crate) fn is_hidden(order: &Order, life: &ShopLife) -> bool {
    match order {
        Order::Waiting { placed, .. } => life.payment.answers_when_paid() && placed.payment_method.is_some(),
        Order::Nothing | Order::Abandoned { .. } | Order::Refused { .. } => true,
        Order::Scheduled { .. } | Order::Standing { .. } | Order::Cancelled { .. } => false,
    }
}

/// Whether an order needs no row yet: it shows nowhere, and is decided within milliseconds as a rule.
#[must_use]
pub fn has_no_row(order: &Order, life: &ShopLife) -> bool {
    matches!(order, Order::Waiting { .. }) && is_hidden(order, life)
}

/// What the client is answered, where these events decide it. A 503 is never final.
fn outcome(executed: &Executed<OrderEvent>) -> Option<IdempotencyOutcome> {
    executed.events.iter().find_map(|event| match event {
        // Cancelled before it was answered: it was taken, and is shown as it stands.
        OrderEvent::Confirmed(_) | OrderEvent::Scheduled(_) | OrderEvent::Cancelled(_) => {
            Some(taken(executed.version))
        }
        OrderEvent::Refused(refused) => refusal_problem(refused).map(|problem| IdempotencyOutcome {
            status: problem.status().as_u16(),
            version: executed.version,
            body: problem.to_json(),
        }),
        _ => None,
    })
}

/// The status of the answer to an order that was taken.
const TAKEN: u16 = 201;

/// The answer to an order that was taken, as it stood at a version.
pub(crate) const fn taken(version: u64) -> IdempotencyOutcome {
    IdempotencyOutcome { status: TAKEN, version, body: Vec::new() }
}

/// The answer to a change that was made, as the order stood at a version.
pub(crate) const fn done(version: u64) -> IdempotencyOutcome {
    IdempotencyOutcome { status: 200, version, body: Vec::new() }
}

/// The answer to a change of the address that came too late.
pub(crate) fn too_late_to_readdress(state: OrderState, version: u64) -> IdempotencyOutcome {
    let problem = too_late_problem(state, "its address cannot be changed");
    IdempotencyOutcome { status: problem.status().as_u16(), version, body: problem.to_json() }
}

/// It is past what somebody wishes.
pub(crate) fn too_late_problem(state: OrderState, what: &str) -> Problem {
    let state = state.as_str();
    let detail = format!("the order is {state} and {what} any longer");
    Problem::of(ProblemKind::TooLate).detail(detail).with("state", state)
}

/// The final answer to an order that was refused; `None` where the client may try again.
pub(crate) fn refusal_problem(refused: &OrderRefusedV1) -> Option<Problem> {
    let detail = refused.detail.clone().unwrap_or_default();
    match refused.reason {
        RefusalReason::PaymentDeclined => Some(Problem::of(ProblemKind::PaymentDeclined).detail(detail)),
        RefusalReason::OutOfStock => Some(Problem::of(ProblemKind::OutOfStock).detail(detail)),
        RefusalReason::PaymentUnavailable | RefusalReason::StockUnavailable => None,
    }
}

fn keep_time(turn: &mut Turn<'_>, life: &ShopLife, order: OrderId, event: &OrderEvent) {
    match event {
        OrderEvent::Scheduled(scheduled) => timers::come_due_at(turn, order, scheduled.time.due_at),
        OrderEvent::Cancelled(_) if life.later.is_some() => timers::end_schedule(turn, order),
        _ => {}
    }
    match event {
        OrderEvent::Scheduled(_)
        | OrderEvent::Confirmed(_)
        | OrderEvent::Refused(_)
        | OrderEvent::Cancelled(_)
            if life.payment.when != PaymentTime::None =>
        {
            timers::end_waiting(turn, life, order);
        }
        OrderEvent::PaymentAbandoned(_) => timers::end_waiting(turn, life, order),
        // Where a courier brings it, its time begins when it is there.
        OrderEvent::Prepared(_) if life.handover == Handover::Delivery => {}
        OrderEvent::Prepared(_) | OrderEvent::Delivered(_) => match life.completes {
            Completes::Command { or_after_millis } if or_after_millis > 0 => {
                timers::complete_after(turn, order, or_after_millis);
            }
            Completes::After { millis } => timers::complete_after(turn, order, millis),
            Completes::Command { .. } | Completes::AtStage { .. } => {}
        },
        OrderEvent::Completed(_) => timers::end_completing(turn, life, order),
        _ => {}
    }
}
