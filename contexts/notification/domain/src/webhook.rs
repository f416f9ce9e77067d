use kernel::{Aggregate, Timestamp};
use notification_contract::{
    NotificationEvent, WebhookRegisteredV1, WebhookRemovedV1, WebhookReplayEndedV1, WebhookReplayStartedV1,
    WebhookSecret, WebhookSecretRotatedV1,
};

use crate::WebhookRejection;

/// A shop's own system that is told. Its stream has an id of its own.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Webhook {
    /// There is none.
    #[default]
    Nothing,
    /// It is told.
    Registered {
        /// Where it is called.
        url: String,
        /// What its calls are signed with.
        secret: Option<WebhookSecret>,
        /// The secret before, and until when calls are signed with it too.
        previous: Option<(Option<WebhookSecret>, Timestamp)>,
        /// The numbers between which it is being told again.
        replay: Option<(u64, u64)>,
    },
    /// It is told nothing any longer.
    Removed,
}

/// What may be wished of a webhook.
#[derive(Debug, Clone)]
pub enum WebhookCommand {
    /// Tell it, from now on.
    Register(WebhookRegisteredV1),
    /// Sign with a new secret.
    Rotate(WebhookSecretRotatedV1),
    /// Tell it again.
    StartReplay(WebhookReplayStartedV1),
    /// It has been told again.
    EndReplay(WebhookReplayEndedV1),
    /// Tell it nothing any longer.
    Remove,
}

impl Aggregate for Webhook {
    const KIND: &'static str = "webhook";
    type Command = WebhookCommand;
    type Event = NotificationEvent;
    type Rejection = WebhookRejection;

    fn decide(&self, command: WebhookCommand) -> Result<Vec<NotificationEvent>, WebhookRejection> {
        match (self, command) {
            (Self::Nothing, WebhookCommand::Register(registered)) => {
                Ok(vec![NotificationEvent::WebhookRegistered(registered)])
            }
            (Self::Registered { .. }, WebhookCommand::Register(_)) => Ok(vec![]),
            (Self::Registered { .. }, WebhookCommand::Rotate(rotated)) => {
                Ok(vec![NotificationEvent::WebhookSecretRotated(rotated)])
            }
            (Self::Registered { replay: Some(_), .. }, WebhookCommand::StartReplay(_)) => {
                Err(WebhookRejection::ReplayUnderWay)
            }
            (Self::Registered { .. }, WebhookCommand::StartReplay(started)) => {
                Ok(vec![NotificationEvent::WebhookReplayStarted(started)])
            }
            (Self::Registered { replay: Some(_), .. }, WebhookCommand::EndReplay(ended)) => {
                Ok(vec![NotificationEvent::WebhookReplayEnded(ended)])
            }
            (_, WebhookCommand::EndReplay(_)) | (Self::Removed, WebhookCommand::Remove) => Ok(vec![]),
            (Self::Registered { .. }, WebhookCommand::Remove) => {
                Ok(vec![NotificationEvent::WebhookRemoved(WebhookRemovedV1 {})])
            }
            (Self::Nothing | Self::Removed, _) => Err(WebhookRejection::NotThere),
        }
    }

    fn evolve(self, event: &NotificationEvent) -> Self {
        match (self, event) {
            (_, NotificationEvent::WebhookRegistered(registered)) => Self::Registered {
                url: registered.url.clone(),
                secret: registered.personal.reveal().cloned(),
                previous: None,
                replay: None,
            },
            (
                Self::Registered { url, secret, replay, .. },
                NotificationEvent::WebhookSecretRotated(rotated),
            ) => Self::Registered {
                url,
                secret: rotated.personal.reveal().cloned(),
                previous: Some((secret, rotated.previous_until)),
                replay,
            },
            (
                Self::Registered { url, secret, previous, .. },
                NotificationEvent::WebhookReplayStarted(started),
            ) => Self::Registered { url, secret, previous, replay: Some((started.after, started.until)) },
            (Self::Registered { url, secret, previous, .. }, NotificationEvent::WebhookReplayEnded(_)) => {
                Self::Registered { url, secret, previous, replay: None }
            }
            (_, NotificationEvent::WebhookRemoved(_)) => Self::Removed,
            (unchanged, _) => unchanged,
        }
    }
}

impl Webhook {
    /// What calls are signed with at a time: the present secret, and the one before while it is good.
    #[must_use]
    pub fn secrets_at(&self, now: Timestamp) -> Vec<&WebhookSecret> {
        let Self::Registered { secret, previous, .. } = self else { return Vec::new() };
        let still_good = previous.as_ref().filter(|(_, until)| now < *until);
        secret.iter().chain(still_good.and_then(|(secret, _)| secret.as_ref())).collect()
    }

    /// The last number of the replay that is under way.
    #[must_use]
    pub fn replayed_until(&self) -> Option<u64> {
        match self {
            Self::Registered { replay, .. } => replay.map(|(_, until)| until),
            Self::Nothing | Self::Removed => None,
        }
    }

    /// Where it is called, while it is.
    #[must_use]
    pub fn url(&self) -> Option<&str> {
        match self {
            Self::Registered { url, .. } => Some(url),
            Self::Nothing | Self::Removed => None,
        }
    }
}
