//! The sandbox as a pure machine: a call has its effect on the book at once, and an instruction
//! how the answer travels. Fit for a simulator: no time, no chance, no hashing order.

use std::collections::{BTreeMap, BTreeSet};

use journal::chain;
use kernel::{Money, OrderId};
use uuid::Uuid;

use super::line::BookLine;
use super::token::{self, Behaviour, CallingBack};
use crate::provider::callback::{Callback, CallbackOutcome};
use crate::provider::{ProviderAnswer, ProviderCall};

/// What became of a call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Handled {
    /// What is answered.
    pub answer: ProviderAnswer,
    /// How long the answer takes, milliseconds.
    pub delay_millis: i64,
    /// Whether the answer never arrives.
    pub reply_lost: bool,
    /// What the call did to the book, where it did anything.
    pub line: Option<BookLine>,
    /// How the provider calls back, where it does.
    pub calling_back: Option<CallingBack>,
}

impl Handled {
    /// What a callback about it says; nothing where the call did nothing, or its key names no order.
    #[must_use]
    pub fn callback(&self) -> Option<Callback> {
        let (key, amount, outcome) = match self.line.as_ref()? {
            BookLine::Captured { key, amount, number } => {
                (key, *amount, CallbackOutcome::Approved { code: approval_code(*number) })
            }
            BookLine::Refunded { key, amount, .. } => (key.as_ref()?, *amount, CallbackOutcome::Refunded {}),
            BookLine::Declined { .. } | BookLine::Cancelled { .. } => return None,
        };
        let order = Uuid::try_parse(key.split('/').next()?).ok().map(OrderId)?;
        Some(Callback { order, key: key.clone(), amount, outcome })
    }
}

/// The sandbox's own book.
///
/// Keys are kept as hashes: a bench puts millions into it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SandboxBook {
    charges: BTreeMap<KeyHash, Charge>,
    refunds: BTreeSet<KeyHash>,
    refunded: BTreeMap<KeyHash, i64>,
    captured_count: u32,
    failed_once: BTreeSet<KeyHash>,
}

type KeyHash = kernel::Hash;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Charge {
    Captured { amount: Money, number: u32 },
    Declined { reason: &'static str },
    Cancelled,
}

impl SandboxBook {
    /// Has a call's effect and says how it is answered.
    pub fn handle(&mut self, call: &ProviderCall) -> Handled {
        let handled = self.judge(call);
        match &handled.line {
            Some(line) => self.apply(line),
            None => self.note_failure(call, &handled),
        }
        handled
    }

    /// What a call would do; the book stays as it is.
    #[must_use]
    pub fn judge(&self, call: &ProviderCall) -> Handled {
        match call {
            ProviderCall::Authorise { key, amount, method } => self.authorise(key, *amount, method),
            ProviderCall::Query { key } => at_once(match self.charges.get(&hash(key)) {
                Some(charge) => charge.answer(),
                None => ProviderAnswer::NotFound,
            }),
            ProviderCall::Cancel { key } => match self.charges.get(&hash(key)) {
                Some(charge) => at_once(charge.answer()),
                None => Handled {
                    line: Some(BookLine::Cancelled { key: key.clone() }),
                    ..at_once(Charge::Cancelled.answer())
                },
            },
            ProviderCall::Refund { key, charge_key, amount } => {
                self.refund(key.as_deref(), charge_key, *amount)
            }
        }
    }

    /// Writes a line of the book: what happened now, or what a file says happened before.
    pub fn apply(&mut self, line: &BookLine) {
        match line {
            BookLine::Captured { key, amount, number } => {
                self.captured_count = self.captured_count.max(*number);
                self.charges.insert(hash(key), Charge::Captured { amount: *amount, number: *number });
            }
            BookLine::Declined { key, reason } => {
                self.charges.insert(hash(key), Charge::Declined { reason: token::known_reason(reason) });
            }
            BookLine::Cancelled { key } => {
                self.charges.insert(hash(key), Charge::Cancelled);
            }
            BookLine::Refunded { key, charge_key, amount } => {
                self.refunds.extend(key.as_deref().map(hash));
                let sum = self.refunded.entry(hash(charge_key)).or_default();
                *sum = sum.saturating_add(amount.amount);
            }
        }
    }

    /// What was captured under a key.
    #[must_use]
    pub fn captured(&self, key: &str) -> Option<Money> {
        match self.charges.get(&hash(key)) {
            Some(Charge::Captured { amount, .. }) => Some(*amount),
            _ => None,
        }
    }

    /// How much of a charge went back, in minor units.
    #[must_use]
    pub fn refunded(&self, charge_key: &str) -> i64 {
        self.refunded.get(&hash(charge_key)).copied().unwrap_or(0)
    }

    /// How many charges were captured.
    #[must_use]
    pub fn captures(&self) -> usize {
        self.charges.values().filter(|charge| matches!(charge, Charge::Captured { .. })).count()
    }

    fn authorise(&self, key: &str, amount: Money, method: &str) -> Handled {
        match self.charges.get(&hash(key)) {
            Some(Charge::Captured { amount: captured, .. }) if *captured != amount => {
                at_once(failed("the key was used for another amount"))
            }
            Some(charge) => at_once(charge.answer()),
            None => self.first_authorise(key, amount, method),
        }
    }

    fn first_authorise(&self, key: &str, amount: Money, method: &str) -> Handled {
        let number = self.captured_count.saturating_add(1);
        let captured = Handled {
            line: Some(BookLine::Captured { key: key.to_owned(), amount, number }),
            ..at_once(Charge::Captured { amount, number }.answer())
        };
        match Behaviour::of(method) {
            Behaviour::Approve => captured,
            Behaviour::ApproveSlowly { delay_millis } => Handled { delay_millis, ..captured },
            Behaviour::ApproveAndLoseReply => Handled { reply_lost: true, ..captured },
            Behaviour::ApproveAndFail => Handled { answer: failed("the provider answered 500"), ..captured },
            Behaviour::FailOnce if self.failed_once.contains(&hash(key)) => captured,
            Behaviour::ApproveAndCallBack(calling) => Handled {
                answer: match calling.answered_after_millis {
                    Some(_) => captured.answer.clone(),
                    None => failed("the provider will call back"),
                },
                delay_millis: calling.answered_after_millis.unwrap_or(0),
                calling_back: Some(calling),
                ..captured
            },
            Behaviour::Fail | Behaviour::FailOnce => at_once(failed("the provider answered 500")),
            Behaviour::Decline { reason } => Handled {
                line: Some(BookLine::Declined { key: key.to_owned(), reason: reason.to_owned() }),
                ..at_once(Charge::Declined { reason }.answer())
            },
        }
    }

    /// Gives back whatever is asked: a sandbox that refused what is too much would hide it.
    fn refund(&self, key: Option<&str>, charge_key: &str, amount: Money) -> Handled {
        if key.is_some_and(|key| self.refunds.contains(&hash(key))) {
            return at_once(ProviderAnswer::Refunded);
        }
        if self.captured(charge_key).is_none() {
            return at_once(ProviderAnswer::NotFound);
        }
        Handled {
            line: Some(BookLine::Refunded {
                key: key.map(str::to_owned),
                charge_key: charge_key.to_owned(),
                amount,
            }),
            ..at_once(ProviderAnswer::Refunded)
        }
    }

    /// Remembers the first failure of a token that fails once. Forgotten by a restart: it fails
    /// once more then.
    pub(crate) fn note_failure(&mut self, call: &ProviderCall, handled: &Handled) {
        if let (ProviderCall::Authorise { key, method, .. }, ProviderAnswer::Unknown { .. }) =
            (call, &handled.answer)
            && Behaviour::of(method) == Behaviour::FailOnce
        {
            self.failed_once.insert(hash(key));
        }
    }
}

impl Charge {
    fn answer(self) -> ProviderAnswer {
        match self {
            Self::Captured { number, .. } => ProviderAnswer::Approved { code: approval_code(number) },
            Self::Declined { reason } => ProviderAnswer::Declined { reason: reason.to_owned() },
            Self::Cancelled => {
                ProviderAnswer::Declined { reason: "cancelled before it was captured".to_owned() }
            }
        }
    }
}

fn at_once(answer: ProviderAnswer) -> Handled {
    Handled { answer, delay_millis: 0, reply_lost: false, line: None, calling_back: None }
}

fn approval_code(number: u32) -> String {
    format!("SB-{number:08}")
}

fn failed(cause: &str) -> ProviderAnswer {
    ProviderAnswer::Unknown { cause: cause.to_owned() }
}

fn hash(key: &str) -> KeyHash {
    chain::digest(key.as_bytes())
}
