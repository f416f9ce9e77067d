use std::fmt;

/// A step of an order's saga, the other side of the coverage table: where an order stands when a
/// fault strikes, or the event that it strikes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SagaStep {
    /// The intent is safe.
    Placed,
    /// Stock is held.
    Reserved,
    /// Stock is short.
    Short,
    /// Payment has its intent.
    PaymentRequested,
    /// The provider did not say.
    PaymentUnknown,
    /// The money is there.
    Paid,
    /// The provider said no, or the order never stood.
    Refused,
    /// Nobody waits for the payment any longer.
    Abandoned,
    /// Nothing moved, and nothing will.
    Voided,
    /// The order is valid.
    Confirmed,
    /// The kitchen has a ticket.
    TicketOpened,
    /// The shop takes it on.
    Accepted,
    /// The shop does not take it on.
    Rejected,
    /// Making has begun.
    Started,
    /// It is made.
    Prepared,
    /// It asks to be brought.
    DeliveryRequested,
    /// It is on its way.
    DeliveryStarted,
    /// An attempt to bring it failed, or was the last one.
    DeliveryFailed,
    /// The customer has it.
    Delivered,
    /// It is done.
    Completed,
    /// Somebody wishes to cancel.
    CancelRequested,
    /// The kitchen or delivery has answered the wish.
    CancelAnswered,
    /// Somebody wishes it brought elsewhere, or it is.
    Readdressed,
    /// It will not be made.
    Cancelled,
    /// Money is to go back.
    RefundRequested,
    /// Money is back.
    Refunded,
    /// Held stock is used.
    StockConsumed,
    /// Held stock is free again.
    StockReleased,
}

impl SagaStep {
    /// Every step.
    pub const ALL: [Self; 28] = [
        Self::Placed,
        Self::Reserved,
        Self::Short,
        Self::PaymentRequested,
        Self::PaymentUnknown,
        Self::Paid,
        Self::Refused,
        Self::Abandoned,
        Self::Voided,
        Self::Confirmed,
        Self::TicketOpened,
        Self::Accepted,
        Self::Rejected,
        Self::Started,
        Self::Prepared,
        Self::DeliveryRequested,
        Self::DeliveryStarted,
        Self::DeliveryFailed,
        Self::Delivered,
        Self::Completed,
        Self::CancelRequested,
        Self::CancelAnswered,
        Self::Readdressed,
        Self::Cancelled,
        Self::RefundRequested,
        Self::Refunded,
        Self::StockConsumed,
        Self::StockReleased,
    ];

    /// The step that an event is; `None` for events that are not about the life of one order.
    #[must_use]
    pub fn of(event_type: &str) -> Option<Self> {
        Some(match event_type {
            "order-placed.v1" => Self::Placed,
            "order-reserved.v1" | "stock-reserved.v1" | "units-reserved.v1" => Self::Reserved,
            "stock-short.v1" => Self::Short,
            "payment-requested.v1" => Self::PaymentRequested,
            "payment-outcome-unknown.v1" => Self::PaymentUnknown,
            "payment-approved.v1" | "order-paid.v1" => Self::Paid,
            "payment-declined.v1" | "order-refused.v1" => Self::Refused,
            "order-payment-abandoned.v1" | "payment-void-requested.v1" => Self::Abandoned,
            "payment-voided.v1" => Self::Voided,
            // An order for later stands already; whoever makes it hears of it when it is due.
            "order-scheduled.v1" | "order-confirmed.v1" => Self::Confirmed,
            "ticket-opened.v1" => Self::TicketOpened,
            "order-accepted.v1" | "ticket-accepted.v1" => Self::Accepted,
            "ticket-rejected.v1" => Self::Rejected,
            "order-started.v1" | "preparation-started.v1" => Self::Started,
            "order-prepared.v1" | "preparation-finished.v1" => Self::Prepared,
            "order-delivery-requested.v1" | "delivery-requested.v1" | "delivery-assigned.v1" => {
                Self::DeliveryRequested
            }
            "order-delivery-started.v1" | "delivery-started.v1" => Self::DeliveryStarted,
            "delivery-failed.v1" | "delivery-retried.v1" | "delivery-returned.v1" => Self::DeliveryFailed,
            "order-delivered.v1" | "delivery-completed.v1" => Self::Delivered,
            "order-completed.v1" | "ticket-handed-over.v1" => Self::Completed,
            "order-cancel-requested.v1" => Self::CancelRequested,
            "order-cancel-denied.v1"
            | "ticket-released.v1"
            | "ticket-cancel-denied.v1"
            | "delivery-released.v1"
            | "delivery-cancel-denied.v1" => Self::CancelAnswered,
            "order-address-change-requested.v1"
            | "order-address-changed.v1"
            | "order-address-change-denied.v1"
            | "delivery-address-changed.v1"
            | "delivery-address-change-denied.v1" => Self::Readdressed,
            "order-cancelled.v1" => Self::Cancelled,
            "refund-requested.v1" => Self::RefundRequested,
            "order-refunded.v1" | "payment-refunded.v1" => Self::Refunded,
            "stock-consumed.v1" | "units-consumed.v1" => Self::StockConsumed,
            "stock-released.v1" | "units-released.v1" => Self::StockReleased,
            _ => return None,
        })
    }
}

impl fmt::Display for SagaStep {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self, f)
    }
}
