use journal::{IdempotencyOutcome, IdempotencyRecord, StoreError, Timer};
use kernel::{Aggregate, Hash, OrderId, Timestamp};
use notification_contract::{WebhookId, WebhookSecret, WebhookView};
use notification_domain::Webhook;
use runtime::{Failure, Remembered, Turn};

use crate::command::{NotificationRefusal, NotificationReply};
use crate::rest::problem;

const FORGET_KEYS: &str = "forget-keys";
const HOUR_MILLIS: i64 = 60 * 60 * 1_000;

/// How long a key is remembered.
const KEYS_KEPT_MILLIS: i64 = 24 * HOUR_MILLIS;

/// A client's key, as it is kept: fingerprints only.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KeyUse {
    /// Of subject, route and key.
    pub scope: Hash,
    /// Of what came with it.
    pub body_hash: Hash,
}

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
                remember(turn, key, outcome);
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

fn remember(turn: &mut Turn<'_>, key: KeyUse, outcome: IdempotencyOutcome) {
    let at = turn.now();
    turn.remember(IdempotencyRecord {
        scope: key.scope,
        body_hash: key.body_hash,
        order: OrderId(uuid::Uuid::nil()),
        at,
        outcome: Some(outcome),
    });
    // One timer per hour of keys, so that a busy hour does not put it off for ever.
    let hour = at.millis().div_euclid(HOUR_MILLIS);
    let hour_end = Timestamp::from_millis((hour + 1).saturating_mul(HOUR_MILLIS));
    turn.set_timer(Timer {
        key: format!("{FORGET_KEYS}/{hour}"),
        kind: FORGET_KEYS.into(),
        at: hour_end.plus_millis(KEYS_KEPT_MILLIS),
        order: None,
        attempt: 0,
        payload: Vec::new(),
    });
}

/// Forgets the keys of an hour that is long past.
pub(crate) fn on_timer(timer: &Timer, turn: &mut Turn<'_>) {
    if timer.kind == FORGET_KEYS {
        let before = turn.now().plus_millis(-KEYS_KEPT_MILLIS);
        turn.forget_before(before);
    }
}
