//! `jumun shops dry-run`: recorded orders, held against a changed shop file.

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Result, bail};
use catalog_contract::{MenuItem, PaymentTime, Stage, StockUse, price_line};
use catalog_domain::ShopFile;
use clap::Args;
use journal::Reader;
use journal_sqlite::{SqliteReader, journal_path};
use kernel::{OrderId, Recorded};
use ordering_contract::{CancelReason, OrderEvent, OrderPlacedV1};

use crate::data_folder::DataFolder;
use crate::roles::Role;
use crate::shops;

#[derive(Debug, Args)]
pub(crate) struct DryRunFlags {
    /// The changed file.
    file: String,
    /// The data folder whose orders are replayed; the program may run or not.
    #[arg(long, value_name = "DIR", env = "JUMUN_DATA", default_value = "./jumun-data")]
    data: PathBuf,
}

/// Events read at once.
const PAGE: usize = 1_000;

pub(crate) fn run(flags: &DryRunFlags) -> Result<ExitCode> {
    let file = shops::one(&flags.file)?;
    let data = DataFolder::existing(&flags.data)?;
    let orders = recorded_orders(data.path(), &file)?;
    let mut differently = 0;
    for order in orders.values() {
        let differences = differences(order, &file);
        differently += usize::from(!differences.is_empty());
        for difference in differences {
            println!("order {:>6}  {difference}", order.number);
        }
    }
    println!(
        "{} orders of {} replayed: {} as they went, {differently} differently",
        orders.len(),
        file.life.key,
        orders.len() - differently
    );
    Ok(ExitCode::SUCCESS)
}

/// An order as it went.
struct RecordedOrder {
    number: u64,
    placed: OrderPlacedV1,
    stage: Stage,
    cancels: Vec<Cancel>,
}

/// A wish to cancel, and how it ended.
struct Cancel {
    reason: CancelReason,
    stage: Stage,
    granted: bool,
}

/// What would go otherwise.
#[derive(Debug, PartialEq, Eq)]
enum Difference {
    Refused { line: usize, item: String, why: String },
    Price { was: String, now: String },
    Stock { item: String, was: u32, now: u32 },
    Payment { asked: bool },
    Cancel { stage: Stage, granted: bool },
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Refused { line, item, why } => write!(f, "would be refused: lines[{line}] {item}: {why}"),
            Self::Price { was, now } => write!(f, "would cost {now} instead of {was}"),
            Self::Stock { item, was, now } => write!(f, "would use {now} of {item} instead of {was}"),
            Self::Payment { asked: true } => f.write_str("would be asked for money"),
            Self::Payment { asked: false } => f.write_str("would not be asked for money"),
            Self::Cancel { stage, granted: true } => {
                write!(f, "its cancel at {stage:?} was refused and would be taken")
            }
            Self::Cancel { stage, granted: false } => {
                write!(f, "its cancel at {stage:?} was taken and would be refused")
            }
        }
    }
}

fn differences(order: &RecordedOrder, file: &ShopFile) -> Vec<Difference> {
    let mut found = Vec::new();
    let mut total = Some(0i64);
    let mut uses: BTreeMap<String, u32> = BTreeMap::new();
    for (index, line) in order.placed.lines.iter().enumerate() {
        let named: Vec<_> =
            line.options.iter().map(|chosen| (chosen.option.as_str(), chosen.choice.as_str())).collect();
        let item = file.menu.iter().find(|item| item.key == line.item);
        // Whether it is sold out belongs to the day, not to the file.
        let item = item.map(|item| MenuItem { sold_out: false, ..item.clone() });
        let priced = match &item {
            Some(item) => price_line(item, &named, line.quantity).map_err(|error| error.to_string()),
            None => Err("it is not on the menu".to_owned()),
        };
        match priced {
            Ok(priced) => {
                total = total.and_then(|sum| sum.checked_add(priced.total.amount));
                for StockUse { item, quantity } in priced.uses {
                    *uses.entry(item).or_default() += quantity;
                }
            }
            Err(why) => found.push(Difference::Refused { line: index, item: line.item.clone(), why }),
        }
    }
    if !found.is_empty() {
        return found;
    }
    let was = order.placed.total;
    if let Some(amount) = total.filter(|amount| *amount != was.amount) {
        let now = kernel::Money::new(amount, file.life.currency);
        found.push(Difference::Price { was: was.to_string(), now: now.to_string() });
    }
    found.extend(stock(&order.placed.uses, &uses, file));
    let asked = file.life.payment.when != PaymentTime::None && total != Some(0);
    if asked != order.placed.payment_method.is_some() {
        found.push(Difference::Payment { asked });
    }
    found.extend(order.cancels.iter().filter_map(|cancel| judge(cancel, file)));
    found
}

fn stock(was: &[StockUse], now: &BTreeMap<String, u32>, file: &ShopFile) -> Vec<Difference> {
    let counted = file.life.stock.mode != catalog_contract::StockMode::None;
    let was: BTreeMap<&str, u32> = was.iter().map(|used| (used.item.as_str(), used.quantity)).collect();
    let items: std::collections::BTreeSet<&str> =
        was.keys().copied().chain(now.keys().map(String::as_str)).collect();
    let use_of = |item: &str| {
        let now = if counted { now.get(item).copied().unwrap_or(0) } else { 0 };
        (was.get(item).copied().unwrap_or(0), now)
    };
    items
        .into_iter()
        .filter_map(|item| {
            let (was, now) = use_of(item);
            (was != now).then(|| Difference::Stock { item: item.to_owned(), was, now })
        })
        .collect()
}

fn judge(cancel: &Cancel, file: &ShopFile) -> Option<Difference> {
    let rule = &file.life.cancel;
    let before = match cancel.reason {
        CancelReason::ByCustomer => rule.customer_before,
        CancelReason::ByStaff => rule.staff_before,
        _ => return None,
    };
    let granted = cancel.stage < before;
    (granted != cancel.granted).then_some(Difference::Cancel { stage: cancel.stage, granted })
}

fn recorded_orders(data: &Path, file: &ShopFile) -> Result<BTreeMap<OrderId, RecordedOrder>> {
    let path = journal_path(data, Role::Ordering.name());
    if !path.is_file() {
        bail!("no order was ever placed in {}", data.display());
    }
    let mut journal = SqliteReader::open(&path)?;
    let mut orders = BTreeMap::new();
    let mut after = 0;
    loop {
        let events = journal.read_after(after, PAGE)?;
        let Some(last) = events.last() else { return Ok(orders) };
        after = last.position;
        for event in events.iter().filter(|event| event.subject.shop == file.life.key) {
            take(&mut orders, event)?;
        }
    }
}

fn take(orders: &mut BTreeMap<OrderId, RecordedOrder>, event: &Recorded) -> Result<()> {
    let Some(id) = event.subject.order else { return Ok(()) };
    let fact: OrderEvent = event.decode()?;
    if let OrderEvent::Placed(placed) = fact {
        let number = event.subject.order_number;
        orders.insert(id, RecordedOrder { number, placed, stage: Stage::Placed, cancels: Vec::new() });
        return Ok(());
    }
    let Some(order) = orders.get_mut(&id) else { return Ok(()) };
    match fact {
        OrderEvent::Paid(_) => order.stage = Stage::Paid,
        OrderEvent::Confirmed(_) => order.stage = Stage::Confirmed,
        OrderEvent::Accepted(_) => order.stage = Stage::Accepted,
        OrderEvent::Started(_) => order.stage = Stage::Started,
        OrderEvent::Prepared(_) => order.stage = Stage::Prepared,
        OrderEvent::Completed(_) => order.stage = Stage::Completed,
        OrderEvent::CancelRequested(wish) => {
            order.cancels.push(Cancel { reason: wish.reason, stage: order.stage, granted: false });
        }
        OrderEvent::Cancelled(cancelled) => match order.cancels.last_mut() {
            Some(asked) => asked.granted = true,
            None => {
                let (reason, stage) = (cancelled.reason, order.stage);
                order.cancels.push(Cancel { reason, stage, granted: true });
            }
        },
        _ => {}
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests may panic")]

    use kernel::{Currency, Money, Personal, Timestamp};
    use ordering_contract::OrderLine;

    use super::*;

    fn kiosk(change: impl Fn(String) -> String) -> ShopFile {
        let text = include_str!("../../../../../shops/kiosk.toml").to_owned();
        ShopFile::read("kiosk.toml", &change(text)).unwrap()
    }

    /// Two of the kiosk's first item, cancelled by the customer before anybody confirmed it.
    fn order(file: &ShopFile) -> RecordedOrder {
        let item = &file.menu[0];
        let priced = price_line(item, &[], 2).unwrap();
        let line = OrderLine {
            item: item.key.clone(),
            name: item.name.ko.clone(),
            quantity: 2,
            options: Vec::new(),
            unit_price: priced.unit_price,
        };
        let placed = OrderPlacedV1 {
            life: file.hash.clone(),
            customer: None,
            call_number: 1,
            lines: vec![line],
            uses: priced.uses,
            total: priced.total,
            payment_method: None,
            placed_at: Timestamp::default(),
            promised_at: None,
            delivers: false,
            later: None,
            table: None,
            client_key: None,
            personal: Personal::absent(),
        };
        RecordedOrder { number: 7, placed, stage: Stage::Placed, cancels: Vec::new() }
    }

    #[test]
    fn an_order_under_the_file_it_was_placed_under_goes_as_it_went() {
        let file = kiosk(|text| text);
        assert_eq!(differences(&order(&file), &file), []);
    }

    #[test]
    fn another_price_shows_both_sums() {
        let (file, mut order) = (kiosk(|text| text), order(&kiosk(|text| text)));
        order.placed.total = Money::new(order.placed.total.amount + 200, Currency::KRW);
        let found = differences(&order, &file);
        assert!(matches!(&found[..], [Difference::Price { .. }]), "{found:?}");
    }

    #[test]
    fn an_item_that_is_gone_refuses_the_order() {
        let (file, mut order) = (kiosk(|text| text), order(&kiosk(|text| text)));
        order.placed.lines[0].item = "gone".to_owned();
        let found = differences(&order, &file);
        assert_eq!(found[0].to_string(), "would be refused: lines[0] gone: it is not on the menu");
    }

    #[test]
    fn stock_that_would_be_used_otherwise_is_named() {
        let (file, mut order) = (kiosk(|text| text), order(&kiosk(|text| text)));
        order.placed.uses[0].quantity = 9;
        let found = differences(&order, &file);
        assert!(found[0].to_string().ends_with("instead of 9"), "{found:?}");
    }

    #[test]
    fn a_cancel_is_judged_by_the_rule_of_the_file() {
        let (file, mut order) = (kiosk(|text| text), order(&kiosk(|text| text)));
        let before = file.life.cancel.customer_before;
        let cancel = |granted| Cancel { reason: CancelReason::ByCustomer, stage: before, granted };
        order.cancels = vec![cancel(true), cancel(false)];
        assert_eq!(differences(&order, &file), [Difference::Cancel { stage: before, granted: false }]);
    }
}
