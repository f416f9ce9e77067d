//! Our book against theirs.

use std::fmt;

use kernel::Money;

use super::book::SandboxBook;
use super::ours::OurBook;

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

/// Where our book and theirs differ. What is still being asked (an outcome not known, a refund on
/// its way) may be theirs only; everything that is settled must agree to the won.
#[must_use]
pub fn compare(ours: &OurBook, theirs: &SandboxBook) -> Vec<Difference> {
    let mut differences = Vec::new();
    let mut known_captures = 0;
    for (_, charge) in ours.charges() {
        let key = charge.key();
        let captured = theirs.captured(key);
        known_captures += usize::from(captured.is_some());
        let settled = ours.settled_with(key);
        let expected = settled.map_or(charge.captured_money(), |settled| settled.theirs);
        if captured != expected && (charge.settled() || charge.captured().is_some()) {
            let (key, ours) = (key.to_owned(), charge.captured_money());
            differences.push(Difference::Capture { key, ours, theirs: captured });
        }
        let back = theirs.refunded(key).saturating_sub(settled.map_or(0, |settled| settled.back));
        let agrees = if charge.refund_open() {
            (charge.refunded()..=charge.called_back()).contains(&back)
        } else {
            back == charge.refunded()
        };
        // What is to go back of a charge that they do not have cannot be in their book.
        if !agrees && captured.is_some() {
            differences.push(Difference::Refund {
                key: key.to_owned(),
                ours: charge.refunded(),
                theirs: back,
            });
        }
    }
    known_captures += ours.strangers().filter(|key| theirs.captured(key).is_some()).count();
    let unknown = theirs.captures().saturating_sub(known_captures);
    if unknown > 0 {
        differences.push(Difference::UnknownCaptures { count: unknown });
    }
    differences
}
