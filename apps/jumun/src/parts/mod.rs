//! How each role is put together: its store, its service, its neighbours, its routes.

mod catalog;
mod delivery;
mod inventory;
mod kitchen;
mod notification;
mod ordering;
pub(crate) mod payment;
mod reconciler;
mod tracking;

use std::sync::Arc;

use anyhow::Result;
use notification_service::channels::{Reach, SetUp};
use payment_service::client::PaymentSwitch;
use runtime::Handle;
use tokio_util::sync::CancellationToken;

use crate::house::{House, RunningRole};
use crate::neighbours::Neighbours;
use crate::roles::Role;

/// The doors of the roles that run here: made before any role starts, so that all find all.
pub(crate) struct Doors {
    catalog: Option<Handle<catalog_service::CatalogService>>,
    ordering: Option<Handle<ordering_service::OrderingService>>,
    payment: Option<Handle<payment_service::PaymentService>>,
    inventory: Option<Handle<inventory_service::InventoryService>>,
    kitchen: Option<Handle<kitchen_service::KitchenService>>,
    delivery: Option<Handle<delivery_service::DeliveryService>>,
    notification: Option<Handle<notification_service::NotificationService>>,
    tracking: Option<Handle<tracking_service::TrackingService>>,
}

/// What the parts hand each other and the operators.
pub(crate) struct Parts {
    pub(crate) running: Vec<RunningRole>,
    pub(crate) catalog: Option<Handle<catalog_service::CatalogService>>,
    pub(crate) ordering: Option<ordering::OrderingPart>,
    pub(crate) payment_switch: PaymentSwitch,
}

/// Starts every role of this process.
pub(crate) fn start(
    house: &Arc<House>,
    neighbours: &Neighbours,
    shutdown: &CancellationToken,
    webhooks_to: Reach,
    messages: SetUp,
) -> Result<Parts> {
    house.open_stores()?;
    let doors = Doors {
        catalog: house.plays(Role::Catalog).then(|| house.door(Role::Catalog)),
        ordering: house.plays(Role::Ordering).then(|| house.door(Role::Ordering)),
        payment: house.plays(Role::Payment).then(|| house.door(Role::Payment)),
        inventory: house.plays(Role::Inventory).then(|| house.door(Role::Inventory)),
        kitchen: house.plays(Role::Kitchen).then(|| house.door(Role::Kitchen)),
        delivery: house.plays(Role::Delivery).then(|| house.door(Role::Delivery)),
        notification: house.plays(Role::Notification).then(|| house.door(Role::Notification)),
        tracking: house.plays(Role::Tracking).then(|| house.door(Role::Tracking)),
    };
    let payment_switch = PaymentSwitch::default();
    let mut running = Vec::new();
    if let Some(handle) = &doors.catalog {
        running.push(catalog::start(house, handle)?);
    }
    if let Some(handle) = &doors.payment {
        running.push(payment::start(house, handle, &payment_switch)?);
    }
    if let Some(handle) = &doors.inventory {
        running.push(inventory::start(house, handle)?);
    }
    if let Some(handle) = &doors.kitchen {
        running.push(kitchen::start(house, handle)?);
    }
    if let Some(handle) = &doors.delivery {
        running.push(delivery::start(house, handle)?);
    }
    if let Some(handle) = &doors.notification {
        running.push(notification::start(house, handle, webhooks_to, messages)?);
    }
    if let Some(handle) = &doors.tracking {
        running.push(tracking::start(house, handle, shutdown)?);
    }
    let mut ordering_part = None;
    if let Some(handle) = &doors.ordering {
        let tokens = house.identity.as_ref().map(|identity| identity.tokens.clone());
        let client = payment::client(doors.payment.as_ref(), &payment_switch, neighbours, tokens)?;
        let (role, part) = ordering::start(house, handle, client)?;
        running.push(role);
        ordering_part = Some(part);
    }
    Ok(Parts { running, catalog: doors.catalog, ordering: ordering_part, payment_switch })
}
