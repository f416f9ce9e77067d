//! `jumun messages`: what customers would read.

use std::process::ExitCode;

use anyhow::{Result, bail};
use catalog_contract::{Channel, Language, MenuItem, Milestone};
use catalog_domain::ShopFile;
use clap::Subcommand;
use kernel::Money;
use notification_contract::MessageAddress;
use notification_domain::{Material, render, subject, text_of};
use ordering_contract::OrderLine;

use crate::shops;

#[derive(Debug, Subcommand)]
pub(crate) enum MessagesCommand {
    /// Show what customers of a shop would read, of an order that is made up.
    Preview {
        /// A built-in shop, or a file.
        shop: String,
        /// Only of this change, such as `prepared`.
        #[arg(long, value_name = "CHANGE")]
        event: Option<String>,
        /// Only in this language: ko or en; both where none is named.
        #[arg(long, value_name = "LANGUAGE")]
        language: Option<String>,
    },
}

pub(crate) fn run(command: &MessagesCommand) -> Result<ExitCode> {
    let MessagesCommand::Preview { shop, event, language } = command;
    let event = event.as_deref().map(milestone).transpose()?;
    let languages = match language.as_deref() {
        None => vec![Language::Ko, Language::En],
        Some("ko") => vec![Language::Ko],
        Some("en") => vec![Language::En],
        Some(other) => bail!("there is no language {other}; expected ko or en"),
    };
    preview(&shops::one(shop)?, event, &languages)?;
    Ok(ExitCode::SUCCESS)
}

fn milestone(word: &str) -> Result<Milestone> {
    let Some(milestone) = Milestone::parse(word) else {
        let words = Milestone::ALL.map(Milestone::as_str);
        bail!("there is no change {word}; expected one of {}", words.join(", "));
    };
    Ok(milestone)
}

fn preview(shop: &ShopFile, event: Option<Milestone>, languages: &[Language]) -> Result<()> {
    let Some(rule) = &shop.life.messages else {
        println!("{} tells its customers nothing: its file has no [messages]", shop.life.key);
        return Ok(());
    };
    if let Some(event) = event.filter(|event| !rule.tell.contains(event)) {
        let told: Vec<_> = rule.tell.iter().map(|told| told.as_str()).collect();
        bail!("{} does not tell {}; it tells {}", shop.life.key, event.as_str(), told.join(", "));
    }
    let ways: Vec<_> = rule.channels.iter().copied().map(Channel::as_str).collect();
    println!("{} tells in {}, by {}\n", shop.life.key, rule.language.as_str(), ways.join(", then "));
    let total = total(&lines(&shop.menu, Language::Ko), Money::zero(shop.life.currency))?;
    let to = MessageAddress {
        name: Some("김하늘".to_owned()),
        phone: Some("010-1234-5678".to_owned()),
        email: Some("haneul@example.com".to_owned()),
        address: Some("서울시 종로구 1".to_owned()),
    };
    for milestone in rule.tell.iter().filter(|told| event.is_none_or(|event| **told == event)) {
        match rule.templates.get(milestone) {
            Some(code) => println!("{} (template {code})", milestone.as_str()),
            None => println!("{}", milestone.as_str()),
        }
        for language in languages {
            let text = text_of(rule, *milestone);
            let material = Material {
                shop: &shop.life.name,
                number: 17,
                call_number: 42,
                lines: &lines(&shop.menu, *language),
                total,
                amount: Some(total),
                reason: Some("out-of-stock"),
                wanted_at: Some("2026-11-29 18:30"),
                table: Some("3"),
                promised: shop.life.promise.is_some().then_some("14:35"),
                to: &to,
            };
            println!("  {}  {}", language.as_str(), render(&text, *language, &material));
            if rule.channels.contains(&Channel::Mail) {
                println!("      {}", subject(rule, *milestone, *language, &material));
            }
        }
    }
    Ok(())
}

/// Two of the first item, one of the second.
fn lines(menu: &[MenuItem], language: Language) -> Vec<OrderLine> {
    let line = |(item, quantity): (&MenuItem, u32)| OrderLine {
        item: item.key.clone(),
        name: language.of(&item.name).to_owned(),
        quantity,
        options: Vec::new(),
        unit_price: item.price,
    };
    menu.iter().zip([2, 1]).map(line).collect()
}

fn total(lines: &[OrderLine], nothing: Money) -> Result<Money> {
    lines.iter().try_fold(nothing, |sum, line| Ok(sum.plus(line.unit_price.times(line.quantity)?)?))
}
