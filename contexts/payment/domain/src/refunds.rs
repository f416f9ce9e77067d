//! Money on its way back: steps, each with a key of its own at the provider; and what waits for a
//! second person before it becomes one.

use kernel::{Money, ShopKey, Timestamp};
use payment_contract::{
    PaymentEvent, PaymentRefundedV1, RefundImpossibleV1, RefundProposedV1, RefundRequestedV1,
    RefundWithdrawnV1,
};

use crate::{Rejection, Terms, VoidCause, postings};

/// What goes back of a captured payment.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Refunds {
    /// The steps so far, done or not.
    pub steps: Vec<Refund>,
    /// What waits for a second person.
    pub proposals: Vec<Proposal>,
    /// The latest proposal's number.
    pub proposed: u32,
}

/// Money on its way back, or back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refund {
    /// Which, from 1.
    pub step: u32,
    /// How much.
    pub amount: Money,
    /// The key at the provider.
    pub provider_key: String,
    /// Why.
    pub reason: String,
    /// Whether the order never stood.
    pub withdrawn: bool,
    /// Whether a second person confirmed it.
    pub confirmed: bool,
    /// Why the provider will not give it back, where it will not.
    pub impossible: Option<String>,
    /// How the shop gave it back itself, where it did.
    pub by_hand: Option<String>,
    /// Whether the money is back.
    pub done: bool,
}

/// A refund that waits for a second person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proposal {
    /// Which, from 1.
    pub number: u32,
    /// How much.
    pub amount: Money,
    /// Why.
    pub reason: String,
    /// Who proposes it.
    pub proposed_by: String,
    /// Until when it waits.
    pub expires_at: Option<Timestamp>,
}

/// A person who gives money back, and how much of a payment one may give alone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Giver {
    /// Who.
    pub name: String,
    /// The most that one person gives back of a payment alone, minor units; any amount where not said.
    pub alone_max: Option<i64>,
    /// Until when more than that waits for a second person.
    pub proposal_until: Option<Timestamp>,
}

/// Who takes a proposal back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Withdrawer {
    /// Somebody of the shop.
    Person {
        /// Who.
        name: String,
        /// Whether they may take back what others propose.
        is_manager: bool,
    },
    /// Nobody: it has waited for too long.
    Time,
}

impl Refunds {
    /// What one more fact makes of them. Facts that do not fit are accepted as they are.
    pub(crate) fn evolve(mut self, event: &PaymentEvent) -> Self {
        match event {
            PaymentEvent::RefundProposed(wish) => {
                self.proposed = wish.proposal;
                self.proposals.push(Proposal {
                    number: wish.proposal,
                    amount: wish.amount,
                    reason: wish.reason.clone(),
                    proposed_by: wish.proposed_by.clone(),
                    expires_at: wish.expires_at,
                });
            }
            PaymentEvent::RefundWithdrawn(withdrawn) => {
                self.proposals.retain(|proposal| proposal.number != withdrawn.proposal);
            }
            PaymentEvent::RefundRequested(wish) => {
                self.proposals.retain(|proposal| Some(proposal.number) != wish.proposal);
                self.steps.push(Refund::from(wish));
            }
            PaymentEvent::RefundImpossible(no) => {
                for refund in self.steps.iter_mut().filter(|refund| refund.step == no.step) {
                    refund.impossible = Some(no.reason.clone());
                }
            }
            PaymentEvent::Refunded(back) => {
                for refund in self.steps.iter_mut().filter(|refund| refund.step == back.step) {
                    refund.done = true;
                    refund.by_hand = back.by_hand.clone();
                }
            }
            _ => {}
        }
        self
    }

    /// Captured and not on its way back.
    pub(crate) fn left(&self, terms: &Terms) -> Money {
        let gone = self.steps.iter().fold(0i64, |sum, refund| sum.saturating_add(refund.amount.amount));
        Money::new(terms.amount.amount.saturating_sub(gone), terms.amount.currency)
    }

    /// Calls a part back, or all that is left, because somebody wishes it; proposes it where that is
    /// more than they may give alone.
    pub(crate) fn give(
        &self,
        terms: &Terms,
        amount: Option<Money>,
        reason: String,
        giver: Giver,
    ) -> Result<Vec<PaymentEvent>, Rejection> {
        let left = self.left(terms);
        let amount = match amount {
            // All of it is back, or on its way.
            None if left.amount <= 0 => return Ok(vec![]),
            None => left,
            Some(amount) => within(amount, left)?,
        };
        if self.needs_second(amount, &giver) {
            return Ok(vec![PaymentEvent::RefundProposed(RefundProposedV1 {
                proposal: self.proposed.saturating_add(1),
                amount,
                reason,
                proposed_by: giver.name,
                expires_at: giver.proposal_until,
            })]);
        }
        Ok(vec![PaymentEvent::RefundRequested(self.next(terms, amount, reason))])
    }

    /// Whether so much more is beyond what one person gives back alone. Steps count together.
    fn needs_second(&self, amount: Money, giver: &Giver) -> bool {
        let alone = self.steps.iter().filter(|refund| !refund.confirmed);
        let given = alone.fold(0i64, |sum, refund| sum.saturating_add(refund.amount.amount));
        giver.alone_max.is_some_and(|max| given.saturating_add(amount.amount) > max)
    }

    /// Calls a part back that a second person confirms.
    pub(crate) fn confirm(
        &self,
        terms: &Terms,
        proposal: u32,
        confirmer: &str,
    ) -> Result<Vec<PaymentEvent>, Rejection> {
        let waiting = self.proposal(proposal).ok_or(Rejection::NoSuchProposal { proposal })?;
        if waiting.proposed_by == confirmer {
            return Err(Rejection::SecondPersonNeeded);
        }
        let amount = within(waiting.amount, self.left(terms))?;
        let next = self.next(terms, amount, waiting.reason.clone());
        Ok(vec![PaymentEvent::RefundRequested(RefundRequestedV1 { proposal: Some(proposal), ..next })])
    }

    /// Takes a proposal back: whoever made it, a manager, or time.
    pub(crate) fn withdraw(
        &self,
        proposal: u32,
        withdrawer: Withdrawer,
    ) -> Result<Vec<PaymentEvent>, Rejection> {
        let waiting = self.proposal(proposal);
        let withdrawn_by = match (waiting, withdrawer) {
            (Some(_), Withdrawer::Time) => None,
            // It was confirmed, or taken back, before its time was over.
            (None, Withdrawer::Time) => return Ok(vec![]),
            (None, Withdrawer::Person { .. }) => return Err(Rejection::NoSuchProposal { proposal }),
            (Some(waiting), Withdrawer::Person { name, is_manager })
                if !is_manager && waiting.proposed_by != name =>
            {
                return Err(Rejection::NotTheProposer);
            }
            (Some(_), Withdrawer::Person { name, .. }) => Some(name),
        };
        Ok(vec![PaymentEvent::RefundWithdrawn(RefundWithdrawnV1 { proposal, withdrawn_by })])
    }

    fn proposal(&self, number: u32) -> Option<&Proposal> {
        self.proposals.iter().find(|waiting| waiting.number == number)
    }

    /// Calls all that is left back, because the order does not want its payment.
    pub(crate) fn void_back(&self, terms: &Terms, cause: VoidCause) -> Vec<PaymentEvent> {
        let withdrawn = cause == VoidCause::Abandoned;
        match self.left(terms) {
            left if left.amount <= 0 => vec![],
            left => {
                let next = self.next(terms, left, cause.as_str().to_owned());
                vec![PaymentEvent::RefundRequested(RefundRequestedV1 { withdrawn, ..next })]
            }
        }
    }

    /// The provider gave a step back, or the shop did so itself.
    pub(crate) fn record_done(
        &self,
        terms: &Terms,
        shop: &ShopKey,
        step: u32,
    ) -> Result<Vec<PaymentEvent>, Rejection> {
        let refund = self.step(step)?;
        Ok(if refund.done { vec![] } else { vec![self.done(terms, shop, refund, None)] })
    }

    /// The provider will not give a step back.
    pub(crate) fn record_impossible(
        &self,
        step: u32,
        reason: String,
    ) -> Result<Vec<PaymentEvent>, Rejection> {
        let refund = self.step(step)?;
        if refund.done || refund.impossible.is_some() {
            return Ok(vec![]);
        }
        Ok(vec![PaymentEvent::RefundImpossible(RefundImpossibleV1 { step, amount: refund.amount, reason })])
    }

    /// The shop gave back itself what the provider would not.
    pub(crate) fn settle_by_hand(
        &self,
        terms: &Terms,
        shop: &ShopKey,
        step: u32,
        how: String,
    ) -> Result<Vec<PaymentEvent>, Rejection> {
        let refund = self.step(step)?;
        match (&refund.impossible, refund.done) {
            (None, _) => Err(Rejection::NotImpossible { step }),
            (Some(_), true) => Ok(vec![]),
            (Some(_), false) => Ok(vec![self.done(terms, shop, refund, Some(how))]),
        }
    }

    fn step(&self, step: u32) -> Result<&Refund, Rejection> {
        self.steps.iter().find(|refund| refund.step == step).ok_or(Rejection::NoSuchRefund { step })
    }

    fn done(&self, terms: &Terms, shop: &ShopKey, refund: &Refund, by_hand: Option<String>) -> PaymentEvent {
        let others_are_back = self.steps.iter().all(|other| other.done || other.step == refund.step);
        let postings = match by_hand {
            Some(_) => postings::of_refund_by_hand(shop, terms, refund.amount),
            None => postings::of_refund(shop, terms, refund.amount),
        };
        PaymentEvent::Refunded(PaymentRefundedV1 {
            step: refund.step,
            amount: refund.amount,
            whole: others_are_back && self.left(terms).amount == 0,
            by_hand,
            postings,
        })
    }

    fn next(&self, terms: &Terms, amount: Money, reason: String) -> RefundRequestedV1 {
        let step = self.steps.last().map_or(1, |last| last.step.saturating_add(1));
        let provider_key = format!("{}/refund/{step}", terms.provider_key);
        RefundRequestedV1 { step, amount, provider_key, reason, withdrawn: false, proposal: None }
    }
}

impl From<&RefundRequestedV1> for Refund {
    fn from(wish: &RefundRequestedV1) -> Self {
        Self {
            step: wish.step,
            amount: wish.amount,
            provider_key: wish.provider_key.clone(),
            reason: wish.reason.clone(),
            withdrawn: wish.withdrawn,
            confirmed: wish.proposal.is_some(),
            impossible: None,
            by_hand: None,
            done: false,
        }
    }
}

/// An amount that may go back of what is left.
fn within(amount: Money, left: Money) -> Result<Money, Rejection> {
    if amount.currency != left.currency {
        Err(Rejection::OtherCurrency { expected: left.currency })
    } else if amount.amount <= 0 {
        Err(Rejection::NotPositive)
    } else if amount.amount > left.amount {
        Err(Rejection::MoreThanLeft { left })
    } else {
        Ok(amount)
    }
}
