use std::cell::OnceCell;

use kernel::Causation;

/// What causes a turn; written out when it is first asked for, since most events pass by.
pub(crate) enum Cause<'a> {
    Known(Causation),
    Event { role: &'a str, position: u64, written: OnceCell<Causation> },
}

impl<'a> Cause<'a> {
    pub(crate) const fn event(role: &'a str, position: u64) -> Self {
        Self::Event { role, position, written: OnceCell::new() }
    }

    pub(crate) fn get(&self) -> &Causation {
        match self {
            Self::Known(causation) => causation,
            Self::Event { role, position, written } => {
                written.get_or_init(|| Causation::event(role, *position))
            }
        }
    }
}
