//! What customers wish: orders of any shop, paid in any way that the sandbox knows.

use catalog_contract::{LaterRule, MenuItem};
use kernel::{Actor, ShopKey, Timestamp};
use ordering_contract::ChosenOption;
use ordering_service::{NewLine, NewOrder};
use uuid::Uuid;

use super::{BEGINS_AT, World, overload};
use crate::shops::{Shop, shops};

const CUSTOMER_PATIENCE_TRIES: u32 = 40;
/// How many orders are for later, where their shop takes such orders.
const FOR_LATER: f64 = 0.5;
const LATER_MIN_MILLIS: f64 = 1_000.0;
const LATER_MAX_MILLIS: f64 = 7_200_000.0;

/// An order that a customer wishes, under one key, however often it is sent.
pub(crate) struct Intent {
    pub(super) subject: Actor,
    pub(super) shop: ShopKey,
    pub(super) key: String,
    pub(super) wish: NewOrder,
    pub(super) body: Vec<u8>,
    pub(super) tries: u32,
    /// So often it is sent at most.
    pub(super) patience: u32,
    /// Whether it will be sent again already.
    pub(super) planned: bool,
    /// Whether it has come from many sockets at once.
    pub(super) stormed: bool,
    /// The orders that its requests may have made.
    pub(super) orders: Vec<Uuid>,
    /// The final answer, or the end of the customer's patience.
    pub(super) done: bool,
}

impl World {
    pub(super) fn intent(&mut self, customer: u64, key: String, sent_millis: u64) -> Intent {
        let chance = &mut self.chances.customers;
        let shop = chance.pick(shops());
        let lines =
            (0..chance.between(1, 2)).map(|_| line(chance.pick(&shop.file.menu), chance)).collect::<Vec<_>>();
        let method = match chance.between(0, 19) {
            0 | 1 => Some("tok_decline"),
            2 => Some("tok_slow"),
            3 => Some("tok_timeout_after_capture"),
            4 => Some("tok_error_after_capture"),
            5 => Some("tok_error_once"),
            6 => Some("tok_slow_6000"),
            _ => None,
        };
        let note = chance.hits(0.2).then(|| "안녕하세요".to_owned());
        let life = &shop.file.life;
        let wanted_at = life.later.as_ref().and_then(|rule| wanted_at(rule, sent_millis, chance));
        let table = life.table.and_then(|_| chance.hits(0.5).then(|| "3".to_owned()));
        Intent::of(
            customer,
            shop,
            key,
            NewOrder {
                note,
                wanted_at,
                table,
                payment_method: method.map(str::to_owned),
                ..wish(shop, lines)
            },
        )
    }

    /// A wish of its own beside what customers wish anyway, unless a replay has enough of them.
    pub(super) fn one_more_intent(
        &mut self,
        shop: &'static Shop,
        key: String,
        lines: Vec<NewLine>,
    ) -> Option<usize> {
        self.plan.orders_beside = self.plan.orders_beside.checked_sub(1)?;
        self.customers.intents.push(Intent::of(1, shop, key, wish(shop, lines)));
        Some(self.customers.intents.len() - 1)
    }

    /// The same, whatever it may be, of somebody who soon gives up.
    pub(super) fn one_more_drawn_intent(&mut self, number: u64) -> Option<usize> {
        self.plan.orders_beside = self.plan.orders_beside.checked_sub(1)?;
        let customer = self.chances.customers.between(1, self.plan.customers);
        let intent = self.intent(customer, format!("rush-{number}"), self.schedule.now().0);
        self.customers.intents.push(Intent { patience: overload::TRIES, ..intent });
        Some(self.customers.intents.len() - 1)
    }
}

/// What is wished of a shop, with nothing said that need not be.
fn wish(shop: &Shop, lines: Vec<NewLine>) -> NewOrder {
    NewOrder {
        lines,
        note: None,
        customer: None,
        name: None,
        phone: None,
        email: None,
        address: shop.file.life.delivery.is_some().then(|| "서울 1".to_owned()),
        wanted_at: None,
        table: None,
        labels: std::collections::BTreeMap::new(),
        payment_method: None,
        total: None,
    }
}

impl Intent {
    fn of(customer: u64, shop: &Shop, key: String, wish: NewOrder) -> Self {
        let body = serde_json::to_vec(&wish).unwrap_or_default();
        let subject = Actor::parse(&format!("customer:{customer}")).unwrap_or_else(|_| Actor::anonymous());
        Self {
            subject,
            shop: shop.file.life.key.clone(),
            key,
            wish,
            body,
            tries: 0,
            patience: CUSTOMER_PATIENCE_TRIES,
            planned: false,
            stormed: false,
            orders: Vec::new(),
            done: false,
        }
    }
}

/// Some orders are for later; one that is sent again for long may come too late.
fn wanted_at(rule: &LaterRule, sent_millis: u64, chance: &mut crate::chance::Chance) -> Option<String> {
    let sent = Timestamp::from_millis(BEGINS_AT).plus_millis(i64::try_from(sent_millis).unwrap_or(0));
    let ahead = chance.spread(LATER_MIN_MILLIS, LATER_MAX_MILLIS) as i64;
    chance.hits(FOR_LATER).then(|| sent.plus_millis(rule.notice_millis + ahead).to_string())
}

/// Now and then somebody chooses.
fn choices(item: &MenuItem, chance: &mut crate::chance::Chance) -> Vec<ChosenOption> {
    let mut chosen = Vec::new();
    for option in &item.options {
        if chance.hits(0.4) {
            let choice = chance.pick(&option.choices).key.clone();
            chosen.push(ChosenOption { option: option.key.clone(), choice });
        }
    }
    chosen
}

fn line(item: &MenuItem, chance: &mut crate::chance::Chance) -> NewLine {
    let options = choices(item, chance);
    NewLine {
        item: item.key.clone(),
        quantity: u32::try_from(chance.between(1, 3)).unwrap_or(1),
        // As the menu said when the customer read it; it may say otherwise by now.
        unit_price: (options.is_empty() && chance.hits(0.3)).then_some(item.price),
        options,
    }
}
