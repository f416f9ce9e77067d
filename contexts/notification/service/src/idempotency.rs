use journal::{IdempotencyOutcome, StoreError};
use kernel::{Aggregate, OrderId, Timestamp};
use notification_contract::{WebhookId, WebhookSecret, WebhookView};
use notification_domain::Webhook;
use runtime::{Failure, KeyUse, Remembered, Turn};

use crate::command::{NotificationRefusal, NotificationReply};
use crate::rest::problem;

/// Does the work once per key: a repetition gets the first answer again, a refusal too. A secret is
/// not kept with the key; it is read again from the webhook's own facts.
///
/// Work that is refused must have staged nothing, since the refusal is kept.
pub(crate) fn once(
    turn: &mut Turn<'_>,
    key: Option<KeyUse>,
    work: impl FnOnce(&mut Turn<'_>) -> Result<NotificationReply, Failure<NotificationRefusal>>,
) -> Result<NotificationReply, Failure<NotificationRefusal>> {
    let Some(key) = key else { return work(turn) };
    match turn.remembered(&key.scope, &key.body_hash)? {
        Remembered::OtherBody => Err(Failure::Refused(NotificationRefusal::KeyReused)),
        Remembered::Answered(_, first) => Ok(again(turn, first)?),
        Remembered::New | Remembered::Running(_) => {
            let (reply, outcome) = match work(turn) {
                Ok(reply) => outcome_of(reply),
                Err(Failure::Broken(error)) => return Err(Failure::Broken(error)),
                Err(Failure::Refused(refusal)) => {
                    let problem = problem(&refusal);
                    let (status, body) = (problem.status().as_u16(), problem.to_json());
                    let outcome = IdempotencyOutcome { status, version: 0, body: body.clone() };
                    (NotificationReply::RefusedAgain(body), Some(outcome))
                }
            };
            if let Some(outcome) = outcome {
                key.keep(turn, OrderId(uuid::Uuid::nil()), outcome);
            }
            Ok(reply)
        }
    }
}

/// What is kept of a reply: the webhook as it was shown, and whether its secret was.
fn outcome_of(reply: NotificationReply) -> (NotificationReply, Option<IdempotencyOutcome>) {
    let (webhook, status) = match &reply {
        NotificationReply::Webhook(webhook) => (webhook, 202),
        NotificationReply::WithSecret(webhook, _) => (webhook, 200),
        _ => return (reply, None),
    };
    // Texts and numbers: writing them cannot fail.
    let body = serde_json::to_vec(webhook).unwrap_or_default();
    let outcome = IdempotencyOutcome { status, version: webhook.version, body };
    (reply, Some(outcome))
}

fn again(turn: &mut Turn<'_>, first: IdempotencyOutcome) -> Result<NotificationReply, StoreError> {
    if first.status >= 400 {
        return Ok(NotificationReply::RefusedAgain(first.body));
    }
    let damaged = |detail: String| StoreError::Damaged { place: "an idempotency key".into(), detail };
    let webhook: WebhookView =
        serde_json::from_slice(&first.body).map_err(|error| damaged(error.to_string()))?;
    if first.status == 202 {
        return Ok(NotificationReply::Webhook(Box::new(webhook)));
    }
    let secret = secret_at(turn, webhook.id, webhook.version)?;
    let secret = secret.ok_or_else(|| damaged(format!("webhook {} has no secret", webhook.id)))?;
    Ok(NotificationReply::WithSecret(Box::new(webhook), secret))
}

/// The secret that a webhook had at a version; that of this batch, where the version is not older.
fn secret_at(
    turn: &mut Turn<'_>,
    webhook: WebhookId,
    version: u64,
) -> Result<Option<WebhookSecret>, StoreError> {
    let present = |state: &Webhook| state.secrets_at(Timestamp::default()).into_iter().next().cloned();
    let mut state = Webhook::default();
    let events = turn.store().load(webhook.0, 0)?;
    if (events.len() as u64) < version {
        return Ok(present(turn.state::<Webhook>(webhook.0)?));
    }
    for event in events.iter().take_while(|event| event.version <= version) {
        let decoded = event.decode().map_err(|error| StoreError::Damaged {
            place: format!("events at position {}", event.position),
            detail: error.to_string(),
        })?;
        state = state.evolve(&decoded);
    }
    Ok(present(&state))
}
