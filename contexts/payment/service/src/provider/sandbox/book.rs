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
    /// The same, told by callbacks too, or by nothing else.
    fn and_calls_back(self, calling: CallingBack) -> Self {
        Self {
            answer: match calling.answered_after_millis {
                Some(_) => self.answer,
                None => failed("the provider will call back"),
            },
            delay_millis: calling.answered_after_millis.unwrap_or(0),
            calling_back: Some(calling),
            ..self
        }
    }

    /// What a callback about it says; nothing where the call did nothing, or its key names no order.
    #[must_use]
    pub fn callback(&self) -> Option<Callback> {
        let (key, amount, outcome) = match self.line.as_ref()? {
            BookLine::Captured { key, amount, number } => {
                (key, *amount, CallbackOutcome::Approved { code: approval_code(*number) })
            }
            BookLine::Refunded { key, amount, .. } => (key.as_ref()?, *amount, CallbackOutcome::Refunded {}),
            BookLine::Declined { key, amount, reason } => {
                (key, (*amount)?, CallbackOutcome::Declined { reason: reason.clone() })
            }
            BookLine::Cancelled { .. } => return None,
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
    /// Charges of which the provider calls back: of their refunds, too.
    calls_back: BTreeMap<KeyHash, CallingBack>,
}

type KeyHash = kernel::Hash;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Charge {
    Captured { amount: Money, number: u32 },
    Declined { reason: &'static str },
    Cancelled,
}

impl SandboxBook {
    /// An empty book that goes on behind so many captures.
    pub(crate) fn numbered_from(captured_count: u32) -> Self {
        Self { captured_count, ..Self::default() }
    }

    /// Has a call's effect and says how it is answered.
    pub fn handle(&mut self, call: &ProviderCall) -> Handled {
        let handled = self.judge(call);
        if let Some(line) = &handled.line {
            self.apply(line);
        }
        self.note(call, &handled);
        handled
    }

    /// What a call would do; the book stays as it is.
    #[must_use]
    pub fn judge(&self, call: &ProviderCall) -> Handled {
        match call {
            ProviderCall::Authorise { key, amount, method } => self.authorise(key, *amount, method),
            ProviderCall::Query { key, .. } => at_once(match self.charges.get(&hash(key)) {
                Some(charge) => charge.answer(),
                None => ProviderAnswer::NotFound,
            }),
            ProviderCall::Cancel { key, .. } => match self.charges.get(&hash(key)) {
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
            BookLine::Declined { key, reason, .. } => {
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
            Behaviour::ApproveAndCallBack(calling) => captured.and_calls_back(calling),
            Behaviour::Fail | Behaviour::FailOnce => at_once(failed("the provider answered 500")),
            Behaviour::Decline { reason } => declined(key, amount, reason),
            Behaviour::DeclineAndCallBack { reason, calling } => {
                declined(key, amount, reason).and_calls_back(calling)
            }
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
        let refunded = Handled {
            line: Some(BookLine::Refunded {
                key: key.map(str::to_owned),
                charge_key: charge_key.to_owned(),
                amount,
            }),
            ..at_once(ProviderAnswer::Refunded)
        };
        match self.calls_back.get(&hash(charge_key)) {
            Some(calling) => refunded.and_calls_back(*calling),
            None => refunded,
        }
    }

    /// Remembers the first failure of a token that fails once, and of which charges the provider calls
    /// back. Forgotten by a restart: one fails once more then, the others' refunds are only answered.
    pub(crate) fn note(&mut self, call: &ProviderCall, handled: &Handled) {
        let ProviderCall::Authorise { key, method, .. } = call else { return };
        let is_unknown = matches!(handled.answer, ProviderAnswer::Unknown { .. });
        if is_unknown && handled.line.is_none() && Behaviour::of(method) == Behaviour::FailOnce {
            self.failed_once.insert(hash(key));
        }
        if let Some(calling) = handled.calling_back {
            self.calls_back.insert(hash(key), calling);
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

fn declined(key: &str, amount: Money, reason: &'static str) -> Handled {
    let (key, amount) = (key.to_owned(), Some(amount));
    Handled {
        line: Some(BookLine::Declined { key, amount, reason: reason.to_owned() }),
        ..at_once(Charge::Declined { reason }.answer())
    }
}

fn at_once(answer: ProviderAnswer) -> Handled {
    Handled { answer, delay_millis: 0, reply_lost: false, line: None, calling_back: None }
}

pub(crate) fn approval_code(number: u32) -> String {
    format!("SB-{number:08}")
}

fn failed(cause: &str) -> ProviderAnswer {
    ProviderAnswer::Unknown { cause: cause.to_owned() }
}

fn hash(key: &str) -> KeyHash {
    chain::digest(key.as_bytes())
}
