//! Which shops are opened, and from which files.

use std::path::Path;

use anyhow::{Result, bail};
use catalog_domain::ShopFile;
use catalog_service::{CatalogCommand, CatalogReply, CatalogService, DEFAULT_SHOPS, Imported};
use futures::future::join_all;
use kernel::{Actor, Causation};
use runtime::{CallError, Handle};

use crate::house::House;
use crate::proof::prove;

/// Reads the named shops: built-in ones by their name, others from their files.
///
/// # Errors
/// Everything that is wrong with a file, with file, line and column.
pub(crate) fn named(names: &[String]) -> Result<Vec<ShopFile>> {
    if names.is_empty() {
        return DEFAULT_SHOPS.iter().map(|shop| read(shop.file, shop.text)).collect();
    }
    names.iter().map(|name| one(name)).collect()
}

/// Reads one shop, by the name of a built-in one or from its file.
pub(crate) fn one(name: &str) -> Result<ShopFile> {
    if let Some(shop) = DEFAULT_SHOPS.iter().find(|shop| shop.name() == name) {
        return read(shop.file, shop.text);
    }
    if !Path::new(name).is_file() {
        let known: Vec<_> = DEFAULT_SHOPS.iter().map(|shop| shop.name()).collect();
        bail!("there is no shop {name}: neither a built-in one ({}) nor a file", known.join(", "));
    }
    let text = match std::fs::read_to_string(name) {
        Ok(text) => text,
        Err(error) => bail!("the shop file {name} cannot be read: {error}"),
    };
    let file = read(name, &text)?;
    // Those that the program carries are proved by its tests.
    match prove(&file.life) {
        Ok(_) => Ok(file),
        Err(found) => bail!("{name}: {found}"),
    }
}

fn read(file: &str, text: &str) -> Result<ShopFile> {
    Ok(ShopFile::read(file, text)?)
}

/// Opens the shops: the catalog takes a life that is new, and keeps a menu that it knows.
pub(crate) async fn open(
    catalog: &Handle<CatalogService>,
    files: Vec<ShopFile>,
    house: &House,
) -> Result<()> {
    // All in one batch; they are asked for, and answered, in the order of the files.
    let opened = files.into_iter().map(async |file| {
        let key = file.life.key.clone();
        let command = CatalogCommand::ImportShop(Box::new(file));
        let causation = Causation::command(house.ids.next_id(house.clock.now()));
        (key, catalog.call(command, Actor::system(), causation).await)
    });
    for (key, outcome) in join_all(opened).await {
        match outcome {
            Ok(CatalogReply::Imported(Imported::Known { applied, differs })) => {
                for line in applied {
                    tracing::info!(shop = %key, "{line}");
                }
                for line in differs {
                    tracing::warn!(shop = %key, "{line} (`jumun menu import` applies the file)");
                }
            }
            Ok(_) => tracing::info!(shop = %key, "the shop is open"),
            Err(CallError::Refused(refusal)) => bail!("the shop {key} cannot be opened: {refusal}"),
            Err(error) => bail!("the shop {key} cannot be opened: {error:?}"),
        }
    }
    Ok(())
}
