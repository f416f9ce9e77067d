//! What operators do about parked events.

use journal::{Journal, ParkedEvent, ParkedWrite};
use kernel::{Actor, Timestamp};
use uuid::Uuid;

use super::Processor;
use crate::inputs::Admin;
use crate::outputs::AdminReply;
use crate::parking::audit;
use crate::service::{PolicyFailure, Service};
use crate::staging::Gathered;

impl<S: Service, J: Journal> Processor<S, J> {
    pub(super) fn operate(
        &mut self,
        now: Timestamp,
        actor: &Actor,
        admin: Admin,
        gathered: &mut Gathered,
    ) -> AdminReply {
        match admin {
            Admin::RetryParked { blocks } => self.retry(now, actor, blocks, gathered),
            Admin::ResolveParked { source, position, note } => {
                let Some(parked) = self.parking.find(&source, position).cloned() else {
                    return AdminReply::Unknown;
                };
                self.release(now, actor, "resolved", &parked, &note, gathered);
                AdminReply::Resolved
            }
        }
    }

    pub(super) fn retry(
        &mut self,
        now: Timestamp,
        actor: &Actor,
        blocks: Uuid,
        gathered: &mut Gathered,
    ) -> AdminReply {
        let waiting = self.parking.waiting(&blocks);
        if waiting.is_empty() {
            return AdminReply::Unknown;
        }
        let total = waiting.len();
        for (applied, mut parked) in waiting.into_iter().enumerate() {
            let event = parked.event.clone();
            let source = parked.source.clone();
            match self.apply(now, &source, &event, gathered) {
                Ok(()) => self.release(now, actor, "retried", &parked, "", gathered),
                Err(PolicyFailure::Broken(error)) => return AdminReply::Broken(error),
                Err(PolicyFailure::Poison(cause) | PolicyFailure::NotYet(cause)) => {
                    parked.attempts += 1;
                    parked.cause = Some(cause);
                    self.park(parked, gathered);
                    return AdminReply::Retried { applied, waiting: total - applied };
                }
            }
        }
        AdminReply::Retried { applied: total, waiting: 0 }
    }

    pub(super) fn release(
        &mut self,
        now: Timestamp,
        actor: &Actor,
        action: &str,
        parked: &ParkedEvent,
        note: &str,
        gathered: &mut Gathered,
    ) {
        self.parking.release(parked);
        self.audit_lines += 1;
        gathered.counters.insert("audit".into(), self.audit_lines);
        gathered.batch.entries.push(audit(now, self.audit_lines, actor, action, parked, note));
        gathered
            .batch
            .parked
            .push(ParkedWrite::Release { source: parked.source.clone(), position: parked.event.position });
    }

    pub(super) fn park(&mut self, parked: ParkedEvent, gathered: &mut Gathered) {
        self.parking.insert(parked.clone());
        gathered.batch.parked.push(ParkedWrite::Park(Box::new(parked)));
    }
}
