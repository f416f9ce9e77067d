//! What must be true of days: each is the sum of what happened on it, its money is the ledger's, and a
//! closed one says what the ledger holds of it.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::Result;
use catalog_contract::{CatalogEvent, ShopDirectory};
use jiff::civil::Date;
use journal_sqlite::Cut;
use kernel::{Currency, OrderId, ShopKey};
use payment_contract::{DayClosedV1, DayEvent, PaidWith, PaymentEvent, Posting, Takings};
use payment_domain::shop_account;
use payment_service::DayBook;
use tracking_domain::{Counted, DayTally, Story, closed, closing_of};
use tracking_service::{Generation, all_days};

use super::Finding;
use super::facts::for_each;
use crate::roles::Role;

/// Days by shop, as they are or as they must be.
type Days = BTreeMap<(ShopKey, Date), DayTally>;
/// Less what went back, what the ledger credits to a shop in each way: gross, refunds.
type Sums = BTreeMap<(ShopKey, PaidWith, Currency), (i64, i64)>;

/// What a cut says of days beside the stories.
#[derive(Default)]
struct DayFacts {
    shops: ShopDirectory,
    closings: Vec<(ShopKey, Date, tracking_contract::DayClosing)>,
    credited: Sums,
}

pub(super) fn check(
    cut: &mut Cut,
    heard: &BTreeMap<String, u64>,
    stories: &BTreeMap<OrderId, (Story, ShopKey)>,
) -> Result<Finding> {
    let mut facts = DayFacts::default();
    let until = heard.get(Role::Payment.name()).copied().unwrap_or(0);
    for reader in cut.readers() {
        match reader.role() {
            "catalog" => for_each(reader, |event| {
                facts.shops.apply(&event.decode::<CatalogEvent>()?);
                Ok(())
            })?,
            "payment" => for_each(reader, |event| {
                if event.position > until {
                    return Ok(());
                }
                let shop = &event.subject.shop;
                if let Some((day, closing)) = closing_of(event)? {
                    facts.closings.push((shop.clone(), day, closing));
                }
                match event.name() {
                    "payment-approved" | "payment-refunded" => match event.decode()? {
                        PaymentEvent::Approved(approved) => {
                            credit(&mut facts.credited, shop, &approved.postings)
                        }
                        PaymentEvent::Refunded(refunded) => {
                            credit(&mut facts.credited, shop, &refunded.postings)
                        }
                        _ => {}
                    },
                    _ => {}
                }
                Ok(())
            })?,
            _ => {}
        }
    }
    let expected = expected(&facts, stories);
    let mut broken = Vec::new();
    for reader in cut.readers().iter_mut().filter(|reader| reader.role() == Role::Tracking.name()) {
        let live = Generation::live(reader)?;
        let shown = all_days(reader, live)?;
        let days: BTreeSet<_> = expected.keys().chain(shown.keys()).collect();
        for place in days.into_iter().filter(|place| expected.get(place) != shown.get(place)) {
            broken.push(format!("{} of {} is not the sum of what happened on it", place.1, place.0));
        }
        broken.extend(money_that_differs(&facts, &shown, stories));
        broken.extend(counts_that_differ(&shown, stories));
    }
    Ok(Finding {
        invariants: "I33",
        promise: "every day of a shop counts each of its orders once, and its takings are the ledger's",
        examined: expected.len(),
        broken,
    })
}

fn credit(sums: &mut Sums, shop: &ShopKey, postings: &[Posting]) {
    let account = shop_account(shop);
    for posting in postings.iter().filter(|posting| posting.account == account) {
        let with = PaidWith::of(postings);
        let (gross, refunds) = sums.entry((shop.clone(), with, posting.amount.currency)).or_default();
        if posting.amount.amount < 0 {
            *gross -= posting.amount.amount;
        } else {
            *refunds += posting.amount.amount;
        }
    }
}

fn expected(facts: &DayFacts, stories: &BTreeMap<OrderId, (Story, ShopKey)>) -> Days {
    let mut days = Days::new();
    for (story, shop) in stories.values() {
        let Some(life) = story.life().and_then(|hash| facts.shops.pinned(hash).ok()) else { continue };
        Counted::default().count(story, life, |day, fact| {
            days.entry((shop.clone(), day)).or_default().add(fact);
        });
    }
    for (shop, day, closing) in &facts.closings {
        days.entry((shop.clone(), *day)).or_default().merge(closed(closing.clone()));
    }
    days
}

/// Money of an order that tracking has not heard of yet is of no day yet.
fn money_that_differs(
    facts: &DayFacts,
    shown: &Days,
    stories: &BTreeMap<OrderId, (Story, ShopKey)>,
) -> Vec<String> {
    if stories.values().any(|(story, _)| !story.is_known()) {
        return Vec::new();
    }
    let mut summed = Sums::new();
    for ((shop, _), tally) in shown {
        for Takings { with, gross, refunds, .. } in tally.takings() {
            let sums = summed.entry((shop.clone(), *with, gross.currency)).or_default();
            (sums.0, sums.1) = (sums.0 + gross.amount, sums.1 + refunds.amount);
        }
    }
    let places: BTreeSet<_> = summed.keys().chain(facts.credited.keys()).collect();
    let nothing = (0, 0);
    let of = |book: &Sums, place| book.get(place).copied().unwrap_or(nothing);
    places
        .into_iter()
        .filter(|place| of(&summed, place) != of(&facts.credited, place))
        .map(|place| {
            let (days, ledger) = (of(&summed, place), of(&facts.credited, place));
            format!("{} by {}: its days say {days:?}, the ledger {ledger:?}", place.0, place.1)
        })
        .collect()
}

fn counts_that_differ(shown: &Days, stories: &BTreeMap<OrderId, (Story, ShopKey)>) -> Vec<String> {
    let mut orders: BTreeMap<&ShopKey, u64> = BTreeMap::new();
    for (_, shop) in stories.values().filter(|(story, _)| story.is_known()) {
        *orders.entry(shop).or_default() += 1;
    }
    let mut placed: BTreeMap<&ShopKey, u64> = BTreeMap::new();
    for ((shop, _), tally) in shown {
        *placed.entry(shop).or_default() += tally.placed();
    }
    placed.retain(|_, count| *count > 0);
    let differing = orders.keys().chain(placed.keys()).collect::<BTreeSet<_>>();
    let differing = differing.into_iter().filter(|shop| orders.get(*shop) != placed.get(*shop));
    differing.map(|shop| format!("{shop}: its days count other orders than there are")).collect()
}

/// Closed days: numbered without a gap, each closed once, with the sums of the ledger.
pub(super) fn closings(cut: &mut Cut) -> Result<Finding> {
    let mut closings: Vec<(ShopKey, DayClosedV1)> = Vec::new();
    let mut broken = Vec::new();
    for reader in cut.readers().iter_mut().filter(|reader| reader.role() == Role::Payment.name()) {
        for_each(reader, |event| {
            if event.name() == "day-closed" {
                let DayEvent::Closed(closing) = event.decode()?;
                closings.push((event.subject.shop.clone(), closing));
            }
            Ok(())
        })?;
        for (shop, closing) in &closings {
            let mut book = DayBook::open(reader, shop.clone(), (closing.from, closing.until))?;
            while book.read_on(reader)? {}
            if book.takings != closing.takings {
                broken
                    .push(format!("{} of {shop} was closed with other sums than the ledger's", closing.day));
            }
        }
    }
    let mut numbers: BTreeMap<&ShopKey, u64> = BTreeMap::new();
    let mut days = BTreeSet::new();
    for (shop, closing) in &closings {
        let last = numbers.entry(shop).or_default();
        if closing.number != *last + 1 {
            broken.push(format!("closing {} of {shop} comes behind {last}", closing.number));
        }
        *last = closing.number;
        if !days.insert((shop, closing.day)) {
            broken.push(format!("{} of {shop} was closed twice", closing.day));
        }
    }
    Ok(Finding {
        invariants: "I34",
        promise: "a closed day is closed once, numbered without a gap, with the sums of the ledger",
        examined: closings.len(),
        broken,
    })
}
