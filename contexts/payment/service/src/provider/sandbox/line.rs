use kernel::Money;
use serde::{Deserialize, Serialize};

/// A line of the sandbox's book: what happened, in order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum BookLine {
    /// A charge was captured.
    Captured {
        /// The charge's key.
        key: String,
        /// How much.
        amount: Money,
        /// Its number in this book: the approval code.
        number: u32,
    },
    /// A charge was declined.
    Declined {
        /// The charge's key.
        key: String,
        /// How much was asked for; books of before do not say it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        amount: Option<Money>,
        /// Why.
        reason: String,
    },
    /// A charge that was not there was cancelled: it will never be captured.
    Cancelled {
        /// The charge's key.
        key: String,
    },
    /// Some of a charge went back.
    Refunded {
        /// The refund's key, where it had one.
        key: Option<String>,
        /// The charge's key.
        charge_key: String,
        /// How much.
        amount: Money,
    },
}

impl BookLine {
    /// The line as it is written, its end included.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        // Texts and numbers: writing them cannot fail.
        let mut bytes = serde_json::to_vec(self).unwrap_or_default();
        bytes.push(b'\n');
        bytes
    }
}
