//! What managers do meanwhile: stock comes in, menus change.

use catalog_service::CatalogCommand;
use inventory_service::{InventoryCommand, StockWish};

use super::{Happening, OPENS_MILLIS, World, operator, staff};
use crate::moment::Moment;
use crate::role::Role;
use crate::shops::shops;

impl World {
    pub(super) fn receive(&mut self, shop: usize, item: usize) {
        let file = &shops()[shop].file;
        let command = InventoryCommand {
            shop: file.life.key.clone(),
            item: file.stock_items[item].clone(),
            wish: StockWish::Receive { quantity: self.chances.world.between(1, 12) },
            key: None,
        };
        let (ticket, causation) = (self.ticket(), self.causation());
        if self.inventory.is_up() {
            self.inventory.bring_command(ticket, command, staff::staff(), causation);
            self.wake_after(Role::Inventory, 1);
        }
    }

    pub(super) fn change_menu(&mut self, shop: usize, item: usize) {
        let file = &shops()[shop].file;
        let mut item = file.menu[item].clone();
        let shop = file.life.key.clone();
        let command = if self.chances.world.hits(0.5) {
            CatalogCommand::SetSoldOut {
                shop,
                item: item.key,
                sold_out: self.chances.world.hits(0.5),
                if_match: None,
            }
        } else {
            item.price.amount += 100;
            CatalogCommand::DefineItem { shop, item: Box::new(item) }
        };
        self.order_catalog(command);
    }

    pub(super) fn order_catalog(&mut self, command: CatalogCommand) {
        let (ticket, causation) = (self.ticket(), self.causation());
        if self.catalog.is_up() {
            self.catalog.bring_command(ticket, command, staff::staff(), causation);
            self.wake_after(Role::Catalog, 1);
        }
    }

    pub(super) fn plan_rebuild(&mut self) {
        if self.chances.world.hits(0.2) {
            let until = OPENS_MILLIS + self.plan.chaos_millis;
            let at = Moment(self.chances.world.between(OPENS_MILLIS, until));
            self.schedule.at(at, Happening::Rebuild);
        }
    }

    /// Tracking makes its stories again beside the live ones.
    pub(super) fn rebuild(&mut self) {
        let (ticket, causation) = (self.ticket(), self.causation());
        if self.tracking.is_up() {
            let rebuild = tracking_service::Command::Rebuild;
            self.tracking.bring_command(ticket, rebuild, operator(), causation);
            self.wake_after(Role::Tracking, 1);
        }
    }
}
