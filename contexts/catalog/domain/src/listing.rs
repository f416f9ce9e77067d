use std::fmt::Write;

use catalog_contract::{
    Accept, DeliveryRule, DeliveryStarts, Language, MenuItem, MenuOption, MessageRule, OpeningHours,
    PaymentTime, Prepare, PromiseRule, ShopLife, StockMode, StockUse, TableRule, Text, TimeRange,
    WhenUnavailable,
};

use crate::drawing::{handover_words, later_words};
use crate::shop_file::spoken_millis;
use crate::{ShopFile, life_hash};

/// A shop as people read it: its rules in sentences, its menu with prices.
#[must_use]
pub fn show_shop(file: &ShopFile) -> String {
    let mut text = heading(&file.life);
    words(file, &mut text);
    text.push_str("\nMenu\n");
    let mut shown: Option<&Text> = None;
    for item in &file.menu {
        if item.category.is_some() && item.category.as_ref() != shown {
            shown = item.category.as_ref();
            let _ = writeln!(text, "\n  {}", shown.map(both).unwrap_or_default());
        }
        show_item(item, &mut text);
    }
    text
}

/// The collections of its own API, and the words of each in the order of an order's way.
fn words(file: &ShopFile, text: &mut String) {
    if file.vocabulary.collections.is_empty() {
        return;
    }
    text.push_str("\nWords\n");
    for (name, collection) in &file.vocabulary.collections {
        let names: Vec<&str> = std::iter::once(name).chain(&collection.aliases).map(String::as_str).collect();
        let shown: Vec<&str> = collection.shows.values().map(String::as_str).collect();
        let shown = if shown.is_empty() { "no words".to_owned() } else { shown.join(", ") };
        let _ = writeln!(text, "  {:<22} {shown}", format!("/{}", names.join(", /")));
    }
}

/// One line per shop: its key, its names, how many items it sells.
#[must_use]
pub fn shop_line(file: &ShopFile) -> String {
    format!("{:<12} {} ({} items)", file.life.key.as_str(), both(&file.life.name), file.menu.len())
}

fn heading(life: &ShopLife) -> String {
    let mut text = format!("{} - {}\n\n", life.key, both(&life.name));
    let mut line = |word: &str, sentence: String| {
        let _ = writeln!(text, "  {word:<9} {sentence}");
    };
    line("life", life_hash(life).to_string());
    line("place", format!("{}, prices in {}", life.time_zone, life.currency.code()));
    line("payment", payment(life));
    line("stock", stock(life));
    line("accepted", by(life.accept == Accept::Staff).to_owned());
    line("made", made(life).to_owned());
    line("handover", handover(life));
    if let Some(rule) = &life.delivery {
        line("delivery", delivery(rule));
    }
    if let Some(rule) = &life.hours {
        hours(rule).into_iter().for_each(|days| line("open", days));
    }
    if let Some(rule) = &life.later {
        let only = if rule.only { "every order: " } else { "" };
        line("later", format!("{only}{}", later_words(life, rule)));
    }
    if let Some(rule) = &life.promise {
        line("promise", promise(rule));
    }
    if let Some(rule) = &life.receipts {
        let number = rule.business_number.as_ref().map(|number| format!("business number {number}"));
        let vat = rule.vat_percent.map(|percent| format!("prices include {percent}% VAT"));
        line("receipts", number.into_iter().chain(vat).collect::<Vec<_>>().join(", "));
    }
    line("messages", life.messages.as_ref().map_or_else(|| "none".to_owned(), messages));
    text
}

fn handover(life: &ShopLife) -> String {
    let words = handover_words(life.handover);
    match life.table {
        None => words.to_owned(),
        Some(TableRule::Optional) => format!("{words}, or bring it to a table"),
        Some(TableRule::Required) => "staff bring it to a table".to_owned(),
    }
}

/// One line per weekday, and one per day on which it is otherwise.
fn hours(rule: &OpeningHours) -> Vec<String> {
    let ranges = |ranges: &[TimeRange]| match ranges {
        [] => "closed".to_owned(),
        ranges => ranges.iter().map(ToString::to_string).collect::<Vec<_>>().join(", "),
    };
    let week = rule.week.iter().map(|(weekday, open)| format!("{:<10} {}", weekday.as_str(), ranges(open)));
    week.chain(rule.dates.iter().map(|(date, open)| format!("{date:<10} {}", ranges(open)))).collect()
}

fn payment(life: &ShopLife) -> String {
    let unavailable = match life.payment.unavailable {
        WhenUnavailable::Reject => "refused where payment does not answer",
        WhenUnavailable::Defer => "taken where payment does not answer, which is then asked again",
    };
    let with = if life.payment.deposit.is_some() { "from a deposit, " } else { "" };
    match life.payment.when {
        PaymentTime::None => "none".to_owned(),
        PaymentTime::AtOrder => format!("{with}in the call that places the order; {unavailable}"),
        PaymentTime::ByCustomer => {
            let expires = spoken_millis(life.payment.expires_after_millis);
            format!("{with}when the customer approves it, within {expires}; {unavailable}")
        }
    }
}

fn stock(life: &ShopLife) -> String {
    if life.stock.mode == StockMode::None {
        return "not counted".to_owned();
    }
    let mut sentence = "reserved per order, all or nothing".to_owned();
    if life.stock.closes_menu {
        sentence.push_str("; what runs out closes itself on the menu");
    }
    if !life.stock.low.is_empty() {
        let low = life.stock.low.iter().map(|(item, units)| format!("{units} {item}"));
        let _ = write!(sentence, "; low at {}", low.collect::<Vec<_>>().join(", "));
    }
    sentence
}

fn messages(rule: &MessageRule) -> String {
    let tell: Vec<&str> = rule.tell.iter().map(|milestone| milestone.as_str()).collect();
    let channels: Vec<&str> = rule.channels.iter().map(|channel| channel.as_str()).collect();
    let language = match rule.language {
        Language::Ko => "Korean",
        Language::En => "English",
    };
    let mut sentence = format!("{}; by {}, in {language}", tell.join(", "), channels.join(", else by "));
    if let Some(millis) = rule.next_after_millis {
        let _ = write!(sentence, "; the next way after {}", spoken_millis(millis));
    }
    if !rule.texts.is_empty() {
        let own: Vec<&str> = rule.texts.keys().map(|milestone| milestone.as_str()).collect();
        let _ = write!(sentence, "; in words of its own: {}", own.join(", "));
    }
    if !rule.templates.is_empty() {
        let codes: Vec<String> =
            rule.templates.iter().map(|(told, code)| format!("{} {code}", told.as_str())).collect();
        let _ = write!(sentence, "; under templates: {}", codes.join(", "));
    }
    sentence
}

fn delivery(rule: &DeliveryRule) -> String {
    let starts = match (rule.starts, rule.needs_courier) {
        (DeliveryStarts::Auto, false) => "sets out by itself",
        (DeliveryStarts::Auto, true) => "sets out with its courier",
        (DeliveryStarts::Staff, false) => "started by staff",
        (DeliveryStarts::Staff, true) => "started by staff, with a courier",
    };
    let address = if rule.needs_address { "to an address" } else { "to an address where one is said" };
    let times = if rule.attempts == 1 { "once".to_owned() } else { format!("{} times", rule.attempts) };
    format!("{starts}, {address}, tried {times}")
}

fn promise(rule: &PromiseRule) -> String {
    let prepare = spoken_millis(rule.prepare_millis);
    let at_once = if rule.at_once == 1 { String::new() } else { format!(", {} at once", rule.at_once) };
    let deliver = rule.deliver_millis.map(|millis| format!(", {} to bring it", spoken_millis(millis)));
    format!("{prepare} to make an order{at_once}{}, until measured", deliver.unwrap_or_default())
}

const fn by(staff: bool) -> &'static str {
    if staff { "by staff" } else { "by itself" }
}

const fn made(life: &ShopLife) -> &'static str {
    match (life.prepare.by, life.prepare.finishes_at_start) {
        (Prepare::None, _) => "nothing to make",
        (Prepare::Staff, true) => "by staff, done with the start",
        (Prepare::Staff, false) => by(true),
        (Prepare::Auto, _) => by(false),
    }
}

fn show_item(item: &MenuItem, text: &mut String) {
    let sold_out = if item.sold_out { "  (sold out)" } else { "" };
    let _ =
        writeln!(text, "    {:<16} {:>12}  {}{sold_out}", item.key, item.price.to_string(), both(&item.name));
    for option in &item.options {
        let _ = writeln!(text, "    {:<16} {:>12}  {}", "", "", choices(option));
    }
    if !item.uses.is_empty() {
        let _ = writeln!(text, "    {:<16} {:>12}  uses {}", "", "", uses(&item.uses));
    }
}

fn choices(option: &MenuOption) -> String {
    let choices = option.choices.iter().map(|choice| match choice.price_difference.amount {
        0 => choice.key.clone(),
        amount if amount > 0 => format!("{} +{}", choice.key, choice.price_difference),
        _ => format!("{} {}", choice.key, choice.price_difference),
    });
    let choices: Vec<String> = choices.collect();
    let may = if option.required { "" } else { " (or none)" };
    format!("{}: {}{may}", option.key, choices.join(" | "))
}

fn uses(uses: &[StockUse]) -> String {
    let uses: Vec<String> = uses.iter().map(|used| format!("{} {}", used.quantity, used.item)).collect();
    uses.join(", ")
}

fn both(text: &Text) -> String {
    format!("{} / {}", text.ko, text.en)
}
