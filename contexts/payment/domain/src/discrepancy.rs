//! A difference between the provider's book and ours: found once, settled once.

use std::convert::Infallible;

use kernel::{Aggregate, ShopKey};
use payment_contract::{DiscrepancyEvent, DiscrepancyFoundV1, DiscrepancySettledV1, Remedy};

use crate::postings;

/// What became of a difference.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Discrepancy {
    /// Nobody has seen it.
    #[default]
    Unseen,
    /// It is being settled.
    Found(Box<DiscrepancyFoundV1>),
    /// The books agree again.
    Settled,
}

/// A wish.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DiscrepancyCommand {
    /// The books differ. Finding it again changes nothing.
    Find(Box<DiscrepancyFoundV1>),
    /// What was to be done is done.
    Settle,
}

impl Aggregate for Discrepancy {
    const KIND: &'static str = "discrepancy";
    type Command = DiscrepancyCommand;
    type Event = DiscrepancyEvent;
    type Rejection = Infallible;

    fn decide(&self, command: DiscrepancyCommand) -> Result<Vec<DiscrepancyEvent>, Infallible> {
        Ok(match (self, command) {
            (Self::Unseen, DiscrepancyCommand::Find(found)) => vec![DiscrepancyEvent::Found(*found)],
            (Self::Found(found), DiscrepancyCommand::Settle) => {
                vec![DiscrepancyEvent::Settled(settled(found))]
            }
            _ => vec![],
        })
    }

    fn evolve(self, event: &DiscrepancyEvent) -> Self {
        match event {
            DiscrepancyEvent::Found(found) => Self::Found(Box::new(found.clone())),
            DiscrepancyEvent::Settled(_) => Self::Settled,
        }
    }
}

fn settled(found: &DiscrepancyFoundV1) -> DiscrepancySettledV1 {
    let postings = match (&found.remedy, &found.shop) {
        (Remedy::WriteOff { amount }, Some(_)) => postings::of_write_off(*amount),
        _ => vec![],
    };
    DiscrepancySettledV1 {
        charge_key: found.charge_key.clone(),
        remedy: found.remedy.clone(),
        kind: found.kind,
        postings,
    }
}

/// The shop that a difference is booked for, where it names none of ours.
#[must_use]
pub fn shop_of(found: &DiscrepancyFoundV1) -> ShopKey {
    found.shop.clone().unwrap_or_else(|| ShopKey::from("unknown"))
}
