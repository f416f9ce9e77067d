//! What payment can be asked, and what it answers.

use std::fmt;

use edge::etag::IfMatch;
use jiff::civil::Date;
use kernel::{CustomerId, Money, OrderId, ShopKey};
use payment_contract::{AskPayment, DiscrepancyFoundV1, PaymentView};
use payment_domain::{DayRejection, DepositRejection, Rejection};
use runtime::KeyUse;

use crate::effects::{ChargeOutcome, ChargeWork, CorrectionWork, RefundOutcome, RefundWork};
use crate::provider::callback::Callback;
use crate::takings::DayBook;

/// A wish.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Command {
    /// Ordering asks for an order's money.
    Ask(AskPayment),
    /// The customer approves a payment that waits for them, or does not want to pay.
    Approve(ApprovalWish),
    /// A deposit is opened, or paid into.
    Deposit(DepositWish),
    /// Staff give money back.
    Refund(RefundWish),
    /// A second person confirms a refund that waits for one.
    ConfirmRefund(ProposalWish),
    /// Staff close a business day.
    CloseDay(Box<CloseWish>),
    /// Whoever proposed a refund takes the proposal back, or a manager does.
    WithdrawRefund {
        /// What is taken back.
        wish: ProposalWish,
        /// Whether they may take back what others propose.
        is_manager: bool,
    },
    /// The shop gave back itself what the provider would not.
    SettleRefund(SettleWish),
    /// The provider tells of its own accord what became of a charge or a refund.
    TakeCallback(Callback),
    /// What became of a charge at the provider.
    RecordCharge {
        /// What was to be done.
        work: ChargeWork,
        /// Which attempt it was, from 1.
        attempt: u32,
        /// What came of it.
        outcome: ChargeOutcome,
    },
    /// The provider's book and ours differ.
    Settle(Box<DiscrepancyFoundV1>),
    /// What became of a correction at the provider.
    RecordCorrection {
        /// What was to be done.
        work: CorrectionWork,
        /// Which attempt it was, from 1.
        attempt: u32,
        /// What came of it.
        outcome: RefundOutcome,
    },
    /// What became of a refund at the provider.
    RecordRefund {
        /// What was to be done.
        work: RefundWork,
        /// Which attempt it was, from 1.
        attempt: u32,
        /// What came of it.
        outcome: RefundOutcome,
    },
}

/// Staff give money back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefundWish {
    /// Whose payment.
    pub order: OrderId,
    /// The shop it was found in.
    pub shop: ShopKey,
    /// How much; all that is left where not said.
    pub amount: Option<Money>,
    /// Why.
    pub reason: String,
    /// Which versions of the payment the wish was made for; any where not said.
    pub if_match: Option<IfMatch>,
    /// The client's key, where it sent one.
    pub key: Option<KeyUse>,
}

/// The shop gave back itself what the provider would not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SettleWish {
    /// Whose payment.
    pub order: OrderId,
    /// The shop it was found in.
    pub shop: ShopKey,
    /// Which refund.
    pub step: u32,
    /// How.
    pub how: String,
}

/// A refund that waits for a second person is confirmed, or taken back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProposalWish {
    /// Whose payment.
    pub order: OrderId,
    /// The shop it was found in.
    pub shop: ShopKey,
    /// Which proposal.
    pub proposal: u32,
}

/// The customer approves a payment that waits for them, or does not want to pay.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApprovalWish {
    /// Whose payment.
    pub order: OrderId,
    /// The shop it was found in.
    pub shop: ShopKey,
    /// Whether they approve it.
    pub approves: bool,
    /// With what: the provider's token; with what it was asked for where not said.
    pub method: Option<String>,
    /// The client's key, where it sent one.
    pub key: Option<KeyUse>,
}

/// A deposit is opened, or paid into.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DepositWish {
    /// The shop that keeps it.
    pub shop: ShopKey,
    /// Whose; the walk-in account where it is nobody's.
    pub customer: Option<CustomerId>,
    /// How much is paid in; nothing where it is only opened.
    pub amount: Option<Money>,
    /// What whoever took the money calls it.
    pub reference: Option<String>,
    /// The client's key, where it sent one.
    pub key: Option<KeyUse>,
}

/// Staff close a business day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CloseWish {
    /// The shop.
    pub shop: ShopKey,
    /// The day.
    pub day: Date,
    /// The day's sums, as far as they were read beside the writer.
    pub book: DayBook,
    /// The client's key, where it sent one.
    pub key: Option<KeyUse>,
}

/// An answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reply {
    /// It is taken; events tell the rest.
    Taken,
    /// A provider's hint is taken, or was known; why not, where it does not fit.
    Callback {
        /// Why it changed no payment.
        refused: Option<String>,
    },
    /// The payment, or the deposit, as it stands after what was wished.
    Refund(RefundReply),
}

/// The answer to a wish about money, as it is sent and sent again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefundReply {
    /// HTTP status: 202 where money is on its way now, 200 where all of it was already; 201 where
    /// something is new.
    pub status: u16,
    /// The payment's version.
    pub version: u64,
    /// The payment, JSON.
    pub body: Vec<u8>,
}

impl RefundReply {
    pub(crate) fn of(view: &PaymentView, new: bool) -> Self {
        Self {
            status: if new { 202 } else { 200 },
            version: view.version,
            body: serde_json::to_vec(view).unwrap_or_default(),
        }
    }
}

/// The business says no.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    /// The payment's state forbids it.
    Rejected(Rejection),
    /// The deposit says no.
    DepositRejected(DepositRejection),
    /// The day cannot be closed.
    DayRejected(DayRejection),
    /// The shop keeps no deposits.
    NoDeposits,
    /// The shop's own rules have not arrived here yet: try again shortly.
    ShopNotHeardOf,
    /// There is no such payment in that shop.
    NoSuchPayment,
    /// The payment has changed since the client read it.
    VersionDiffers {
        /// Its version now.
        current: u64,
    },
    /// The client's key came with another body before.
    KeyReused,
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Rejected(rejection) => rejection.fmt(f),
            Self::DepositRejected(rejection) => rejection.fmt(f),
            Self::DayRejected(rejection) => rejection.fmt(f),
            Self::NoDeposits => f.write_str("the shop keeps no deposits"),
            Self::ShopNotHeardOf => f.write_str("the shop has not been heard of yet"),
            Self::NoSuchPayment => f.write_str("there is no such payment"),
            Self::VersionDiffers { current } => write!(f, "the payment is at version {current}"),
            Self::KeyReused => f.write_str("the idempotency key came with another body before"),
        }
    }
}

impl std::error::Error for Refusal {}
