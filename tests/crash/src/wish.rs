//! What people ask for, and how an answer is judged.

use kernel::{Money, OrderId};
use serde::Deserialize;
use serde_json::json;

use crate::shops::{Pays, Shop};
use crate::wire::{Answer, Request};

/// A step of a ticket.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Step {
    /// Take it on.
    Accept,
    /// Do not take it on.
    Reject,
    /// Begin to make it.
    Start,
    /// It is made.
    Complete,
    /// The customer has it.
    HandOver,
}

/// A step of a delivery.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Leg {
    /// A courier has it.
    Assign,
    /// It sets out.
    Start,
    /// The customer has it.
    Complete,
    /// Nobody took it.
    Fail,
}

/// Something that somebody asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Wish {
    /// An order. Each has a customer of its own, whose name is the key.
    Place {
        /// Where.
        shop: &'static Shop,
        /// The key, and the customer.
        key: String,
        /// What: items and how many.
        lines: Vec<(&'static str, u32)>,
        /// The provider's token; the shop's own where none is named.
        method: Option<&'static str>,
    },
    /// The cancel of an order that was acknowledged, by its customer.
    Cancel {
        /// Where.
        shop: &'static Shop,
        /// Which.
        order: OrderId,
        /// Whose.
        customer: String,
    },
    /// A step of a ticket.
    Step {
        /// Where.
        shop: &'static Shop,
        /// Whose ticket.
        order: OrderId,
        /// Which step.
        step: Step,
        /// The key.
        key: String,
    },
    /// A step of a delivery.
    Bring {
        /// Where.
        shop: &'static Shop,
        /// Whose delivery.
        order: OrderId,
        /// Which step.
        leg: Leg,
        /// The key.
        key: String,
    },
    /// The customer approves the payment of an order.
    Approve {
        /// Where.
        shop: &'static Shop,
        /// Which.
        order: OrderId,
        /// Whose.
        customer: String,
        /// The provider's token; the shop's own where none is named.
        method: Option<&'static str>,
        /// The key.
        key: String,
    },
    /// Money that a customer pays in.
    TopUp {
        /// Where.
        shop: &'static Shop,
        /// Whose.
        customer: String,
        /// How much, in minor units.
        amount: i64,
        /// The key.
        key: String,
    },
    /// Units of stock that came in.
    Receive {
        /// Where.
        shop: &'static Shop,
        /// What.
        item: &'static str,
        /// How many.
        quantity: u64,
        /// The key.
        key: String,
    },
}

/// What an answer says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// The order stands.
    Stands(Acknowledged),
    /// Done as asked.
    Done,
    /// It will be decided.
    Wished,
    /// Not done, and it never will be.
    Refused,
    /// To be asked for again, with the same key.
    Again,
    /// An answer that must never be given.
    Wrong(String),
}

/// What of an acknowledged order is believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub struct Acknowledged {
    /// Its id.
    pub id: OrderId,
    /// Its number in the shop.
    pub number: u64,
    /// What it costs.
    pub total: Money,
}

#[derive(Deserialize)]
struct Problem {
    #[serde(rename = "type")]
    kind: String,
}

impl Step {
    /// Every step.
    pub const ALL: [Self; 5] = [Self::Accept, Self::Reject, Self::Start, Self::Complete, Self::HandOver];

    const fn path(self) -> &'static str {
        match self {
            Self::Accept => "accept",
            Self::Reject => "reject",
            Self::Start => "start",
            Self::Complete => "complete",
            Self::HandOver => "hand-over",
        }
    }
}

impl Leg {
    const fn path(self) -> &'static str {
        match self {
            Self::Assign => "assign",
            Self::Start => "start",
            Self::Complete => "complete",
            Self::Fail => "fail",
        }
    }

    fn body(self) -> serde_json::Value {
        match self {
            Self::Assign => json!({ "courier": "lee" }),
            Self::Fail => json!({ "reason": "nobody at home" }),
            Self::Start | Self::Complete => json!({}),
        }
    }
}

impl Wish {
    /// As it is sent.
    #[must_use]
    pub fn request(&self) -> Request {
        match self {
            Self::Place { shop, key, lines, method } => {
                let lines: Vec<_> = lines
                    .iter()
                    .map(|(item, quantity)| json!({ "item": item, "quantity": quantity }))
                    .collect();
                let mut body = json!({ "lines": lines });
                if let Some(method) = method {
                    body["payment_method"] = json!(method);
                }
                if shop.delivers() {
                    body["address"] = json!("서울시 어딘가 1");
                    body["phone"] = json!("010-0000-0000");
                }
                request(shop, "orders", &format!("customer:{key}"), Some(key), body)
            }
            Self::Cancel { shop, order, customer } => {
                let path = format!("orders/{order}/cancel");
                request(shop, &path, &format!("customer:{customer}"), None, json!({}))
            }
            Self::Step { shop, order, step, key } => {
                let body = if *step == Step::Reject { json!({ "reason": "sold out" }) } else { json!({}) };
                let path = format!("tickets/{order}/{}", step.path());
                request(shop, &path, "staff:crash", Some(key), body)
            }
            Self::Bring { shop, order, leg, key } => {
                let path = format!("deliveries/{order}/{}", leg.path());
                request(shop, &path, "staff:courier", Some(key), leg.body())
            }
            Self::Approve { shop, order, customer, method, key } => {
                let body = method.map_or_else(|| json!({}), |method| json!({ "method": method }));
                let path = format!("orders/{order}/payment/approve");
                request(shop, &path, &format!("customer:{customer}"), Some(key), body)
            }
            Self::TopUp { shop, customer, amount, key } => {
                let path = format!("deposits/{customer}/top-ups");
                let body = json!({ "amount": { "amount": amount, "currency": "KRW" } });
                request(shop, &path, "staff:crash", Some(key), body)
            }
            Self::Receive { shop, item, quantity, key } => {
                let path = format!("stock/{item}/receipts");
                request(shop, &path, "staff:crash", Some(key), json!({ "quantity": quantity }))
            }
        }
    }

    /// What an answer to it says.
    #[must_use]
    pub fn judge(&self, answer: &Answer) -> Verdict {
        let wrong = || {
            let said = String::from_utf8_lossy(&answer.body);
            Verdict::Wrong(format!("{self:?} is answered {}: {said}", answer.status))
        };
        match (self, answer.status) {
            (_, 503) => Verdict::Again,
            (_, 409) if is_still_running(&answer.body) => Verdict::Again,
            (Self::Place { .. }, 201) => {
                serde_json::from_slice(&answer.body).map_or_else(|_| wrong(), Verdict::Stands)
            }
            (Self::Place { .. }, 402) if self.may_be_declined() => Verdict::Refused,
            (Self::Place { shop, .. }, 409) if !shop.stock.is_empty() => Verdict::Refused,
            // Payment has not heard of the order yet.
            (Self::Approve { .. }, 404) => Verdict::Again,
            (Self::Cancel { .. } | Self::Step { .. } | Self::Bring { .. } | Self::Receive { .. }, 200)
            | (Self::Approve { .. }, 200 | 202)
            | (Self::TopUp { .. }, 201) => Verdict::Done,
            (Self::Cancel { .. }, 202) => Verdict::Wished,
            (Self::Cancel { .. } | Self::Step { .. } | Self::Bring { .. } | Self::Approve { .. }, 409) => {
                Verdict::Refused
            }
            _ => wrong(),
        }
    }

    fn may_be_declined(&self) -> bool {
        match self {
            Self::Place { method: Some(method), .. } => method.contains("decline"),
            Self::Place { shop, .. } => shop.pays == Pays::FromDeposit,
            _ => false,
        }
    }
}

fn is_still_running(body: &[u8]) -> bool {
    serde_json::from_slice::<Problem>(body).is_ok_and(|problem| problem.kind.ends_with("/already-running"))
}

fn request(shop: &Shop, path: &str, actor: &str, key: Option<&String>, body: serde_json::Value) -> Request {
    Request {
        path: format!("/v1/shops/{}/{path}", shop.key),
        actor: actor.to_owned(),
        key: key.cloned(),
        body: body.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::shops::SHOPS;

    fn place(method: Option<&'static str>) -> Wish {
        Wish::Place { shop: &SHOPS[0], key: "a".into(), lines: vec![("1", 2)], method }
    }

    fn answer(status: u16, body: &str) -> Answer {
        Answer { status, body: body.as_bytes().to_vec() }
    }

    #[test]
    fn what_is_not_decided_is_asked_for_again() {
        let running = r#"{"type":"https://jumun.dev/problems/already-running"}"#;
        assert_eq!(place(None).judge(&answer(409, running)), Verdict::Again);
        assert_eq!(place(None).judge(&answer(503, "")), Verdict::Again);
    }

    #[test]
    fn an_answer_that_cannot_be_is_wrong() {
        for status in [200, 400, 402, 404, 409, 422, 500] {
            let verdict = place(None).judge(&answer(status, "{}"));
            assert!(matches!(verdict, Verdict::Wrong(_)), "{status}: {verdict:?}");
        }
        assert_eq!(place(Some("tok_decline")).judge(&answer(402, "{}")), Verdict::Refused);
    }
}
