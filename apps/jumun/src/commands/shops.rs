//! `jumun shops`: what the built-in shops and shop files say.

mod dry_run;

use std::process::ExitCode;

use anyhow::{Result, bail};
use catalog_domain::{OpenShop, difference, draw_life, mermaid_life, shop_line, show_shop};
use catalog_service::DEFAULT_SHOPS;
use clap::Subcommand;

use crate::proof::prove;
use crate::shops;

#[derive(Debug, Subcommand)]
pub(crate) enum ShopsCommand {
    /// List the built-in shops.
    List,
    /// Check a shop file: every mistake with its line, column and a hint.
    Check {
        /// The file.
        file: String,
    },
    /// Draw the life of an order in a shop.
    Draw {
        /// A built-in shop, or a file.
        shop: String,
        /// As a Mermaid diagram.
        #[arg(long)]
        mermaid: bool,
    },
    /// Say what differs between two shops, or two versions of one.
    Diff {
        /// A built-in shop, or a file: as it is.
        before: String,
        /// A built-in shop, or a file: as it is to be.
        after: String,
    },
    /// Replay recorded orders against a changed file, and say what would have gone differently.
    DryRun(dry_run::DryRunFlags),
    /// Show a shop: its life in words, and its menu.
    Show {
        /// A built-in shop, or a file.
        shop: String,
    },
}

pub(crate) fn run(command: &ShopsCommand) -> Result<ExitCode> {
    match command {
        ShopsCommand::List => {
            for shop in DEFAULT_SHOPS {
                println!("{}", shop_line(&shops::one(shop.name())?));
            }
        }
        ShopsCommand::Check { file } => {
            let shop = shops::one(file)?;
            println!("{file}: the shop {} is sound", shop.life.key);
            match prove(&shop.life) {
                Ok(proof) => println!(
                    "proved over all {} states of an order: none gets stuck, and who paid has the goods or the money back",
                    proof.states
                ),
                Err(found) => bail!("{file}: {found}"),
            }
        }
        ShopsCommand::Draw { shop, mermaid } => {
            let file = shops::one(shop)?;
            println!("{}", if *mermaid { mermaid_life(&file.life) } else { draw_life(&file.life) });
        }
        ShopsCommand::Diff { before, after } => diff(before, after)?,
        ShopsCommand::DryRun(flags) => return dry_run::run(flags),
        ShopsCommand::Show { shop } => println!("{}", show_shop(&shops::one(shop)?)),
    }
    Ok(ExitCode::SUCCESS)
}

fn diff(before: &str, after: &str) -> Result<()> {
    let (before, after) = (shops::one(before)?, shops::one(after)?);
    let menu = before.menu.into_iter().map(|item| (item.key.clone(), item)).collect();
    let before =
        OpenShop { hash: before.hash, life: before.life, menu, pause: None, words: before.vocabulary };
    let lines = difference(&after, &before);
    for line in &lines {
        println!("{line}");
    }
    if lines.is_empty() {
        println!("no difference");
    }
    Ok(())
}
