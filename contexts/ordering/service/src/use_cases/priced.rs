//! From an unchecked wish to priced lines: every field that is wrong is named.

use std::collections::BTreeMap;

use catalog_contract::{
    Handover, MenuItem, PricingError, ShopDirectory, ShopLife, StockUse, TableRule, price_line,
};
use kernel::Money;
use ordering_contract::{ChosenOption, OrderLine};

use crate::command::{NewLine, NewOrder, OrderingRefusal, WrongField};

const LINES_MAX: usize = 100;
const NOTE_CHARACTERS_MAX: usize = 500;
const NAME_CHARACTERS_MAX: usize = 100;
const PHONE_CHARACTERS_MAX: usize = 32;
const EMAIL_CHARACTERS_MAX: usize = 254;
const ADDRESS_CHARACTERS_MAX: usize = 300;
const TABLE_CHARACTERS_MAX: usize = 20;
const ID_CHARACTERS_MAX: usize = 128;
const LABELS_MAX: usize = 16;
const LABEL_NAME_CHARACTERS_MAX: usize = 64;
const LABEL_CHARACTERS_MAX: usize = 200;

/// A wish whose fields have been checked and whose prices are the menu's.
pub(crate) struct Priced {
    pub(crate) lines: Vec<OrderLine>,
    pub(crate) uses: Vec<StockUse>,
    pub(crate) total: Money,
}

pub(crate) fn price(
    shops: &ShopDirectory,
    life: &ShopLife,
    wish: &NewOrder,
) -> Result<Priced, OrderingRefusal> {
    check_fields(life, wish)?;
    price_lines(shops, life, &wish.lines, wish.total)
}

/// Lines whose number was checked, at the menu's prices.
fn price_lines(
    shops: &ShopDirectory,
    life: &ShopLife,
    wished: &[NewLine],
    expected: Option<Money>,
) -> Result<Priced, OrderingRefusal> {
    let mut lines = Vec::with_capacity(wished.len());
    let mut uses: BTreeMap<String, u32> = BTreeMap::new();
    let mut total = Money::zero(life.currency);
    for (index, line) in wished.iter().enumerate() {
        let item = shops.item(&life.key, &line.item).ok_or_else(|| unknown_item(index, line))?;
        let (priced, line_total) = price_one(index, item, line, &mut uses)?;
        total = total.plus(line_total).map_err(|_| too_large(index))?;
        lines.push(priced);
    }
    if let Some(expected) = expected
        && expected != total
    {
        return Err(OrderingRefusal::PriceDiffers { field: "total".into(), expected, costs: total });
    }
    let uses = uses.into_iter().map(|(item, quantity)| StockUse { item, quantity }).collect();
    Ok(Priced { lines, uses, total })
}

/// What lines would cost; who orders them, and where to, is not asked yet.
pub(crate) fn quote(
    shops: &ShopDirectory,
    life: &ShopLife,
    lines: &[NewLine],
) -> Result<Priced, OrderingRefusal> {
    let mut wrong = Vec::new();
    check_lines(&mut wrong, lines);
    if wrong.is_empty() {
        price_lines(shops, life, lines, None)
    } else {
        Err(OrderingRefusal::Invalid(wrong))
    }
}

fn price_one(
    index: usize,
    item: &MenuItem,
    line: &NewLine,
    uses: &mut BTreeMap<String, u32>,
) -> Result<(OrderLine, Money), OrderingRefusal> {
    let chosen: Vec<_> =
        line.options.iter().map(|chosen| (chosen.option.as_str(), chosen.choice.as_str())).collect();
    let priced = price_line(item, &chosen, line.quantity).map_err(|error| refusal(index, line, &error))?;
    if let Some(expected) = line.unit_price
        && expected != priced.unit_price
    {
        let field = format!("lines[{index}].unit_price");
        return Err(OrderingRefusal::PriceDiffers { field, expected, costs: priced.unit_price });
    }
    for used in &priced.uses {
        let sum = uses.entry(used.item.clone()).or_default();
        *sum = sum.checked_add(used.quantity).ok_or_else(|| too_large(index))?;
    }
    let options = priced
        .options
        .into_iter()
        .map(|chosen| ChosenOption { option: chosen.option, choice: chosen.choice });
    let ordered = OrderLine {
        item: item.key.clone(),
        name: item.name.ko.clone(),
        quantity: line.quantity,
        options: options.collect(),
        unit_price: priced.unit_price,
    };
    Ok((ordered, priced.total))
}

fn check_fields(life: &ShopLife, wish: &NewOrder) -> Result<(), OrderingRefusal> {
    let mut wrong = Vec::new();
    check_lines(&mut wrong, &wish.lines);
    check_text(&mut wrong, "note", wish.note.as_deref(), NOTE_CHARACTERS_MAX);
    check_text(&mut wrong, "name", wish.name.as_deref(), NAME_CHARACTERS_MAX);
    check_text(&mut wrong, "phone", wish.phone.as_deref(), PHONE_CHARACTERS_MAX);
    check_email(&mut wrong, wish.email.as_deref());
    check_address(&mut wrong, life, wish.address.as_deref());
    check_table(&mut wrong, life, wish.table.as_deref());
    check_labels(&mut wrong, &wish.labels);
    for (name, id) in [("customer", &wish.customer), ("payment_method", &wish.payment_method)] {
        if let Some(id) = id
            && (id.is_empty()
                || id.len() > ID_CHARACTERS_MAX
                || !id.bytes().all(|byte| byte.is_ascii_graphic()))
        {
            wrong.push(field(name, format!("1 to {ID_CHARACTERS_MAX} visible ASCII characters"), None));
        }
    }
    if wrong.is_empty() { Ok(()) } else { Err(OrderingRefusal::Invalid(wrong)) }
}

fn check_lines(wrong: &mut Vec<WrongField>, lines: &[NewLine]) {
    if lines.is_empty() || lines.len() > LINES_MAX {
        wrong.push(field("lines", format!("1 to {LINES_MAX} lines"), Some(lines.len().to_string())));
    }
}

/// Where to bring it is said where the shop brings it, and nowhere else.
fn check_address(wrong: &mut Vec<WrongField>, life: &ShopLife, address: Option<&str>) {
    let needed = life.delivery.as_ref().is_some_and(|rule| rule.needs_address);
    match address {
        None if needed => wrong.push(field("address", "where to bring it".into(), None)),
        Some(_) if life.handover != Handover::Delivery => {
            wrong.push(field("address", "no address: this shop brings nothing".into(), None));
        }
        Some(address) => check_address_text(wrong, address),
        None => {}
    }
}

/// Where to bring it is some text, and not too much of it.
pub(crate) fn check_address_text(wrong: &mut Vec<WrongField>, address: &str) {
    if address.trim().is_empty() {
        wrong.push(field("address", "where to bring it".into(), Some("nothing but white space".into())));
    } else {
        check_text(wrong, "address", Some(address), ADDRESS_CHARACTERS_MAX);
    }
}

/// A table is named where the shop serves tables, and nowhere else.
fn check_table(wrong: &mut Vec<WrongField>, life: &ShopLife, table: Option<&str>) {
    match table {
        None if life.table == Some(TableRule::Required) => {
            wrong.push(field("table", "the table that it is for".into(), None));
        }
        Some(_) if life.table.is_none() => {
            wrong.push(field("table", "no table: this shop serves none".into(), None));
        }
        Some(table) if table.trim().is_empty() || table.contains('\n') => {
            wrong.push(field("table", "the table's name on one line".into(), None));
        }
        _ => check_text(wrong, "table", table, TABLE_CHARACTERS_MAX),
    }
}

fn check_labels(wrong: &mut Vec<WrongField>, labels: &BTreeMap<String, String>) {
    if labels.len() > LABELS_MAX {
        wrong.push(field("labels", format!("at most {LABELS_MAX} labels"), Some(labels.len().to_string())));
        return;
    }
    for (name, text) in labels {
        let fits = (1..=LABEL_NAME_CHARACTERS_MAX).contains(&name.chars().count());
        if !fits || name.chars().any(char::is_control) {
            let expected = format!("names of 1 to {LABEL_NAME_CHARACTERS_MAX} characters");
            wrong.push(field("labels", expected, None));
        } else {
            check_text(wrong, &format!("labels.{name}"), Some(text), LABEL_CHARACTERS_MAX);
        }
    }
}

/// Whether there is such an address only a mail can tell; what could be none is refused, so that nothing
/// but an address ever stands in a mail's head.
fn check_email(wrong: &mut Vec<WrongField>, email: Option<&str>) {
    let Some(email) = email else { return };
    let (user, host) = email.rsplit_once('@').unwrap_or_default();
    let fits =
        |letter: char| !letter.is_control() && !letter.is_whitespace() && !"<>()[],;:\\\"@".contains(letter);
    let is_one = !user.is_empty() && !host.is_empty() && user.chars().all(fits) && host.chars().all(fits);
    if !is_one || email.chars().count() > EMAIL_CHARACTERS_MAX {
        let expected = format!("a mail address of at most {EMAIL_CHARACTERS_MAX} characters");
        wrong.push(field("email", expected, None));
    }
}

fn check_text(wrong: &mut Vec<WrongField>, name: &str, text: Option<&str>, characters_max: usize) {
    let Some(text) = text else { return };
    let count = text.chars().count();
    if count > characters_max {
        wrong.push(field(
            name,
            format!("at most {characters_max} characters"),
            Some(format!("{count} characters")),
        ));
    } else if text.chars().any(|character| character.is_control() && character != '\n') {
        wrong.push(field(name, "text without control characters".into(), None));
    }
}

fn refusal(index: usize, line: &NewLine, error: &PricingError) -> OrderingRefusal {
    let said = error.to_string();
    let (expected, found) = said.split_once(", found ").map_or((said.as_str(), None), |(e, f)| (e, Some(f)));
    let wrong = WrongField {
        field: format!("lines[{index}].{}", error.field()),
        expected: expected.trim_start_matches("expected ").to_owned(),
        found: found.map(ToOwned::to_owned),
    };
    match error {
        PricingError::SoldOut { .. } => {
            let expected = "an item that is not sold out".into();
            OrderingRefusal::SoldOut(WrongField { found: Some(line.item.clone()), expected, ..wrong })
        }
        PricingError::ChoiceOutOfStock { choice, .. } => {
            let expected = "a choice that is not sold out".into();
            OrderingRefusal::SoldOut(WrongField { found: Some(choice.clone()), expected, ..wrong })
        }
        _ => OrderingRefusal::Invalid(vec![wrong]),
    }
}

fn unknown_item(index: usize, line: &NewLine) -> OrderingRefusal {
    OrderingRefusal::UnknownItem(field(
        &format!("lines[{index}].item"),
        "the key of an item on the menu".into(),
        Some(line.item.clone()),
    ))
}

fn too_large(index: usize) -> OrderingRefusal {
    OrderingRefusal::Invalid(vec![field(
        &format!("lines[{index}].quantity"),
        "a sum that can be counted".into(),
        None,
    )])
}

fn field(name: &str, expected: String, found: Option<String>) -> WrongField {
    WrongField { field: name.to_owned(), expected, found }
}
