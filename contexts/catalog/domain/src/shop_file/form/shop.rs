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
}
