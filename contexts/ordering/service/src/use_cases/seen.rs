use std::sync::Arc;

use catalog_contract::{ShopDirectory, ShopLife};
use kernel::{Actor, ActorKind, CustomerId, OrderId, Subject};
use ordering_domain::Order;
use runtime::{Failure, Turn};

use crate::command::OrderingRefusal;
use crate::follow::is_hidden;
use crate::views::subject_of;

/// An order that whoever asks may see, as it stands at a version.
pub(crate) struct Seen {
    pub(crate) subject: Subject,
    pub(crate) state: Order,
    pub(crate) life: Arc<ShopLife>,
    pub(crate) version: u64,
}

/// The order that somebody wishes to change, if they may see it and it is still the one they read.
///
/// # Errors
/// [`OrderingRefusal::UnknownOrder`], and [`OrderingRefusal::VersionDiffers`] where `if_version` is not
/// the order's.
pub(crate) fn seen(
    turn: &mut Turn<'_>,
    shops: &ShopDirectory,
    order: OrderId,
    if_version: Option<u64>,
) -> Result<Seen, Failure<OrderingRefusal>> {
    let unknown = Failure::Refused(OrderingRefusal::UnknownOrder);
    let Some(subject) = subject_of(turn, order)? else { return Err(unknown) };
    let state = turn.state::<Order>(order.0)?.clone();
    let Some((placed, life)) =
        state.placed().and_then(|placed| Some((placed, shops.pinned(&placed.life).ok()?.clone())))
    else {
        return Err(unknown);
    };
    let customer = placed.customer.as_ref().map(CustomerId::as_str);
    if is_hidden(&state, &life) || !may_see(turn.actor(), customer) {
        return Err(unknown);
    }
    let version = turn.version::<Order>(order.0)?;
    if if_version.is_some_and(|expected| expected != version) {
        return Err(Failure::Refused(OrderingRefusal::VersionDiffers { version }));
    }
    Ok(Seen { subject, state, life, version })
}

/// Customers change their own orders; whoever works here changes all; nobody in particular, under open
/// identity, what is nobody's in particular or what they know the id of. The routes see to what
/// customers who have shown who they are may not see.
fn may_see(actor: &Actor, customer: Option<&str>) -> bool {
    match actor.kind() {
        ActorKind::Customer => customer.is_none_or(|customer| actor.id() == Some(customer)),
        _ => true,
    }
}
