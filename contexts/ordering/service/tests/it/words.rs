//! What clients wish and what neighbours say, in short words.

use inventory_contract::{InventoryEvent, Shortage, StockReservedV1, StockShortV1};
use kernel::{Currency, Money, OrderId};
use kitchen_contract::KitchenEvent;
use ordering_contract::ClientKey;
use ordering_service::{NewLine, NewOrder};
use payment_contract::{
    PaymentApprovedV1, PaymentDeclinedV1, PaymentEvent, PaymentRefundedV1, PaymentVoidedV1,
};
use uuid::Uuid;

pub(crate) fn order(number: u128) -> OrderId {
    OrderId(Uuid::from_u128(0x0193_0000_0000_7000_8000_0000_0000_0000 | number))
}

/// A client's key with a body.
pub(crate) fn key(scope: u8, body: u8) -> ClientKey {
    ClientKey { scope: [scope; 16], body: [body; 16] }
}

pub(crate) fn won(amount: i64) -> Money {
    Money::new(amount, Currency::KRW)
}

// The wishes.

pub(crate) fn line(item: &str, quantity: u32) -> NewLine {
    NewLine { item: item.to_owned(), quantity, options: vec![], unit_price: None }
}

pub(crate) fn wish(lines: Vec<NewLine>) -> NewOrder {
    NewOrder {
        lines,
        note: Some("less ice".to_owned()),
        customer: None,
        name: None,
        phone: None,
        email: None,
        address: None,
        wanted_at: None,
        table: None,
        labels: std::collections::BTreeMap::new(),
        payment_method: None,
        total: None,
    }
}

pub(crate) fn americanos(quantity: u32) -> NewOrder {
    wish(vec![line("americano", quantity)])
}

// What neighbours say.

pub(crate) fn approved() -> PaymentEvent {
    PaymentEvent::Approved(PaymentApprovedV1 {
        amount: won(9_000),
        approval_code: "A1".to_owned(),
        postings: vec![],
    })
}

pub(crate) fn declined() -> PaymentEvent {
    PaymentEvent::Declined(PaymentDeclinedV1 { reason: "card expired".to_owned() })
}

pub(crate) fn voided() -> PaymentEvent {
    PaymentEvent::Voided(PaymentVoidedV1 {})
}

pub(crate) fn refunded(whole: bool) -> PaymentEvent {
    PaymentEvent::Refunded(PaymentRefundedV1 {
        step: 1,
        amount: won(9_000),
        whole,
        by_hand: None,
        postings: vec![],
    })
}

pub(crate) fn reserved() -> InventoryEvent {
    InventoryEvent::StockReserved(StockReservedV1 { uses: vec![] })
}

pub(crate) fn short() -> InventoryEvent {
    let shortage = Shortage { item: "cup".to_owned(), wanted: 2, available: 1 };
    InventoryEvent::StockShort(StockShortV1 { shortages: vec![shortage] })
}

pub(crate) fn started() -> KitchenEvent {
    KitchenEvent::Started(kitchen_contract::PreparationStartedV1 {})
}

pub(crate) fn finished() -> KitchenEvent {
    KitchenEvent::Finished(kitchen_contract::PreparationFinishedV1 {})
}

pub(crate) fn handed_over() -> KitchenEvent {
    KitchenEvent::HandedOver(kitchen_contract::TicketHandedOverV1 {})
}

pub(crate) fn released() -> KitchenEvent {
    KitchenEvent::Released(kitchen_contract::TicketReleasedV1 {})
}

pub(crate) fn cancel_denied() -> KitchenEvent {
    KitchenEvent::CancelDenied(kitchen_contract::TicketCancelDeniedV1 {})
}
