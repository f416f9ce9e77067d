//! Whenever a neighbour's event, then this: one reaction per file, all listed here.

mod on_address_changed;
mod on_order_changed;
mod on_order_placed;
mod on_shop_defined;
mod told;

use std::collections::BTreeSet;

use catalog_contract::Channel;
use kernel::{OrderId, Recorded};
use ordering_contract::{OrderEvent, pinned_life};
use runtime::{PolicyFailure, Turn};

use crate::callable::Callable;
use crate::config::NotificationConfig;
use crate::shops::Shops;

pub use told::milestone_of;

/// The roles whose events notification follows.
pub const SOURCES: &[&str] = &["catalog", ordering_contract::ROLE];

/// Whether an event of a source is something to tell of, or needed for it.
pub(crate) fn hears(source: &str, event: &str) -> bool {
    match source {
        catalog_contract::ROLE => Shops::hears(event),
        _ => event == "order-address-changed" || milestone_of(source, event).is_some(),
    }
}

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
    // Where a shop tells of nothing, no conversation was ever opened.
    if event.name() != "order-placed" && !shops.tells(&event.subject.shop) {
        return Ok(());
    }
    if source == ordering_contract::ROLE && event.name() == "order-address-changed" {
        return on_address_changed::readdress(config, turn, event);
    }
    let (Some(order), Some((source, milestone))) = (event.subject.order, milestone_of(source, event.name()))
    else {
        return Ok(());
    };
    let heard = Heard { config, shops, callable, source, order, event, milestone };
    if source == ordering_contract::ROLE
        && let Some(life) = pinned_life(event)?
    {
        let life = shops.pinned(&life).map_err(|unknown| PolicyFailure::NotYet(unknown.to_string()))?;
        if life.messages.is_none() {
            return Ok(());
        }
        return match event.decode()? {
            OrderEvent::Placed(placed) => on_order_placed::open(&heard, turn, &life, placed),
            _ => Ok(()),
        };
    }
    on_order_changed::tell(&heard, turn)
}

/// A change that was heard of.
struct Heard<'a> {
    config: &'a NotificationConfig,
    shops: &'a Shops,
    callable: &'a Callable,
    source: &'static str,
    order: OrderId,
    event: &'a Recorded,
    milestone: catalog_contract::Milestone,
}

impl Heard<'_> {
    /// The channels that lead nowhere for the shop as things are.
    fn closed(&self) -> BTreeSet<Channel> {
        let is_closed = |channel: &Channel| match channel {
            Channel::Webhook => !self.callable.any(&self.event.subject.shop),
            other => other.is_set_up() && !self.config.set_up.contains(other),
        };
        Channel::ALL.into_iter().filter(is_closed).collect()
    }
}
