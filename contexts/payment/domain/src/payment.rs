//! The payment of one order: state, `evolve`, commands, `decide`. Its facts are
//! [`PaymentEvent`]s, its refusals [`Rejection`]s.

use kernel::{Aggregate, CustomerId, Money, OrderId, ShopKey, Timestamp};
use payment_contract::{
    PaymentApprovedV1, PaymentAttemptDeclinedV1, PaymentAwaitedV1, PaymentDeclinedV1, PaymentEvent,
    PaymentOutcomeUnknownV1, PaymentRequestedV1, PaymentState, PaymentVoidRequestedV1, PaymentVoidedV1,
};

use crate::refunds::{Giver, Proposal, Refunds, Withdrawer};
use crate::terms::Approvals;
use crate::{Refund, Rejection, Terms, postings};

/// Why an order does not want its payment any longer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum VoidCause {
    /// It gave up waiting and never stood.
    Abandoned,
    /// It stood, and was cancelled.
    Cancelled,
}

impl VoidCause {
    /// The cause in words: the reason of the refund.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Abandoned => "the order gave up waiting for the payment",
            Self::Cancelled => "the order was cancelled",
        }
    }
}

/// Whether an order's money moved.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Payment {
    /// Nobody asked for it.
    #[default]
    Unasked,
    /// Asked for; the customer has not approved it yet.
    Awaited {
        /// What was asked for.
        terms: Terms,
    },
    /// Asked for; the provider has not said yet.
    Asked {
        /// What was asked for.
        terms: Terms,
        /// Whether the provider was called and did not say.
        outcome_unknown: bool,
    },
    /// The provider said no; nothing moved.
    Declined {
        /// What was asked for.
        terms: Terms,
        /// The provider's reason.
        reason: String,
    },
    /// Captured; some or all of it may be on its way back.
    Captured {
        /// What was asked for, and captured.
        terms: Terms,
        /// The provider's approval code.
        approval_code: String,
        /// What goes back, in steps.
        refunds: Refunds,
    },
    /// Not wanted any longer, and the provider has not said whether it moved.
    Voiding {
        /// What was asked for.
        terms: Terms,
    },
    /// Nothing moved, and nothing will.
    Voided {
        /// What was asked for; nothing, where the order gave up before it asked.
        terms: Option<Terms>,
    },
}

/// An order asks for its money.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PaymentRequest {
    /// The order: the root of every key at the provider.
    pub order: OrderId,
    /// How much.
    pub amount: Money,
    /// With what: the provider's token.
    pub method: String,
    /// Who pays.
    pub customer: Option<CustomerId>,
    /// When.
    pub at: Timestamp,
    /// Whether nothing moves before the customer has approved it.
    pub by_customer: bool,
}

/// A wish.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PaymentCommand {
    /// Ask for an order's money. Asking again for the same changes nothing.
    Request(PaymentRequest),
    /// The customer approves it. Approving again with the same method changes nothing.
    Approve {
        /// With what; with what it was asked for where not said.
        method: Option<String>,
        /// When.
        at: Timestamp,
    },
    /// The customer does not want to pay.
    CancelAwaited,
    /// The provider said yes: the money is captured.
    RecordApproved {
        /// Whose account it goes to.
        shop: ShopKey,
        /// The provider's code.
        approval_code: String,
    },
    /// The provider said no.
    RecordDeclined {
        /// Its reason.
        reason: String,
    },
    /// The provider did not say.
    RecordUnknown {
        /// What happened instead of an answer.
        cause: String,
    },
    /// The order does not want its payment any longer, whatever became of it.
    Void(VoidCause),
    /// Give money back.
    Refund {
        /// How much; all that is left where not said.
        amount: Option<Money>,
        /// Why.
        reason: String,
        /// Who, and how much of it they give alone.
        giver: Giver,
    },
    /// A second person confirms what waits for one.
    ConfirmRefund {
        /// Which proposal.
        proposal: u32,
        /// Who.
        confirmer: String,
    },
    /// Whoever proposed a refund takes the proposal back, or somebody who may; or its time is over.
    WithdrawRefund {
        /// Which proposal.
        proposal: u32,
        /// Who.
        withdrawer: Withdrawer,
    },
    /// The provider will not give it back.
    RecordRefundImpossible {
        /// Which refund.
        step: u32,
        /// What it says.
        reason: String,
    },
    /// The shop gave back itself what the provider would not.
    SettleByHand {
        /// Whose account it came from.
        shop: ShopKey,
        /// Which refund.
        step: u32,
        /// How.
        how: String,
    },
    /// The provider gave it back.
    RecordRefunded {
        /// Whose account it came from.
        shop: ShopKey,
        /// Which refund.
        step: u32,
    },
}

impl Payment {
    /// Where it stands; `None` where nobody asked.
    #[must_use]
    pub fn state(&self) -> Option<PaymentState> {
        Some(match self {
            Self::Unasked => return None,
            Self::Awaited { .. } => PaymentState::WaitingForApproval,
            Self::Asked { outcome_unknown: false, .. } => PaymentState::Requested,
            Self::Asked { outcome_unknown: true, .. } => PaymentState::Unknown,
            Self::Declined { .. } => PaymentState::Declined,
            Self::Voiding { .. } => PaymentState::Voiding,
            Self::Voided { .. } => PaymentState::Voided,
            Self::Captured { refunds, .. } if refunds.steps.is_empty() => PaymentState::Approved,
            Self::Captured { refunds, .. } if refunds.steps.iter().any(|refund| !refund.done) => {
                let open = refunds.steps.iter().filter(|refund| !refund.done);
                let are_impossible = open.clone().all(|refund| refund.impossible.is_some());
                if are_impossible { PaymentState::RefundImpossible } else { PaymentState::Refunding }
            }
            Self::Captured { terms, refunds, .. } if refunds.left(terms).amount == 0 => {
                PaymentState::Refunded
            }
            Self::Captured { .. } => PaymentState::PartlyRefunded,
        })
    }

    /// Whether the order never stood although the money moved: its payment is shown in no list.
    #[must_use]
    pub fn is_withdrawn(&self) -> bool {
        self.refunds().iter().any(|refund| refund.withdrawn)
    }

    /// What was asked for, where somebody asked.
    #[must_use]
    pub const fn terms(&self) -> Option<&Terms> {
        match self {
            Self::Unasked => None,
            Self::Voided { terms } => terms.as_ref(),
            Self::Awaited { terms }
            | Self::Asked { terms, .. }
            | Self::Declined { terms, .. }
            | Self::Captured { terms, .. }
            | Self::Voiding { terms } => Some(terms),
        }
    }

    /// What waits for a second person.
    #[must_use]
    pub fn proposals(&self) -> &[Proposal] {
        match self {
            Self::Captured { refunds, .. } => &refunds.proposals,
            _ => &[],
        }
    }

    /// The refunds so far, done or not.
    #[must_use]
    pub fn refunds(&self) -> &[Refund] {
        match self {
            Self::Captured { refunds, .. } => &refunds.steps,
            _ => &[],
        }
    }
}

impl Aggregate for Payment {
    const KIND: &'static str = "payment";
    type Command = PaymentCommand;
    type Event = PaymentEvent;
    type Rejection = Rejection;

    fn decide(&self, command: PaymentCommand) -> Result<Vec<PaymentEvent>, Rejection> {
        match command {
            PaymentCommand::Request(request) => self.request(request),
            PaymentCommand::RecordApproved { shop, approval_code } => {
                self.record_approved(&shop, approval_code)
            }
            PaymentCommand::RecordDeclined { reason } => self.record_declined(reason),
            PaymentCommand::Approve { method, at } => self.approve(method, at),
            PaymentCommand::CancelAwaited => self.cancel_awaited(),
            PaymentCommand::RecordUnknown { cause } => self.record_unknown(cause),
            PaymentCommand::Void(cause) => Ok(self.void(cause)),
            PaymentCommand::Refund { amount, reason, giver } => self.refund(amount, reason, giver),
            PaymentCommand::ConfirmRefund { proposal, confirmer } => {
                self.confirm_refund(proposal, &confirmer)
            }
            PaymentCommand::WithdrawRefund { proposal, withdrawer } => match self {
                Self::Captured { refunds, .. } => refunds.withdraw(proposal, withdrawer),
                _ => Err(Rejection::NoSuchProposal { proposal }),
            },
            PaymentCommand::RecordRefunded { shop, step } => {
                self.moving_back(step, |terms, refunds| refunds.record_done(terms, &shop, step))
            }
            PaymentCommand::RecordRefundImpossible { step, reason } => {
                self.moving_back(step, |_, refunds| refunds.record_impossible(step, reason))
            }
            PaymentCommand::SettleByHand { shop, step, how } => {
                self.moving_back(step, |terms, refunds| refunds.settle_by_hand(terms, &shop, step, how))
            }
        }
    }

    fn evolve(self, event: &PaymentEvent) -> Self {
        match (event, self) {
            (PaymentEvent::Awaited(awaited), _) => Self::Awaited {
                terms: Terms {
                    amount: awaited.amount,
                    method: awaited.method.clone(),
                    provider_key: provider_key(awaited.order, 1),
                    customer: awaited.customer.clone(),
                    requested_at: awaited.requested_at,
                    by_customer: Some(Approvals { order: awaited.order, attempt: 1, declined: None }),
                },
            },
            (PaymentEvent::Requested(requested), state) => Self::Asked {
                terms: Terms {
                    amount: requested.amount,
                    method: requested.method.clone(),
                    provider_key: requested.provider_key.clone(),
                    customer: requested.customer.clone(),
                    requested_at: requested.requested_at,
                    by_customer: state.into_terms().and_then(|terms| terms.by_customer),
                },
                outcome_unknown: false,
            },
            (PaymentEvent::AttemptDeclined(declined), Self::Asked { terms, .. }) => {
                Self::Awaited { terms: terms.for_another_attempt(declined) }
            }
            (PaymentEvent::OutcomeUnknown(_), Self::Asked { terms, .. }) => {
                Self::Asked { terms, outcome_unknown: true }
            }
            (PaymentEvent::Approved(approved), state) => match state.into_terms() {
                Some(terms) => Self::Captured {
                    terms,
                    approval_code: approved.approval_code.clone(),
                    refunds: Refunds::default(),
                },
                None => Self::Unasked,
            },
            (PaymentEvent::Declined(declined), Self::Asked { terms, .. }) => {
                Self::Declined { terms, reason: declined.reason.clone() }
            }
            (PaymentEvent::VoidRequested(_), Self::Asked { terms, .. }) => Self::Voiding { terms },
            (PaymentEvent::Voided(_), state) => Self::Voided { terms: state.into_terms() },
            (event, Self::Captured { terms, approval_code, refunds }) => {
                Self::Captured { terms, approval_code, refunds: refunds.evolve(event) }
            }
            // Facts that `decide` never makes in that state: accepted as they are.
            (_, state) => state,
        }
    }
}

impl Payment {
    fn into_terms(self) -> Option<Terms> {
        match self {
            Self::Unasked => None,
            Self::Voided { terms } => terms,
            Self::Awaited { terms }
            | Self::Asked { terms, .. }
            | Self::Declined { terms, .. }
            | Self::Captured { terms, .. }
            | Self::Voiding { terms } => Some(terms),
        }
    }

    fn request(&self, request: PaymentRequest) -> Result<Vec<PaymentEvent>, Rejection> {
        match self {
            Self::Unasked if request.amount.amount <= 0 => Err(Rejection::NotPositive),
            Self::Unasked if request.by_customer => Ok(vec![PaymentEvent::Awaited(PaymentAwaitedV1 {
                order: request.order,
                amount: request.amount,
                method: request.method,
                customer: request.customer,
                requested_at: request.at,
            })]),
            Self::Unasked => Ok(vec![PaymentEvent::Requested(PaymentRequestedV1 {
                amount: request.amount,
                method: request.method,
                // Always the first attempt: another one would need the knowledge that this one can
                // never be captured, and here a decline ends the order's payment.
                provider_key: provider_key(request.order, 1),
                customer: request.customer,
                requested_at: request.at,
            })]),
            // The order gave up before it asked: nothing may move any more.
            Self::Voided { terms: None } => Ok(vec![]),
            _ => match self.terms() {
                Some(terms) if terms.amount != request.amount || terms.differs_in_method(&request.method) => {
                    Err(Rejection::AskedDifferently { asked: terms.amount })
                }
                _ => Ok(vec![]),
            },
        }
    }

    fn approve(&self, method: Option<String>, at: Timestamp) -> Result<Vec<PaymentEvent>, Rejection> {
        match self {
            Self::Awaited { terms: terms @ Terms { by_customer: Some(approvals), .. } } => {
                Ok(vec![PaymentEvent::Requested(PaymentRequestedV1 {
                    amount: terms.amount,
                    method: method.unwrap_or_else(|| terms.method.clone()),
                    provider_key: provider_key(approvals.order, approvals.attempt),
                    customer: terms.customer.clone(),
                    requested_at: at,
                })])
            }
            Self::Asked { terms, .. } | Self::Captured { terms, .. }
                if terms.by_customer.is_some()
                    && method.as_ref().is_none_or(|method| *method == terms.method) =>
            {
                Ok(vec![])
            }
            _ => Err(Rejection::NotAwaited),
        }
    }

    fn cancel_awaited(&self) -> Result<Vec<PaymentEvent>, Rejection> {
        match self {
            Self::Awaited { .. } => Ok(vec![PaymentEvent::Voided(PaymentVoidedV1 {})]),
            Self::Voided { terms: Some(terms) } if terms.by_customer.is_some() => Ok(vec![]),
            _ => Err(Rejection::NotAwaited),
        }
    }

    fn record_approved(&self, shop: &ShopKey, approval_code: String) -> Result<Vec<PaymentEvent>, Rejection> {
        let captured = |terms: &Terms| {
            PaymentEvent::Approved(PaymentApprovedV1 {
                amount: terms.amount,
                approval_code,
                postings: postings::of_capture(shop, terms),
            })
        };
        match self {
            Self::Unasked | Self::Awaited { .. } | Self::Voided { terms: None } => Err(Rejection::NeverAsked),
            Self::Captured { .. } => Ok(vec![]),
            Self::Asked { terms, .. } => Ok(vec![captured(terms)]),
            // It moved although nobody wants it any longer: all of it goes back.
            Self::Voiding { terms } | Self::Declined { terms, .. } | Self::Voided { terms: Some(terms) } => {
                let mut facts = vec![captured(terms)];
                facts.extend(Refunds::default().void_back(terms, VoidCause::Abandoned));
                Ok(facts)
            }
        }
    }

    fn record_declined(&self, reason: String) -> Result<Vec<PaymentEvent>, Rejection> {
        match self {
            Self::Unasked => Err(Rejection::NeverAsked),
            Self::Captured { .. } => Err(Rejection::AlreadyCaptured),
            Self::Awaited { .. } | Self::Declined { .. } | Self::Voided { .. } => Ok(vec![]),
            Self::Asked { terms: Terms { by_customer: Some(approvals), .. }, .. } => {
                let attempt = approvals.attempt;
                Ok(vec![PaymentEvent::AttemptDeclined(PaymentAttemptDeclinedV1 { attempt, reason })])
            }
            Self::Asked { .. } => Ok(vec![PaymentEvent::Declined(PaymentDeclinedV1 { reason })]),
            Self::Voiding { .. } => Ok(vec![PaymentEvent::Voided(PaymentVoidedV1 {})]),
        }
    }

    fn record_unknown(&self, cause: String) -> Result<Vec<PaymentEvent>, Rejection> {
        match self {
            Self::Unasked => Err(Rejection::NeverAsked),
            Self::Asked { outcome_unknown: false, .. } => {
                Ok(vec![PaymentEvent::OutcomeUnknown(PaymentOutcomeUnknownV1 { cause })])
            }
            _ => Ok(vec![]),
        }
    }

    fn void(&self, cause: VoidCause) -> Vec<PaymentEvent> {
        match self {
            Self::Unasked | Self::Awaited { .. } | Self::Declined { .. } => {
                vec![PaymentEvent::Voided(PaymentVoidedV1 {})]
            }
            Self::Asked { .. } => vec![PaymentEvent::VoidRequested(PaymentVoidRequestedV1 {})],
            Self::Voiding { .. } | Self::Voided { .. } => vec![],
            Self::Captured { terms, refunds, .. } => refunds.void_back(terms, cause),
        }
    }

    fn refund(
        &self,
        amount: Option<Money>,
        reason: String,
        giver: Giver,
    ) -> Result<Vec<PaymentEvent>, Rejection> {
        let Self::Captured { terms, refunds, .. } = self else {
            return Err(Rejection::NothingCaptured);
        };
        refunds.give(terms, amount, reason, giver)
    }

    fn confirm_refund(&self, proposal: u32, confirmer: &str) -> Result<Vec<PaymentEvent>, Rejection> {
        let Self::Captured { terms, refunds, .. } = self else {
            return Err(Rejection::NothingCaptured);
        };
        refunds.confirm(terms, proposal, confirmer)
    }

    /// A step of money that is on its way back.
    fn moving_back(
        &self,
        step: u32,
        decide: impl FnOnce(&Terms, &Refunds) -> Result<Vec<PaymentEvent>, Rejection>,
    ) -> Result<Vec<PaymentEvent>, Rejection> {
        match self {
            Self::Captured { terms, refunds, .. } => decide(terms, refunds),
            _ => Err(Rejection::NoSuchRefund { step }),
        }
    }
}

impl Terms {
    /// The provider can never capture the attempt that it declined, so that another key is safe.
    fn for_another_attempt(self, declined: &PaymentAttemptDeclinedV1) -> Self {
        let by_customer = self.by_customer.map(|approvals| Approvals {
            attempt: declined.attempt.saturating_add(1),
            declined: Some(declined.reason.clone()),
            ..approvals
        });
        Self { by_customer, ..self }
    }

    /// Asked for again with another method; where the customer chose one, theirs stands.
    fn differs_in_method(&self, method: &str) -> bool {
        self.by_customer.is_none() && self.method != method
    }
}

fn provider_key(order: OrderId, attempt: u32) -> String {
    format!("{order}/{attempt}")
}
