use catalog_domain::{ShopCommand, ShopFile, difference};
use runtime::{Failure, Turn};

use super::{follow_stock, known, wish};
use crate::command::{CatalogRefusal, CatalogReply, Imported};
use crate::short_stock::ShortStock;
use crate::views;

/// Makes the menu of a known shop the menu of the file; sold-out switches stay as they are.
pub(super) fn import_menu(
    turn: &mut Turn<'_>,
    short: &ShortStock,
    file: &ShopFile,
) -> Result<CatalogReply, Failure<CatalogRefusal>> {
    let shop = &file.life.key;
    let before = known(turn, shop)?;
    for item in &file.menu {
        if wish(turn, shop, ShopCommand::DefineItem { item: item.clone() })? {
            views::keep_item(turn, shop, &item.key)?;
        }
    }
    for key in before.menu.keys().filter(|key| file.menu.iter().all(|item| item.key != **key)) {
        wish(turn, shop, ShopCommand::RemoveItem { item: key.clone() })?;
        views::drop_item(turn, shop, key);
    }
    views::keep_shop(turn, shop)?;
    follow_stock(turn, shop, short)?;
    let differs = difference(file, &known(turn, shop)?);
    let mut applied = difference(file, &before);
    applied.retain(|line| !differs.contains(line));
    Ok(CatalogReply::Imported(Imported::Known { applied, differs }))
}

/// Says how a file and a known shop differ, and changes nothing.
pub(super) fn compare_menu(
    turn: &mut Turn<'_>,
    file: &ShopFile,
) -> Result<CatalogReply, Failure<CatalogRefusal>> {
    let differs = difference(file, &known(turn, &file.life.key)?);
    Ok(CatalogReply::Imported(Imported::Known { applied: Vec::new(), differs }))
}
