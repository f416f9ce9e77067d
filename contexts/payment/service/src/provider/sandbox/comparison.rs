//! Our book against theirs.

use std::collections::BTreeMap;
use std::fmt;

use kernel::{Money, Recorded};
use payment_contract::{DEPOSIT_METHOD, PaymentEvent};

use super::book::SandboxBook;

/// Our book, folded from payment's events: per charge key what was captured and what went back.
#[derive(Debug, Clone, Default)]
pub struct OurBook {
    charges: BTreeMap<uuid::Uuid, OurCharge>,
}

#[derive(Debug, Clone)]
struct OurCharge {
    key: String,
    captured: Option<Money>,
    refund_open: bool,
    settled: bool,
    refunded: i64,
    called_back: i64,
}

/// Where the books differ.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Difference {
    /// One of us has captured money under a key that the other has not, or another amount.
    Capture {
        /// The charge's key.
        key: String,
        /// What we have.
        ours: Option<Money>,
        /// What they have.
        theirs: Option<Money>,
    },
    /// Another sum went back. Money that is on its way back may be in their book only.
    Refund {
        /// The charge's key.
        key: String,
        /// What we have, in minor units.
        ours: i64,
        /// What they have.
        theirs: i64,
    },
    /// They have captured charges that we know nothing of.
    UnknownCaptures {
        /// How many.
        count: usize,
    },
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shown = |amount: &Option<Money>| amount.map_or("nothing".to_owned(), |amount| amount.to_string());
        match self {
            Self::Capture { key, ours, theirs } => {
                write!(f, "charge {key}: we captured {}, the provider {}", shown(ours), shown(theirs))
            }
            Self::Refund { key, ours, theirs } => {
                write!(f, "charge {key}: we gave back {ours}, the provider {theirs}")
            }
            Self::UnknownCaptures { count } => {
                write!(f, "the provider captured {count} charges that we know nothing of")
            }
        }
    }
}

impl OurBook {
    /// Takes the next event of payment's journal. Events that are none of payment's are left out.
    pub fn take(&mut self, recorded: &Recorded) {
        if let Ok(event) = recorded.decode::<PaymentEvent>() {
            self.take_event(recorded.stream_id, &event);
        }
    }

    fn take_event(&mut self, order: uuid::Uuid, event: &PaymentEvent) {
        // A deposit is none of the provider's matters.
        if let PaymentEvent::Requested(requested) = event
            && requested.method != DEPOSIT_METHOD
        {
            self.charges.insert(
                order,
                OurCharge {
                    key: requested.provider_key.clone(),
                    captured: None,
                    refund_open: false,
                    settled: false,
                    refunded: 0,
                    called_back: 0,
                },
            );
        }
        let Some(charge) = self.charges.get_mut(&order) else {
            return;
        };
        match event {
            PaymentEvent::Approved(approved) => {
                charge.captured = Some(approved.amount);
                charge.settled = true;
            }
            PaymentEvent::Declined(_) | PaymentEvent::Voided(_) => charge.settled = true,
            PaymentEvent::RefundRequested(wish) => {
                charge.called_back = charge.called_back.saturating_add(wish.amount.amount);
            }
            PaymentEvent::Refunded(refunded) => {
                charge.refunded = charge.refunded.saturating_add(refunded.amount.amount);
            }
            PaymentEvent::AttemptDeclined(_) => charge.settled = true,
            PaymentEvent::Awaited(_)
            | PaymentEvent::RefundProposed(_)
            | PaymentEvent::Requested(_)
            | PaymentEvent::OutcomeUnknown(_)
            | PaymentEvent::VoidRequested(_) => {}
        }
        charge.refund_open = charge.called_back > charge.refunded;
    }
}

/// Where our book and theirs differ. What is still being asked (an outcome not known, a refund on
/// its way) may be theirs only; everything that is settled must agree to the won.
#[must_use]
pub fn compare(ours: &OurBook, theirs: &SandboxBook) -> Vec<Difference> {
    let mut differences = Vec::new();
    let mut known_captures = 0;
    for charge in ours.charges.values() {
        let captured = theirs.captured(&charge.key);
        known_captures += usize::from(captured.is_some());
        if captured != charge.captured && (charge.settled || charge.captured.is_some()) {
            differences.push(Difference::Capture {
                key: charge.key.clone(),
                ours: charge.captured,
                theirs: captured,
            });
        }
        let back = theirs.refunded(&charge.key);
        let agrees = if charge.refund_open {
            (charge.refunded..=charge.called_back).contains(&back)
        } else {
            back == charge.refunded
        };
        if !agrees {
            differences.push(Difference::Refund {
                key: charge.key.clone(),
                ours: charge.refunded,
                theirs: back,
            });
        }
    }
    let unknown = theirs.captures().saturating_sub(known_captures);
    if unknown > 0 {
        differences.push(Difference::UnknownCaptures { count: unknown });
    }
    differences
}
