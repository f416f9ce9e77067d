//! One effect, call by call: a pure machine that whoever makes the calls steps.

use kernel::planted::{self, Bug};
use runtime::EffectStart;

use super::charge::{ChargeKind, ChargeOutcome, ChargeWork};
use super::correct::{CORRECT, CorrectionWork};
use super::refund::{REFUND, RefundOutcome, RefundWork};
use crate::command::Command;
use crate::provider::{ProviderAnswer, ProviderCall};

/// An effect under way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Errand {
    attempt: u32,
    stage: Stage,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Stage {
    /// Ask for the money, or again under the same key.
    Authorise(ChargeWork),
    /// It was asked for before: what became of that?
    Query(ChargeWork),
    /// Call it off.
    Cancel(ChargeWork),
    /// Give it back.
    Refund(RefundWork),
    /// Give back what the books differ by.
    Correct(CorrectionWork),
}

/// What comes next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// Another call.
    Call(Errand),
    /// The errand is done: bring this to the writer.
    Done(Command),
}

impl Errand {
    /// The errand of a started effect; `None` where the effect is none of payment's.
    #[must_use]
    pub fn of(effect: &EffectStart) -> Option<Self> {
        let stage = if effect.kind == REFUND {
            Stage::Refund(serde_json::from_slice(&effect.payload).ok()?)
        } else if effect.kind == CORRECT {
            Stage::Correct(serde_json::from_slice(&effect.payload).ok()?)
        } else {
            let work: ChargeWork = serde_json::from_slice(&effect.payload).ok()?;
            match work.kind {
                ChargeKind::Withdraw => Stage::Cancel(work),
                ChargeKind::Authorize if effect.attempt == 1 => Stage::Authorise(work),
                ChargeKind::Authorize => Stage::Query(work),
            }
        };
        Some(Self { attempt: effect.attempt, stage })
    }

    /// The call to make now.
    #[must_use]
    pub fn call(&self) -> ProviderCall {
        match &self.stage {
            Stage::Authorise(work) => ProviderCall::Authorise {
                key: work.key.clone(),
                amount: work.amount,
                method: work.method.clone(),
            },
            Stage::Query(work) => ProviderCall::Query { key: work.key.clone(), amount: work.amount },
            Stage::Cancel(work) => ProviderCall::Cancel { key: work.key.clone(), amount: work.amount },
            Stage::Refund(work) => ProviderCall::Refund {
                key: (!planted::is(Bug::B8)).then(|| work.key.clone()),
                charge_key: work.charge_key.clone(),
                amount: work.amount,
            },
            Stage::Correct(work) => ProviderCall::Refund {
                key: Some(work.key.clone()),
                charge_key: work.charge_key.clone(),
                amount: work.amount,
            },
        }
    }

    /// Takes the answer to the call. No answer in time is [`ProviderAnswer::Unknown`].
    #[must_use]
    pub fn answered(self, answer: ProviderAnswer) -> Step {
        let attempt = self.attempt;
        match self.stage {
            // Nothing is there under the key: asking again under the same key cannot take twice.
            Stage::Query(work) if answer == ProviderAnswer::NotFound => {
                Step::Call(Self { attempt, stage: Stage::Authorise(work) })
            }
            Stage::Authorise(work) | Stage::Query(work) | Stage::Cancel(work) => {
                Step::Done(Command::RecordCharge { work, attempt, outcome: charge_outcome(answer) })
            }
            Stage::Correct(work) => {
                Step::Done(Command::RecordCorrection { work, attempt, outcome: refund_outcome(answer) })
            }
            Stage::Refund(work) => {
                Step::Done(Command::RecordRefund { work, attempt, outcome: refund_outcome(answer) })
            }
        }
    }
}

fn charge_outcome(answer: ProviderAnswer) -> ChargeOutcome {
    match answer {
        ProviderAnswer::Approved { code } => ChargeOutcome::Approved { code },
        ProviderAnswer::Declined { reason } => ChargeOutcome::Declined { reason },
        ProviderAnswer::Unknown { cause } if planted::is(Bug::B18) => {
            ChargeOutcome::Declined { reason: cause }
        }
        ProviderAnswer::Unknown { cause } => ChargeOutcome::Unknown { cause },
        ProviderAnswer::NotFound | ProviderAnswer::Refunded => {
            ChargeOutcome::Unknown { cause: "the provider gave an answer to another question".to_owned() }
        }
    }
}

fn refund_outcome(answer: ProviderAnswer) -> RefundOutcome {
    match answer {
        ProviderAnswer::Refunded => RefundOutcome::Done,
        ProviderAnswer::Unknown { cause } => RefundOutcome::Unknown { cause },
        ProviderAnswer::Declined { reason } => RefundOutcome::Refused { reason },
        ProviderAnswer::NotFound => RefundOutcome::Refused { reason: "there is no such charge".to_owned() },
        ProviderAnswer::Approved { .. } => {
            RefundOutcome::Unknown { cause: "the provider gave an answer to another question".to_owned() }
        }
    }
}
