use catalog_contract::DeliveryStarts;
use schemars::JsonSchema;
use serde::Deserialize;

use super::DurationForm;

/// How orders are brought; only where `life.handover` is `delivery`.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct DeliverySection {
    /// What makes a delivery set out.
    pub starts: DeliveryStarts,
    /// Whether it sets out only with a courier; `none` when left out.
    pub courier: Option<CourierForm>,
    /// Whether an order must say where to; `required` when left out.
    pub address: Option<AddressForm>,
    /// How often it sets out at most, 1 to 10; 1 when left out.
    #[schemars(range(min = 1, max = 10))]
    pub attempts: Option<u32>,
    /// How long after an attempt failed it is tried again, 1s to 168h; `30m` when left out.
    pub retry_after: Option<DurationForm>,
    /// What becomes of the money where the last attempt failed; `refund` when left out.
    pub returned: Option<ReturnedForm>,
    /// How long after it set out it counts as delivered, where nobody says so before, 1s to 720h;
    /// never by itself when left out.
    pub delivered_after: Option<DurationForm>,
}

/// Whether a delivery needs a courier.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum CourierForm {
    /// Nobody says who brings it.
    None,
    /// It sets out only once somebody is assigned.
    Required,
}

/// Whether an order must say where to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum AddressForm {
    /// It must.
    Required,
    /// It may.
    Optional,
}

/// What becomes of the money where the last attempt failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum ReturnedForm {
    /// It goes back.
    Refund,
    /// The shop keeps it.
    Keep,
}
