//! KakaoTalk messages (AlimTalk): an approved template, what stands for its variables, and the text that
//! comes of it. What KakaoTalk does not take goes the next way of the shop, so the relay is told to send
//! nothing instead by itself.

use notification_contract::MessageAddress;
use serde_json::{Value, json};

use super::relay::{RelayAddress, digits_of};
use crate::effects::Letter;

/// How KakaoTalk messages are sent.
#[derive(Clone)]
pub struct KakaoRelay {
    /// The relay.
    pub address: RelayAddress,
    /// The key of the channel that messages come from.
    pub sender_key: String,
}

/// Its keys are secrets.
impl std::fmt::Debug for KakaoRelay {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("[kakao relay]")
    }
}

impl KakaoRelay {
    /// The message as the relay is told it.
    ///
    /// # Errors
    /// Why there can be none.
    pub(super) fn told(&self, letter: &Letter) -> Result<Value, String> {
        let recipient = recipient(&letter.to)?;
        let template = letter.template.as_ref().ok_or("the message was made of no template")?;
        Ok(json!({
            "senderKey": self.sender_key,
            "templateCode": template.code,
            "recipientList": [{
                "recipientNo": recipient,
                "content": letter.text,
                "templateParameter": template.variables,
                "resendParameter": { "isResend": false },
                "recipientGroupingKey": letter.message,
            }],
        }))
    }
}

/// Whose phone it is.
pub(super) fn recipient(to: &MessageAddress) -> Result<String, String> {
    let phone = to.phone.as_deref().ok_or("the order says no phone number")?;
    digits_of(phone).ok_or_else(|| "what the order says is no phone number".to_owned())
}
