use catalog_domain::{ShopCommand, ShopFile, difference};
use runtime::{Failure, Turn};

use super::{follow_stock, known, present, wish};
use crate::command::{CatalogRefusal, CatalogReply, Imported};
use crate::short_stock::ShortStock;
use crate::views;

/// Opens the shop of a file with its menu. A known shop gets the file's life; how its menu
/// differs is said, not changed.
pub(super) fn import_shop(
    turn: &mut Turn<'_>,
    short: &ShortStock,
    file: &ShopFile,
) -> Result<CatalogReply, Failure<CatalogRefusal>> {
    let before = present(turn, &file.life.key)?;
    let define = ShopCommand::Define { hash: file.hash.clone(), life: Box::new(file.life.clone()) };
    let changed = wish(turn, &file.life.key, define)?;
    wish(turn, &file.life.key, ShopCommand::SetWords { vocabulary: file.vocabulary.clone() })?;
    let imported = match before {
        None => fill_menu(turn, file)?,
        Some(before) => {
            let differs = difference(file, &known(turn, &file.life.key)?);
            let mut applied = difference(file, &before);
            applied.retain(|line| !differs.contains(line));
            Imported::Known { applied, differs }
        }
    };
    if changed {
        views::keep_shop(turn, &file.life.key)?;
        follow_stock(turn, &file.life.key, short)?;
    }
    Ok(CatalogReply::Imported(imported))
}

fn fill_menu(turn: &mut Turn<'_>, file: &ShopFile) -> Result<Imported, Failure<CatalogRefusal>> {
    for item in &file.menu {
        wish(turn, &file.life.key, ShopCommand::DefineItem { item: item.clone() })?;
        views::keep_item(turn, &file.life.key, &item.key)?;
    }
    Ok(Imported::Opened { items: file.menu.len() })
}
