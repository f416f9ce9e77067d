//! `jumun shops`: what the built-in shops and shop files say.

use std::process::ExitCode;

use anyhow::Result;
use catalog_domain::{draw_life, mermaid_life, shop_line, show_shop};
use catalog_service::DEFAULT_SHOPS;
use clap::Subcommand;

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
        }
        ShopsCommand::Draw { shop, mermaid } => {
            let file = shops::one(shop)?;
            println!("{}", if *mermaid { mermaid_life(&file.life) } else { draw_life(&file.life) });
        }
        ShopsCommand::Show { shop } => println!("{}", show_shop(&shops::one(shop)?)),
    }
    Ok(ExitCode::SUCCESS)
}
