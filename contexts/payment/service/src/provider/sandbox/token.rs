//! What each token of the sandbox does.

/// What paying with a token does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Behaviour {
    /// Captured at once.
    Approve,
    /// Captured at once, answered late.
    ApproveSlowly {
        /// How late, milliseconds.
        delay_millis: i64,
    },
    /// Captured, and the answer is lost.
    ApproveAndLoseReply,
    /// Captured, and answered with an error.
    ApproveAndFail,
    /// Captured, and the provider calls back too.
    ApproveAndCallBack(CallingBack),
    /// An error, and nothing is captured, however often one tries.
    Fail,
    /// An error at first; captured when asked again.
    FailOnce,
    /// Declined.
    Decline {
        /// Why, in words.
        reason: &'static str,
    },
    /// Declined, and the provider calls back.
    DeclineAndCallBack {
        /// Why, in words.
        reason: &'static str,
        /// How.
        calling: CallingBack,
    },
}

/// How the provider calls back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CallingBack {
    /// How many times the same call comes.
    pub times: u32,
    /// How long after the charge, or its refund, the first one comes, milliseconds.
    pub after_millis: i64,
    /// How late the charge, or its refund, is answered, milliseconds; `None` where only callbacks tell.
    pub answered_after_millis: Option<i64>,
}

/// The tokens that the sandbox issues, and what they do. Beside them `tok_slow_MILLIS` is answered
/// after so many milliseconds, up to a minute; any other token is declined.
pub const TOKENS: &[(&str, Behaviour)] = &[
    ("tok_approve", Behaviour::Approve),
    ("tok_decline", Behaviour::Decline { reason: "declined by the issuer" }),
    ("tok_insufficient_funds", Behaviour::Decline { reason: "insufficient funds" }),
    ("tok_expired_card", Behaviour::Decline { reason: "the card has expired" }),
    ("tok_slow", Behaviour::ApproveSlowly { delay_millis: 3_000 }),
    ("tok_timeout_after_capture", Behaviour::ApproveAndLoseReply),
    ("tok_error_after_capture", Behaviour::ApproveAndFail),
    (
        "tok_callback_first",
        Behaviour::ApproveAndCallBack(CallingBack {
            times: 1,
            after_millis: 0,
            answered_after_millis: Some(500),
        }),
    ),
    (
        "tok_callback_twice",
        Behaviour::ApproveAndCallBack(CallingBack {
            times: 2,
            after_millis: 20,
            answered_after_millis: Some(0),
        }),
    ),
    (
        "tok_callback_only",
        Behaviour::ApproveAndCallBack(CallingBack {
            times: 1,
            after_millis: 100,
            answered_after_millis: None,
        }),
    ),
    (
        "tok_decline_callback_only",
        Behaviour::DeclineAndCallBack {
            reason: "declined by the issuer",
            calling: CallingBack { times: 2, after_millis: 100, answered_after_millis: None },
        },
    ),
    ("tok_error", Behaviour::Fail),
    ("tok_error_once", Behaviour::FailOnce),
];

const UNKNOWN_TOKEN: &str = "unknown token";
const DELAY_MILLIS_MAX: i64 = 60_000;

impl Behaviour {
    /// What a token does.
    #[must_use]
    pub fn of(token: &str) -> Self {
        if let Some((_, behaviour)) = TOKENS.iter().find(|(name, _)| *name == token) {
            return *behaviour;
        }
        match token.strip_prefix("tok_slow_").and_then(|digits| digits.parse().ok()) {
            Some(delay_millis @ 0..=DELAY_MILLIS_MAX) => Self::ApproveSlowly { delay_millis },
            _ => Self::Decline { reason: UNKNOWN_TOKEN },
        }
    }
}

/// The reason as the sandbox writes it, for one read from a book.
pub(crate) fn known_reason(text: &str) -> &'static str {
    TOKENS
        .iter()
        .find_map(|(_, behaviour)| match behaviour {
            Behaviour::Decline { reason } | Behaviour::DeclineAndCallBack { reason, .. }
                if *reason == text =>
            {
                Some(*reason)
            }
            _ => None,
        })
        .unwrap_or(UNKNOWN_TOKEN)
}
