//! What can be done to stock, one wish per file.

mod adjust_stock;
mod consume_for_order;
mod receive_stock;
mod release_for_order;
mod reserve_for_order;

use catalog_contract::StockMode;
use inventory_contract::StockItemView;
use kernel::{OrderId, Subject};
use runtime::{Failure, Turn};

pub(crate) use consume_for_order::consume_for_order;
pub(crate) use release_for_order::release_for_order;
pub(crate) use reserve_for_order::reserve_for_order;

use crate::command::{InventoryCommand, InventoryRefusal, InventoryReply, StockWish};
use crate::shops::Shops;

/// An order, as its neighbours know it.
#[derive(Debug, Clone)]
pub(crate) struct ForOrder {
    pub(crate) order: OrderId,
    pub(crate) subject: Subject,
}

/// Does what staff wish, in a shop that keeps stock.
pub(crate) fn change_stock(
    turn: &mut Turn<'_>,
    shops: &Shops,
    command: InventoryCommand,
) -> Result<InventoryReply, Failure<InventoryRefusal>> {
    let InventoryCommand { shop, item, wish, .. } = command;
    match shops.current(&shop).map(|life| life.stock.mode) {
        None => return Err(Failure::Refused(InventoryRefusal::ShopUnknown(shop))),
        Some(StockMode::None) => return Err(Failure::Refused(InventoryRefusal::KeepsNoStock(shop))),
        Some(StockMode::Reserve) => {}
    }
    let view: StockItemView = match wish {
        StockWish::Receive { quantity } => receive_stock::receive_stock(turn, shops, &shop, &item, quantity)?,
        StockWish::Adjust { difference, reason, if_match } => {
            adjust_stock::adjust_stock(turn, shops, &shop, &item, difference, reason, &if_match)?
        }
    };
    Ok(InventoryReply::Item(view))
}
