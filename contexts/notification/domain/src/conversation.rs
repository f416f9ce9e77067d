use std::collections::BTreeSet;
use std::sync::Arc;

use catalog_contract::{Channel, Milestone, ShopLife, spoken_time};
use kernel::{Aggregate, Money, OrderId, Personal, Subject, Timestamp};
use notification_contract::{
    ConversationOpenedV1, ConversationReaddressedV1, MessageAddress, MessageAttemptFailedV1, MessageId,
    MessageIntendedV1, MessagePersonal, MessageReroutedV1, MessageSentV1, MessageUndeliveredV1,
    NotificationEvent, WebhookId, message_id,
};

use crate::ConversationRejection;
use crate::text::{Material, fill_template, render, subject, text_of};

/// What one customer is told of one order. Its stream has the order's id.
#[derive(Debug, Clone, Default, PartialEq)]
pub enum Conversation {
    /// Nothing is told of the order, as far as has been heard.
    #[default]
    Silent,
    /// Its changes are told.
    Open {
        /// What its messages may say.
        opened: Arc<ConversationOpenedV1>,
        /// What it is owed, in the order of the changes.
        messages: Vec<Message>,
    },
}

/// One message, and how far it has come.
#[derive(Debug, Clone, PartialEq)]
pub struct Message {
    /// The intent.
    pub intended: Arc<MessageIntendedV1>,
    /// How far it has come.
    pub progress: Progress,
    /// The channel that took it, or that it is given to: the place in the intent's list.
    channel: usize,
    /// Attempts on this channel that came to nothing.
    pub failed_attempts: u32,
    /// Why the last of them did.
    pub last_failure: Option<String>,
    /// The webhooks that took it already.
    pub taken_by: BTreeSet<WebhookId>,
}

/// How far a message has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Progress {
    /// It waits, or is on its way.
    Owed,
    /// A channel took it.
    Sent,
    /// No channel took it.
    Undelivered,
}

/// What may be wished of a conversation.
#[derive(Debug, Clone)]
pub enum ConversationCommand {
    /// An order was placed in a shop that tells its customers of it.
    Open(ConversationOpenedV1),
    /// The order is brought elsewhere.
    Readdress(ConversationReaddressedV1),
    /// Something has changed: the customer is owed a message, where the shop tells of it.
    Tell(Box<Tell>),
    /// A channel was tried.
    Record {
        /// The message.
        message: MessageId,
        /// The channel.
        channel: Channel,
        /// Which attempt.
        attempt: u32,
        /// What came of it.
        outcome: Outcome,
    },
}

/// A change to be told, and what its text is made of.
#[derive(Debug, Clone)]
pub struct Tell {
    /// The life that the order is pinned to.
    pub life: Arc<ShopLife>,
    /// The order.
    pub subject: Subject,
    /// What has changed.
    pub change: Change,
    /// The number of the first message that comes of it; the next has the next.
    pub first_number: u64,
    /// When the order will be there, as the shop's clock shows it.
    pub promised: Option<String>,
    /// The channels that lead nowhere now: of webhooks the shop has none, or nobody has set them up.
    pub closed: BTreeSet<Channel>,
}

/// Something has changed about an order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// What.
    pub milestone: Milestone,
    /// Where it was heard: the role.
    pub source: &'static str,
    /// The version of the stream that told it.
    pub version: u64,
    /// When it was.
    pub at: Timestamp,
    /// The money that it is about.
    pub amount: Option<Money>,
    /// Why it came to this.
    pub reason: Option<String>,
}

/// What came of an attempt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// The channel took it.
    Taken,
    /// It did not.
    Failed {
        /// What happened instead.
        cause: String,
        /// The webhooks that took it all the same.
        taken_by: Vec<WebhookId>,
        /// Whether this channel is given up.
        gives_up: bool,
    },
}

impl Aggregate for Conversation {
    const KIND: &'static str = "conversation";
    type Command = ConversationCommand;
    type Event = NotificationEvent;
    type Rejection = ConversationRejection;

    fn decide(&self, command: ConversationCommand) -> Result<Vec<NotificationEvent>, ConversationRejection> {
        Ok(match command {
            ConversationCommand::Open(opened) => match self {
                Self::Silent => vec![NotificationEvent::Opened(opened)],
                Self::Open { .. } => vec![],
            },
            ConversationCommand::Readdress(readdressed) => match self {
                Self::Silent => vec![],
                Self::Open { .. } => vec![NotificationEvent::Readdressed(readdressed)],
            },
            ConversationCommand::Tell(tell) => self.tell(&tell),
            ConversationCommand::Record { message, channel, attempt, outcome } => {
                self.record(message, channel, attempt, outcome)
            }
        })
    }

    fn evolve(mut self, event: &NotificationEvent) -> Self {
        match event {
            NotificationEvent::Opened(opened) => {
                return Self::Open { opened: Arc::new(opened.clone()), messages: Vec::new() };
            }
            NotificationEvent::Readdressed(readdressed) => {
                if let Self::Open { opened, .. } = &mut self {
                    let mut to = opened.personal.reveal().cloned().unwrap_or_default();
                    to.address = readdressed.personal.reveal().map(|to| to.address.clone());
                    Arc::make_mut(opened).personal = Personal::new(to);
                }
            }
            NotificationEvent::Intended(intended) => {
                if let Self::Open { messages, .. } = &mut self {
                    messages.push(Message::new(intended));
                }
            }
            NotificationEvent::Sent(sent) => self.change(sent.message, |message| {
                message.progress = Progress::Sent;
            }),
            NotificationEvent::AttemptFailed(failed) => self.change(failed.message, |message| {
                message.failed_attempts = failed.attempt;
                message.last_failure = Some(failed.cause.clone());
                message.taken_by.extend(failed.taken_by.iter().copied());
            }),
            NotificationEvent::Rerouted(rerouted) => self.change(rerouted.message, |message| {
                message.channel += 1;
                message.failed_attempts = 0;
            }),
            NotificationEvent::Undelivered(undelivered) => self.change(undelivered.message, |message| {
                message.progress = Progress::Undelivered;
            }),
            NotificationEvent::WebhookRegistered(_)
            | NotificationEvent::WebhookSecretRotated(_)
            | NotificationEvent::WebhookReplayStarted(_)
            | NotificationEvent::WebhookReplayEnded(_)
            | NotificationEvent::WebhookRemoved(_) => {}
        }
        self
    }
}

impl Message {
    fn new(intended: &MessageIntendedV1) -> Self {
        Self {
            intended: Arc::new(intended.clone()),
            progress: Progress::Owed,
            channel: 0,
            failed_attempts: 0,
            last_failure: None,
            taken_by: BTreeSet::new(),
        }
    }

    /// The channel that took it, or that it is given to.
    #[must_use]
    pub fn channel(&self) -> Channel {
        let last = self.intended.channels.last().copied().unwrap_or(Channel::Log);
        self.intended.channels.get(self.channel).copied().unwrap_or(last)
    }

    fn next_channel(&self) -> Option<Channel> {
        self.intended.channels.get(self.channel + 1).copied()
    }

    /// Whether another channel is left behind the present one.
    #[must_use]
    pub fn has_next_channel(&self) -> bool {
        self.next_channel().is_some()
    }
}

impl Conversation {
    /// What is told of the order, where anything is.
    #[must_use]
    pub fn opened(&self) -> Option<&Arc<ConversationOpenedV1>> {
        match self {
            Self::Silent => None,
            Self::Open { opened, .. } => Some(opened),
        }
    }

    /// What the customer is owed, and was.
    #[must_use]
    pub fn messages(&self) -> &[Message] {
        match self {
            Self::Silent => &[],
            Self::Open { messages, .. } => messages,
        }
    }

    /// The message of an id.
    #[must_use]
    pub fn message(&self, id: MessageId) -> Option<&Message> {
        self.messages().iter().find(|message| message.intended.message == id)
    }

    /// The message that is to be sent now, and how: the first that is owed.
    #[must_use]
    pub fn next(&self) -> Option<(MessageId, Channel)> {
        let next = self.messages().iter().find(|message| message.progress == Progress::Owed)?;
        Some((next.intended.message, next.channel()))
    }

    /// The messages that a change calls for and that are not there yet: their ids, what they tell
    /// of, and when that was.
    #[must_use]
    pub fn due(&self, tell: &Tell) -> Vec<(MessageId, Milestone, Timestamp)> {
        let (Some(opened), Some(rule)) = (self.opened(), &tell.life.messages) else { return Vec::new() };
        let change = &tell.change;
        let mut due = Vec::new();
        if let Some(held) = opened.held.filter(|_| change.milestone != Milestone::Placed) {
            due.push((held, Milestone::Placed, opened.placed_at));
        }
        let milestone = self.milestone_of(change.milestone, &rule.tell);
        let waits = change.milestone == Milestone::Placed && opened.held.is_some();
        if let (Some(order), true, false) = (tell.subject.order, rule.tell.contains(&milestone), waits) {
            due.push((id_of(tell, order, milestone), milestone, change.at));
        }
        due.retain(|(id, ..)| self.message(*id).is_none());
        due
    }

    /// A cancel of what is on its way is told as that, where the shop tells of it.
    fn milestone_of(&self, milestone: Milestone, told: &[Milestone]) -> Milestone {
        let was_on_its_way =
            || self.messages().iter().any(|told| told.intended.milestone == Milestone::DeliveryStarted);
        match milestone {
            Milestone::Cancelled if told.contains(&Milestone::DeliveryCancelled) && was_on_its_way() => {
                Milestone::DeliveryCancelled
            }
            other => other,
        }
    }

    fn tell(&self, tell: &Tell) -> Vec<NotificationEvent> {
        let (Some(opened), Some(rule)) = (self.opened(), &tell.life.messages) else { return Vec::new() };
        let nobody = MessageAddress::default();
        let to = opened.personal.reveal().unwrap_or(&nobody);
        let wanted_at = opened.wanted_at.map(|at| spoken_time(&tell.life.time_zone, at));
        let before = u32::try_from(self.messages().len()).unwrap_or(u32::MAX);
        let intend = |((message, milestone, changed_at), place): ((MessageId, Milestone, Timestamp), u32)| {
            let material = Material {
                shop: &tell.life.name,
                number: tell.subject.order_number,
                call_number: opened.call_number,
                lines: &opened.lines,
                total: opened.total,
                amount: tell.change.amount,
                reason: tell.change.reason.as_deref(),
                wanted_at: wanted_at.as_deref(),
                table: opened.table.as_deref(),
                promised: tell.promised.as_deref(),
                to,
            };
            let text = render(&text_of(rule, milestone), rule.language, &material);
            let channels = ways(&rule.channels, &tell.closed);
            NotificationEvent::Intended(MessageIntendedV1 {
                message,
                number: tell.first_number + u64::from(place),
                sequence: before + place + 1,
                milestone,
                language: rule.language,
                changed_at,
                personal: Personal::new(MessagePersonal {
                    text,
                    to: to.clone(),
                    template: channels
                        .contains(&Channel::Kakao)
                        .then(|| fill_template(rule, milestone, &material))
                        .flatten(),
                    subject: channels
                        .contains(&Channel::Mail)
                        .then(|| subject(rule, milestone, rule.language, &material)),
                }),
                channels,
            })
        };
        self.due(tell).into_iter().zip(0..).map(intend).collect()
    }

    fn record(
        &self,
        id: MessageId,
        channel: Channel,
        attempt: u32,
        outcome: Outcome,
    ) -> Vec<NotificationEvent> {
        // Late results of a channel that was given up, or of what is settled, say nothing new.
        let Some(message) = self.message(id).filter(|message| {
            message.progress == Progress::Owed
                && message.channel() == channel
                && message.failed_attempts < attempt
        }) else {
            return vec![];
        };
        match outcome {
            Outcome::Taken => {
                vec![NotificationEvent::Sent(MessageSentV1 { message: id, channel, attempt })]
            }
            Outcome::Failed { cause, taken_by, gives_up } => {
                let failed = MessageAttemptFailedV1 { message: id, channel, attempt, cause, taken_by };
                let mut events = vec![NotificationEvent::AttemptFailed(failed)];
                if gives_up {
                    events.push(given_up(message, id, channel));
                }
                events
            }
        }
    }

    fn change(&mut self, id: MessageId, change: impl FnOnce(&mut Message)) {
        if let Self::Open { messages, .. } = self
            && let Some(message) = messages.iter_mut().find(|message| message.intended.message == id)
        {
            change(message);
        }
    }
}

/// The channels that lead somewhere. Where none does, all of them, so that it shows why; and where nobody
/// has set them up, the log behind them.
fn ways(channels: &[Channel], closed: &BTreeSet<Channel>) -> Vec<Channel> {
    let mut ways: Vec<Channel> =
        channels.iter().filter(|channel| !closed.contains(channel)).copied().collect();
    if ways.is_empty() {
        ways = channels.to_vec();
        if channels.iter().any(|channel| channel.is_set_up()) {
            ways.push(Channel::Log);
        }
    }
    ways
}

/// The next channel, or none: quietly, the order goes on.
fn given_up(message: &Message, id: MessageId, from: Channel) -> NotificationEvent {
    match message.next_channel() {
        Some(to) => NotificationEvent::Rerouted(MessageReroutedV1 { message: id, from, to }),
        None => NotificationEvent::Undelivered(MessageUndeliveredV1 { message: id }),
    }
}

fn id_of(tell: &Tell, order: OrderId, milestone: Milestone) -> MessageId {
    let first = tell.life.messages.as_ref().and_then(|rule| rule.channels.first());
    let channel = first.copied().unwrap_or(Channel::Log);
    message_id(&tell.subject.shop, order, tell.change.source, tell.change.version, milestone, channel)
}
