//! What ordering does in the world: it asks payment.

mod ask_payment;
mod gate;

pub use ask_payment::{AskPaymentEffect, start_asking};
pub use gate::{PaymentGate, Waiting};

/// The effect's kind.
pub const ASK_PAYMENT: &str = "ask-payment";
