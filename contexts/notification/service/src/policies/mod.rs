//! Whenever a neighbour's event, then this: one reaction per file, all listed here.

mod on_address_changed;
mod on_order_changed;
mod on_order_placed;
mod on_shop_defined;
mod told;

use std::collections::BTreeSet;

use catalog_contract::Channel;
use kernel::{OrderId, Recorded, ShopKey};
use ordering_contract::OrderEvent;
use runtime::{PolicyFailure, Turn};

use crate::callable::Callable;
use crate::config::NotificationConfig;
use crate::shops::Shops;

pub use told::milestone_of;

/// The roles whose events notification follows.
pub const SOURCES: &[&str] = &["catalog", ordering_contract::ROLE];

/// Applies one event of a source.
pub(crate) fn apply(
    config: &NotificationConfig,
    shops: &Shops,
    callable: &Callable,
    source: &str,
    event: &Recorded,
    turn: &mut Turn<'_>,
) -> Result<(), PolicyFailure> {
    if source == catalog_contract::ROLE {
        return on_shop_defined::hear(shops, event, turn);
    }
    if source == ordering_contract::ROLE && event.name() == "order-address-changed" {
        return on_address_changed::readdress(config, turn, event);
    }
    let (Some(order), Some((source, milestone))) = (event.subject.order, milestone_of(source, event.name()))
    else {
        return Ok(());
    };
    let closed = closed(config, callable, &event.subject.shop);
    let heard = Heard { config, shops, source, order, event, milestone, closed };
    match (source == ordering_contract::ROLE).then(|| event.decode::<OrderEvent>()).transpose()? {
        Some(OrderEvent::Placed(placed)) => on_order_placed::open(&heard, turn, placed),
        said => on_order_changed::tell(&heard, turn, said.as_ref()),
    }
}

/// A change that was heard of.
struct Heard<'a> {
    config: &'a NotificationConfig,
    shops: &'a Shops,
    source: &'static str,
    order: OrderId,
    event: &'a Recorded,
    milestone: catalog_contract::Milestone,
    closed: BTreeSet<Channel>,
}

/// The channels that lead nowhere for a shop as things are.
fn closed(config: &NotificationConfig, callable: &Callable, shop: &ShopKey) -> BTreeSet<Channel> {
    let is_closed = |channel: &Channel| match channel {
        Channel::Webhook => !callable.any(shop),
        other => other.is_set_up() && !config.set_up.contains(other),
    };
    Channel::ALL.into_iter().filter(is_closed).collect()
}
