use std::borrow::Cow;
use std::collections::BTreeMap;

use catalog_contract::{Language, MessageRule, Milestone, Text, TextPiece, text_pieces};
use kernel::Money;
use notification_contract::{FilledTemplate, MessageAddress};
use ordering_contract::OrderLine;

use crate::words::{reason_in_words, subject_of_the_house, words_of_the_house};

/// What a message may say of its order.
#[derive(Debug, Clone, Copy)]
pub struct Material<'a> {
    /// The shop's name.
    pub shop: &'a Text,
    /// The order's number.
    pub number: u64,
    /// The short number of the day.
    pub call_number: u32,
    /// The lines.
    pub lines: &'a [OrderLine],
    /// Their sum.
    pub total: Money,
    /// The money that the change is about, where it is about money.
    pub amount: Option<Money>,
    /// Why it was cancelled, as ordering or the shop wrote it.
    pub reason: Option<&'a str>,
    /// When it is wanted, as people of the shop write it, where it is for later.
    pub wanted_at: Option<&'a str>,
    /// The table that it is brought to.
    pub table: Option<&'a str>,
    /// When it will be there, as the shop's clock shows it.
    pub promised: Option<&'a str>,
    /// To whom.
    pub to: &'a MessageAddress,
}

/// The text that tells of a milestone: the shop's own, or that of the house.
#[must_use]
pub fn text_of(rule: &MessageRule, milestone: Milestone) -> Cow<'_, Text> {
    match rule.texts.get(&milestone) {
        Some(text) => Cow::Borrowed(text),
        None => Cow::Owned(words_of_the_house(milestone)),
    }
}

/// Writes a text with what stands for its placeholders; what nobody knows is a dash.
#[must_use]
pub fn render(text: &Text, language: Language, material: &Material<'_>) -> String {
    let template = language.of(text);
    let Some(pieces) = text_pieces(template) else { return template.to_owned() };
    pieces.into_iter().fold(String::new(), |mut written, piece| {
        match piece {
            TextPiece::Words(words) => written.push_str(words),
            TextPiece::Placeholder(name) => written.push_str(&value_of(name, language, material)),
        }
        written
    })
}

/// The template of a milestone with what stands for its variables, where it has one: filled in by
/// whoever has the template, it reads as [`render`] writes it.
#[must_use]
pub fn fill_template(
    rule: &MessageRule,
    milestone: Milestone,
    material: &Material<'_>,
) -> Option<FilledTemplate> {
    let code = rule.templates.get(&milestone)?.clone();
    let text = text_of(rule, milestone);
    let pieces = text_pieces(rule.language.of(&text)).unwrap_or_default();
    let variables: BTreeMap<String, String> = pieces
        .into_iter()
        .filter_map(|piece| match piece {
            TextPiece::Words(_) => None,
            TextPiece::Placeholder(name) => Some((name.to_owned(), value_of(name, rule.language, material))),
        })
        .collect();
    Some(FilledTemplate { code, variables })
}

/// The subject of a mail that tells of a milestone: one line, whatever stands for its placeholders.
#[must_use]
pub fn subject(
    rule: &MessageRule,
    milestone: Milestone,
    language: Language,
    material: &Material<'_>,
) -> String {
    let own = rule.subjects.get(&milestone).cloned();
    let written = render(&own.unwrap_or_else(subject_of_the_house), language, material);
    let one_line: Vec<&str> = written.split(char::is_control).filter(|part| !part.is_empty()).collect();
    one_line.join(" ")
}

fn value_of(name: &str, language: Language, material: &Material<'_>) -> String {
    let known = match name {
        "shop" => Some(language.of(material.shop).to_owned()),
        "number" => Some(material.number.to_string()),
        "call_number" => Some(material.call_number.to_string()),
        "items" => Some(items(material.lines)),
        "total" => Some(money(material.total, language)),
        "amount" => material.amount.map(|amount| money(amount, language)),
        "reason" => material.reason.map(|reason| reason_in_words(reason, language).to_owned()),
        "name" => Some(material.to.name.clone().unwrap_or_else(|| somebody(language).to_owned())),
        "phone" => material.to.phone.clone(),
        "address" => material.to.address.clone(),
        "wanted_at" => material.wanted_at.map(str::to_owned),
        "table" => material.table.map(str::to_owned),
        "promised" => material.promised.map(str::to_owned),
        _ => None,
    };
    known.unwrap_or_else(|| "-".to_owned())
}

const fn somebody(language: Language) -> &'static str {
    match language {
        Language::Ko => "고객",
        Language::En => "customer",
    }
}

/// `아메리카노 2, 소금빵 1`
fn items(lines: &[OrderLine]) -> String {
    let each: Vec<String> = lines.iter().map(|line| format!("{} {}", line.name, line.quantity)).collect();
    each.join(", ")
}

/// `9,000원`, `9,000 KRW`, `4.50 EUR`
fn money(money: Money, language: Language) -> String {
    let written = money.to_string();
    let (number, code) = written.split_once(' ').unwrap_or((&written, ""));
    let (whole, fraction) =
        number.split_once('.').map_or((number, None), |(whole, rest)| (whole, Some(rest)));
    let mut grouped = grouped(whole);
    if let Some(fraction) = fraction {
        grouped.push('.');
        grouped.push_str(fraction);
    }
    match (language, code) {
        (Language::Ko, "KRW") => format!("{grouped}원"),
        _ => format!("{grouped} {code}"),
    }
}

fn grouped(whole: &str) -> String {
    let (sign, digits) = whole.strip_prefix('-').map_or(("", whole), |digits| ("-", digits));
    let mut grouped = sign.to_owned();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index) % 3 == 0 {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}
