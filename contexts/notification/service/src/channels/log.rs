//! A line in the program's log: that there is a message, never what it says or to whom.

use crate::effects::Letter;

pub(super) fn put(letter: &Letter) {
    tracing::info!(
        message = %letter.message,
        shop = %letter.shop,
        order = %letter.order,
        sequence = letter.sequence,
        milestone = letter.milestone.as_str(),
        "a message for a customer"
    );
}
