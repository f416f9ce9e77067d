//! A message as a channel carries it: read from the journal, never kept elsewhere.

use std::collections::BTreeSet;

use catalog_contract::{Channel, Language, Milestone};
use journal::{Reader, StoreError};
use kernel::{Aggregate, OrderId, Recorded, ShopKey, Timestamp};
use notification_contract::{
    FilledTemplate, MessageAddress, MessageId, NotificationEvent, WebhookId, WebhookSecret,
};
use notification_domain::{Conversation, Webhook};
use serde::Serialize;

use crate::views;

/// A message as a channel carries it.
#[derive(Clone, PartialEq, Eq, Serialize)]
pub struct Letter {
    /// Its id, for ever: whoever gets it twice knows it by that.
    pub message: MessageId,
    /// The shop.
    pub shop: ShopKey,
    /// Its number in the shop.
    pub number: u64,
    /// The order it tells of.
    pub order: OrderId,
    /// That order's number.
    pub order_number: u64,
    /// Its place among the order's messages, from 1.
    pub sequence: u32,
    /// What it tells of.
    pub milestone: Milestone,
    /// The language it is written in.
    pub language: Language,
    /// When the change was.
    pub changed_at: Timestamp,
    /// What it says.
    pub text: String,
    /// To whom.
    pub to: MessageAddress,
    /// The template that it was made of; only KakaoTalk asks.
    #[serde(skip)]
    pub template: Option<FilledTemplate>,
    /// Its subject; only mails have one.
    #[serde(skip)]
    pub subject: Option<String>,
}

/// What it says belongs to a person: not printed.
impl std::fmt::Debug for Letter {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Letter({}, {} of order {})", self.message, self.milestone.as_str(), self.order)
    }
}

/// A webhook as it is called.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    /// Its id.
    pub webhook: WebhookId,
    /// Where.
    pub url: String,
    /// What the call is signed with: the present secret, and the one before while it is good.
    pub secrets: Vec<WebhookSecret>,
}

/// A message as it is read, and how far it has come.
pub(super) struct Found {
    pub(super) letter: Letter,
    /// The channel that it is to go by now, where it is the order's turn to send it.
    pub(super) owed_on: Option<Channel>,
    /// The webhooks that took it already.
    pub(super) taken_by: BTreeSet<WebhookId>,
}

/// Reads a message of an order.
pub(super) fn read_letter(
    store: &mut dyn Reader,
    order: OrderId,
    message: MessageId,
) -> Result<Option<Found>, StoreError> {
    let events = store.load(order.0, 0)?;
    let Some(subject) = events.first().map(|event| event.subject.clone()) else { return Ok(None) };
    let conversation = fold::<Conversation>(&events)?;
    let Some(found) = conversation.message(message) else { return Ok(None) };
    let intended = &found.intended;
    let personal = intended.personal.reveal().cloned().unwrap_or_default();
    let letter = Letter {
        message,
        shop: subject.shop,
        number: intended.number,
        order,
        order_number: subject.order_number,
        sequence: intended.sequence,
        milestone: intended.milestone,
        language: intended.language,
        changed_at: intended.changed_at,
        text: personal.text,
        to: personal.to,
        template: personal.template,
        subject: personal.subject,
    };
    let owed_on = conversation.next().filter(|(next, _)| *next == message).map(|(_, channel)| channel);
    Ok(Some(Found { letter, owed_on, taken_by: found.taken_by.clone() }))
}

/// The webhooks of a shop, as they are to be called now.
pub(super) fn read_targets(
    store: &mut dyn Reader,
    shop: &ShopKey,
    now: Timestamp,
) -> Result<Vec<Target>, StoreError> {
    let mut targets = Vec::new();
    for view in views::webhooks_of(store, shop)? {
        let webhook = fold::<Webhook>(&store.load(view.id.0, 0)?)?;
        let Some(url) = webhook.url() else { continue };
        let secrets = webhook.secrets_at(now).into_iter().cloned().collect();
        targets.push(Target { webhook: view.id, url: url.to_owned(), secrets });
    }
    Ok(targets)
}

fn fold<A: Aggregate<Event = NotificationEvent>>(events: &[Recorded]) -> Result<A, StoreError> {
    events.iter().try_fold(A::default(), |state, event| match event.decode() {
        Ok(decoded) => Ok(state.evolve(&decoded)),
        Err(error) => Err(StoreError::Damaged {
            place: format!("events at position {}", event.position),
            detail: error.to_string(),
        }),
    })
}
