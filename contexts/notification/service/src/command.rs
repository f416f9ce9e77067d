use kernel::ShopKey;
use notification_contract::{WebhookId, WebhookSecret, WebhookView};
use notification_domain::WebhookRejection;

use crate::effects::{ReplayOutcome, ReplayWork, SendOutcome, SendWork};
use runtime::KeyUse;

/// What notification can be asked.
#[derive(Debug, Clone)]
pub enum NotificationCommand {
    /// An attempt to send came back.
    RecordAttempt {
        /// What was to be sent.
        work: SendWork,
        /// Which attempt.
        attempt: u32,
        /// What came of it.
        outcome: SendOutcome,
    },
    /// A piece of a replay came back.
    RecordReplay {
        /// What was to be told again.
        work: ReplayWork,
        /// Which attempt.
        attempt: u32,
        /// What came of it.
        outcome: ReplayOutcome,
    },
    /// A shop's own system wants to be told.
    RegisterWebhook {
        /// The shop.
        shop: ShopKey,
        /// Its id.
        webhook: WebhookId,
        /// Where it is called.
        url: String,
        /// What its calls are signed with.
        secret: WebhookSecret,
        /// The client's idempotency key, where it sent one.
        key: Option<KeyUse>,
    },
    /// Sign with a new secret; the one before is good for a while longer.
    RotateSecret {
        /// The shop.
        shop: ShopKey,
        /// The webhook.
        webhook: WebhookId,
        /// The new secret.
        secret: WebhookSecret,
        /// The client's idempotency key, where it sent one.
        key: Option<KeyUse>,
    },
    /// Tell a webhook again what it was told behind a message's number.
    ReplayWebhook {
        /// The shop.
        shop: ShopKey,
        /// The webhook.
        webhook: WebhookId,
        /// The messages behind this number.
        after: u64,
        /// The client's idempotency key, where it sent one.
        key: Option<KeyUse>,
    },
    /// Tell it nothing any longer.
    RemoveWebhook {
        /// The shop.
        shop: ShopKey,
        /// The webhook.
        webhook: WebhookId,
    },
}

/// What is answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NotificationReply {
    /// It is kept.
    Recorded,
    /// The webhook as it stands now.
    Webhook(Box<WebhookView>),
    /// The webhook as it stands now, or stood when its key was first sent, and its secret then.
    WithSecret(Box<WebhookView>, WebhookSecret),
    /// The refusal of a key, byte for byte.
    RefusedAgain(Vec<u8>),
}

/// The business says no.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NotificationRefusal {
    /// No such shop is open here.
    ShopUnknown(ShopKey),
    /// The webhook's state forbids it, or there is none.
    Webhook(WebhookRejection),
    /// The shop has as many webhooks as it may have.
    TooManyWebhooks,
    /// The key came with another body before.
    KeyReused,
}
