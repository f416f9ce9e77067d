//! Payment's effects at the provider: the product's own errand, stepped by hand; the provider's
//! book is the sandbox's.

use kernel::{Causation, OrderId};
use payment_service::effects::{Errand, Step};
use payment_service::provider::sandbox::SandboxBook;
use payment_service::provider::{ProviderAnswer, ProviderCall};
use payment_service::{PaymentConfig, Refusal, Reply};
use runtime::Outputs;

use super::World;
use crate::fault::Fault;
use crate::role::Role;
use crate::saga::SagaStep;

#[derive(Debug)]
pub(crate) enum Happening {
    /// A call reaches the provider; where `answers` is false nobody waits for its answer.
    Called { visit: Box<Visit>, answers: bool },
    /// Payment has the answer, or has lost its patience.
    Answered { visit: Box<Visit>, answer: ProviderAnswer },
}

/// An errand under way.
#[derive(Debug, Clone)]
pub(crate) struct Visit {
    errand: Errand,
    order: Option<OrderId>,
    causation: Causation,
    /// The life of payment that makes the call.
    life: u64,
}

/// The provider, and what it has in its book.
#[derive(Default)]
pub(crate) struct ProviderSide {
    book: SandboxBook,
    pub(super) callbacks: super::callbacks::Taken,
}

impl Visit {
    pub(super) const fn order(&self) -> Option<OrderId> {
        self.order
    }
}

impl ProviderSide {
    pub(super) const fn book(&self) -> &SandboxBook {
        &self.book
    }
}

const SLOW_MAX_MILLIS: f64 = 30_000.0;

impl World {
    pub(super) fn payment_stepped(&mut self, outputs: Outputs<Reply, Refusal>) {
        self.asks_answered(&outputs.answers);
        self.callbacks_answered(&outputs.answers);
        self.purses_follow(&outputs.change);
        for effect in outputs.effects {
            if let Some(errand) = Errand::of(&effect) {
                let visit = Visit {
                    errand,
                    order: effect.order,
                    causation: effect.causation,
                    life: self.payment.life,
                };
                self.visit(visit);
            }
        }
    }

    /// Makes the call that the errand stands at: it may be reset on the way, arrive twice or late,
    /// take effect and never be answered.
    fn visit(&mut self, visit: Visit) {
        let step = self.step_of(&visit);
        let visit = Box::new(visit);
        let patience = patience_millis();
        if self.disturbs(Fault::F11, step) {
            let answer = unknown("the connection was reset");
            self.plan_answer(visit, answer, 20);
            return;
        }
        let mut there = self.chances.provider.between(1, 30);
        if self.disturbs(Fault::F9, step) {
            there = self.chances.provider.spread(300.0, SLOW_MAX_MILLIS) as u64;
        }
        if self.disturbs(Fault::F13, step) {
            let again = self.chances.provider.between(0, patience);
            self.plan_call(visit.clone(), false, again);
        }
        let lost = self.disturbs(Fault::F10, step);
        if lost || there >= patience {
            self.plan_answer(visit.clone(), unknown("no answer in time"), patience);
            self.plan_call(visit, false, there);
        } else {
            self.plan_call(visit, true, there);
        }
    }

    fn plan_call(&mut self, visit: Box<Visit>, answers: bool, millis: u64) {
        let called = Happening::Called { visit, answers };
        self.schedule.after(millis, super::Happening::Provider(called));
    }

    fn plan_answer(&mut self, visit: Box<Visit>, answer: ProviderAnswer, millis: u64) {
        let answered = Happening::Answered { visit, answer };
        self.schedule.after(millis, super::Happening::Provider(answered));
    }

    pub(super) fn provider_happens(&mut self, happening: Happening) {
        match happening {
            Happening::Called { visit, answers } => self.called(visit, answers),
            Happening::Answered { visit, answer } => self.answered(*visit, answer),
        }
    }

    fn called(&mut self, visit: Box<Visit>, answers: bool) {
        let call = visit.errand.call();
        let handled = self.provider.book.handle(&call);
        self.judge_book(visit.order, &call);
        self.may_call_back(&visit, &call, &handled);
        if matches!(handled.answer, ProviderAnswer::Declined { .. } | ProviderAnswer::Unknown { .. }) {
            let step = self.step_of(&visit);
            self.coverage.fired(Fault::F11);
            self.coverage.met(Fault::F11, step);
        }
        if !answers {
            return;
        }
        let takes = u64::try_from(handled.delay_millis).unwrap_or(0) + self.chances.provider.between(1, 30);
        if handled.reply_lost || takes >= patience_millis() {
            self.plan_answer(visit, unknown("no answer in time"), patience_millis());
        } else {
            self.plan_answer(visit, handled.answer, takes);
        }
    }

    /// I2, I3: what the provider's book says after each call.
    fn judge_book(&mut self, order: Option<OrderId>, call: &ProviderCall) {
        let charge = match call {
            ProviderCall::Authorise { key, .. }
            | ProviderCall::Query { key, .. }
            | ProviderCall::Cancel { key, .. } => key,
            ProviderCall::Refund { charge_key, .. } => charge_key,
        };
        let book = &self.provider.book;
        let (captured, refunded) = (book.captured(charge), book.refunded(charge));
        if let Some(OrderId(order)) = order {
            self.checker.provider_moved(order, captured, refunded);
        }
    }

    fn answered(&mut self, visit: Visit, answer: ProviderAnswer) {
        if !self.payment.is_up() || self.payment.life != visit.life {
            return;
        }
        match visit.errand.clone().answered(answer) {
            Step::Call(errand) => self.visit(Visit { errand, ..visit }),
            Step::Done(command) => {
                self.payment.bring_result(command, visit.causation);
                self.wake_after(Role::Payment, 1);
            }
        }
    }

    /// Where the order of an errand stands.
    pub(super) fn step_of(&self, visit: &Visit) -> SagaStep {
        visit
            .order
            .and_then(|order| self.checker.cases.get(&order.0)?.last_step)
            .unwrap_or(SagaStep::PaymentRequested)
    }
}

fn patience_millis() -> u64 {
    PaymentConfig::default().call_timeout_millis
}

fn unknown(cause: &str) -> ProviderAnswer {
    ProviderAnswer::Unknown { cause: cause.to_owned() }
}
