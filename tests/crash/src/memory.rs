//! What people remember: every answer that they were given. It lives in this process, which is
//! not killed.

use std::collections::BTreeMap;

use kernel::OrderId;

use crate::shops::Shop;
use crate::wire::Answer;
use crate::wish::{Acknowledged, Leg, Step, Verdict, Wish};

/// What became of an order, as its customer was told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told {
    /// Where.
    pub shop: &'static Shop,
    /// The order, where it stands; `None` where it was refused.
    pub order: Option<Acknowledged>,
    /// The first final answer, which every later one must equal.
    pub answer: Answer,
}

/// What became of a cancel, as its customer was told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cancel {
    /// It is cancelled.
    Done,
    /// The kitchen is asked.
    Wished,
    /// It was too late.
    TooLate,
}

/// The memory of everybody together.
#[derive(Debug, Default)]
pub struct Memory {
    /// By key.
    pub orders: BTreeMap<String, Told>,
    /// By order.
    pub cancels: BTreeMap<OrderId, Cancel>,
    /// Steps that were acknowledged.
    pub steps: Vec<(OrderId, Step)>,
    /// Steps of deliveries that were acknowledged.
    pub legs: Vec<(OrderId, Leg)>,
    /// Money that was acknowledged to be paid in, by shop and customer.
    pub topped_up: BTreeMap<(&'static str, String), i64>,
    /// Units that were acknowledged, by shop and item.
    pub received: BTreeMap<(&'static str, &'static str), u64>,
    /// What must never have been answered.
    pub violations: Vec<String>,
    /// Payments that were acknowledged to be approved.
    pub approved: u64,
    /// How often something was answered finally.
    pub answered: u64,
    /// How often no answer came.
    pub unanswered: u64,
    /// How often something was asked for again after no answer had come.
    pub retried: u64,
    /// How often something decided was asked for again.
    pub repeated: u64,
}

impl Memory {
    /// Notes what was answered; whether the wish is done with.
    pub fn note(&mut self, wish: &Wish, answer: &Answer) -> bool {
        let verdict = wish.judge(answer);
        match (wish, &verdict) {
            (_, Verdict::Again) => return false,
            (_, Verdict::Wrong(what)) => self.violations.push(what.clone()),
            (Wish::Place { shop, key, .. }, _) => self.note_order(shop, key, &verdict, answer),
            (Wish::Cancel { order, .. }, _) => self.note_cancel(*order, &verdict),
            (Wish::Step { order, step, .. }, Verdict::Done) => self.steps.push((*order, *step)),
            (Wish::Approve { .. }, Verdict::Done) => self.approved += 1,
            (Wish::Bring { order, leg, .. }, Verdict::Done) => self.legs.push((*order, *leg)),
            (Wish::TopUp { shop, customer, amount, .. }, Verdict::Done) => {
                *self.topped_up.entry((shop.key, customer.clone())).or_default() += amount;
            }
            (Wish::Receive { shop, item, quantity, .. }, Verdict::Done) => {
                *self.received.entry((shop.key, item)).or_default() += quantity;
            }
            _ => {}
        }
        self.answered += 1;
        true
    }

    fn note_order(&mut self, shop: &'static Shop, key: &str, verdict: &Verdict, answer: &Answer) {
        let order = match verdict {
            Verdict::Stands(acknowledged) => Some(*acknowledged),
            _ => None,
        };
        let told =
            self.orders.entry(key.to_owned()).or_insert_with(|| Told { shop, order, answer: answer.clone() });
        if told.answer != *answer {
            let said =
                |answer: &Answer| format!("{} {}", answer.status, String::from_utf8_lossy(&answer.body));
            let (first, then) = (said(&told.answer), said(answer));
            self.violations.push(format!("the key {key} was answered {first}\n    and then {then}"));
        }
    }

    /// A cancel that was done stays done, whatever was said to an earlier wish.
    fn note_cancel(&mut self, order: OrderId, verdict: &Verdict) {
        let said = match verdict {
            Verdict::Done => Cancel::Done,
            Verdict::Wished => Cancel::Wished,
            _ => Cancel::TooLate,
        };
        let before = self.cancels.insert(order, said);
        if matches!(
            (before, said),
            (Some(Cancel::Done), Cancel::TooLate) | (Some(Cancel::TooLate), Cancel::Done)
        ) {
            self.violations.push(format!("the cancel of {order} was answered {before:?} and then {said:?}"));
        }
    }

    /// Orders that stand, as their customers were told, by key.
    pub fn standing(&self) -> impl Iterator<Item = (&String, &Told, Acknowledged)> {
        self.orders.iter().filter_map(|(key, told)| told.order.map(|order| (key, told, order)))
    }

    /// Takes somebody's memory in.
    pub fn merge(&mut self, other: Self) {
        self.orders.extend(other.orders);
        self.cancels.extend(other.cancels);
        self.steps.extend(other.steps);
        self.legs.extend(other.legs);
        for (whose, amount) in other.topped_up {
            *self.topped_up.entry(whose).or_default() += amount;
        }
        for (what, quantity) in other.received {
            *self.received.entry(what).or_default() += quantity;
        }
        self.violations.extend(other.violations);
        self.approved += other.approved;
        self.answered += other.answered;
        self.unanswered += other.unanswered;
        self.retried += other.retried;
        self.repeated += other.repeated;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::shops::SHOPS;

    fn place() -> Wish {
        Wish::Place { shop: &SHOPS[0], key: "a".into(), lines: vec![("1", 1)], method: None }
    }

    fn created(number: u64) -> Answer {
        let id = uuid::Uuid::from_u128(u128::from(number));
        let total = r#"{"amount":100,"currency":"KRW"}"#;
        let body = format!(r#"{{"id":"{id}","number":{number},"total":{total}}}"#);
        Answer { status: 201, body: body.into_bytes() }
    }

    #[test]
    fn an_answer_that_is_given_again_must_be_the_first() {
        let mut memory = Memory::default();
        assert!(memory.note(&place(), &created(1)));
        assert!(memory.note(&place(), &created(1)));
        assert_eq!(memory.violations, Vec::<String>::new());
        assert!(memory.note(&place(), &created(2)));
        assert_eq!(memory.violations.len(), 1);
    }

    #[test]
    fn what_is_not_decided_is_not_done_with() {
        let mut memory = Memory::default();
        assert!(!memory.note(&place(), &Answer { status: 503, body: Vec::new() }));
        assert!(memory.orders.is_empty());
    }
}
