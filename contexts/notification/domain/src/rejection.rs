use std::fmt;

/// Why a conversation says no. It never does: what is heard late or twice changes nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ConversationRejection {}

impl fmt::Display for ConversationRejection {
    fn fmt(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {}
    }
}

impl std::error::Error for ConversationRejection {}

/// Why a webhook says no.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WebhookRejection {
    /// There is none of this id, or none any longer.
    NotThere,
    /// It is being told again already.
    ReplayUnderWay,
}

impl fmt::Display for WebhookRejection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NotThere => "there is no such webhook",
            Self::ReplayUnderWay => "the webhook is being told again already; wait until that has ended",
        })
    }
}

impl std::error::Error for WebhookRejection {}
