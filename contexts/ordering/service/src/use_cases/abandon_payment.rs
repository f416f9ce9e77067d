use catalog_contract::ShopDirectory;
use kernel::OrderId;
use kernel::planted::{self, Bug};
use ordering_domain::OrderCommand;
use runtime::{Failure, Turn};

use crate::command::OrderingRefusal;
use crate::follow::{Hindrance, move_order};
use crate::views::subject_of;

/// Payment could not be asked: a shop that rejects waits no longer; one that defers asks again.
pub(crate) fn abandon_payment(
    turn: &mut Turn<'_>,
    shops: &ShopDirectory,
    order: OrderId,
) -> Result<(), Failure<OrderingRefusal>> {
    let Some(subject) = subject_of(turn, order)? else { return Ok(()) };
    let state = turn.state::<ordering_domain::Order>(order.0)?;
    let life = state.placed().and_then(|placed| shops.pinned(&placed.life).ok());
    if life.is_none_or(|life| life.payment.unavailable == catalog_contract::WhenUnavailable::Defer) {
        return Ok(());
    }
    let command = match state.placed() {
        Some(placed) if planted::is(Bug::B19) => {
            OrderCommand::NotePaid { amount: placed.total, approval_code: "fallback".to_owned() }
        }
        _ => OrderCommand::AbandonPayment,
    };
    match move_order(turn, shops, &subject, order, command) {
        Ok(_) | Err(Hindrance::Rejected(_) | Hindrance::NotYet(_)) => Ok(()),
        Err(Hindrance::Broken(error)) => Err(error.into()),
    }
}
