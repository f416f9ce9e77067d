use catalog_contract::Text;
use jiff::civil::Date;
use kernel::{Money, OrderId, ShopKey, Timestamp};
use payment_contract::PaidWith;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// The receipt of an order that was paid.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ReceiptView {
    /// Its number: shop, day of the payment, order.
    pub receipt: String,
    /// The shop.
    pub shop: ShopKey,
    /// The shop's name.
    pub shop_name: Text,
    /// The number under which the shop does business.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub business_number: Option<String>,
    /// The order.
    pub order: OrderId,
    /// Its number in the shop.
    pub number: u64,
    /// The day on which it was paid, in the shop's time zone.
    #[schema(value_type = String, format = Date)]
    pub day: Date,
    /// What was bought.
    pub lines: Vec<ReceiptLine>,
    /// The sum; it includes the tax.
    pub total: Money,
    /// What of the sum is tax, where the shop says its rate.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vat: Option<ReceiptVat>,
    /// The payment.
    pub payment: ReceiptPayment,
    /// What went back.
    pub refunds: Vec<ReceiptRefund>,
    /// What is left: the sum less what went back.
    pub net: Money,
    /// What of that is tax.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub net_vat: Option<ReceiptVat>,
}

/// A line of a receipt.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ReceiptLine {
    /// What.
    pub name: Text,
    /// With what.
    pub options: Vec<Text>,
    /// How many.
    pub quantity: u32,
    /// What one costs with its options.
    pub unit_price: Money,
    /// What they cost together.
    pub amount: Money,
}

/// The tax that an amount includes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ReceiptVat {
    /// The rate.
    pub percent: u32,
    /// The amount without the tax: amount / (1 + rate), to the nearest smallest unit, halves up.
    pub supply: Money,
    /// The tax: amount less supply.
    pub vat: Money,
}

/// How an order was paid.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ReceiptPayment {
    /// With what.
    pub with: PaidWith,
    /// How much.
    pub amount: Money,
    /// The provider's code.
    pub approval_code: String,
    /// When it was approved.
    pub approved_at: Timestamp,
}

/// Money that went back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ReceiptRefund {
    /// Which refund, from 1.
    pub step: u32,
    /// How much.
    pub amount: Money,
    /// When.
    pub at: Timestamp,
}
