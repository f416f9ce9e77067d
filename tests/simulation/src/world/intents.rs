//! What customers wish: orders of any shop, paid in any way that the sandbox knows.

use catalog_contract::MenuItem;
use kernel::{Actor, ShopKey};
use ordering_service::{NewLine, NewOrder};
use uuid::Uuid;

use super::{World, overload};
use crate::shops::{Shop, shops};

const CUSTOMER_PATIENCE_TRIES: u32 = 40;

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
    pub(super) fn intent(&mut self, customer: u64, key: String) -> Intent {
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
        Intent::of(
            customer,
            shop,
            key,
            NewOrder { note, payment_method: method.map(str::to_owned), ..wish(shop, lines) },
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
        let intent = self.intent(customer, format!("rush-{number}"));
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
        address: shop.file.life.delivery.is_some().then(|| "서울 1".to_owned()),
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

fn line(item: &MenuItem, chance: &mut crate::chance::Chance) -> NewLine {
    NewLine {
        item: item.key.clone(),
        quantity: u32::try_from(chance.between(1, 3)).unwrap_or(1),
        options: Vec::new(),
        // As the menu said when the customer read it; it may say otherwise by now.
        unit_price: chance.hits(0.3).then_some(item.price),
    }
}
