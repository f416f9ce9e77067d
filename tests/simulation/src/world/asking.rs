//! Ordering asks payment: the call between them, which may be late, lost or made twice.

use std::collections::BTreeMap;

use kernel::{Actor, Causation};
use ordering_service::OrderingCommand;
use ordering_service::effects::ASK_PAYMENT;
use payment_contract::AskPayment;
use payment_service::{Command, Refusal, Reply};
use runtime::{Answer, EffectStart, Failure};

use super::World;
use crate::fault::Fault;
use crate::role::Role;
use crate::saga::SagaStep;

#[derive(Debug)]
pub(crate) enum Happening {
    /// It reaches payment's door.
    Arrives(Box<Ask>),
    /// Ordering learns that it could not be asked, or that nobody knows.
    Failed(Box<Ask>),
}

/// An ask under way.
#[derive(Debug, Clone)]
pub(crate) struct Ask {
    ask: AskPayment,
    causation: Causation,
    /// The life of ordering that asks.
    life: u64,
}

/// Asks that payment has taken in and not answered.
#[derive(Default)]
pub(crate) struct Asking {
    taken: BTreeMap<u64, Ask>,
}

/// How long ordering waits for payment's door to answer.
const PATIENCE_MILLIS: u64 = 2_000;
const LATE_MAX_MILLIS: f64 = 60_000.0;

impl World {
    pub(super) fn start_asking(&mut self, effect: EffectStart) {
        if effect.kind != ASK_PAYMENT {
            return;
        }
        let Ok(ask) = serde_json::from_slice::<AskPayment>(&effect.payload) else {
            return;
        };
        let ask = Ask { ask, causation: effect.causation, life: self.ordering.life };
        if self.disturbs(Fault::F15, SagaStep::Placed) {
            self.plan_failed(ask, PATIENCE_MILLIS);
            return;
        }
        if self.disturbs(Fault::F13, SagaStep::Placed) {
            let again = self.chances.links.between(0, PATIENCE_MILLIS);
            self.plan_arrival(ask.clone(), again);
        }
        if self.disturbs(Fault::F14, SagaStep::Placed) {
            let late = self.chances.links.spread(100.0, LATE_MAX_MILLIS) as u64;
            if late > PATIENCE_MILLIS {
                self.plan_failed(ask.clone(), PATIENCE_MILLIS);
            }
            self.plan_arrival(ask, late);
            return;
        }
        let soon = self.chances.links.between(0, 2);
        self.plan_arrival(ask, soon);
    }

    fn plan_arrival(&mut self, ask: Ask, millis: u64) {
        let arrives = super::Happening::Ask(Happening::Arrives(Box::new(ask)));
        self.schedule.after(millis, arrives);
    }

    fn plan_failed(&mut self, ask: Ask, millis: u64) {
        let failed = super::Happening::Ask(Happening::Failed(Box::new(ask)));
        self.schedule.after(millis, failed);
    }

    pub(super) fn ask(&mut self, happening: Happening) {
        match happening {
            Happening::Arrives(ask) if self.payment.is_up() => {
                let ticket = self.ticket();
                let causation = Causation::command(ask.ask.order.0);
                let command = Command::Ask(ask.ask.clone());
                if !self.payment.bring_command(ticket, command, Actor::system(), causation) {
                    return self.plan_failed(*ask, 1);
                }
                self.asking.taken.insert(ticket, *ask);
                self.wake_after(Role::Payment, 1);
            }
            Happening::Arrives(ask) => self.plan_failed(*ask, 1),
            Happening::Failed(ask) => {
                if self.ordering.is_up() && self.ordering.life == ask.life {
                    let command = OrderingCommand::AbandonPayment { order: ask.ask.order };
                    self.ordering.bring_result(command, ask.causation);
                    self.wake_after(Role::Ordering, 1);
                }
            }
        }
    }

    pub(super) fn asks_answered(&mut self, answers: &[Answer<Reply, Refusal>]) {
        for answer in answers {
            let Some(ask) = self.asking.taken.remove(&answer.ticket) else {
                continue;
            };
            match &answer.result {
                Ok(_) => {}
                Err(Failure::Refused(_) | Failure::Broken(_)) => self.plan_failed(ask, 1),
            }
        }
    }

    /// Payment is gone, or could not commit: whoever waits for its door learns nothing.
    pub(super) fn asks_failed(&mut self) {
        for (_, ask) in std::mem::take(&mut self.asking.taken) {
            self.plan_failed(ask, 1);
        }
    }

    /// Whether a fault strikes a call at a step; counted where it does.
    pub(super) fn disturbs(&mut self, fault: Fault, step: SagaStep) -> bool {
        let strikes = self.rough && self.chances.links.hits(self.swarm.rate(fault));
        if strikes {
            self.coverage.fired(fault);
            self.coverage.met(fault, step);
        }
        strikes
    }
}
