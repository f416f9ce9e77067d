//! The words of these tests: an order, its shop, and `given(facts).when(command).then(facts)`.

use kernel::{Aggregate, Currency, Money, OrderId, ShopKey, Timestamp};
use payment_contract::{
    PaymentApprovedV1, PaymentAttemptDeclinedV1, PaymentAwaitedV1, PaymentDeclinedV1, PaymentEvent,
    PaymentOutcomeUnknownV1, PaymentRefundedV1, PaymentRequestedV1, PaymentVoidRequestedV1, PaymentVoidedV1,
    Posting, RefundImpossibleV1, RefundProposedV1, RefundRequestedV1, RefundWithdrawnV1,
};
use payment_domain::{Giver, Payment, PaymentCommand, PaymentRequest, Rejection, VoidCause, Withdrawer};
use uuid::Uuid;

/// The order of these tests, at 9,000 won.
pub(crate) const PRICE: i64 = 9_000;
const ORDER: OrderId = OrderId(Uuid::from_u128(7));
const AT: Timestamp = Timestamp::from_millis(1_700_000_000_000);
/// Until when what is proposed waits.
const UNTIL: Timestamp = Timestamp::from_millis(1_700_086_400_000);
const KEY: &str = "00000000-0000-0000-0000-000000000007/1";

pub(crate) fn won(amount: i64) -> Money {
    Money::new(amount, Currency::KRW)
}

pub(crate) fn cafe() -> ShopKey {
    ShopKey::from("cafe")
}

pub(crate) struct Given(Payment);

pub(crate) struct Decided(Result<Vec<PaymentEvent>, Rejection>);

/// The facts so far.
pub(crate) fn given(facts: impl IntoIterator<Item = PaymentEvent>) -> Given {
    Given(facts.into_iter().fold(Payment::default(), |state, fact| state.evolve(&fact)))
}

impl Given {
    pub(crate) fn when(self, command: PaymentCommand) -> Decided {
        Decided(self.0.decide(command))
    }

    pub(crate) fn stands_at(self, state: Option<payment_contract::PaymentState>) {
        assert_eq!(self.0.state(), state);
    }
}

impl Decided {
    #[track_caller]
    pub(crate) fn then(self, facts: impl IntoIterator<Item = PaymentEvent>) {
        assert_eq!(self.0, Ok(facts.into_iter().collect()));
    }

    #[track_caller]
    pub(crate) fn then_nothing_new(self) {
        self.then([]);
    }

    #[track_caller]
    pub(crate) fn then_refused(self, rejection: Rejection) {
        assert_eq!(self.0, Err(rejection));
    }
}

// The commands.

pub(crate) fn request() -> PaymentCommand {
    request_of(won(PRICE), "tok_approve")
}

pub(crate) fn request_of(amount: Money, method: &str) -> PaymentCommand {
    PaymentCommand::Request(PaymentRequest {
        order: ORDER,
        amount,
        method: method.to_owned(),
        customer: None,
        at: AT,
        by_customer: false,
    })
}

pub(crate) fn record_approved() -> PaymentCommand {
    PaymentCommand::RecordApproved { shop: cafe(), approval_code: "A1".to_owned() }
}

pub(crate) fn record_declined() -> PaymentCommand {
    PaymentCommand::RecordDeclined { reason: "card expired".to_owned() }
}

pub(crate) fn record_unknown() -> PaymentCommand {
    PaymentCommand::RecordUnknown { cause: "timeout".to_owned() }
}

pub(crate) fn refund(amount: Option<Money>) -> PaymentCommand {
    refund_within(amount, None, "staff:kim")
}

pub(crate) fn record_refunded(step: u32) -> PaymentCommand {
    PaymentCommand::RecordRefunded { shop: cafe(), step }
}

pub(crate) fn abandon() -> PaymentCommand {
    PaymentCommand::Void(VoidCause::Abandoned)
}

pub(crate) fn cancel() -> PaymentCommand {
    PaymentCommand::Void(VoidCause::Cancelled)
}

/// The order asks for the customer's approval.
pub(crate) fn request_approval() -> PaymentCommand {
    PaymentCommand::Request(PaymentRequest {
        order: ORDER,
        amount: won(PRICE),
        method: "tok_approve".to_owned(),
        customer: None,
        at: AT,
        by_customer: true,
    })
}

pub(crate) fn approve(method: Option<&str>) -> PaymentCommand {
    PaymentCommand::Approve { method: method.map(str::to_owned), at: AT }
}

pub(crate) fn call_off() -> PaymentCommand {
    PaymentCommand::CancelAwaited
}

/// One of the staff, who gives so much alone.
pub(crate) fn refund_within(amount: Option<Money>, alone_max: Option<i64>, name: &str) -> PaymentCommand {
    let giver = Giver { name: name.to_owned(), alone_max, proposal_until: Some(UNTIL) };
    PaymentCommand::Refund { amount, reason: "cold coffee".to_owned(), giver }
}

/// Somebody of the shop takes a proposal back.
pub(crate) fn withdraw(proposal: u32, name: &str, is_manager: bool) -> PaymentCommand {
    let withdrawer = Withdrawer::Person { name: name.to_owned(), is_manager };
    PaymentCommand::WithdrawRefund { proposal, withdrawer }
}

/// A proposal has waited for too long.
pub(crate) fn expire(proposal: u32) -> PaymentCommand {
    PaymentCommand::WithdrawRefund { proposal, withdrawer: Withdrawer::Time }
}

pub(crate) fn record_impossible(step: u32) -> PaymentCommand {
    PaymentCommand::RecordRefundImpossible { step, reason: "there is no such charge".to_owned() }
}

pub(crate) fn settle_by_hand(step: u32) -> PaymentCommand {
    PaymentCommand::SettleByHand { shop: ShopKey::from("cafe"), step, how: "in cash".to_owned() }
}

pub(crate) fn confirm(proposal: u32, confirmer: &str) -> PaymentCommand {
    PaymentCommand::ConfirmRefund { proposal, confirmer: confirmer.to_owned() }
}

// The facts.

pub(crate) fn refund_proposed(proposal: u32, amount: i64) -> PaymentEvent {
    PaymentEvent::RefundProposed(RefundProposedV1 {
        proposal,
        amount: won(amount),
        reason: "cold coffee".to_owned(),
        proposed_by: "staff:kim".to_owned(),
        expires_at: Some(UNTIL),
    })
}

pub(crate) fn refund_withdrawn(proposal: u32, withdrawn_by: Option<&str>) -> PaymentEvent {
    let withdrawn_by = withdrawn_by.map(str::to_owned);
    PaymentEvent::RefundWithdrawn(RefundWithdrawnV1 { proposal, withdrawn_by })
}

pub(crate) fn refund_impossible(step: u32, amount: i64) -> PaymentEvent {
    let reason = "there is no such charge".to_owned();
    PaymentEvent::RefundImpossible(RefundImpossibleV1 { step, amount: won(amount), reason })
}

/// The shop gave it back itself.
pub(crate) fn refunded_by_hand(step: u32, amount: i64, whole: bool) -> PaymentEvent {
    PaymentEvent::Refunded(PaymentRefundedV1 {
        step,
        amount: won(amount),
        whole,
        by_hand: Some("in cash".to_owned()),
        postings: postings("shop/cafe", "given-by-hand", amount),
    })
}

/// The refund of a proposal that was confirmed.
pub(crate) fn confirmed_refund(step: u32, proposal: u32, amount: i64) -> PaymentEvent {
    match refund_requested(step, amount) {
        PaymentEvent::RefundRequested(wish) => {
            PaymentEvent::RefundRequested(RefundRequestedV1 { proposal: Some(proposal), ..wish })
        }
        other => other,
    }
}

pub(crate) fn awaited() -> PaymentEvent {
    PaymentEvent::Awaited(PaymentAwaitedV1 {
        order: ORDER,
        amount: won(PRICE),
        method: "tok_approve".to_owned(),
        customer: None,
        requested_at: AT,
    })
}

pub(crate) fn attempt_declined() -> PaymentEvent {
    let reason = "card expired".to_owned();
    PaymentEvent::AttemptDeclined(PaymentAttemptDeclinedV1 { attempt: 1, reason })
}

pub(crate) fn requested() -> PaymentEvent {
    PaymentEvent::Requested(PaymentRequestedV1 {
        amount: won(PRICE),
        method: "tok_approve".to_owned(),
        provider_key: KEY.to_owned(),
        customer: None,
        requested_at: AT,
    })
}

pub(crate) fn unknown() -> PaymentEvent {
    PaymentEvent::OutcomeUnknown(PaymentOutcomeUnknownV1 { cause: "timeout".to_owned() })
}

pub(crate) fn approved() -> PaymentEvent {
    PaymentEvent::Approved(PaymentApprovedV1 {
        amount: won(PRICE),
        approval_code: "A1".to_owned(),
        postings: postings("provider-clearing", "shop/cafe", PRICE),
    })
}

pub(crate) fn declined() -> PaymentEvent {
    PaymentEvent::Declined(PaymentDeclinedV1 { reason: "card expired".to_owned() })
}

pub(crate) fn void_requested() -> PaymentEvent {
    PaymentEvent::VoidRequested(PaymentVoidRequestedV1 {})
}

pub(crate) fn voided() -> PaymentEvent {
    PaymentEvent::Voided(PaymentVoidedV1 {})
}

pub(crate) fn refund_requested(step: u32, amount: i64) -> PaymentEvent {
    refund_wish(step, amount, "cold coffee", false)
}

pub(crate) fn abandoned_refund(step: u32, amount: i64) -> PaymentEvent {
    refund_wish(step, amount, VoidCause::Abandoned.as_str(), true)
}

pub(crate) fn cancelled_refund(step: u32, amount: i64) -> PaymentEvent {
    refund_wish(step, amount, VoidCause::Cancelled.as_str(), false)
}

fn refund_wish(step: u32, amount: i64, reason: &str, withdrawn: bool) -> PaymentEvent {
    PaymentEvent::RefundRequested(RefundRequestedV1 {
        step,
        amount: won(amount),
        provider_key: format!("{KEY}/refund/{step}"),
        reason: reason.to_owned(),
        withdrawn,
        proposal: None,
    })
}

pub(crate) fn refunded(step: u32, amount: i64, whole: bool) -> PaymentEvent {
    PaymentEvent::Refunded(PaymentRefundedV1 {
        step,
        amount: won(amount),
        whole,
        by_hand: None,
        postings: postings("shop/cafe", "provider-clearing", amount),
    })
}

fn postings(debited: &str, credited: &str, amount: i64) -> Vec<Posting> {
    vec![
        Posting { account: debited.to_owned(), amount: won(amount) },
        Posting { account: credited.to_owned(), amount: won(-amount) },
    ]
}
