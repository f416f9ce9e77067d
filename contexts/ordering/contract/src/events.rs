use catalog_contract::{LifeHash, StockUse};
use kernel::{CustomerId, Hash, Money, Personal, Timestamp};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{DeliveryAddress, LaterTime, OrderAddress, OrderContact, OrderLine, OrderNote};

kernel::events! {
    /// The milestones of an order.
    pub enum OrderEvent {
        /// The intent is safe; nothing is promised yet.
        Placed(OrderPlacedV1) = "order-placed.v1" with personal,
        /// Inventory holds what the order needs.
        Reserved(OrderReservedV1) = "order-reserved.v1",
        /// The money is there.
        Paid(OrderPaidV1) = "order-paid.v1",
        /// It stands, for later: whoever makes it hears of it when it is due.
        Scheduled(OrderScheduledV1) = "order-scheduled.v1",
        /// It is valid: whoever makes it may begin.
        Confirmed(OrderConfirmedV1) = "order-confirmed.v1" with personal,
        /// It is taken on.
        Accepted(OrderAcceptedV1) = "order-accepted.v1",
        /// Making has begun.
        Started(OrderStartedV1) = "order-started.v1",
        /// It is made.
        Prepared(OrderPreparedV1) = "order-prepared.v1",
        /// It is made, and wants to be brought.
        DeliveryRequested(OrderDeliveryRequestedV1) = "order-delivery-requested.v1" with personal,
        /// It is on its way.
        DeliveryStarted(OrderDeliveryStartedV1) = "order-delivery-started.v1",
        /// The customer has it.
        Delivered(OrderDeliveredV1) = "order-delivered.v1",
        /// It is done.
        Completed(OrderCompletedV1) = "order-completed.v1",
        /// Nobody waits for the payment any longer: it is to be voided.
        PaymentAbandoned(OrderPaymentAbandonedV1) = "order-payment-abandoned.v1",
        /// It never stood.
        Refused(OrderRefusedV1) = "order-refused.v1",
        /// Somebody wishes to cancel; whoever has the order (kitchen, delivery) is asked.
        CancelRequested(OrderCancelRequestedV1) = "order-cancel-requested.v1",
        /// It was too late to cancel.
        CancelDenied(OrderCancelDeniedV1) = "order-cancel-denied.v1",
        /// It will not be made; money and stock go back.
        Cancelled(OrderCancelledV1) = "order-cancelled.v1",
        /// The money is back.
        Refunded(OrderRefundedV1) = "order-refunded.v1",
        /// Somebody wishes it brought elsewhere; delivery, which has it, is asked.
        AddressChangeRequested(OrderAddressChangeRequestedV1) = "order-address-change-requested.v1" with personal,
        /// It is brought elsewhere.
        AddressChanged(OrderAddressChangedV1) = "order-address-changed.v1" with personal,
        /// It was too late to have it brought elsewhere.
        AddressChangeDenied(OrderAddressChangeDeniedV1) = "order-address-change-denied.v1",
        /// Somebody wishes a step while whoever decides it could not be asked; they hear of it here.
        StepWished(OrderStepWishedV1) = "order-step-wished.v1",
    }
}

/// The intent is safe; nothing is promised yet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrderPlacedV1 {
    /// The life that this order is pinned to.
    pub life: LifeHash,
    /// Who ordered, where they said so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub customer: Option<CustomerId>,
    /// The short number of the day.
    pub call_number: u32,
    /// The lines, priced by the server.
    pub lines: Vec<OrderLine>,
    /// What the lines use of the stock, per stock item.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub uses: Vec<StockUse>,
    /// The sum of the lines.
    pub total: Money,
    /// The provider's token to pay with, where the shop takes money.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub payment_method: Option<String>,
    /// When it was placed.
    pub placed_at: Timestamp,
    /// When it will be there, as the customer was told, where the shop promises anything.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub promised_at: Option<Timestamp>,
    /// Whether a courier brings it: it asks to be delivered once it is prepared.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub delivers: bool,
    /// For when it is, where it is for later.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub later: Option<LaterTime>,
    /// The table that staff bring it to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub table: Option<String>,
    /// The client's key in hashed form, so that its outcome is written with the event that decides it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client_key: Option<ClientKey>,
    /// What the customer wrote and who they are.
    #[serde(skip)]
    pub personal: Personal<OrderContact>,
}

/// A client's idempotency key, hashed: subject, route and key in one, the body in the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClientKey {
    /// Hash of subject, route and key.
    #[serde(with = "hex")]
    pub scope: Hash,
    /// Hash of the body that came with it.
    #[serde(with = "hex")]
    pub body: Hash,
}

mod hex {
    use kernel::Hash;
    use serde::{Deserialize, Deserializer, Serializer};

    pub(super) fn serialize<S: Serializer>(hash: &Hash, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&uuid::Uuid::from_bytes(*hash).simple())
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Hash, D::Error> {
        let digits = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        uuid::Uuid::try_parse(&digits).map(uuid::Uuid::into_bytes).map_err(serde::de::Error::custom)
    }
}

/// Inventory holds what the order needs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrderReservedV1 {}

/// The money is there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrderPaidV1 {
    /// How much.
    pub amount: Money,
    /// The provider's approval code.
    pub approval_code: String,
}

/// It stands, for later: whoever makes it hears of it when it is due.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrderScheduledV1 {
    /// For when.
    pub time: LaterTime,
}

/// It is valid: whoever makes it may begin.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrderConfirmedV1 {
    /// The life that this order is pinned to.
    pub life: LifeHash,
    /// The short number of the day.
    pub call_number: u32,
    /// The lines.
    pub lines: Vec<OrderLine>,
    /// When the customer wants it, where it is for later.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub wanted_at: Option<Timestamp>,
    /// The table that staff bring it to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub table: Option<String>,
    /// The note to whoever makes it.
    #[serde(skip)]
    pub personal: Personal<OrderNote>,
}

/// It is taken on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrderAcceptedV1 {}

/// Making has begun.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrderStartedV1 {}

/// It is made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrderPreparedV1 {}

/// It is made, and wants to be brought.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrderDeliveryRequestedV1 {
    /// The life that this order is pinned to.
    pub life: LifeHash,
    /// The short number of the day.
    pub call_number: u32,
    /// The lines.
    pub lines: Vec<OrderLine>,
    /// When it is wanted; as soon as it can be where it is missing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub wanted_at: Option<Timestamp>,
    /// Where, and to whom.
    #[serde(skip)]
    pub personal: Personal<DeliveryAddress>,
}

/// It is on its way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrderDeliveryStartedV1 {}

/// The customer has it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrderDeliveredV1 {}

/// It is done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrderCompletedV1 {}

/// Nobody waits for the payment any longer: it is to be voided.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrderPaymentAbandonedV1 {}

/// Why an order never stood.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum RefusalReason {
    /// The provider declined the payment.
    PaymentDeclined,
    /// The payment side did not answer in time; whatever may have moved is called back.
    PaymentUnavailable,
    /// There was not enough stock.
    OutOfStock,
    /// Inventory did not answer in time.
    StockUnavailable,
}

/// It never stood.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrderRefusedV1 {
    /// Why.
    pub reason: RefusalReason,
    /// What can be said about it (the provider's reason, the item that is short).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
    /// Whether stock may be held for it.
    #[serde(default)]
    pub holds_stock: bool,
}

/// Why an order was cancelled.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum CancelReason {
    /// The customer wished it.
    ByCustomer,
    /// Staff wished it.
    ByStaff,
    /// The shop rejected the order.
    RejectedByShop,
    /// There was not enough stock.
    OutOfStock,
    /// It was not paid in time.
    Expired,
    /// The courier could not bring it, as often as the shop lets them try.
    DeliveryFailed,
}

/// Somebody wishes to cancel; whoever has the order (kitchen, delivery) is asked.
///
/// A wish that stands while the order is prepared is told again behind the request to bring it, so
/// that delivery hears it in its place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrderCancelRequestedV1 {
    /// Why.
    pub reason: CancelReason,
    /// In their words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
}

/// It was too late to cancel.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrderCancelDeniedV1 {}

/// It will not be made; money and stock go back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrderCancelledV1 {
    /// Why.
    pub reason: CancelReason,
    /// In their words, or the item that is short.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// Whether payment may have moved money for it (asked for, or captured): it is to give it back.
    pub calls_money_back: bool,
    /// Whether stock may be held for it.
    pub holds_stock: bool,
}

/// The money is back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrderRefundedV1 {
    /// How much.
    pub amount: Money,
}

/// Somebody wishes it brought elsewhere; delivery, which has it, is asked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrderAddressChangeRequestedV1 {
    /// The client's key in hashed form, so that its outcome is written with the event that decides it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client_key: Option<ClientKey>,
    /// Where to.
    #[serde(skip)]
    pub personal: Personal<OrderAddress>,
}

/// It is brought elsewhere.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrderAddressChangedV1 {
    /// The client's key that it was wished with, hashed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client_key: Option<ClientKey>,
    /// Where to, from now on.
    #[serde(skip)]
    pub personal: Personal<OrderAddress>,
}

/// It was too late to have it brought elsewhere.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrderAddressChangeDeniedV1 {
    /// The client's key that it was wished with, hashed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client_key: Option<ClientKey>,
}

/// A step of an order that is wished of whoever decides it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum WishedStep {
    /// The customer approves the payment; payment decides.
    ApprovePayment,
    /// The shop takes the order on; the kitchen decides, as of the three that follow.
    Accept,
    /// Making begins.
    Start,
    /// It is made.
    Complete,
    /// The customer takes it.
    HandOver,
    /// The courier sets out; delivery decides, as of the next.
    StartDelivery,
    /// The customer has it.
    CompleteDelivery,
}

/// Somebody wishes a step while whoever decides it could not be asked.
///
/// They decide when they hear of it, as if they were asked then; a step that the state forbids by then
/// falls. What is there to be asked only later - a payment, a delivery - is told of the wish again
/// when it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrderStepWishedV1 {
    /// The step.
    pub step: WishedStep,
}
