//! Notification's effects: a channel that takes a message, does not, is down or busy, back again, or never
//! heard of again.

use kernel::Causation;
use notification_service::effects::{SendOutcome, SendWork};
use notification_service::{NotificationCommand, NotificationRefusal, NotificationReply};
use runtime::Outputs;

use super::World;
use crate::role::Role;

/// What comes back from a channel.
#[derive(Debug)]
pub(crate) struct Happening {
    command: Box<NotificationCommand>,
    causation: Causation,
    /// The life of notification that sent it.
    life: u64,
}

/// Later attempts succeed, so that a run need not wait for hours.
const ATTEMPTS_AT_RISK: u32 = 2;

impl World {
    pub(super) fn notification_stepped(&mut self, outputs: Outputs<NotificationReply, NotificationRefusal>) {
        for effect in outputs.effects {
            let Ok(work) = serde_json::from_slice::<SendWork>(&effect.payload) else { continue };
            let at_risk = self.rough && effect.attempt <= ATTEMPTS_AT_RISK;
            // Taken, and its answer lost: the lease sends it again, under the same id.
            if at_risk && self.chances.messenger.hits(0.1) {
                continue;
            }
            let outcome = if at_risk && self.chances.messenger.hits(0.2) {
                SendOutcome::Failed { cause: "no answer in time".to_owned(), taken_by: Vec::new() }
            } else if at_risk && self.chances.messenger.hits(0.1) {
                SendOutcome::Down { cause: "failed too often".to_owned() }
            } else if at_risk && self.chances.messenger.hits(0.05) {
                SendOutcome::Busy
            } else if self.chances.messenger.hits(0.1) {
                SendOutcome::TakenAgain
            } else {
                SendOutcome::Taken
            };
            let takes = self.chances.messenger.between(1, 400);
            let attempt = effect.attempt;
            let command = Box::new(NotificationCommand::RecordAttempt { work, attempt, outcome });
            let (causation, life) = (effect.causation, self.notification.life);
            let happening = Happening { command, causation, life };
            self.schedule.after(takes, super::Happening::Messenger(happening));
        }
    }

    pub(super) fn channel_answers(&mut self, happening: Happening) {
        if self.notification.is_up() && self.notification.life == happening.life {
            self.notification.bring_result(*happening.command, happening.causation);
            self.wake_after(Role::Notification, 1);
        }
    }
}
