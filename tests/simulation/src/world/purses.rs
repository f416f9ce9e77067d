//! What customers and managers do about money beside ordering: they pay into deposits, approve payments or
//! call them off, and a second person answers to what one may not give back alone.

use kernel::{Actor, Money, OrderId};
use payment_contract::PaymentEvent;
use payment_service::{ApprovalWish, Command, DepositWish, KeyUse, ProposalWish};
use runtime::Change;
use uuid::Uuid;

use super::{OPENS_MILLIS, World, staff};
use crate::moment::Moment;
use crate::role::Role;
use crate::shops::shops;

#[derive(Debug)]
pub(crate) enum Happening {
    /// A customer pays into their deposit; the same key may come twice.
    TopUp { shop: usize, customer: u64, amount: i64, key: u8 },
    /// A customer approves a payment, or does not want to pay.
    Approve { order: Uuid, approves: bool, method: Option<&'static str> },
    /// Somebody answers to a proposed refund.
    Answer { order: Uuid, proposal: u32, answer: Answering },
}

/// How somebody answers to a proposed refund.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Answering {
    /// Somebody else confirms it.
    Confirms,
    /// Whoever proposed it tries to confirm it.
    ConfirmsOwn,
    /// Whoever proposed it takes it back.
    Withdraws,
    /// A manager takes it back.
    ManagerWithdraws,
}

/// How many customers have a deposit where a shop keeps them.
const HAVE_DEPOSITS: f64 = 0.8;
/// From an order that is too dear for it to several.
const TOP_UP_MIN: f64 = 500.0;
const TOP_UP_MAX: f64 = 200_000.0;
const THINKS_MIN_MILLIS: f64 = 50.0;
const THINKS_MAX_MILLIS: f64 = 3_600_000.0;

impl World {
    /// Customers pay in before the shops open, and meanwhile.
    pub(super) fn plan_top_ups(&mut self) {
        let deposits =
            shops().iter().enumerate().filter(|(_, shop)| shop.file.life.payment.deposit.is_some());
        let until = OPENS_MILLIS + self.plan.chaos_millis;
        for (shop, _) in deposits.collect::<Vec<_>>() {
            for customer in 1..=self.plan.customers {
                if !self.chances.purses.hits(HAVE_DEPOSITS) {
                    continue;
                }
                for nth in 0..self.chances.purses.between(1, 3) {
                    let amount = self.chances.purses.spread(TOP_UP_MIN, TOP_UP_MAX) as i64;
                    let from = if nth == 0 { 1_500 } else { OPENS_MILLIS };
                    let at = Moment(
                        self.chances.purses.between(from, if nth == 0 { OPENS_MILLIS } else { until }),
                    );
                    let key = u8::try_from(nth).unwrap_or(0);
                    let twice = self.chances.purses.hits(0.2);
                    for _ in 0..=u64::from(twice) {
                        let top_up = Happening::TopUp { shop, customer, amount, key };
                        self.schedule.at(at, super::Happening::Purse(top_up));
                    }
                }
            }
        }
    }

    /// What payment has told makes somebody think.
    pub(super) fn purses_follow(&mut self, change: &Change) {
        for event in &change.events {
            if &*event.stream_kind != "payment" {
                continue;
            }
            let order = event.stream_id;
            match event.decode() {
                Ok(PaymentEvent::Awaited(_)) => self.may_approve(order),
                Ok(PaymentEvent::AttemptDeclined(_)) if self.chances.purses.hits(0.8) => {
                    self.may_approve(order);
                }
                Ok(PaymentEvent::RefundProposed(wish)) => self.may_answer(order, wish.proposal),
                _ => {}
            }
        }
    }

    /// Most approve, some do not want to, some do both; some wait until the order is about to expire.
    fn may_approve(&mut self, order: Uuid) {
        let life = self.checker.cases.get(&order).and_then(|case| case.life().cloned());
        let expires = life.map_or(0, |life| life.payment.expires_after_millis.unsigned_abs());
        for approves in [true, false] {
            let chance = &mut self.chances.purses;
            if !chance.hits(if approves { 0.8 } else { 0.2 }) {
                continue;
            }
            let wait = if chance.hits(0.1) {
                (expires + chance.between(0, 4_000)).saturating_sub(2_000)
            } else {
                chance.spread(THINKS_MIN_MILLIS, THINKS_MAX_MILLIS) as u64
            };
            let method = *chance.pick(&[
                None,
                None,
                Some("tok_approve"),
                Some("tok_decline"),
                Some("tok_timeout_after_capture"),
                Some("tok_slow"),
            ]);
            let approve = Happening::Approve { order, approves, method };
            self.schedule.after(wait, super::Happening::Purse(approve));
        }
    }

    fn may_answer(&mut self, order: Uuid, proposal: u32) {
        let answers = match self.chances.purses.between(0, 9) {
            0..=3 => vec![Answering::Confirms],
            4 => vec![Answering::ConfirmsOwn, Answering::Confirms],
            5 => vec![Answering::Withdraws],
            6 => vec![Answering::ManagerWithdraws],
            7 => vec![Answering::Confirms, Answering::Withdraws],
            8 => vec![Answering::Confirms, Answering::Confirms],
            // Nobody: its time runs out.
            _ => vec![],
        };
        for answer in answers {
            let wait = self.chances.purses.spread(THINKS_MIN_MILLIS, THINKS_MAX_MILLIS) as u64;
            let answer = Happening::Answer { order, proposal, answer };
            self.schedule.after(wait, super::Happening::Purse(answer));
        }
    }

    pub(super) fn purse_happens(&mut self, happening: Happening) {
        let wished = match happening {
            Happening::TopUp { shop, customer, amount, key } => Some(top_up(shop, customer, amount, key)),
            Happening::Approve { order, approves, method } => self.approval(order, approves, method),
            Happening::Answer { order, proposal, answer } => self.answer_to(order, proposal, answer),
        };
        let Some((command, actor)) = wished.filter(|_| self.payment.is_up()) else { return };
        let (ticket, causation) = (self.ticket(), self.causation());
        self.payment.bring_command(ticket, command, actor, causation);
        self.wake_after(Role::Payment, 1);
    }

    fn approval(
        &self,
        order: Uuid,
        approves: bool,
        method: Option<&'static str>,
    ) -> Option<(Command, Actor)> {
        let placed = self.checker.cases.get(&order)?.placed.as_ref()?;
        let customer = placed.order.customer.as_ref()?;
        let command = Command::Approve(ApprovalWish {
            order: OrderId(order),
            shop: placed.shop.clone(),
            approves,
            method: method.map(str::to_owned),
            key: None,
        });
        Some((command, Actor::parse(&format!("customer:{customer}")).ok()?))
    }

    fn answer_to(&self, order: Uuid, proposal: u32, answer: Answering) -> Option<(Command, Actor)> {
        let placed = self.checker.cases.get(&order)?.placed.as_ref()?;
        let wish = ProposalWish { order: OrderId(order), shop: placed.shop.clone(), proposal };
        let manager = Actor::parse("manager:lee").ok()?;
        Some(match answer {
            Answering::Confirms => (Command::ConfirmRefund(wish), manager),
            Answering::ConfirmsOwn => (Command::ConfirmRefund(wish), staff::staff()),
            Answering::Withdraws => (Command::WithdrawRefund { wish, is_manager: false }, staff::staff()),
            Answering::ManagerWithdraws => (Command::WithdrawRefund { wish, is_manager: true }, manager),
        })
    }
}

fn top_up(shop: usize, customer: u64, amount: i64, key: u8) -> (Command, Actor) {
    let life = &shops()[shop].file.life;
    let mut scope = [key; 16];
    scope[..8].copy_from_slice(&customer.to_le_bytes());
    scope[8] = u8::try_from(shop).unwrap_or(u8::MAX);
    let wish = DepositWish {
        shop: life.key.clone(),
        customer: Some(customer.to_string().as_str().into()),
        amount: Some(Money::new(amount, life.currency)),
        reference: Some("receipt-17".to_owned()),
        key: Some(KeyUse { scope, body_hash: [0; 16] }),
    };
    (Command::Deposit(wish), staff::staff())
}
