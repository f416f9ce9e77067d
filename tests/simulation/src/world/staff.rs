//! Staff: they look at a ticket now and then, and take its next step.

use catalog_contract::{Accept, Handover, Prepare};
use edge::etag::IfMatch;
use kernel::{Actor, OrderId};
use kitchen_contract::{KitchenEvent, TicketState};
use kitchen_service::{KitchenCommand, KitchenRefusal, KitchenReply, Step};
use runtime::Outputs;
use uuid::Uuid;

use super::{Happening, World};
use crate::role::Role;

/// Somebody looks at a ticket.
#[derive(Debug)]
pub(crate) struct Look {
    order: Uuid,
}

/// How many orders the shop does not take on.
const REJECTED: f64 = 0.07;
const LOOK_MIN_MILLIS: f64 = 500.0;
const LOOK_MAX_MILLIS: f64 = 600_000.0;

pub(super) fn staff() -> Actor {
    Actor::parse("staff:kim").unwrap_or_else(|_| Actor::system())
}

impl World {
    /// New tickets are seen.
    pub(super) fn kitchen_stepped(&mut self, outputs: &Outputs<KitchenReply, KitchenRefusal>) {
        for event in &outputs.change.events {
            if matches!(event.decode(), Ok(KitchenEvent::Opened(_))) {
                self.look_later(event.stream_id);
            }
        }
    }

    /// Every ticket is looked at: some may have been opened while nobody could tell.
    pub(super) fn look_at_all(&mut self) {
        let open: Vec<Uuid> =
            self.checker.cases.iter().filter(|(_, case)| case.ticket.is_some()).map(|(id, _)| *id).collect();
        for order in open {
            self.schedule.after(1, Happening::Staff(Look { order }));
        }
    }

    fn look_later(&mut self, order: Uuid) {
        let wait = self.chances.staff.spread(LOOK_MIN_MILLIS, LOOK_MAX_MILLIS);
        self.schedule.after(wait as u64, Happening::Staff(Look { order }));
    }

    pub(super) fn staff_looks(&mut self, look: Look) {
        let Some(case) = self.checker.cases.get(&look.order) else {
            return;
        };
        let (Some(placed), Some(life)) = (&case.placed, case.life()) else {
            return;
        };
        let rejects = self.chances.staff.hits(REJECTED);
        let step = match case.ticket {
            Some(TicketState::Open) if life.accept == Accept::Staff && rejects => {
                Step::Reject { reason: "closing soon".to_owned() }
            }
            Some(TicketState::Open) if life.accept == Accept::Staff => Step::Accept,
            Some(TicketState::Accepted) if life.prepare.by == Prepare::Staff => Step::Start,
            Some(TicketState::Started) => Step::Complete,
            Some(TicketState::Finished) if life.handover == Handover::Pickup => Step::HandOver,
            _ => return,
        };
        let command = KitchenCommand {
            shop: placed.shop.clone(),
            order: OrderId(look.order),
            step,
            if_match: IfMatch::default(),
            key: None,
        };
        let (ticket, causation) = (self.ticket(), self.causation());
        if self.kitchen.is_up() {
            self.kitchen.bring_command(ticket, command, staff(), causation);
            self.wake_after(Role::Kitchen, 1);
        }
        self.look_later(look.order);
    }
}
