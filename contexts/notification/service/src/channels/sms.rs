//! Text messages to phones.

use serde_json::{Value, json};

use super::kakao::recipient;
use super::relay::RelayAddress;
use crate::effects::Letter;

/// How text messages are sent.
#[derive(Debug, Clone)]
pub struct SmsRelay {
    /// The relay.
    pub address: RelayAddress,
    /// The number that they come from, as it is registered.
    pub sender: String,
}

impl SmsRelay {
    /// The message as the relay is told it.
    ///
    /// # Errors
    /// Why there can be none.
    pub(super) fn told(&self, letter: &Letter) -> Result<Value, String> {
        Ok(json!({
            "sendNo": self.sender,
            "body": letter.text,
            "recipientList": [{
                "recipientNo": recipient(&letter.to)?,
                "recipientGroupingKey": letter.message,
            }],
        }))
    }
}
