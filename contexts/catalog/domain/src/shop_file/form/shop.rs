use schemars::JsonSchema;
use serde::Deserialize;

use super::TextForm;

/// Who the shop is.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ShopSection {
    /// Its key, as in `/v1/shops/cafe`: small letters, digits and hyphens, 40 at most.
    pub key: String,
    /// Its name.
    pub name: TextForm,
    /// The one currency of the shop, by its ISO 4217 code: `KRW`.
    pub currency: String,
    /// The IANA time zone in which the shop's day begins: `Asia/Seoul`.
    pub time_zone: String,
    /// The number under which it does business, as its receipts say it: 1 to 40 characters.
    pub business_number: Option<String>,
}

/// The taxes that prices include.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct TaxSection {
    /// The value added tax that every price includes, percent: 0 to 100.
    #[schemars(range(min = 0, max = 100))]
    pub vat_percent: u32,
}
