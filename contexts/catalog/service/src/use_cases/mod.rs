//! What is done to shops and menus. One file per wish: decide, keep the rows, answer.

mod define_item;
mod follow_stock;
mod import_menu;
mod import_shop;
mod remove_item;
mod set_opening;
mod set_sold_out;

use catalog_contract::shop_id;
use catalog_domain::{OpenShop, Shop, ShopCommand, ShopRejection};
use journal::StoreError;
use kernel::{ShopKey, Subject};
use runtime::{Failure, Turn};

pub(crate) use follow_stock::follow_stock;

use crate::command::{CatalogCommand, CatalogRefusal, CatalogReply};
use crate::short_stock::ShortStock;

/// Does what a command wishes.
pub(crate) fn perform(
    turn: &mut Turn<'_>,
    short: &ShortStock,
    command: CatalogCommand,
) -> Result<CatalogReply, Failure<CatalogRefusal>> {
    match command {
        CatalogCommand::ImportShop(file) => import_shop::import_shop(turn, short, &file),
        CatalogCommand::ImportMenu { file, apply: true } => import_menu::import_menu(turn, short, &file),
        CatalogCommand::ImportMenu { file, apply: false } => import_menu::compare_menu(turn, &file),
        CatalogCommand::DefineItem { shop, item } => define_item::define_item(turn, short, &shop, *item),
        CatalogCommand::RemoveItem { shop, item } => remove_item::remove_item(turn, &shop, &item),
        CatalogCommand::SetSoldOut { shop, item, sold_out, if_match } => {
            set_sold_out::set_sold_out(turn, &shop, &item, sold_out, if_match.as_ref())
        }
        CatalogCommand::SetOpening { shop, pause } => set_opening::set_opening(turn, &shop, pause),
    }
}

/// Lets the shop decide. Whether that made any difference.
fn wish(turn: &mut Turn<'_>, shop: &ShopKey, command: ShopCommand) -> Result<bool, Failure<CatalogRefusal>> {
    let executed = turn
        .execute::<Shop>(shop_id(shop), &Subject::shop(shop.clone()), command)
        .map_err(|failure| failure.map_refusal(CatalogRefusal::from))?;
    Ok(!executed.events.is_empty())
}

/// The shop as it stands in this turn.
fn present(turn: &mut Turn<'_>, shop: &ShopKey) -> Result<Option<OpenShop>, StoreError> {
    Ok(turn.state::<Shop>(shop_id(shop))?.open().cloned())
}

/// The shop as it stands in this turn, which must be known.
fn known(turn: &mut Turn<'_>, shop: &ShopKey) -> Result<OpenShop, Failure<CatalogRefusal>> {
    present(turn, shop)?.ok_or(Failure::Refused(CatalogRefusal::Shop(ShopRejection::UnknownShop)))
}
