use catalog_contract::{PaymentTime, WhenUnavailable};
use schemars::JsonSchema;
use serde::Deserialize;

use super::{AmountForm, DurationForm};

/// When and how money moves.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct PaymentSection {
    /// When. The other keys belong to a shop that takes money.
    pub when: PaymentTime,
    /// With what; `card` when left out.
    pub with: Option<PaymentSource>,
    /// What the account of those who say no name opens with, where `with` is `deposit`; nothing when
    /// left out.
    pub walk_in: Option<AmountForm>,
    /// The most that one person gives back of a payment alone; any amount when left out.
    pub refund_alone_max: Option<AmountForm>,
    /// The provider's token that a client which names none pays with; needed at order time.
    pub default_method: Option<String>,
    /// What to do when payment cannot be asked; `reject` when left out.
    pub unavailable: Option<WhenUnavailable>,
    /// How long an order waits for its payment, 50ms to 60s; `1s` when left out.
    pub timeout: Option<DurationForm>,
    /// How long an unpaid order may stand where `unavailable` is `defer`, 1s to 168h; `15m` when
    /// left out.
    pub expires_after: Option<DurationForm>,
    /// When to stop asking a payment side that fails.
    pub breaker: Option<BreakerForm>,
}

/// With what orders are paid.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum PaymentSource {
    /// With a provider's token, such as that of a card.
    Card,
    /// From an account that the customer paid into before.
    Deposit,
}

/// When to stop asking a payment side that fails, and when to try again.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct BreakerForm {
    /// Calls in the window before a rate counts; 20 when left out.
    #[schemars(range(min = 1, max = 10_000))]
    pub calls_min: Option<u32>,
    /// Percent of failures that stops the asking; 50 when left out.
    #[schemars(range(min = 1, max = 100))]
    pub failures_percent: Option<u32>,
    /// How long nothing is asked then, 100ms to 10m; `5s` when left out.
    pub open: Option<DurationForm>,
}
